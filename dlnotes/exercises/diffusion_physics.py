"""The exercises of the chapter on the physics of diffusion."""

import math

import torch

from dlnotes.diffusion_physics import bernoulli
from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import normal, uniform
from dlnotes.exercises._solvers import bisection


def _drifts(w):
    """From the three rules themselves."""
    w = torch.tensor(w, dtype=torch.float64)
    rules = (bernoulli, lambda w: torch.exp(-w / 2), lambda w: torch.exp(-w).clamp(max=1))
    return tuple(rule(w) - rule(-w) for rule in rules)


def _rate_of_forgetting(m, v):
    """Minus the derivative of the divergence along the solution in a trap, by automatic differentiation."""
    t = torch.zeros((), dtype=torch.float64, requires_grad=True)
    mean, variance = m * torch.exp(-t), 1 + (v - 1) * torch.exp(-2 * t)
    divergence = (mean**2 + variance - 1 - torch.log(variance)) / 2
    return -torch.autograd.grad(divergence, t)[0]


def _settled_variance(rate, D, tau):
    variance = 0.0
    for _ in range(5000):
        variance = (1 - rate * tau) ** 2 * variance + 2 * D * tau
    return variance


def _beads(G, kT, x):
    """The height by bisection, the density by Runge and Kutta's steps on dp/dx = -G p / kT."""
    height = bisection(lambda x: G * x < kT, 0.0, 100 * kT / G)
    p, h = 1.0, x / 1000
    for _ in range(1000):
        k1 = -G * p / kT
        k2 = -G * (p + h / 2 * k1) / kT
        k3 = -G * (p + h / 2 * k2) / kT
        k4 = -G * (p + h * k3) / kT
        p += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return height, p


def _correlation(v0, v1, noise):
    """The covariance with the start along the way back, in many short steps of its logarithm."""
    S = torch.linspace(v1, v0, 20_001, dtype=torch.float64)
    middle, fall = (S[1:] + S[:-1]) / 2, -S.diff()
    covariance = v1 * torch.exp(-(fall * (1 + noise**2) / (2 * middle)).sum())
    return covariance / math.sqrt(v0 * v1)


def _gathered(v, t):
    """The difference of the log-densities at both ends of a path."""
    x = torch.tensor(0.7, dtype=torch.float64)
    start, end = torch.tensor(v).double().sqrt(), torch.tensor(v + 2 * t).double().sqrt()
    log_density = [torch.distributions.Normal(0, s).log_prob(x * s / start) for s in (start, end)]
    return log_density[0] - log_density[1]


EXERCISES = {
    1: Exercise(
        en="f(w): the drifts B(w) - B(-w) of Bernoulli's rule, the square root and Metropolis' rule, in this order",
        zh="f(w)：依次为伯努利规则、平方根规则、Metropolis 规则的漂移 B(w) - B(-w)",
        reference=_drifts,
        inputs=lambda generator: (3 * float(normal(generator)),),
        mistakes=(
            Mistake(
                lambda w: (-w, -w, -w),
                "only one rule has the drift of the force on every slope.",
                "只有一个规则在任何坡度上都给出力的漂移。",
            ),
            Mistake(
                lambda w: (w, 2 * math.sinh(w / 2), math.copysign(1 - math.exp(-abs(w)), w)),
                "B is the rate of the jump up the slope: the drift goes down.",
                "B 是上坡跳跃的速率：漂移应当向下。",
            ),
            Mistake(
                lambda w: (-w, -math.sinh(w), -math.copysign(1 - math.exp(-abs(w)), w)),
                "the exponents of the square root are ± w / 2, and sinh contains one half.",
                "平方根规则的指数是 ± w / 2，而 sinh 里还有二分之一。",
            ),
        ),
    ),
    2: Exercise(
        en="f(m, v): how fast the divergence of N(m, v) from the standard normal law falls in its trap, for D = 1",
        zh="f(m, v)：D = 1 时，N(m, v) 相对标准正态分布的散度在势阱中下降的速率",
        reference=_rate_of_forgetting,
        inputs=lambda generator: (float(normal(generator)), uniform(generator, 0.2, 3)),
        mistakes=(
            Mistake(
                lambda m, v: (m**2 + v - 1 - math.log(v)) / 2,
                "that is the divergence, not its rate.",
                "这是散度本身，不是它的速率。",
            ),
            Mistake(
                lambda m, v: -(m**2) - (1 - 1 / v) ** 2 * v,
                "the rate of a fall was asked for: it is positive.",
                "要的是下降的速率：它是正的。",
            ),
            Mistake(
                lambda m, v: m**2 + (1 - 1 / v) ** 2,
                "the mean of (x − m)² under the law is v.",
                "在该分布下 (x − m)² 的均值是 v。",
            ),
        ),
    ),
    3: Exercise(
        en="f(rate, D, tau): the variance in the long run of steps of length tau in a trap of that rate",
        zh="f(rate, D, tau)：在回复率为 rate 的势阱中，以步长 tau 长期运行后的方差",
        reference=_settled_variance,
        inputs=lambda generator: (
            uniform(generator, 0.5, 2),
            uniform(generator, 0.5, 2),
            uniform(generator, 0.05, 0.9),
        ),
        mistakes=(
            Mistake(
                lambda rate, D, tau: D / rate,
                "that is the limit of short steps.",
                "这是步长趋于零时的极限。",
            ),
            Mistake(
                lambda rate, D, tau: D / (rate * (1 + rate * tau / 2)),
                "long steps make the variance larger, not smaller.",
                "步长大会使方差变大，而不是变小。",
            ),
            Mistake(
                lambda rate, D, tau: D / (rate * (1 - rate * tau)) if rate * tau != 1 else math.inf,
                "in 1 − (1 − θτ)² the square of θτ has the coefficient 1 beside 2 θτ.",
                "在 1 − (1 − θτ)² 中，θτ 的平方的系数是 1，一次项的系数是 2。",
            ),
        ),
    ),
    4: Exercise(
        en="f(G, kT, x): the pair (height over which the density falls by e, density at x relative to that at 0)",
        zh="f(G, kT, x)：(密度降为 1/e 的高度，x 处的密度与 0 处之比) 这一对数",
        reference=_beads,
        inputs=lambda generator: (uniform(generator, 0.5, 2), uniform(generator, 0.5, 2), uniform(generator, 0.1, 3)),
        mistakes=(
            Mistake(
                lambda G, kT, x: (G / kT, math.exp(-G * x / kT)),
                "light beads reach high: the height falls with the weight.",
                "轻的小珠升得高：高度随重量下降。",
            ),
            Mistake(
                lambda G, kT, x: (kT / G, math.exp(G * x / kT)),
                "above there are fewer beads, not more.",
                "上面的小珠更少，不是更多。",
            ),
            Mistake(
                lambda G, kT, x: (kT / G * math.log(2), math.exp(-G * x / kT)),
                "that is the height over which the density falls by one half.",
                "这是密度减半的高度。",
            ),
        ),
    ),
    5: Exercise(
        en="f(v0, v1, noise): the correlation of start and end of the way back with λ = noise, from variance v1 to v0",
        zh="f(v0, v1, noise)：λ = noise 时，从方差 v1 回到 v0 的逆过程中起点与终点的相关系数",
        reference=_correlation,
        inputs=lambda generator: (uniform(generator, 0.2, 1), uniform(generator, 1.5, 5), uniform(generator, 0, 2)),
        mistakes=(
            Mistake(
                lambda v0, v1, noise: math.sqrt(v0 / v1),
                "that is the forward correlation, for λ = 1.",
                "这是前向的相关系数，即 λ = 1 的情形。",
            ),
            Mistake(
                lambda v0, v1, noise: (v0 / v1) ** (noise**2),
                "the exponent lacks one half: S falls at the rate 2 D.",
                "指数漏了二分之一：S 以 2 D 的速率下降。",
            ),
            Mistake(
                lambda v0, v1, noise: v1 * (v0 / v1) ** ((1 + noise**2) / 2),
                "that is the covariance; divide it by both deviations.",
                "这是协方差；还要除以两个标准差。",
            ),
        ),
    ),
    6: Exercise(
        en="f(v, t): what ∂u/∂x adds up to along the flow from time 0 to t for normal data of variance v, with D = 1",
        zh="f(v, t)：数据服从方差为 v 的正态分布且 D = 1 时，∂u/∂x 沿流从时刻 0 到 t 的累积",
        reference=_gathered,
        inputs=lambda generator: (uniform(generator, 0.2, 2), uniform(generator, 0.1, 3)),
        mistakes=(
            Mistake(
                lambda v, t: math.log((v + 2 * t) / v),
                "u is D x / S, with D = 1 and not 2: the logarithm has the factor one half.",
                "u 等于 D x / S，这里 D = 1 而不是 2：对数前有因子二分之一。",
            ),
            Mistake(
                lambda v, t: -math.log((v + 2 * t) / v) / 2,
                "forward the flow spreads: ∂u/∂x is positive.",
                "前向的流是发散的：∂u/∂x 为正。",
            ),
            Mistake(
                lambda v, t: t / v,
                "the variance grows along the way, so ∂u/∂x falls.",
                "沿途方差在增大，所以 ∂u/∂x 在变小。",
            ),
        ),
    ),
}
