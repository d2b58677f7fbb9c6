"""The exercises of the chapter on generative adversarial networks."""

import math
from itertools import permutations

import torch

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform


def _law(generator, n=4):
    return torch.softmax(normal(generator, n), 0)


def _best_with_share(p, q, share):
    """The zero of the slope, by bisection for all outcomes at once."""
    low, high = torch.zeros_like(p), torch.ones_like(p)
    for _ in range(100):
        middle = (low + high) / 2
        rises = share * p / middle > (1 - share) * q / (1 - middle)
        low, high = torch.where(rises, middle, low), torch.where(rises, high, middle)
    return low


def _non_saturating_gradient(p, theta):
    """By automatic differentiation, with the discriminator frozen."""
    theta = theta.requires_grad_()
    q = theta.softmax(0)
    D = (p / (p + q)).detach()
    return torch.autograd.grad(-(q * D.log()).sum(), theta)[0]


def _through_softmax(slope, theta):
    q = theta.softmax(0)
    return q * (slope - q @ slope)


def _form_after(x, y, lr, steps):
    for _ in range(steps):
        x = x - lr * y
        y = y + lr * x
    return x**2 + y**2 - lr * x * y


def _converges(eta, gamma):
    matrix = torch.tensor([[1, -eta], [eta, 1 - eta * gamma]], dtype=torch.float64)
    return bool(torch.linalg.eigvals(matrix).abs().max() < 1)


def _least_squares(p, q):
    """One step of Newton's method, which is exact for parabolas."""
    D = torch.full_like(p, 0.5, requires_grad=True)
    loss = (p * (D - 1) ** 2 + q * D**2).sum()
    (slope,) = torch.autograd.grad(loss, D, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), D)
    best = (D - slope / curvature).detach()
    return best, (p * (best - 1) ** 2 + q * best**2).sum()


def _best_coupling(x, y):
    """The best of all pairings."""
    return min((x - y[list(order)]).square().mean() for order in permutations(range(len(y))))


def _above_the_bound(n):
    """V at the best discriminator, outcome by outcome."""
    p = torch.full((n,), 1 / n, dtype=torch.float64)
    q = torch.full((n,), 1 / (n - 1), dtype=torch.float64)
    q[-1] = 0
    D = p / (p + q)
    return (torch.xlogy(p, D) + torch.xlogy(q, 1 - D)).sum() + math.log(4)


EXERCISES = {
    1: Exercise(
        en="f(p, q, share): the best D for every outcome, if that share of the samples is real",
        zh="f(p, q, share)：真样本占比为 share 时，各结果上的最优 D",
        reference=_best_with_share,
        inputs=lambda generator: (_law(generator), _law(generator), uniform(generator, 0.1, 0.9)),
        mistakes=(
            Mistake(
                lambda p, q, share: p / (p + q),
                "that is the answer for equally many real and generated samples.",
                "这是真假样本各占一半时的答案。",
            ),
            Mistake(
                lambda p, q, share: (1 - share) * p / ((1 - share) * p + share * q),
                "share belongs to the real samples, the rest to the generated ones.",
                "share 是真样本的占比，其余才是生成的样本。",
            ),
            Mistake(
                lambda p, q, share: share * p / (share * p + q),
                "the generated samples are weighted too.",
                "生成的样本也要加权。",
            ),
        ),
    ),
    2: Exercise(
        en="f(p, theta): the gradient by theta of -Σ qᵢ log Dᵢ with q = softmax(theta) and D fixed at p / (p + q)",
        zh="f(p, theta)：q = softmax(theta)、D 固定为 p / (p + q) 时，-Σ qᵢ log Dᵢ 对 theta 的梯度",
        reference=_non_saturating_gradient,
        inputs=lambda generator: (_law(generator), normal(generator, 4)),
        mistakes=(
            Mistake(
                lambda p, theta: _through_softmax((theta.softmax(0) / p).log(), theta),
                "that is the gradient of the Kullback–Leibler divergence alone.",
                "这只是 KL 散度的梯度。",
            ),
            Mistake(
                lambda p, theta: _through_softmax((theta.softmax(0) / (p + theta.softmax(0))).log(), theta),
                "that is the gradient of the saturating loss, log(1 − D).",
                "这是饱和损失 log(1 − D) 的梯度。",
            ),
            Mistake(
                lambda p, theta: -(p / (p + theta.softmax(0))).log(),
                "that is the gradient by q; go on through the softmax.",
                "这是对 q 的梯度；还要穿过 softmax。",
            ),
        ),
    ),
    3: Exercise(
        en="f(x, y, lr, steps): x² + y² - lr x y after so many alternating steps (x moves first) from (x, y)",
        zh="f(x, y, lr, steps)：从 (x, y) 出发交替走 steps 步（x 先动）之后的 x² + y² - lr x y",
        reference=_form_after,
        inputs=lambda generator: (
            float(normal(generator)),
            float(normal(generator)),
            uniform(generator, 0.2, 1.8),
            integer(generator, 1, 99),
        ),
        mistakes=(
            Mistake(
                lambda x, y, lr, steps: x**2 + y**2,
                "the circle is not kept, an ellipse is: the mixed term belongs to it.",
                "不变的不是圆而是椭圆：交叉项不能少。",
            ),
            Mistake(
                lambda x, y, lr, steps: (1 + lr**2) ** steps * (x**2 + y**2),
                "so grows the radius with simultaneous steps.",
                "同时更新时半径才这样增长。",
            ),
            Mistake(
                lambda x, y, lr, steps: x**2 + y**2 + lr * x * y,
                "the sign of the mixed term is that of the player who moves second.",
                "交叉项的符号要看谁后动。",
            ),
        ),
    ),
    4: Exercise(
        en="f(eta, gamma): True if simultaneous steps with R1 converge, otherwise False",
        zh="f(eta, gamma)：带 R1 的同时更新收敛时为 True，否则为 False",
        reference=_converges,
        inputs=lambda generator: (uniform(generator, 0.01, 3), uniform(generator, 0.01, 4)),
        extremes=((1.5, 1.6), (1.9, 1.0), (0.6, 3.2), (0.6, 3.9)),
        mistakes=(
            Mistake(
                lambda eta, gamma: eta < gamma,
                "a penalty that is too strong overshoots: there is a second condition.",
                "惩罚太强会越过平衡点：还有第二个条件。",
            ),
            Mistake(
                lambda eta, gamma: eta < gamma and eta * gamma < 2,
                "the determinant contains η² as well.",
                "行列式里还有 η²。",
            ),
            Mistake(
                lambda eta, gamma: 2 * eta * gamma < 4 + eta**2,
                "the determinant must be below 1 as well, or a pair of complex eigenvalues is outside.",
                "行列式还必须小于 1，否则一对复特征值落在单位圆外。",
            ),
        ),
    ),
    5: Exercise(
        en="f(p, q): the pair (best D for every outcome, least loss)",
        zh="f(p, q)：(各结果上的最优 D，最小损失) 这一对",
        reference=_least_squares,
        inputs=lambda generator: (_law(generator), _law(generator)),
        mistakes=(
            Mistake(
                lambda p, q: (q / (p + q), (p * q / (p + q)).sum()),
                "D is asked to be 1 on real samples.",
                "D 在真样本上应当趋向 1。",
            ),
            Mistake(
                lambda p, q: (p / (p + q), (p * q / (p + q) ** 2).sum()),
                "p q² + q p² is p q times (p + q): one power of the denominator cancels.",
                "p q² + q p² 等于 p q 乘以 (p + q)：分母约去一次方。",
            ),
            Mistake(
                lambda p, q: (p / (p + q), (p * (p / (p + q)).log() + q * (q / (p + q)).log()).sum()),
                "that is what is left of the loss with logarithms.",
                "这是带对数的损失剩下的值。",
            ),
        ),
    ),
    6: Exercise(
        en="f(x, y): the mean squared distance of two samples of equal size under the best pairing",
        zh="f(x, y)：两个等量样本在最优配对下的均方距离",
        reference=_best_coupling,
        inputs=lambda generator: (normal(generator, 5), 1 + 2 * normal(generator, 5)),
        mistakes=(
            Mistake(
                lambda x, y: (x - y).square().mean(),
                "the samples come in no order: pair them first.",
                "样本的先后次序没有意义：要先配对。",
            ),
            Mistake(
                lambda x, y: (x.sort().values - y.sort().values).square().sum(),
                "the mean over the pairs was asked for, not the sum.",
                "要的是各对的平均，不是总和。",
            ),
            Mistake(
                lambda x, y: (x.mean() - y.mean()) ** 2 + (x.std(correction=0) - y.std(correction=0)) ** 2,
                "two moments give a lower bound only.",
                "只用两个矩得到的是下界。",
            ),
        ),
    ),
    7: Exercise(
        en="f(n): how far V at the best D lies above -log 4 when one of n equally frequent modes is missing",
        zh="f(n)：n 个等频模式缺一个时，最优判别器处的 V 比 -log 4 高多少",
        reference=_above_the_bound,
        inputs=lambda generator: (integer(generator, 2, 59),),
        mistakes=(
            Mistake(
                lambda n: (n - 1) / n * math.log((n - 1) / (2 * n - 1)) + math.log(n / (2 * n - 1)),
                "that is the value itself; its distance from −log 4 was asked for.",
                "这是 V 本身；要的是它与 −log 4 的距离。",
            ),
            Mistake(
                lambda n: math.log((n - 1) / (2 * n - 1)) + math.log(n / (2 * n - 1)) + math.log(4),
                "real samples of the missing mode contribute nothing: the first term has the weight (n − 1) / n.",
                "缺失模式的真样本没有贡献：第一项的权重是 (n − 1) / n。",
            ),
            Mistake(
                lambda n: 2 * math.log(2) / n,
                "the modes that are hit are hit too often, which costs as well.",
                "其余模式出现得过多，这也有代价。",
            ),
        ),
    ),
}
