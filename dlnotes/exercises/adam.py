"""The exercises of the chapter on Adam and its relatives."""

from math import log, sqrt

import torch

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform
from dlnotes.exercises._solvers import bisection


def _worst_gradients(beta1, beta2, t):
    """The largest quotient as an eigenvector, of √b g in place of g."""
    ages = torch.arange(t - 1, -1, -1, dtype=torch.float64)
    a, b = (1 - beta1) * beta1**ages, (1 - beta2) * beta2**ages
    g = torch.linalg.eigh(torch.outer(a / b.sqrt(), a / b.sqrt())).eigenvectors[:, -1] / b.sqrt()
    return g / g[-1]


def _powers(base, t):
    return base ** torch.arange(t - 1, -1, -1, dtype=torch.float64)


def _memory(beta, m):
    """A sum over the ages, a bisection for the half, and the β of which a half is left m times as early."""
    ages = torch.arange(5000, dtype=torch.float64)
    half = bisection(lambda age: beta**age > 0.5, 0.0, 1000.0)
    return ((1 - beta) * beta**ages) @ ages, half, 0.5 ** (m / half)


def _rare_in_rmsprop(k, alpha):
    """RMSprop runs until its start is forgotten; the last of the steps that are not 0."""
    v = step = 0.0
    for t in range(1000):
        gradient = float(t % k == 0)
        v = alpha * v + (1 - alpha) * gradient**2
        step = gradient / sqrt(v) or step
    return step


def _end_of_sign_descent(X, y):
    """Sign descent runs, from zero, with a rate that is halved after every step."""
    theta = torch.zeros_like(X[0])
    for t in range(1, 50):
        theta -= 0.5**t * torch.sign(X.T @ (X @ theta - y))
    return theta


def _signed_data(generator):
    """X s = c y with s = sign(Xᵀy): a part of rank one, and noise that is orthogonal to s and leaves the signs."""
    y = torch.tensor([1.0, 1.0, -1.0, 1.0], dtype=torch.float64)
    s = torch.where(torch.rand(7, generator=generator) < 0.5, -1.0, 1.0).double()
    c, noise = uniform(generator, 1.2, 4), normal(generator, 4, 7)
    noise -= torch.outer(noise @ s, s) / len(s)
    noise *= 0.8 * c * len(y) / len(s) / (noise.T @ y).abs().max()
    return c * torch.outer(y, s) / len(s) + noise, y


def _signs(X, y):
    s = torch.sign(X.T @ y)
    return s, (X @ s) @ y / len(y)


def _growth_of_amsgrad(beta2, t):
    """Torch's optimiser: one gradient 1, then small ones."""
    w = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=1.0, betas=(0.0, beta2), eps=0.0, amsgrad=True)
    rates = []
    for gradient in [1.0] + [1e-3] * (t - 1):
        before, w.grad = w.item(), torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        rates.append((before - w.item()) / gradient)
    return rates[-1] / rates[0]


def _distances(T, alpha):
    """Torch's optimisers on a line of slope 3."""
    distances = []
    for make, options in (
        (torch.optim.Adagrad, {}),
        (torch.optim.RMSprop, {"alpha": alpha}),
        (torch.optim.Adam, {}),
    ):
        w = torch.zeros((), dtype=torch.float64, requires_grad=True)
        optimizer = make([w], lr=1.0, eps=0.0, **options)
        w.grad = torch.tensor(3.0, dtype=torch.float64)
        for _ in range(T):
            optimizer.step()
        distances.append(-w.item())
    return tuple(distances)


def _adagrad_on_a_line(T):
    return sum(t**-0.5 for t in range(1, T + 1))


def _rmsprop_on_a_line(T, alpha):
    return sum((1 - alpha**t) ** -0.5 for t in range(1, T + 1))


EXERCISES = {
    1: Exercise(
        en="f(beta1, beta2, t): a tensor of the gradients g_1 to g_t with g_t = 1 for which |m_t| / √v_t, without "
        "corrections, is largest",
        zh="f(beta1, beta2, t)：使 |m_t| / √v_t（不作修正）最大的梯度 g_1 到 g_t，一个张量，其中 g_t = 1",
        reference=_worst_gradients,
        inputs=lambda generator: (
            uniform(generator, 0.5, 0.9),
            uniform(generator, 0.95, 0.999),
            integer(generator, 3, 8),
        ),
        mistakes=(
            Mistake(
                lambda beta1, beta2, t: torch.ones(t),
                "with equal gradients the quotient is about 1.",
                "梯度都相等时，商大约是 1。",
            ),
            Mistake(
                lambda beta1, beta2, t: _powers(beta2 / beta1, t),
                "the order is reversed: m remembers less than v, so the last gradient must be the largest.",
                "顺序反了：m 记得比 v 短，所以最后一个梯度应最大。",
            ),
            Mistake(
                lambda beta1, beta2, t: _powers(beta1, t),
                "those are the weights in m; large gradients in the past also cost something in v.",
                "这是 m 中的权重；过去的大梯度在 v 中也有代价。",
            ),
            Mistake(
                lambda beta1, beta2, t: _powers(beta1 / sqrt(beta2), t),
                "that is √b times g; divide by √b once more.",
                "这是 √b 乘以 g；还要再除以一次 √b。",
            ),
        ),
    ),
    2: Exercise(
        en="f(beta, m): the triple (mean age of a gradient in steps, number of steps, not rounded, that hold half of "
        "the weight, β for m times the batch)",
        zh="f(beta, m)：(梯度的平均年龄，占一半权重的步数（不取整），批量为 m 倍时的 β) 这三个数；年龄以步计",
        reference=_memory,
        inputs=lambda generator: (uniform(generator, 0.5, 0.98), integer(generator, 2, 8)),
        mistakes=(
            Mistake(
                lambda beta, m: (1 / (1 - beta), -log(2) / log(beta), beta**m),
                "the newest gradient has the age 0.",
                "最新的梯度年龄为 0。",
            ),
            Mistake(
                lambda beta, m: (beta / (1 - beta), 0.5 / (1 - beta), beta**m),
                "the weights fall geometrically: the newer half of the time holds more than half of the weight.",
                "权重按等比数列减小：较新的一半时间占的权重超过一半。",
            ),
            Mistake(
                lambda beta, m: (beta / (1 - beta), -log(2) / log(beta), 1 - m * (1 - beta)),
                "that is an approximation for β near 1; ask which share m steps keep.",
                "这是 β 接近 1 时的近似；想一想 m 步之后还保留多大比例。",
            ),
            Mistake(
                lambda beta, m: (beta / (1 - beta), -log(2) / log(beta), beta ** (1 / m)),
                "the other way round: with larger batches fewer steps are to be remembered.",
                "反了：批量越大，要记住的步数越少。",
            ),
        ),
    ),
    3: Exercise(
        en="f(k, alpha): the exact distance in the long run, over η, that RMSprop with ε = 0 moves the parameter for "
        "each such gradient",
        zh="f(k, alpha)：ε = 0 的 RMSprop 长期来看对每一个这样的梯度使参数移动的精确距离，以 η 为单位",
        reference=_rare_in_rmsprop,
        inputs=lambda generator: (integer(generator, 2, 30), uniform(generator, 0.7, 0.96)),
        mistakes=(
            Mistake(
                lambda k, alpha: sqrt(k),
                "that is the limit for a slow average; v falls between two such gradients.",
                "这是平均得很慢时的极限；在两个这样的梯度之间 v 会下降。",
            ),
            Mistake(
                lambda k, alpha: 1 / sqrt(1 - alpha),
                "that is right if the one before was forgotten; v still holds a part of it.",
                "前一个已被忘掉时才对；v 里还留着它的一部分。",
            ),
            Mistake(
                lambda k, alpha: (1 - alpha**k) / (1 - alpha),
                "RMSprop divides by the root of v.",
                "RMSprop 除以的是 v 的平方根。",
            ),
            Mistake(
                lambda k, alpha: sqrt((1 - alpha**k) / (1 - alpha) / alpha ** (k - 1)),
                "v takes up the gradient before it is divided by its root.",
                "v 先计入这个梯度，然后才除以它的平方根。",
            ),
            Mistake(
                lambda k, alpha: 1.0,
                "that is SGD, which doesn't notice how rare a gradient is.",
                "这是 SGD，它不管梯度有多罕见。",
            ),
        ),
    ),
    4: Exercise(
        en="f(X, y): where sign descent from zero ends on such data, and so do Adagrad, RMSprop and Adam with ε = 0, "
        "if the rate falls",
        zh="f(X, y)：对这样的数据，学习率逐渐减小时，从零出发的符号下降（以及 ε = 0 的 Adagrad、RMSprop 与 "
        "Adam）到达的终点",
        reference=_end_of_sign_descent,
        inputs=_signed_data,
        mistakes=(
            Mistake(
                lambda X, y: torch.linalg.pinv(X) @ y,
                "that is the solution of least norm, where gradient descent ends.",
                "这是范数最小的解，是梯度下降的终点。",
            ),
            Mistake(
                lambda X, y: _signs(X, y)[0],
                "that is the direction; it ends where all samples are fitted.",
                "这只是方向；终点在所有样本都被拟合之处。",
            ),
            Mistake(
                lambda X, y: _signs(X, y)[0] * _signs(X, y)[1],
                "at s the prediction is c times too large.",
                "在 s 处，预测大了 c 倍。",
            ),
            Mistake(
                lambda X, y: X.T @ y / _signs(X, y)[1],
                "the methods divide by the size of each coordinate of the gradient: only its sign is left.",
                "这些方法除以了梯度各坐标的大小，剩下的只有符号。",
            ),
        ),
    ),
    5: Exercise(
        en="f(beta2, t): how many times as large as in step 1 torch's rate is in step t, if g_1 = 1 and all later "
        "gradients are nearly 0",
        zh="f(beta2, t)：g_1 = 1 而此后的梯度都接近 0 时，torch 在第 t 步的学习率是第 1 步的几倍",
        reference=_growth_of_amsgrad,
        inputs=lambda generator: (uniform(generator, 0.8, 0.99), integer(generator, 2, 25)),
        mistakes=(
            Mistake(
                lambda beta2, t: 1.0,
                "that is the paper's rate, without the correction.",
                "这是论文的学习率，没有修正。",
            ),
            Mistake(
                lambda beta2, t: sqrt(1 - beta2**t),
                "in step 1 the correction isn't 1 either; take the quotient of both steps.",
                "第 1 步的修正也不是 1；要取两步之商。",
            ),
            Mistake(
                lambda beta2, t: (1 - beta2**t) / (1 - beta2),
                "the rate contains the root.",
                "学习率里有平方根。",
            ),
            Mistake(
                lambda beta2, t: sqrt((1 - beta2) / (1 - beta2**t)),
                "the quotient is upside down: the corrected second moment falls.",
                "商颠倒了：修正后的二阶矩在下降。",
            ),
            Mistake(
                lambda beta2, t: sqrt((1 - beta2**t) / (1 - beta2) / beta2 ** (t - 1)),
                "the largest second moment doesn't decay.",
                "最大的二阶矩不会衰减。",
            ),
        ),
    ),
    6: Exercise(
        en="f(T, alpha): the triple of the exact distances, over η, of Adagrad, RMSprop (its α is alpha) and Adam "
        "after T steps, with ε = 0",
        zh="f(T, alpha)：ε = 0 时 Adagrad、RMSprop（它的 α 为 alpha）与 Adam 走 T 步的精确距离这三个数，以 η 为单位",
        reference=_distances,
        inputs=lambda generator: (integer(generator, 2, 20), uniform(generator, 0.8, 0.99)),
        mistakes=(
            Mistake(
                lambda T, alpha: (2 * sqrt(T), _rmsprop_on_a_line(T, alpha), T),
                "the integral is an approximation for Adagrad's sum.",
                "积分只是 Adagrad 那个和的近似。",
            ),
            Mistake(
                lambda T, alpha: (_adagrad_on_a_line(T), T, T),
                "RMSprop begins with a mean square of 0, and nothing corrects it.",
                "RMSprop 的均方从 0 开始，而且没有修正。",
            ),
            Mistake(
                lambda T, alpha: (sum(1 / t for t in range(1, T + 1)), _rmsprop_on_a_line(T, alpha), T),
                "Adagrad divides by the root of the sum of squares.",
                "Adagrad 除以的是平方和的平方根。",
            ),
            Mistake(
                lambda T, alpha: (sqrt(T), _rmsprop_on_a_line(T, alpha), T),
                "add up the steps one by one: each has another length.",
                "要把各步一一相加：每一步的长度都不同。",
            ),
        ),
    ),
}
