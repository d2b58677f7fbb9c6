"""The exercises of the chapter on autoencoders."""

import math

import torch

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform


def _best_with_decoder(B, X):
    """Least squares for the codes of all samples."""
    codes = torch.linalg.lstsq(B, X.T).solution
    return (B @ codes - X.T).square().sum(0).mean()


def _distance(B, X, projection):
    return (X - X @ projection(B).T).square().sum(1).mean()


def _jump(n):
    """With integers, digit by digit."""
    below, above = "4" + "9" * (n - 1), "5" + "0" * (n - 1)
    second = above
    codes = [int("".join(a + b for a, b in zip(first, second, strict=True))) for first in (below, above)]
    return (codes[1] - codes[0]) / 10 ** (2 * n)


def _coin(x, sigma):
    """The average of both points, weighted by their posterior, and the derivative of the log-density."""
    points = torch.tensor([-1.0, 1.0], dtype=torch.float64)
    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    exponents = -((x - points) ** 2) / (2 * sigma**2)
    (score,) = torch.autograd.grad(torch.logsumexp(exponents, 0), x)
    return float(torch.softmax(exponents.detach(), 0) @ points), float(score)


def _coin_by_exponentials(x, sigma):
    up, down = torch.exp(torch.tensor(x / sigma**2)), torch.exp(torch.tensor(-x / sigma**2))
    r = (up - down) / (up + down)
    return r, (r - x) / sigma**2


def _remaining_error(variances, sigma):
    """The trace of the posterior covariance, by solving with the covariance of the noisy data."""
    S = variances.diag()
    noisy = S + sigma**2 * torch.eye(len(S), dtype=S.dtype)
    return (S - S @ torch.linalg.solve(noisy, S)).trace()


def _error_from_scores(scores, sigma):
    """The noise's own error less that of leaving the samples as they are, by the learned steps."""
    steps = sigma**2 * scores  # r - x̃
    noise = scores.shape[1] * sigma**2
    return noise - steps.norm(dim=1).square().mean()


def _turned_kurtosis(kappa, theta):
    """All nine outcomes of two factors that are 0 or ± v."""
    p = 1 / (kappa + 3)
    values = torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64) / math.sqrt(p)
    weights = torch.tensor([p / 2, 1 - p, p / 2], dtype=torch.float64)
    mixed = math.cos(theta) * values[:, None] + math.sin(theta) * values
    return ((weights[:, None] * weights) * mixed**4).sum() - 3


EXERCISES = {
    1: Exercise(
        en="f(B, X): the least loss of the decoder B (its columns span a plane) on the rows of X with any encoder",
        zh="f(B, X)：解码器为 B（其列张成平面）时，无论编码器如何，在 X 各行上的最小损失",
        reference=_best_with_decoder,
        inputs=lambda generator: (normal(generator, 4, 2), normal(generator, 7, 4)),
        mistakes=(
            Mistake(
                lambda B, X: _distance(B, X, lambda B: B @ B.T),
                "B Bᵀ projects only if the columns of B are orthonormal.",
                "只有 B 的列标准正交时，B Bᵀ 才是投影。",
            ),
            Mistake(
                lambda B, X: _distance(B, X, lambda B: B @ torch.linalg.pinv(B)) / X.shape[1],
                "the loss is the mean over the samples, not over all entries.",
                "损失是对样本求平均，不是对所有元素求平均。",
            ),
            Mistake(
                lambda B, X: torch.linalg.svdvals(X)[B.shape[1] :].square().sum() / len(X),
                "that is the minimum over all decoders; here B is given.",
                "这是对所有解码器取的最小值；这里 B 是给定的。",
            ),
        ),
    ),
    2: Exercise(
        en="f(n): how far the code moves when the first number goes from 0.49…9 (n decimals) to 0.5; the second is 0.5",
        zh="f(n)：第二个数为 0.5，第一个数从 0.49…9（n 位小数）变到 0.5 时，编码移动的距离",
        reference=_jump,
        inputs=lambda generator: (integer(generator, 1, 4),),
        mistakes=(
            Mistake(
                lambda n: 10.0**-n,
                "that is how far the first number moves.",
                "这是第一个数移动的距离。",
            ),
            Mistake(
                lambda n: 0.1 + (1 - 100.0 ** (1 - n)) / 110,
                "the nines that follow bring the lower code nearer, not farther away.",
                "后面的那些 9 使较小的编码更接近，而不是更远。",
            ),
            Mistake(
                lambda n: 0.05 + 5 * 10.0 ** (-2 * n),
                "the decimals are taken in turn: the first digit of the code is that of the first number.",
                "小数位是轮流取的：编码的第一位来自第一个数。",
            ),
        ),
    ),
    3: Exercise(
        en="f(x, sigma): the pair (best denoiser at the noisy value x, score of p_sigma there), also for small sigma",
        zh="f(x, sigma)：(在带噪值 x 处的最佳去噪结果，p_sigma 在该处的得分) 这一对数，sigma 可以很小",
        reference=_coin,
        inputs=lambda generator: (2 * float(normal(generator)), uniform(generator, 0.3, 2)),
        extremes=((0.7, 0.02),),
        mistakes=(
            Mistake(
                _coin_by_exponentials,
                "for small sigma the exponentials overflow; their quotient has a name of its own.",
                "sigma 很小时指数溢出；这个商本身就是一个有名字的函数。",
            ),
            Mistake(
                lambda x, sigma: (math.tanh(x / sigma), (math.tanh(x / sigma) - x) / sigma**2),
                "the exponents are divided by the variance, not by the deviation.",
                "指数除以的是方差，不是标准差。",
            ),
            Mistake(
                lambda x, sigma: (math.tanh(x / sigma**2), (x - math.tanh(x / sigma**2)) / sigma**2),
                "the score points towards the denoised value: its sign is wrong.",
                "得分指向去噪后的值：它的符号反了。",
            ),
        ),
    ),
    4: Exercise(
        en="f(variances, sigma): the error of the best denoiser, summed over the axes",
        zh="f(variances, sigma)：最佳去噪器的误差，对各轴求和",
        reference=_remaining_error,
        inputs=lambda generator: (normal(generator, 4).square(), uniform(generator, 0.3, 2)),
        mistakes=(
            Mistake(
                lambda variances, sigma: (variances / (variances + sigma**2)).sum(),
                "that is the sum of the factors; each error is its factor times σ².",
                "这是各因子之和；每个误差等于因子乘以 σ²。",
            ),
            Mistake(
                lambda variances, sigma: len(variances) * sigma**2,
                "that is the error of leaving the samples as they are.",
                "这是原样保留样本的误差。",
            ),
            Mistake(
                lambda variances, sigma: (variances * (sigma**2 / (variances + sigma**2)) ** 2).sum(),
                "the noise that passes through counts as well, not only the part of x that is lost.",
                "不但被削掉的那部分 x 算误差，漏过来的噪声也要算。",
            ),
        ),
    ),
    5: Exercise(
        en="f(scores, sigma): the error of the best denoiser; the rows of scores are the score at each noisy sample",
        zh="f(scores, sigma)：最佳去噪器的误差；scores 的每一行是一个带噪样本处的得分",
        reference=_error_from_scores,
        inputs=lambda generator: (normal(generator, 6, 3), uniform(generator, 0.3, 1)),
        mistakes=(
            Mistake(
                lambda scores, sigma: scores.shape[1] * sigma**2 - sigma**2 * scores.square().sum(1).mean(),
                "a step is σ² times the score, so its square has σ⁴.",
                "一步是得分的 σ² 倍，所以它的平方带 σ⁴。",
            ),
            Mistake(
                lambda scores, sigma: sigma**2 - sigma**4 * scores.square().sum(1).mean(),
                "the noise has the variance σ² along each of the d axes.",
                "噪声沿 d 个轴的每一个都有方差 σ²。",
            ),
            Mistake(
                lambda scores, sigma: scores.shape[1] * sigma**2 - sigma**4 * scores.square().mean(),
                "the squared length sums over the axes; only the samples are averaged.",
                "长度的平方要对各轴求和；只对样本求平均。",
            ),
        ),
    ),
    6: Exercise(
        en="f(kappa, theta): the excess kurtosis of cos(theta) z1 + sin(theta) z2, theta in radians",
        zh="f(kappa, theta)：cos(theta) z1 + sin(theta) z2 的超额峰度，theta 以弧度计",
        reference=_turned_kurtosis,
        inputs=lambda generator: (uniform(generator, -1.5, 6), uniform(generator, 0.1, 1.4)),
        mistakes=(
            Mistake(
                lambda kappa, theta: kappa,
                "a mixture is nearer to a normal variable than its parts.",
                "混合之后比各部分更接近正态变量。",
            ),
            Mistake(
                lambda kappa, theta: (kappa + 3) * (math.cos(theta) ** 4 + math.sin(theta) ** 4) - 3,
                "the fourth power has mixed terms, 6 c² s² E[z₁²] E[z₂²].",
                "四次方里有交叉项 6 c² s² E[z₁²] E[z₂²]。",
            ),
            Mistake(
                lambda kappa, theta: kappa * (1 + math.cos(2 * theta) ** 2),
                "cos⁴ + sin⁴ is half of that: at 45° it is one half.",
                "cos⁴ + sin⁴ 只有它的一半：在 45° 处等于二分之一。",
            ),
        ),
    ),
}
