"""The exercises of the chapter on momentum."""

from math import acosh, ceil, cosh, exp, floor, log, sqrt

import torch

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform
from dlnotes.exercises._solvers import bisection
from dlnotes.momentum import heavy_ball_radius, optimal_heavy_ball


def _steps_to(beta, share):
    """The ball rolls."""
    velocity, steps = 0.0, 0
    while velocity < share / (1 - beta):
        velocity, steps = beta * velocity + 1, steps + 1
    return steps


def _largest_without_friction(h, e0, e1):
    """The largest of so many steps that every phase of the oscillation comes up."""
    before, now, largest = e0, e1, max(abs(e0), abs(e1))
    for _ in range(10_000):
        before, now = now, (2 - h) * now - before
        largest = max(largest, abs(now))
    return largest


def _growth(beta, k):
    """The largest eigenvalue of a step, from two successive points to the next two."""
    step = torch.tensor([[1 + beta + k, -beta], [1, 0]], dtype=torch.float64)
    return torch.linalg.eigvals(step).real.max()


def _best_nesterov(kappa, a):
    """Ternary search for the momentum, of the largest eigenvalue in the flattest and in the steepest direction."""
    h = torch.tensor([a / kappa, a], dtype=torch.float64)

    def rate(beta):
        steps = torch.zeros(2, 2, 2, dtype=torch.float64)
        steps[:, 0, 0], steps[:, 0, 1], steps[:, 1, 0] = (1 + beta) * (1 - h), -beta * (1 - h), 1.0
        return torch.linalg.eigvals(steps).abs().max().item()

    low, high = 0.0, 1.0
    for _ in range(45):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if rate(left) < rate(right) else (left, high)
    return high, rate(high)  # above the double root the rate is smooth, below it is as steep as a root


def _chebyshev(mu, L, t):
    """By the closed form of the polynomials outside [-1, 1], a hyperbolic cosine."""

    def ratio(t):
        angle = acosh((L + mu) / (L - mu))
        return cosh(t * angle) / cosh((t + 1) * angle)

    return 4 * ratio(t) / (L - mu), ratio(t) * ratio(t - 1)


def _dampened_minus_mean(g, alpha, beta):
    """Both run: torch's optimiser and the running mean."""
    w = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=alpha, momentum=beta, dampening=beta)
    mean = position = 0.0
    for gradient in g:
        w.grad = gradient.clone()
        optimizer.step()
        mean = beta * mean + (1 - beta) * gradient
        position = position - alpha * mean
    return w.detach() - position


def _passing_time(kappa):
    """Bisection on the growing momentum."""
    best = (sqrt(kappa) - 1) / (sqrt(kappa) + 1)
    return bisection(lambda t: (t - 1) / (t + 2) < best, 1.0, 1e6)


EXERCISES = {
    1: Exercise(
        en="f(beta, share): the first whole number of steps after which the ball, from rest, has at least this share "
        "of its terminal velocity",
        zh="f(beta, share)：球从静止开始，至少达到终端速度的 share 倍的最小（整数）步数",
        reference=_steps_to,
        inputs=lambda generator: (uniform(generator, 0.3, 0.99), uniform(generator, 0.05, 0.99)),
        extremes=((0.9, 1 - exp(-1)),),
        mistakes=(
            Mistake(
                lambda beta, share: ceil(1 / (1 - beta)),
                "that is an approximation for one share only, 1 − 1/e.",
                "这是近似值，而且只适用于 1 − 1/e 这一个比例。",
            ),
            Mistake(
                lambda beta, share: ceil(log(share) / log(beta)),
                "what falls as a power of beta is the share that is missing.",
                "按 beta 的幂减小的是还差的那一部分。",
            ),
            Mistake(
                lambda beta, share: floor(log(1 - share) / log(beta)),
                "after that many steps it is not quite there: round up.",
                "这么多步之后还差一点：应向上取整。",
            ),
            Mistake(
                lambda beta, share: ceil(share / (1 - beta)),
                "the velocity grows more and more slowly, not evenly.",
                "速度增长得越来越慢，而不是匀速增长。",
            ),
        ),
    ),
    2: Exercise(
        en="f(h, e0, e1): the least upper bound of |e_t| over all t, without friction, from the successive errors e0 "
        "and e1",
        zh="f(h, e0, e1)：没有摩擦，从相继的误差 e0、e1 开始，对一切 t 的 |e_t| 的上确界",
        reference=_largest_without_friction,
        inputs=lambda generator: (uniform(generator, 0.3, 3.7), uniform(generator, -1, 1), uniform(generator, -1, 1)),
        tolerance=1e-4,
        mistakes=(
            Mistake(
                lambda h, e0, e1: max(abs(e0), abs(e1)),
                "it may swing further than where it started: use what never changes.",
                "它可能摆得比起点更远：要用那个不变的量。",
            ),
            Mistake(
                lambda h, e0, e1: sqrt(e0**2 + e1**2 - (2 - h) * e0 * e1),
                "that is the conserved quantity's root; complete the square to see how large one of the two errors can "
                "get.",
                "这是守恒量的平方根；再配方，看其中一个误差最大能到多少。",
            ),
            Mistake(
                lambda h, e0, e1: sqrt(e0**2 + (e1 - e0) ** 2 / h),
                "the physical energy isn't conserved.",
                "物理能量并不守恒。",
            ),
            Mistake(
                lambda h, e0, e1: sqrt((e0**2 + e1**2 - (2 - h) * e0 * e1) / h),
                "that is the limit for small h; the other error is not the same at the turning point.",
                "这是 h 很小时的极限；到达最远处时，另一个误差与它并不相等。",
            ),
        ),
    ),
    3: Exercise(
        en="f(beta, k): the exact factor per step in the long run under the heavy ball, for k = η |λ|",
        zh="f(beta, k)：重球法长期来看每步的精确倍数，其中 k = η |λ|",
        reference=_growth,
        inputs=lambda generator: (uniform(generator, 0, 0.99), uniform(generator, 0.001, 1)),
        mistakes=(
            Mistake(
                lambda beta, k: 1 + k / (1 - beta),
                "that is the limit for small k; solve the quadratic equation.",
                "这是 k 很小时的极限；请解那个二次方程。",
            ),
            Mistake(lambda beta, k: 1 + k, "that is gradient descent.", "这是梯度下降的倍数。"),
            Mistake(
                lambda beta, k: (1 + beta + k - sqrt((1 + beta + k) ** 2 - 4 * beta)) / 2,
                "that is the smaller root, whose part dies out.",
                "这是较小的根，它那一部分会消失。",
            ),
            Mistake(
                lambda beta, k: heavy_ball_radius(torch.tensor(k, dtype=torch.float64), beta),
                "the curvature is negative here: the slope pushes away from the point.",
                "这里的曲率为负：坡把球推离该点。",
            ),
        ),
    ),
    4: Exercise(
        en="f(kappa, a): the pair (best β, its rate ρ) of Nesterov's method for η = a / L with 0 < a <= 1",
        zh="f(kappa, a)：η = a / L（0 < a <= 1）时 Nesterov 方法的 (最好的 β，相应的 ρ) 这一对数",
        reference=_best_nesterov,
        inputs=lambda generator: (uniform(generator, 2, 200), uniform(generator, 0.2, 1)),
        extremes=((100.0, 1.0),),
        mistakes=(
            Mistake(
                lambda kappa, a: ((sqrt(kappa) - 1) / (sqrt(kappa) + 1), 1 - 1 / sqrt(kappa)),
                "that is right for a = 1; otherwise the flattest component has another h.",
                "这在 a = 1 时才对；否则最平缓的分量有另一个 h。",
            ),
            Mistake(
                lambda kappa, a: ((sqrt(kappa) - a) / (sqrt(kappa) + a), 1 - a / sqrt(kappa)),
                "it is h that is proportional to a, and s is its root.",
                "与 a 成正比的是 h，而 s 是它的平方根。",
            ),
            Mistake(
                lambda kappa, a: (
                    (1 - sqrt(a / kappa)) / (1 + sqrt(a / kappa)),
                    sqrt((1 - sqrt(a / kappa)) / (1 + sqrt(a / kappa))),
                ),
                "the root of β is the heavy ball's rate; here the product of the roots is β q.",
                "β 的平方根是重球法的收敛速度；这里两根之积是 β q。",
            ),
            Mistake(
                lambda kappa, a: ((1 - a / kappa) / (1 + a / kappa), 1 - a / kappa),
                "at the double root (1 − β) / (1 + β) is the root of h, not h.",
                "重根处 (1 − β) / (1 + β) 是 h 的平方根，而不是 h。",
            ),
        ),
    ),
    5: Exercise(
        en="f(mu, L, t): the pair (η_t, β_t) of the step from e_t to e_(t+1), for t >= 1",
        zh="f(mu, L, t)：从 e_t 到 e_(t+1) 这一步（t >= 1）的 (η_t, β_t) 这一对数",
        reference=_chebyshev,
        inputs=lambda generator: (
            (mu := uniform(generator, 0.5, 2)),
            mu * uniform(generator, 3, 50),
            integer(generator, 1, 8),
        ),
        extremes=((1.0, 100.0, 100),),
        mistakes=(
            Mistake(
                lambda mu, L, t: optimal_heavy_ball(mu, L)[:2],
                "those are the limits, the heavy ball's constants.",
                "这是极限，即重球法的常数。",
            ),
            Mistake(
                lambda mu, L, t: (_chebyshev(mu, L, t)[0] / 2, _chebyshev(mu, L, t)[1]),
                "λ stands in 2 u with the factor 4 / (L − μ).",
                "λ 在 2 u 中的系数是 4 / (L − μ)。",
            ),
            Mistake(
                lambda mu, L, t: _chebyshev(mu, L, t - 1) if t > 1 else (2 / (L + mu), 0.0),
                "those are the constants of the step before: r_0 = 1 / u_0.",
                "这是前一步的常数：r_0 = 1 / u_0。",
            ),
            Mistake(
                lambda mu, L, t: (_chebyshev(mu, L, t)[0], ((L - mu) / 4 * _chebyshev(mu, L, t)[0]) ** 2),
                "β_t is the product of two successive ratios, which are equal only in the limit.",
                "β_t 是相继两个比值之积，它们只在极限中才相等。",
            ),
        ),
    ),
    6: Exercise(
        en="f(g, alpha, beta): the position of torch's SGD less that of the running mean after the gradients g, a "
        "tensor of numbers that begins with g_0; both start at the same place",
        zh="f(g, alpha, beta)：依次给出张量 g 中的梯度（从 g_0 起）之后，torch 的 SGD 的位置减去滑动平均法的位置；"
        "两者起点相同",
        reference=_dampened_minus_mean,
        inputs=lambda generator: (
            normal(generator, 5),
            uniform(generator, 0.05, 0.5),
            uniform(generator, 0.5, 0.95),
        ),
        mistakes=(
            Mistake(
                lambda g, alpha, beta: -alpha * beta / (1 - beta) * g[0],
                "that is the limit after infinitely many steps.",
                "这是无穷多步之后的极限。",
            ),
            Mistake(
                lambda g, alpha, beta: -alpha * beta * g[0],
                "that is the difference of the first step; the velocity keeps a part of it.",
                "这是第一步的差别；此后的速度还带着它的一部分。",
            ),
            Mistake(
                lambda g, alpha, beta: 0.0 * g[0],
                "the first step differs: look at what torch takes as the first velocity.",
                "第一步就不同：看看 torch 的第一个速度取的是什么。",
            ),
            Mistake(
                lambda g, alpha, beta: -alpha * (1 - beta ** len(g)) / (1 - beta) * g[0],
                "the running mean counts the first gradient too, with 1 − β.",
                "滑动平均也算上了第一个梯度，权重为 1 − β。",
            ),
            Mistake(
                lambda g, alpha, beta: (
                    -alpha * beta / (1 - beta) * (g * (1 - beta ** torch.arange(len(g), 0, -1))).sum()
                ),
                "only the first gradient is treated differently.",
                "只有第一个梯度的处理不同。",
            ),
        ),
    ),
    7: Exercise(
        en="f(kappa): the exact t, a real number, at which the growing momentum passes the constant β that is best for "
        "η = 1 / L",
        zh="f(kappa)：不断增大的动量恰好达到 η = 1 / L 时最好的常数 β 的时刻 t（实数，要精确值）",
        reference=_passing_time,
        inputs=lambda generator: (exp(uniform(generator, 1, 9)),),
        mistakes=(
            Mistake(
                lambda kappa: 1.5 * sqrt(kappa),
                "that is right up to a constant; solve the equation exactly.",
                "这只差一个常数；请精确地解方程。",
            ),
            Mistake(
                lambda kappa: (3 * kappa - 1) / 2,
                "the best β contains the root of κ.",
                "最好的 β 里是 κ 的平方根。",
            ),
            Mistake(
                lambda kappa: 3 / (1 - optimal_heavy_ball(1, kappa).momentum) - 2,
                "that is the heavy ball's best momentum; here it is Nesterov's for η = 1 / L.",
                "这用的是重球法最好的动量；这里应取 Nesterov 方法在 η = 1 / L 时的动量。",
            ),
        ),
    ),
}
