"""The exercises of the chapter on softmax."""

from math import exp, log, sqrt

import torch

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform
from dlnotes.exercises._solvers import bisection
from dlnotes.softmax import cross_entropy, log_softmax, softmax, softmax_jacobian


def _most_uncertain(z, s):
    """The softmax of beta z whose mean score is s, by bisection on beta."""
    beta = bisection(lambda beta: softmax(beta * z, dim=0) @ z < s, -1e3, 1e3)
    return softmax(beta * z, dim=0)


def _scores_and_mean(generator):
    z = normal(generator, 4)
    return z, float(z.min() + (0.1 + 0.8 * uniform(generator)) * (z.max() - z.min()))


def _sum_after_descent(W, X, y, rate, steps):
    """Gradient descent by autograd on the mean cross-entropy of softmax regression without offsets."""
    for _ in range(steps):
        W = W.detach().requires_grad_()
        loss = torch.nn.functional.cross_entropy(X @ W.T, y)
        W = W - rate * torch.autograd.grad(loss, W)[0]
    return W.detach().sum(0)


def _descent(generator):
    y = torch.randint(3, (6,), generator=generator)
    return normal(generator, 3, 2), normal(generator, 6, 2), y, 0.5, integer(generator, 1, 19)


def _crossing(w, c, p, q):
    """Bisection on the sign."""
    return bisection(lambda t: w @ ((1 - t) * p + t * q) + c > 0, 0.0, 1.0)


def _segment(generator):
    w, p, q = normal(generator, 3), normal(generator, 3), normal(generator, 3)
    p, q = (p, q) if w @ p > w @ q else (q, p)
    t = uniform(generator, 0.1, 0.9)
    return w, float(-((1 - t) * w @ p + t * w @ q)), p, q


def _soft_excess(z, T):
    return T * torch.logsumexp(z / T, 0) - z.max()


def _moves(z, j, k):
    swapped = z.clone()
    swapped[[j, k]] = z[[k, j]]
    return (swapped - z).norm(), (softmax(swapped, dim=0) - softmax(z, dim=0)).norm()


def _smoothed_floor(smoothing=0.1, classes=10):
    """The smoothed loss on a fine grid of gaps."""
    gaps = torch.linspace(3, 6, 300_001, dtype=torch.float64)
    scores = torch.zeros(len(gaps), classes, dtype=torch.float64)
    scores[:, 0] = gaps
    target = torch.zeros(len(gaps), dtype=torch.long)
    losses = cross_entropy(scores, target, label_smoothing=smoothing, reduction="none")
    return float(losses.min()), float(gaps[losses.argmin()])


EXERCISES = {
    1: Exercise(
        en="f(z, s): the distribution of largest entropy among those whose mean score is s",
        zh="f(z, s)：平均得分等于 s 的分布中熵最大的那一个",
        reference=_most_uncertain,
        inputs=_scores_and_mean,
        mistakes=(
            Mistake(lambda z, s: softmax(z, dim=0), "beta must depend on s.", "beta 必须随 s 变化。"),
            Mistake(
                lambda z, s: torch.full_like(z, 1 / len(z)),
                "the uniform distribution has another mean score.",
                "均匀分布的平均得分不是 s。",
            ),
            Mistake(
                lambda z, s: _most_uncertain(-z, s) if -z.max() < s < -z.min() else softmax(-z, dim=0),
                "the sign of the scores is reversed.",
                "得分的符号反了。",
            ),
        ),
    ),
    2: Exercise(
        en="f(t): the largest eigenvalue of the Jacobian at z = (0, 0, -t), for t >= 0",
        zh="f(t)：雅可比矩阵在 z = (0, 0, -t)（t >= 0）处的最大特征值",
        reference=lambda t: torch.linalg.matrix_norm(softmax_jacobian(torch.tensor([0, 0, -t]).double()), ord=2),
        inputs=lambda generator: (5 * uniform(generator),),
        mistakes=(
            Mistake(lambda t: 0.5, "½ is only the limit for large t.", "二分之一只是 t 很大时的极限。"),
            Mistake(
                lambda t: 1 / (1 + exp(-t)),
                "two of the three scores are 0: count both in the denominator.",
                "三个得分里有两个是 0，分母中两个都要算。",
            ),
            Mistake(
                lambda t: (1 + exp(-t)) / (2 + exp(-t)) ** 2,
                "that is a₁(1 − a₁), an entry of the diagonal, not an eigenvalue.",
                "这是对角元 a₁(1 − a₁)，不是特征值。",
            ),
        ),
    ),
    3: Exercise(
        en="f(W, X, y, rate, steps): the sum over the classes of the rows of W after so many steps from W",
        zh="f(W, X, y, rate, steps)：从 W 出发走 steps 步之后，W 各行（对类别）之和",
        reference=_sum_after_descent,
        inputs=_descent,
        mistakes=(
            Mistake(
                lambda W, X, y, rate, steps: torch.zeros(W.shape[1]),
                "the sum keeps its initial value, and that is not zero here.",
                "这个和保持初值，而这里的初值不是零。",
            ),
            Mistake(
                lambda W, X, y, rate, steps: W.mean(0),
                "the sum was asked for, not the mean.",
                "要的是和，不是平均。",
            ),
            Mistake(
                lambda W, X, y, rate, steps: (W - rate * softmax(X @ W.T, dim=1).T @ X / len(X)).sum(0),
                "the gradient contains A − Y; without Y the rows do not sum to zero.",
                "梯度里是 A − Y；少了 Y，各行之和就不为零。",
            ),
        ),
    ),
    4: Exercise(
        en="f(w, c, p, q): the t at which w·x + c vanishes for x = (1 - t) p + t q, where it is > 0 at p and < 0 at q",
        zh="f(w, c, p, q)：w·x + c 在 p 处为正、在 q 处为负时，使它在 x = (1 - t) p + t q 处等于零的 t",
        reference=_crossing,
        inputs=_segment,
        mistakes=(
            Mistake(
                lambda w, c, p, q: (w @ q + c) / (w @ q - w @ p),
                "p and q are exchanged: t = 0 is p.",
                "p 与 q 弄反了：t = 0 对应 p。",
            ),
            Mistake(
                lambda w, c, p, q: 0.5, "the middle is on the boundary only by chance.", "中点只是碰巧才在边界上。"
            ),
            Mistake(
                lambda w, c, p, q: w @ p / (w @ p - w @ q),
                "the offset c is missing.",
                "漏了偏置 c。",
            ),
        ),
    ),
    5: Exercise(
        en="f(z, T): T lse(z / T) - max z, for any T > 0, also a tiny one",
        zh="f(z, T)：T lse(z / T) - max z，T > 0 任意，也可以很小",
        reference=_soft_excess,
        inputs=lambda generator: (normal(generator, 5), 0.1 + 2 * uniform(generator)),
        extremes=((torch.tensor([3.0, 1.0, -2.0], dtype=torch.float64), 1e-3),),
        mistakes=(
            Mistake(
                lambda z, T: T * torch.log(torch.exp(z / T).sum()) - z.max(),
                "exp(z / T) overflows for small T: subtract the maximum first.",
                "T 很小时 exp(z / T) 溢出：先减去最大值。",
            ),
            Mistake(
                lambda z, T: torch.logsumexp(z / T, 0) - z.max() / T,
                "the factor T before lse is missing.",
                "lse 前面漏了因子 T。",
            ),
            Mistake(
                lambda z, T: T * log(len(z)),
                "that is the upper bound, reached when all scores are equal.",
                "这是上界，只在所有得分相等时达到。",
            ),
        ),
    ),
    6: Exercise(
        en="f(z, j, k): the pair (‖z′ − z‖, ‖a′ − a‖), where z′ is z with entries j and k (from 0) exchanged",
        zh="f(z, j, k)：(‖z′ − z‖, ‖a′ − a‖) 这一对数，其中 z′ 是把 z 的第 j、k 个分量（从 0 数起）对调的结果",
        reference=_moves,
        inputs=lambda generator: (normal(generator, 5), *torch.randperm(5, generator=generator)[:2].tolist()),
        mistakes=(
            Mistake(
                lambda z, j, k: ((z[j] - z[k]).abs(), (softmax(z, dim=0)[j] - softmax(z, dim=0)[k]).abs()),
                "two entries move, each by the gap: the factor √2 is missing.",
                "有两个分量各移动一个间距：漏了因子 √2。",
            ),
            Mistake(
                lambda z, j, k: (2 * (z[j] - z[k]).abs(), 2 * (softmax(z, dim=0)[j] - softmax(z, dim=0)[k]).abs()),
                "that is the sum of the moves; the Euclidean norm adds their squares.",
                "这是移动量之和；欧氏范数是平方和再开方。",
            ),
            Mistake(
                lambda z, j, k: (
                    sqrt(2) * (z[j] - z[k]).abs(),
                    sqrt(2) * (log_softmax(z, dim=0)[j] - log_softmax(z, dim=0)[k]).abs(),
                ),
                "the second is about probabilities, not their logarithms.",
                "第二个数是概率的差，不是对数概率的差。",
            ),
        ),
    ),
    7: Exercise(
        en="the pair (smallest loss in nats, gap at which it is reached)",
        zh="(最小损失（奈特），达到它的得分差) 这一对数",
        reference=_smoothed_floor,
        tolerance=1e-3,
        mistakes=(
            Mistake(
                (-0.9 * log(0.9) - 0.1 * log(0.1 / 9), log(81)),
                "the smoothed target gives its own class 1 − ε + ε / K = 0.91, not 0.9.",
                "平滑后的目标给本类 1 − ε + ε / K = 0.91，而不是 0.9。",
            ),
            Mistake((0.0, float("inf")), "that is the floor without smoothing.", "这是没有平滑时的下界。"),
            Mistake(
                ((-0.91 * log(0.91) - 0.09 * log(0.01)) / log(2), log(91)),
                "the loss is in bits; nats were asked for.",
                "损失的单位是比特，题目要的是奈特。",
            ),
        ),
    ),
}
