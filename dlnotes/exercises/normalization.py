"""The exercises of the chapter on normalisation."""

import math

import torch
from torch.nn import functional as F

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform


def _first_of_two(x1, x2, eps):
    """Batch norm of two samples by torch, and its derivative by automatic differentiation."""
    x = torch.tensor([[x1], [x2]], dtype=torch.float64, requires_grad=True)
    first = F.batch_norm(x, None, None, training=True, eps=eps)[0, 0]
    (slope,) = torch.autograd.grad(first, x)
    return float(first.detach()), float(slope[0, 0])


def _half(x1, x2):
    return (x1 - x2) / 2


def _bias_gradient(X, W, b, G):
    """By automatic differentiation."""
    b = b.requires_grad_()
    loss = (G * F.layer_norm(X @ W.T + b, b.shape)).sum()
    return torch.autograd.grad(loss, b)[0]


def _standardised(X, W, b):
    z = X @ W.T + b
    return F.layer_norm(z, b.shape), (z.var(1, correction=0, keepdim=True) + 1e-5).sqrt()


def _sphere(d):
    """Rank of the Jacobian at a point, and the length of what is returned there."""
    x = normal(torch.Generator().manual_seed(0), d)
    jacobian = torch.autograd.functional.jacobian(lambda x: F.layer_norm(x, (d,), eps=0.0), x)
    return int(torch.linalg.matrix_rank(jacobian, rtol=1e-8)), float(F.layer_norm(x, (d,), eps=0.0).norm())


def _variance_with_biased(m):
    """Expectation of the biased variance of m coin tosses of variance 1, over all counts of heads."""
    expected = 0.0
    for heads in range(m + 1):
        mean = (2 * heads - m) / m
        expected += math.comb(m, heads) / 2**m * (1 - mean**2)
    return 1 / expected


def _memory(alpha):
    """Step by step, and from the weights of a long past."""
    steps, weight = 0, 1.0
    while weight >= 0.01:
        steps, weight = steps + 1, weight * (1 - alpha)
    return steps, 1 / sum((alpha * (1 - alpha) ** age) ** 2 for age in range(5000))


def _rest(lr, decay, c):
    """The recursion of the squared length until it stands still."""
    square = 1.0
    for _ in range(20_000):
        before, square = square, (1 - lr * decay) ** 2 * square + (lr * c) ** 2 / square
        if abs(square - before) < 1e-15 * square:
            break
    return square, lr / square


def _growth(a):
    """Numerical integration over a standard normal input."""
    u = torch.linspace(-10, 10, 20_000, dtype=torch.float64)
    density = torch.exp(-(u**2) / 2) / math.sqrt(2 * math.pi)
    value = F.leaky_relu(u, a)
    slope = torch.where(u > 0, 1.0, a)
    mean = torch.trapezoid(value * density, u)
    return float((torch.trapezoid(slope**2 * density, u) / torch.trapezoid((value - mean) ** 2 * density, u)).sqrt())


def _growth_formula(a, mean):
    return math.sqrt((1 + a**2) / 2 / ((1 + a**2) / 2 - mean**2))


EXERCISES = {
    1: Exercise(
        en="f(x1, x2, eps): the pair (first output of batch norm on the batch x1, x2; its derivative by x1)",
        zh="f(x1, x2, eps)：(批归一化在批量 x1、x2 上的第一个输出，它对 x1 的导数) 这一对数",
        reference=_first_of_two,
        inputs=lambda generator: (
            float(normal(generator)),
            float(normal(generator)),
            uniform(generator, 0.05, 1),
        ),
        mistakes=(
            Mistake(
                lambda x1, x2, eps: (
                    _half(x1, x2) / math.hypot(_half(x1, x2), math.sqrt(eps)),
                    eps / (_half(x1, x2) ** 2 + eps) ** 1.5,
                ),
                "x1 moves h by one half only: apply the chain rule once more.",
                "x1 变化时 h 只变化一半：还要再用一次链式法则。",
            ),
            Mistake(
                lambda x1, x2, eps: (math.copysign(1, x1 - x2), 0.0),
                "that is the limit for ε = 0; here ε is not small.",
                "这是 ε = 0 时的极限；这里的 ε 并不小。",
            ),
            Mistake(
                lambda x1, x2, eps: (
                    _half(x1, x2) / math.sqrt(2 * _half(x1, x2) ** 2 + eps),
                    (_half(x1, x2) ** 2 + eps) / (2 * _half(x1, x2) ** 2 + eps) ** 1.5 / 2,
                ),
                "the variance is divided by m, not by m − 1.",
                "方差要除以 m，而不是 m − 1。",
            ),
        ),
    ),
    2: Exercise(
        en="f(X, W, b, G): the gradient by b of the sum of all entries of G ⊙ layer_norm(X Wᵀ + 1bᵀ), with eps = 1e-5",
        zh="f(X, W, b, G)：G ⊙ layer_norm(X Wᵀ + 1bᵀ)（eps = 1e-5）全部元素之和对 b 的梯度",
        reference=_bias_gradient,
        inputs=lambda generator: (
            normal(generator, 5, 3),
            normal(generator, 4, 3),
            normal(generator, 4),
            normal(generator, 5, 4),
        ),
        mistakes=(
            Mistake(
                lambda X, W, b, G: torch.zeros(4),
                "so it is before batch norm; before layer norm only the sum over the units is zero.",
                "批归一化之前才是零；层归一化之前只有对各单元求和才为零。",
            ),
            Mistake(
                lambda X, W, b, G: ((G - G.mean(1, keepdim=True)) / _standardised(X, W, b)[1]).sum(0),
                "the deviation depends on b as well.",
                "标准差也依赖于 b。",
            ),
            Mistake(
                lambda X, W, b, G: (
                    G
                    - G.mean(1, keepdim=True)
                    - _standardised(X, W, b)[0] * (G * _standardised(X, W, b)[0]).mean(1, keepdim=True)
                ).sum(0),
                "the division by the deviation of each sample is missing.",
                "漏了除以每个样本的标准差。",
            ),
        ),
    ),
    3: Exercise(
        en="f(d): the pair (dimension, radius) of the sphere on which layer norm puts vectors of d > 2 entries",
        zh="f(d)：层归一化把 d > 2 维向量映到的球面的 (维数，半径) 这一对数",
        reference=_sphere,
        inputs=lambda generator: (integer(generator, 3, 8),),
        mistakes=(
            Mistake(
                lambda d: (d - 1, math.sqrt(d)),
                "two conditions hold: one for the mean and one for the length.",
                "有两个约束：一个来自均值，一个来自长度。",
            ),
            Mistake(
                lambda d: (d - 2, 1.0),
                "the mean of the squares is 1, not their sum.",
                "平方的平均是 1，平方和不是 1。",
            ),
            Mistake(
                lambda d: (d - 2, float(d)),
                "that is the square of the radius.",
                "这是半径的平方。",
            ),
        ),
    ),
    4: Exercise(
        en="f(m): the variance of the outputs in evaluation mode if the running variance took the biased values",
        zh="f(m)：若滑动方差取有偏估计，评估模式下输出的方差",
        reference=_variance_with_biased,
        inputs=lambda generator: (integer(generator, 2, 39),),
        mistakes=(
            Mistake(lambda m: (m - 1) / m, "a variance that is too small is divided by.", "是除以一个偏小的方差。"),
            Mistake(lambda m: 1.0, "so it is with the unbiased values.", "用无偏估计时才是这样。"),
            Mistake(
                lambda m: math.sqrt(m / (m - 1)),
                "that is the deviation; the variance was asked for.",
                "这是标准差；要的是方差。",
            ),
        ),
    ),
    5: Exercise(
        en="f(alpha): the pair (steps after which the start weighs less than 1 %, batches of a plain mean as noisy)",
        zh="f(alpha)：(使初值权重低于 1 % 的步数，方差与之相同的普通平均所需的批数) 这一对数",
        reference=_memory,
        inputs=lambda generator: (uniform(generator, 0.02, 0.6),),
        mistakes=(
            Mistake(
                lambda alpha: (math.ceil(math.log(0.01) / math.log(1 - alpha)), 1 / alpha),
                "the weights fall geometrically: sum their squares.",
                "权重按几何级数下降：要对它们的平方求和。",
            ),
            Mistake(
                lambda alpha: (math.ceil(math.log(0.01) / math.log(alpha)), (2 - alpha) / alpha),
                "the start is multiplied by 1 − α in each step, not by α.",
                "初值每步乘以 1 − α，而不是 α。",
            ),
            Mistake(
                lambda alpha: (math.floor(math.log(0.01) / math.log(1 - alpha)), (2 - alpha) / alpha),
                "after that many steps the weight is still above 1 %.",
                "走了这么多步，权重仍高于 1 %。",
            ),
        ),
    ),
    6: Exercise(
        en="f(lr, decay, c): the pair (squared length of the weights at rest, effective learning rate)",
        zh="f(lr, decay, c)：(权重静止时长度的平方，有效学习率) 这一对数",
        reference=_rest,
        inputs=lambda generator: (
            uniform(generator, 0.1, 0.9),
            uniform(generator, 0.1, 0.9),
            uniform(generator, 0.5, 2),
        ),
        mistakes=(
            Mistake(
                lambda lr, decay, c: (c * math.sqrt(lr / (2 * decay)), math.sqrt(2 * lr * decay) / c),
                "that neglects ηλ beside 2, which is not small here.",
                "这里忽略了 2 旁边的 ηλ，而它并不小。",
            ),
            Mistake(
                lambda lr, decay, c: (
                    math.sqrt(c) * (lr / (decay * (2 - lr * decay))) ** 0.25,
                    math.sqrt(lr * decay * (2 - lr * decay)) / c,
                ),
                "the first is the length; its square was asked for.",
                "第一个数是长度；要的是它的平方。",
            ),
            Mistake(
                lambda lr, decay, c: (
                    c * math.sqrt(lr / (decay * (2 - lr * decay))),
                    lr / math.sqrt(c * math.sqrt(lr / (decay * (2 - lr * decay)))),
                ),
                "the effective rate divides by the squared length: the gradient shrinks with the length as well.",
                "有效学习率要除以长度的平方：梯度也随长度变小。",
            ),
        ),
    ),
    7: Exercise(
        en="f(a): rho, the growth of the gradient's length a layer, for leaky ReLU with slope a on the negative side",
        zh="f(a)：负半轴斜率为 a 的 leaky ReLU 每层的梯度长度增长率 rho",
        reference=_growth,
        inputs=lambda generator: (uniform(generator, 0, 0.9),),
        mistakes=(
            Mistake(
                lambda a: _growth_formula(a, (1 - a) / math.sqrt(2 * math.pi)) ** 2,
                "that is the square of rho.",
                "这是 rho 的平方。",
            ),
            Mistake(
                lambda a: 1.0,
                "batch norm divides by the deviation, so the mean of the output matters.",
                "批归一化除以的是标准差，所以输出的均值也有影响。",
            ),
            Mistake(
                lambda a: _growth_formula(a, 1 / math.sqrt(2 * math.pi)),
                "the negative side lowers the mean of the output.",
                "负半轴会降低输出的均值。",
            ),
        ),
    ),
}
