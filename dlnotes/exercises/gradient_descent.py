"""The exercises of the chapter on gradient descent."""

from math import log, pi, sqrt

import torch
from torch.distributions import Normal

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import normal, uniform
from dlnotes.exercises._solvers import bisection


def _loss_factor(kappa):
    """Two steps from (kappa, 1); along each line bisection on the slope finds the lowest point."""
    x, y, losses = kappa, 1.0, []
    for _ in range(2):
        losses.append((x**2 + kappa * y**2) / 2)
        gx, gy = x, kappa * y
        lr = bisection(lambda lr, x=x, y=y, gx=gx, gy=gy: gx * (x - lr * gx) + kappa * gy * (y - lr * gy) > 0, 0.0, 1.0)
        x, y = x - lr * gx, y - lr * gy
    return losses[1] / losses[0]


def _condition_number(rho):
    return torch.linalg.cond(torch.tensor([[1, rho], [rho, 1]], dtype=torch.float64))


def _shortest_and_rate(X, y):
    """torch's solution of least length; the best constant step makes the two extreme factors equal in size."""
    eigenvalues = torch.linalg.svdvals(X).square() / len(X)
    largest, smallest = float(eigenvalues[0]), float(eigenvalues[-1])
    lr = bisection(lambda lr: abs(1 - lr * largest) < abs(1 - lr * smallest), 1 / largest, 1 / smallest)
    return torch.linalg.lstsq(X, y.unsqueeze(1), driver="gelsd").solution.squeeze(1), lr * largest - 1


def _first_columns_and_rate(X, y):
    """A solution that uses as many features as there are samples."""
    solution = torch.zeros(X.shape[1], dtype=X.dtype)
    solution[: len(X)] = torch.linalg.solve(X[:, : len(X)], y)
    return solution, _shortest_and_rate(X, y)[1]


def _mean_escape(lr, curvature, sigma):
    """The spread from its recursion, step by step; the mean over ξ as one over 20,000 quantiles."""
    a, variance = 1 + lr * curvature, 0.0
    for _ in range(300):
        variance = a**2 * variance + (lr * sigma) ** 2
    spread = sqrt(variance) / a**300
    shares = (torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000
    size = Normal(0.0, 1.0).icdf(0.5 + shares / 2)  # of |ξ|
    return float(-(spread * size).log().mean()) / log(a)


def _escape(lr, curvature, sigma, spread=None, mean_log=-0.63518):
    """The formula of the solution, to be varied."""
    a = 1 + lr * curvature
    spread = lr * sigma / sqrt(a**2 - 1) if spread is None else spread
    return (-log(spread) - mean_log) / log(a)


def _rest_of_clipped(a, p):
    """Bisection on the expectation of the clipped gradient, which increases with w."""

    def clip(gradient):
        return max(-1.0, min(1.0, gradient))

    return bisection(lambda w: p * clip(w + a) + (1 - p) * clip(w - 1) < 0, -10.0, 10.0)


def _floor_ratio(lr, curvature, k):
    """Iterates the mean square error until it stays, for both; the noise variance of a step falls with the batch."""

    def floor(lr, noise):
        error = 0.0
        for _ in range(3000):
            error = (1 - lr * curvature) ** 2 * error + lr**2 * noise
        return error

    return floor(k * lr, 1 / k) / floor(lr, 1.0)


def _rates(generator):
    """A step size and a factor, so that both step sizes converge."""
    curvature, k = uniform(generator, 0.5, 3), uniform(generator, 2, 8)
    return uniform(generator, 0.1, 1.8) / k / curvature, curvature, k


def _equal_peaks(kappa):
    """1 - s λ + p λ² with the same size at both ends and, with the other sign, at the middle of [1, kappa]."""
    middle = (1 + kappa) / 2
    rows = [[1, -1, 1], [kappa, -(kappa**2), 1], [middle, -(middle**2), -1]]  # s λ - p λ² ± E = 1
    s, p, E = torch.linalg.solve(torch.tensor(rows, dtype=torch.float64), torch.ones(3, dtype=torch.float64)).tolist()
    half = sqrt(s**2 / 4 - p)
    return s / 2 - half, s / 2 + half, E


def _peak(kappa, first, second):
    """The largest size of the product, at an end or at its extremum between."""
    places = (1, kappa, (1 / first + 1 / second) / 2)
    return max(abs((1 - first * place) * (1 - second * place)) for place in places)


EXERCISES = {
    1: Exercise(
        en="f(kappa): the factor of the loss per step from (kappa, 1)",
        zh="f(kappa)：从 (kappa, 1) 出发，损失每步的因子",
        reference=_loss_factor,
        inputs=lambda generator: (uniform(generator, 1.5, 30),),
        mistakes=(
            Mistake(
                lambda kappa: (kappa - 1) / (kappa + 1),
                "that is the factor of the distance; the loss is quadratic in it.",
                "这是距离的因子；损失是它的二次函数。",
            ),
            Mistake(
                lambda kappa: (1 - 1 / kappa) ** 2,
                "that is the step 1 / λ_max; the exact step is longer here.",
                "这是步长 1 / λ_max 的结果；这里精确步长更长。",
            ),
            Mistake(
                lambda kappa: ((sqrt(kappa) - 1) / (sqrt(kappa) + 1)) ** 2,
                "the square root of κ needs a memory of earlier steps; exact search has none.",
                "要得到 κ 的平方根，需要记住以前的步；精确搜索没有记忆。",
            ),
            Mistake(
                lambda kappa: 1 - ((kappa - 1) / (kappa + 1)) ** 2,
                "that is the share of the loss that a step removes; what remains is asked for.",
                "这是一步去掉的损失份额；要的是剩下的。",
            ),
        ),
    ),
    2: Exercise(
        en="f(rho): the condition number, for any correlation between -1 and 1",
        zh="f(rho)：条件数，相关系数可取 -1 与 1 之间的任何值",
        reference=_condition_number,
        inputs=lambda generator: (uniform(generator, -0.95, 0.95),),
        mistakes=(
            Mistake(
                lambda rho: (1 + rho) / (1 - rho),
                "which eigenvalue is the larger one when the correlation is negative?",
                "相关系数为负时，哪个特征值较大？",
            ),
            Mistake(
                lambda rho: 1 + abs(rho),
                "that is the largest eigenvalue; the smallest is not 1.",
                "这是最大的特征值；最小的并不是 1。",
            ),
            Mistake(
                lambda rho: 1 / (1 - abs(rho)),
                "that is one over the smallest eigenvalue; the largest is not 1.",
                "这是最小特征值的倒数；最大的并不是 1。",
            ),
            Mistake(
                lambda rho: 1 / (1 - rho**2),
                "the determinant is the product of the eigenvalues; their quotient is asked for.",
                "行列式是特征值之积；要的是它们之商。",
            ),
        ),
    ),
    3: Exercise(
        en="f(X, y): the pair (where descent from zero ends, factor per step of the distance to it with the best "
        "constant step)",
        zh="f(X, y)：(从零出发的终点，用最好的固定步长时到终点的距离每步的因子) 这一对",
        reference=_shortest_and_rate,
        inputs=lambda generator: (normal(generator, 3, 6), normal(generator, 3)),
        mistakes=(
            Mistake(
                lambda X, y: (_shortest_and_rate(X, y)[0], 1.0),
                "along the zero eigenvalues nothing ever moves, so they do not slow anything down.",
                "沿零特征值的方向什么也不动，所以它们不会拖慢任何东西。",
            ),
            Mistake(
                lambda X, y: (_shortest_and_rate(X, y)[0], _shortest_and_rate(X, y)[1] ** 2),
                "that is the factor of the loss; the distance was asked for.",
                "这是损失的因子；要的是距离的因子。",
            ),
            Mistake(
                lambda X, y: (_shortest_and_rate(X, y)[0], 1 - torch.linalg.cond(X) ** -2),
                "that is the step 1 / λ_max; a longer one is better.",
                "这是步长 1 / λ_max 的结果；更长的步长更好。",
            ),
            Mistake(
                lambda X, y: (_shortest_and_rate(X, y)[0], (torch.linalg.cond(X) - 1) / (torch.linalg.cond(X) + 1)),
                "the eigenvalues are the squares of the singular values of X, and so is κ.",
                "特征值是 X 的奇异值的平方，κ 也是如此。",
            ),
            Mistake(
                _first_columns_and_rate,
                "that has loss 0, but it is no combination of the rows of X; the iterates from zero all are.",
                "它的损失为 0，但不是 X 各行的线性组合；而从零出发的迭代都是。",
            ),
        ),
    ),
    4: Exercise(
        en="f(lr, curvature, sigma): the mean of the t at which |y_t| = 1, not rounded, by the formula for small sigma",
        zh="f(lr, curvature, sigma)：|y_t| = 1 时 t 的均值，不取整，用 sigma 很小时的公式",
        reference=_mean_escape,
        inputs=lambda generator: (
            uniform(generator, 0.02, 0.2),
            uniform(generator, 1, 4),
            10 ** uniform(generator, -6, -2),
        ),
        tolerance=1e-3,
        mistakes=(
            Mistake(
                lambda lr, curvature, sigma: _escape(lr, curvature, sigma, mean_log=0),
                "ξ is random: the mean of log|ξ| is not 0.",
                "ξ 是随机的：log|ξ| 的均值不是 0。",
            ),
            Mistake(
                lambda lr, curvature, sigma: _escape(lr, curvature, sigma, mean_log=log(2 / pi) / 2),
                "the logarithm of the mean of |ξ| is not the mean of the logarithm.",
                "|ξ| 的均值的对数，不是对数的均值。",
            ),
            Mistake(
                lambda lr, curvature, sigma: _escape(lr, curvature, sigma, mean_log=0.63518),
                "a small ξ takes longer: log|ξ| is negative on average and is subtracted.",
                "ξ 小则更慢：log|ξ| 平均为负，而它是被减去的。",
            ),
            Mistake(
                lambda lr, curvature, sigma: _escape(lr, curvature, sigma, spread=lr * sigma),
                "that counts the first noise only; the later ones add up to a factor.",
                "这只算了第一个噪声；后来的噪声合起来是一个因子。",
            ),
            Mistake(
                lambda lr, curvature, sigma: _escape(lr, curvature, sigma) * log(1 + lr * curvature) / (lr * curvature),
                "log a is not quite ηλ.",
                "log a 并不恰好等于 ηλ。",
            ),
        ),
    ),
    5: Exercise(
        en="f(a, p): the w where SGD clipped to [-1, 1] comes to rest, if a sample's gradient at w is w + a with "
        "probability p and w - 1 otherwise, a > 1 and p < 1/2",
        zh="f(a, p)：裁剪到 [-1, 1] 的 SGD 停下来的 w；样本在 w 处的梯度以概率 p 为 w + a，否则为 w - 1，"
        "其中 a > 1，p < 1/2",
        reference=_rest_of_clipped,
        inputs=lambda generator: (uniform(generator, 1.5, 5), uniform(generator, 0.05, 0.45)),
        extremes=((3.0, 0.3),),
        mistakes=(
            Mistake(
                lambda a, p: 1 - p - p * a,
                "that is the minimum, where SGD without clipping comes to rest.",
                "这是最小值点，不裁剪的 SGD 停在这里。",
            ),
            Mistake(
                lambda a, p: 2 * p - 1,
                "that is the mean of the clipped gradients at w = 0; it must become zero by moving w.",
                "这是 w = 0 处裁剪后梯度的均值；w 移动到使它为零才停。",
            ),
            Mistake(
                lambda a, p: 1.0,
                "there the second kind of sample is content, and the first still pushes.",
                "在那里第二类样本已经满意，第一类却还在推。",
            ),
            Mistake(
                lambda a, p: 1 - 2 * p,
                "the gradient w - 1 counts with the probability 1 - p only.",
                "梯度 w - 1 只以概率 1 - p 计入。",
            ),
        ),
    ),
    6: Exercise(
        en="f(lr, curvature, k): the factor of the noise floor from (lr, B) to (k lr, k B)",
        zh="f(lr, curvature, k)：从 (lr, B) 到 (k lr, k B)，噪声底线的因子",
        reference=_floor_ratio,
        inputs=_rates,
        mistakes=(
            Mistake(
                lambda lr, curvature, k: 1.0,
                "η / B stays, but the floor depends on η in another place as well.",
                "η / B 不变，但底线在另一处也依赖于 η。",
            ),
            Mistake(
                lambda lr, curvature, k: (2 - k * lr * curvature) / (2 - lr * curvature),
                "the longer step has the higher floor: it is the other way round.",
                "步长越长，底线越高：弄反了。",
            ),
            Mistake(
                lambda lr, curvature, k: k * (2 - lr * curvature) / (2 - k * lr * curvature),
                "the variance of a step's gradient falls with the batch, which is k times as large.",
                "一步的梯度的方差随批量减小，而批量是原来的 k 倍。",
            ),
            Mistake(
                lambda lr, curvature, k: (1 - lr * curvature) / (1 - k * lr * curvature),
                "the floor becomes infinite where η reaches 2 / λ.",
                "底线在 η 达到 2 / λ 时才变为无穷大。",
            ),
        ),
    ),
    7: Exercise(
        en="f(kappa): the smaller step size, the larger one, and the largest size of the product on [1, kappa]",
        zh="f(kappa)：较小的步长、较大的步长，以及乘积在 [1, kappa] 上的最大绝对值",
        reference=_equal_peaks,
        inputs=lambda generator: (uniform(generator, 2, 50),),
        mistakes=(
            Mistake(
                lambda kappa: (2 / (kappa + 1), 2 / (kappa + 1), ((kappa - 1) / (kappa + 1)) ** 2),
                "that is the best constant step, twice; two different steps can do better.",
                "这是最好的固定步长用两次；用两个不同的步长可以更好。",
            ),
            Mistake(
                lambda kappa: (1 / kappa, 1.0, _peak(kappa, 1 / kappa, 1)),
                "with the roots at the ends the product is large between them; move them inwards.",
                "根在两端时，乘积在中间很大；把根向里移。",
            ),
            Mistake(
                lambda kappa: (*sorted(1 / step for step in _equal_peaks(kappa)[:2]), _equal_peaks(kappa)[2]),
                "those are the roots in λ; the step sizes are their reciprocals.",
                "这是关于 λ 的根；步长是它们的倒数。",
            ),
            Mistake(
                lambda kappa: (*_equal_peaks(kappa)[:2], sqrt(_equal_peaks(kappa)[2])),
                "the third is the factor per step; the product is that of two steps.",
                "第三个数是每步的因子；乘积是两步的。",
            ),
            Mistake(
                lambda kappa: (*_equal_peaks(kappa)[1::-1], _equal_peaks(kappa)[2]),
                "the smaller step size comes first.",
                "较小的步长在前。",
            ),
        ),
    ),
}
