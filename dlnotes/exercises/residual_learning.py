"""The exercises of the chapter on residual learning."""

from itertools import product
from math import comb, sqrt

import torch
from torch import relu
from torch.nn.functional import leaky_relu

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform


def _leaky_factors(a, g):
    """Measured on a symmetric set of points."""
    z = torch.linspace(-3, 3, 10_001, dtype=torch.float64)
    share = (leaky_relu(z, a).square().sum() / z.square().sum()).item()
    return g * share, 1 / share


def _final_length(lr, decay, G):
    """The steps themselves, in the plane of complex numbers, where a right angle is a factor i."""
    w = 1 + 0j
    for _ in range(2000):
        gradient = 1j * w / abs(w) * G / abs(w)
        w = (1 - lr * decay) * w - lr * gradient
    return abs(w)


def _equilibrium(lr, decay, G):
    """The fourth power of the length."""
    return lr * G**2 / (decay * (2 - lr * decay))


def _second_gradient(W1, x, g, rate):
    """Two steps by autograd."""
    W2 = torch.zeros(len(x), len(W1), dtype=torch.float64)
    for _ in range(2):
        W1, W2 = W1.detach().requires_grad_(), W2.detach().requires_grad_()
        loss = g @ (x + W2 @ relu(W1 @ relu(x)))
        by_W1, by_W2 = torch.autograd.grad(loss, (W1, W2))
        W1, W2 = W1 - rate * by_W1, W2 - rate * by_W2
    return by_W1


def _hidden(W1, x):
    return relu(W1 @ relu(x))


def _paths(L, c, k):
    """All paths, one by one."""
    total = share = mean = 0.0
    for path in product((0, 1), repeat=L):
        weight = c ** sum(path)
        total, mean = total + weight, mean + weight * sum(path)
        share += weight * (sum(path) == k)
    return share / total, mean / total


def _blocks_and_branches(generator):
    L = integer(generator, 3, 8)
    return L, uniform(generator, 0.1, 2), integer(generator, 1, L)


def _averaged(factor, L):
    """States as vectors, to which every branch adds a direction of its own as long as the state."""
    x = torch.eye(L + 1, dtype=torch.float64)[0]
    start = x
    for block in range(1, L + 1):
        branch = torch.zeros_like(x)
        branch[block] = x.norm()
        x = factor * (x + branch)
    return x @ x, x @ start, x @ start / x.norm()


def _signed_identity(W1):
    """The output weights by least squares on random points, the direction by Cramer's rule."""
    n = len(W1)
    x = normal(torch.Generator().manual_seed(0), 50, n)
    hidden = relu(torch.cat([x @ W1.T, -x @ W1.T], dim=1))
    W2 = torch.linalg.lstsq(hidden, x).solution.T
    minus_one = -torch.ones(n, dtype=torch.float64)
    replaced = torch.stack([torch.cat([W1[:, :j], minus_one[:, None], W1[:, j + 1 :]], dim=1) for j in range(n)])
    return W2, torch.linalg.det(replaced) / torch.linalg.det(W1)


def _opposite(W):
    return torch.cat([W, -W], dim=1)


def _direction(W1):
    return -torch.linalg.inv(W1).sum(dim=1)


EXERCISES = {
    1: Exercise(
        en="f(a, g): the pair (factor of the mean square in a layer, the g that preserves it)",
        zh="f(a, g)：(均方在一层中变为几倍，使它不变的 g) 这一对数",
        reference=_leaky_factors,
        inputs=lambda generator: (uniform(generator, 0.05, 0.9), uniform(generator, 0.5, 3)),
        extremes=((0.0, 2.0), (1.0, 1.0)),
        mistakes=(
            Mistake(
                lambda a, g: (g / 2, 2.0),
                "that is ReLU; the negative half isn't lost here.",
                "这是 ReLU 的结果；这里负的一半并没有丢掉。",
            ),
            Mistake(
                lambda a, g: (g * (1 + a) / 2, 2 / (1 + a)),
                "in a mean square the slope counts squared.",
                "在均方里，斜率要平方。",
            ),
            Mistake(
                lambda a, g: (g * (1 + a**2), 1 / (1 + a**2)),
                "each half of the values holds half of the mean square.",
                "正负两半各占均方的一半。",
            ),
            Mistake(
                lambda a, g: (g * (1 + a**2) / 2, sqrt(2 / (1 + a**2))),
                "g is a variance, not a standard deviation.",
                "g 说的是方差，不是标准差。",
            ),
        ),
    ),
    2: Exercise(
        en="f(lr, decay, G): the length of w at which it stops; lr is η, decay is λ",
        zh="f(lr, decay, G)：w 最终的长度；lr 即 η，decay 即 λ",
        reference=_final_length,
        inputs=lambda generator: (
            uniform(generator, 0.1, 1),
            uniform(generator, 0.1, 0.5),
            uniform(generator, 0.5, 3),
        ),
        mistakes=(
            Mistake(
                lambda lr, decay, G: _equilibrium(lr, decay, G),
                "that is the fourth power of the length.",
                "这是长度的四次方。",
            ),
            Mistake(
                lambda lr, decay, G: sqrt(_equilibrium(lr, decay, G)),
                "that is the square of the length, or what comes out if the gradient doesn't shrink as w grows.",
                "这是长度的平方；如果忘了 w 变长时梯度会变小，也会得到它。",
            ),
            Mistake(
                lambda lr, decay, G: (lr * G**2 / (2 * decay)) ** 0.25,
                "that leaves out the square of lr · decay; keep all terms.",
                "这里略去了 lr · decay 的平方；请保留所有的项。",
            ),
            Mistake(
                lambda lr, decay, G: sqrt(G / decay),
                "decay and gradient are at a right angle: their lengths don't cancel, the squares are to be compared.",
                "衰减与梯度成直角：长度不能相消，要比较的是平方。",
            ),
        ),
    ),
    3: Exercise(
        en="f(W1, x, g, rate): the gradient by W1 in the second step of gradient descent for x + W2 relu(W1 relu(x)), "
        "if W2 starts at zero and the gradient of the loss by the output of the block is g in both steps",
        zh="f(W1, x, g, rate)：对 x + W2 relu(W1 relu(x)) 作梯度下降，第二步中对 W1 的梯度；W2 从零开始，"
        "两步中损失对该块输出的梯度都是 g",
        reference=_second_gradient,
        inputs=lambda generator: (
            normal(generator, 5, 3),
            normal(generator, 3).abs() * torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64),
            normal(generator, 3),
            uniform(generator, 0.01, 0.5),
        ),
        mistakes=(
            Mistake(
                lambda W1, x, g, rate: torch.zeros_like(W1),
                "that is so in the first step only, after which W2 is no longer zero.",
                "只有第一步如此，此后 W2 就不再是零。",
            ),
            Mistake(
                lambda W1, x, g, rate: rate * (g @ g) * torch.outer(_hidden(W1, x), relu(x)),
                "the first step moves W2 against its gradient: watch the sign.",
                "第一步使 W2 沿负梯度移动：注意符号。",
            ),
            Mistake(
                lambda W1, x, g, rate: -(g @ g) * torch.outer(_hidden(W1, x), relu(x)),
                "W2 moved by the rate times its gradient.",
                "W2 移动的是学习率乘以它的梯度。",
            ),
            Mistake(
                lambda W1, x, g, rate: -rate * (g @ g) * torch.outer(_hidden(W1, x), x),
                "W1 doesn't see x itself.",
                "W1 看到的不是 x 本身。",
            ),
            Mistake(
                lambda W1, x, g, rate: -rate * (g @ g) * torch.outer(W1 @ relu(x), relu(x)),
                "units that are off get no gradient.",
                "关闭的单元得不到梯度。",
            ),
        ),
    ),
    4: Exercise(
        en="f(L, c, k): the pair (share of the paths through exactly k branches, mean number of branches)",
        zh="f(L, c, k)：(恰好经过 k 个分支的路径的份额，平均经过的分支数) 这一对数",
        reference=_paths,
        inputs=_blocks_and_branches,
        mistakes=(
            Mistake(
                lambda L, c, k: (c**k / (1 + c) ** L, L * c / (1 + c)),
                "that is a single path; there are several through k branches.",
                "这是单独一条路径；经过 k 个分支的路径不止一条。",
            ),
            Mistake(
                lambda L, c, k: (comb(L, k) * c**k / (1 + c) ** L, L / 2),
                "half of the branches is the mean over the paths, not weighted by what they carry.",
                "分支的一半是对路径直接平均的结果，没有按各条路径所传的量加权。",
            ),
            Mistake(
                lambda L, c, k: (comb(L, k) * c**k * (1 - c) ** (L - k), L * c),
                "the way around a branch has the factor 1, not 1 − c.",
                "绕过分支的通路因子是 1，而不是 1 − c。",
            ),
            Mistake(
                lambda L, c, k: (comb(L, k) / 2**L, L / 2),
                "that counts all paths alike; each branch multiplies by c.",
                "这样对所有路径一视同仁；每个分支都要乘以 c。",
            ),
        ),
    ),
    5: Exercise(
        en="f(factor, L): the triple (how many times the mean square has grown, coefficient of the input in the "
        "output, cosine between output and input) after L blocks y = factor (x + F(x)), if F(x) is always as long as x "
        "and orthogonal to all that was before",
        zh="f(factor, L)：经过 L 个块 y = factor (x + F(x)) 之后的 (均方变为几倍，输出中输入的系数，"
        "输出与输入的夹角余弦) 这三个数；设 F(x) 总是与 x 等长，并且与此前的一切正交",
        reference=_averaged,
        inputs=lambda generator: (uniform(generator, 0.4, 1), integer(generator, 2, 20)),
        extremes=((sqrt(0.5), 30),),
        mistakes=(
            Mistake(
                lambda factor, L: ((1 + factor**2) ** L, factor**L, (factor**2 / (1 + factor**2)) ** (L / 2)),
                "the branch is multiplied by the factor as well.",
                "分支也要乘以这个系数。",
            ),
            Mistake(
                lambda factor, L: ((2 * factor**2) ** L, factor**L, factor**L),
                "for the cosine divide by the length of the output.",
                "求余弦要除以输出的长度。",
            ),
            Mistake(
                lambda factor, L: ((2 * factor**2) ** L, 1.0, 2 ** (-L / 2)),
                "the shortcut is multiplied by the factor in every block.",
                "每一块都给捷径乘上了这个系数。",
            ),
            Mistake(
                lambda factor, L: ((2 * factor) ** (2 * L), factor**L, 2.0**-L),
                "input and branch are orthogonal: their squares add, not their lengths.",
                "输入与分支正交：相加的是长度的平方，而不是长度。",
            ),
        ),
    ),
    6: Exercise(
        en="f(W1): the pair (W2, d) for an invertible W1: W2 relu(W x) = x for all x, where the 2n rows of W are those "
        "of W1 and then those of −W1; and d is where each of the n units of W1 alone has the pre-activation −1",
        zh="f(W1)：W1 可逆时的 (W2, d) 这一对：W 的 2n 行依次是 W1 的各行与 −W1 的各行，W2 relu(W x) = x 对一切 x "
        "成立；d 是只有 W1 的 n 个单元时各单元净输入都为 −1 的点",
        reference=_signed_identity,
        inputs=lambda generator: (normal(generator, 3, 3) + 3 * torch.eye(3, dtype=torch.float64),),
        mistakes=(
            Mistake(
                lambda W1: (torch.cat([torch.linalg.inv(W1)] * 2, dim=1), _direction(W1)),
                "relu(z) + relu(−z) is |z|.",
                "relu(z) + relu(−z) 是 |z|。",
            ),
            Mistake(
                lambda W1: (_opposite(W1.T), _direction(W1)),
                "the transpose undoes W1 only if it is orthogonal.",
                "只有 W1 正交时，转置才能抵消它。",
            ),
            Mistake(
                lambda W1: (_opposite(torch.linalg.inv(W1)), -_direction(W1)),
                "at that point all units are on.",
                "在那一点所有单元都激发。",
            ),
            Mistake(
                lambda W1: (_opposite(torch.linalg.inv(W1)), -torch.linalg.inv(W1).sum(dim=0)),
                "W1 is applied to d from the left: solve W1 d = −1.",
                "W1 从左边作用于 d：解 W1 d = −1。",
            ),
            Mistake(
                lambda W1: (_opposite(W1), _direction(W1)),
                "the output has to undo W1, not to apply it again.",
                "输出层要抵消 W1，而不是再作用一次。",
            ),
        ),
    ),
}
