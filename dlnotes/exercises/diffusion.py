"""The exercises of the chapter on diffusion models."""

import math
from itertools import pairwise

import torch

from dlnotes.diffusion import ode_step, sample
from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform


def _hills(a, sigma):
    """Maxima of the density, counted on a grid."""
    x = torch.linspace(-3 * a, 3 * a, 4001, dtype=torch.float64)
    p = torch.logaddexp(-((x - a) ** 2) / (2 * sigma**2), -((x + a) ** 2) / (2 * sigma**2))
    return int(((p[1:-1] > p[:-2]) & (p[1:-1] >= p[2:])).sum())


def _denoise(z, data, sigma):
    return torch.softmax(-(z - data).square().sum(1) / (2 * sigma**2), 0) @ data


def _denoiser_jacobian(data, z, sigma):
    """By automatic differentiation."""
    return torch.autograd.functional.jacobian(lambda z: _denoise(z, data, sigma), z)


def _weights(data, z, sigma):
    return torch.softmax(-(z - data).square().sum(1) / (2 * sigma**2), 0)


def _implicit_loss(a, b, m, v):
    """Integrated over the density, the derivative by automatic differentiation."""
    x = torch.linspace(-12, 12, 4001, dtype=torch.float64)
    x = (m + math.sqrt(v) * x).requires_grad_()
    f = -(x - a) / b
    (slope,) = torch.autograd.grad(f.sum(), x)
    x, f = x.detach(), f.detach()
    p = torch.exp(-((x - m) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)
    return torch.trapezoid(p * (f**2 + 2 * slope), x)


def _flow_factor(levels):
    """What becomes of 1 on the way through the levels."""
    one = torch.ones(1, 1, dtype=torch.float64)
    return sample(ode_step, lambda x, sigma: x / (1 + sigma**2), one, levels).squeeze()


def _falling_levels(generator):
    return torch.rand(6, generator=generator, dtype=torch.float64).add(0.2).cumsum(0).flip(0)


def _ddpm_from_levels(beta, alpha_bar):
    """From the levels of noise of both steps and the reverse step between them."""
    before = alpha_bar / (1 - beta)
    now_square, then_square = (1 - alpha_bar) / alpha_bar, (1 - before) / before
    coefficient = math.sqrt(alpha_bar) * (now_square - then_square) / math.sqrt(now_square)
    return coefficient, before * then_square / now_square * (now_square - then_square)


def _variance_of_samples(levels, spread):
    """From the coefficients of all the independent noises that enter a sample."""
    coefficients = [float(levels[0])]
    for now, then in pairwise(levels.tolist()):
        shrink = 1 - (now**2 - then**2) / (spread**2 + now**2)
        coefficients = [shrink * c for c in coefficients] + [then * math.sqrt(1 - (then / now) ** 2)]
    return sum(c**2 for c in coefficients)


def _product_density(m1, v1, m2, v2, w):
    """Moments on a grid."""
    x = torch.linspace(-60, 60, 60_001, dtype=torch.float64)
    log_p = -(1 - w) * (x - m1) ** 2 / (2 * v1) - w * (x - m2) ** 2 / (2 * v2)
    p = torch.softmax(log_p, 0)
    mean = p @ x
    return mean, p @ (x - mean) ** 2


def _turned(x, v, angle, turn):
    """Picture and noise by a linear system, then DDIM's own formula."""
    rotation = torch.tensor([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    x0, noise = torch.linalg.solve(rotation.double(), torch.stack([x, v]))
    return x0, noise, math.cos(angle - turn) * x0 + math.sin(angle - turn) * noise


EXERCISES = {
    1: Exercise(
        en="f(a, sigma): how many maxima the density has, 1 or 2",
        zh="f(a, sigma)：密度有几个极大值，1 或 2",
        reference=_hills,
        inputs=lambda generator: (
            uniform(generator, 0.5, 2),
            (0.6, 0.8, 0.95, 1.05, 1.4)[integer(generator, 0, 4)],
        ),
        extremes=((1.0, 0.95), (1.0, 1.05), (1.0, 0.8), (2.0, 1.5), (0.6, 0.95)),
        mistakes=(
            Mistake(
                lambda a, sigma: 2 if sigma < 2 * a else 1,
                "the points are 2a apart, but what counts is the distance from the middle.",
                "两点相距 2a，但起作用的是到中点的距离。",
            ),
            Mistake(
                lambda a, sigma: 2 if sigma**2 < a else 1,
                "compare σ with a, or σ² with a².",
                "要拿 σ 与 a 相比，或者拿 σ² 与 a² 相比。",
            ),
            Mistake(
                lambda a, sigma: 2 if sigma < a / math.sqrt(2) else 1,
                "the slope of the denoiser at 0 is a² / σ², without a factor.",
                "去噪器在 0 处的斜率是 a² / σ²，没有别的因子。",
            ),
        ),
    ),
    2: Exercise(
        en="f(data, z, sigma): the Jacobian of the exact denoiser at z; the rows of data are the data points",
        zh="f(data, z, sigma)：精确去噪器在 z 处的雅可比矩阵；data 的每一行是一个数据点",
        reference=_denoiser_jacobian,
        inputs=lambda generator: (normal(generator, 5, 3), normal(generator, 3), uniform(generator, 0.5, 2)),
        mistakes=(
            Mistake(
                lambda data, z, sigma: torch.cov(data.T, aweights=_weights(data, z, sigma), correction=0),
                "the division by σ² is missing.",
                "漏了除以 σ²。",
            ),
            Mistake(
                lambda data, z, sigma: data.T @ (_weights(data, z, sigma)[:, None] * data) / sigma**2,
                "the weights depend on z through their sum as well: subtract the product of the means.",
                "权重还通过归一化的和依赖于 z：要减去均值的乘积。",
            ),
            Mistake(
                lambda data, z, sigma: torch.cov(data.T, correction=0) / sigma**2,
                "the points count with the weights that z gives them.",
                "各点要按 z 给它们的权重计。",
            ),
        ),
    ),
    3: Exercise(
        en="f(a, b, m, v): the mean of f² + 2 f′ for f(x) = -(x - a) / b and normal data of mean m, variance v",
        zh="f(a, b, m, v)：f(x) = -(x - a) / b、数据服从均值 m、方差 v 的正态分布时，f² + 2 f′ 的均值",
        reference=_implicit_loss,
        inputs=lambda generator: (
            float(normal(generator)),
            uniform(generator, 0.5, 3),
            float(normal(generator)),
            uniform(generator, 0.5, 3),
        ),
        mistakes=(
            Mistake(
                lambda a, b, m, v: ((m - a) / b) ** 2 + v * (1 / v - 1 / b) ** 2,
                "that is the explicit loss; it is larger by the mean of s².",
                "这是显式的损失；它多出 s² 的均值。",
            ),
            Mistake(
                lambda a, b, m, v: ((m - a) ** 2 + v) / b**2 - 1 / b,
                "the derivative counts twice.",
                "导数要乘以 2。",
            ),
            Mistake(
                lambda a, b, m, v: ((m - a) / b) ** 2 - 2 / b,
                "the mean of (x − a)² contains the variance as well.",
                "(x − a)² 的均值里还有方差。",
            ),
        ),
    ),
    4: Exercise(
        en="f(levels): what Euler's steps through these falling levels multiply z by, for normal data with τ = 1",
        zh="f(levels)：τ = 1 的正态数据，沿这些递降的噪声水平走欧拉步，z 总共被乘以多少",
        reference=_flow_factor,
        inputs=lambda generator: (_falling_levels(generator),),
        mistakes=(
            Mistake(
                lambda levels: ((1 + levels[-1] ** 2) / (1 + levels[0] ** 2)).sqrt(),
                "that is the exact factor; each step has an error.",
                "这是精确的倍数；每一步都有误差。",
            ),
            Mistake(
                lambda levels: (1 + levels.diff() * levels[1:] / (1 + levels[1:] ** 2)).prod(),
                "Euler's step takes the velocity at the level where it begins.",
                "欧拉步用的是起点处噪声水平的速度。",
            ),
            Mistake(
                lambda levels: (1 - levels.diff() * levels[:-1] / (1 + levels[:-1] ** 2)).prod(),
                "the levels fall, so each factor is below 1.",
                "噪声水平在下降，所以每个因子都小于 1。",
            ),
        ),
    ),
    5: Exercise(
        en="f(beta, alpha_bar): the pair (factor of ε̂ in the bracket of DDPM's mean, variance β̃)",
        zh="f(beta, alpha_bar)：(DDPM 均值括号内 ε̂ 的系数，方差 β̃) 这一对数",
        reference=_ddpm_from_levels,
        inputs=lambda generator: (uniform(generator, 0.001, 0.05), uniform(generator, 0.05, 0.9)),
        mistakes=(
            Mistake(
                lambda beta, alpha_bar: (
                    beta / (1 - alpha_bar),
                    beta * (1 - alpha_bar / (1 - beta)) / (1 - alpha_bar),
                ),
                "the noise has the deviation √(1 − ᾱ), not the variance.",
                "噪声的标准差是 √(1 − ᾱ)，不是方差。",
            ),
            Mistake(
                lambda beta, alpha_bar: (beta / math.sqrt(1 - alpha_bar), beta),
                "that is the variance of the forward step; here it is known where the step leads from and to.",
                "这是前向一步的方差；而这里两端都有了信息。",
            ),
            Mistake(
                lambda beta, alpha_bar: (
                    beta / math.sqrt(1 - alpha_bar),
                    beta * (1 - alpha_bar) / (1 - alpha_bar / (1 - beta)),
                ),
                "the quotient is upside down: less noise before the step than after it.",
                "分式上下颠倒了：这一步之前的噪声比之后少。",
            ),
        ),
    ),
    6: Exercise(
        en="f(levels, spread): the variance of the samples after the steps through these falling levels",
        zh="f(levels, spread)：沿这些递降的噪声水平走完之后样本的方差",
        reference=_variance_of_samples,
        inputs=lambda generator: (_falling_levels(generator), uniform(generator, 0.5, 2)),
        mistakes=(
            Mistake(
                lambda levels, spread: spread**2 + levels[-1] ** 2,
                "that is the variance that there should be.",
                "这是应有的方差。",
            ),
            Mistake(
                lambda levels, spread: (
                    levels[0] ** 2
                    * (1 - (levels[:-1] ** 2 - levels[1:] ** 2) / (spread**2 + levels[:-1] ** 2)).square().prod()
                ),
                "every step adds fresh noise.",
                "每一步都会加入新的噪声。",
            ),
            Mistake(
                lambda levels, spread: _variance_of_samples(levels, spread) ** 0.5,
                "that is the deviation; the variance was asked for.",
                "这是标准差；要的是方差。",
            ),
        ),
    ),
    7: Exercise(
        en="f(m1, v1, m2, v2, w): the pair (mean, variance) of the density proportional to N(m1, v1)^(1-w) N(m2, v2)^w",
        zh="f(m1, v1, m2, v2, w)：与 N(m1, v1)^(1-w) N(m2, v2)^w 成正比的密度的 (均值，方差)",
        reference=_product_density,
        inputs=lambda generator: (
            float(normal(generator)),
            uniform(generator, 1, 2),
            float(normal(generator)),
            uniform(generator, 0.3, 0.8),
            uniform(generator, 1.2, 4),
        ),
        mistakes=(
            Mistake(
                lambda m1, v1, m2, v2, w: (m1 + w * (m2 - m1), v1 + w * (v2 - v1)),
                "exponents mix the precisions, not the means and variances.",
                "指数混合的是精度，不是均值和方差。",
            ),
            Mistake(
                lambda m1, v1, m2, v2, w: (
                    (m1 + w * (m2 - m1)),
                    1 / ((1 - w) / v1 + w / v2),
                ),
                "the means are weighted by the precisions as well.",
                "均值也要按精度加权。",
            ),
            Mistake(
                lambda m1, v1, m2, v2, w: (
                    (w * m1 / v1 + (1 - w) * m2 / v2) / (w / v1 + (1 - w) / v2),
                    1 / (w / v1 + (1 - w) / v2),
                ),
                "the weights are exchanged: w belongs to the second density.",
                "权重弄反了：w 属于第二个密度。",
            ),
        ),
    ),
    8: Exercise(
        en="f(x, v, angle, turn): the picture, the noise, and where DDIM leads when the angle falls by turn",
        zh="f(x, v, angle, turn)：图像、噪声，以及角度减小 turn 时 DDIM 到达的点",
        reference=_turned,
        inputs=lambda generator: (
            normal(generator, 3),
            normal(generator, 3),
            uniform(generator, 0.5, 1.5),
            uniform(generator, 0.05, 0.4),
        ),
        mistakes=(
            Mistake(
                lambda x, v, angle, turn: (
                    math.cos(angle) * x + math.sin(angle) * v,
                    math.cos(angle) * v - math.sin(angle) * x,
                    math.cos(turn) * x - math.sin(turn) * v,
                ),
                "turn back, not on: the signs of the sines of the first two are exchanged.",
                "应当转回去：前两个式子里正弦的符号反了。",
            ),
            Mistake(
                lambda x, v, angle, turn: (
                    math.cos(angle) * x - math.sin(angle) * v,
                    math.sin(angle) * x + math.cos(angle) * v,
                    math.cos(turn) * x + math.sin(turn) * v,
                ),
                "that step leads to more noise: the angle must fall.",
                "这一步噪声反而变多：角度应当减小。",
            ),
            Mistake(
                lambda x, v, angle, turn: (
                    math.sin(angle) * x + math.cos(angle) * v,
                    math.cos(angle) * x - math.sin(angle) * v,
                    math.cos(turn) * x - math.sin(turn) * v,
                ),
                "picture and noise are exchanged.",
                "图像与噪声弄反了。",
            ),
        ),
    ),
}
