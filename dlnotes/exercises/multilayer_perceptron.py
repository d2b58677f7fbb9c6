"""The exercises of the chapter on the multilayer perceptron."""

from itertools import product
from math import e

import torch
from torch import relu

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform
from dlnotes.multilayer_perceptron import parameter_count


def _parity(n):
    """The weights by least squares over the possible numbers of ones, the rows of the table by going through it."""
    ones = torch.arange(n + 1).double()
    fired = (ones[:, None] > torch.arange(n)).double()
    weights = torch.linalg.lstsq(fired, (ones % 2)[:, None]).solution.flatten()
    return weights, sum(sum(bits) % 2 for bits in product((0, 1), repeat=n))


def _start_for_rate_1(start, rate):
    """Measured: how many mistakes are made on a short sample along each axis until its sign is right."""
    short, equivalent = 1e-3, []
    for weight in start.tolist():
        label, mistakes = -1 if weight > 0 else 1, 0
        while label * weight * short <= 0:
            weight, mistakes = weight + rate * label * short, mistakes + 1
        equivalent.append(-label * mistakes * short)
    return torch.tensor(equivalent)


def _start_and_rate(generator):
    signs = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)
    return signs * (1 + torch.rand(3, generator=generator, dtype=torch.float64)), uniform(generator, 0.5, 2)


def _leaky_by_relus(W1, b1, W2, slope):
    """The output weights by least squares on random points."""
    W, b = torch.cat([W1, -W1]), torch.cat([b1, -b1])
    x = 10 * normal(torch.Generator().manual_seed(0), 100, W1.shape[1])
    outputs = torch.nn.functional.leaky_relu(x @ W1.T + b1, slope) @ W2.T
    return W, b, torch.linalg.lstsq(relu(x @ W.T + b), outputs).solution.T


def _leaky_network(generator):
    return normal(generator, 3, 4), normal(generator, 3), normal(generator, 2, 3), uniform(generator, 0.05, 0.5)


def _balancing_scale(n1, n2):
    """Bisection on a network of one unit, w2 relu(w1), whose gradients at c = 1 are n1 and n2."""
    low, high = 1e-3, 1e3
    for _ in range(60):
        c = (low * high) ** 0.5
        w1, w2 = (torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in (c * n2, n1 / c))
        first, second = torch.autograd.grad(w2 * relu(w1), (w1, w2))
        low, high = (c, high) if first > second else (low, c)
    return low


def _by_pairs(pair):
    """A maximum of four numbers from a rule for two."""
    return lambda x: pair(pair(x[0], x[1]), pair(x[2], x[3]))


def _lowest_of_silu():
    z = torch.linspace(-3, 0, 300_001, dtype=torch.float64)
    values = torch.nn.functional.silu(z)
    return z[values.argmin()], values.min()


def _tanh_by_sigmoids(W1, b1, W2, b2):
    """The scale inside by the inverse of the sigmoid, the line outside by least squares on a grid."""
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)
    scale = torch.logit((1 + torch.tanh(z[-1])) / 2) / z[-1]
    sigmoid_and_one = torch.stack([torch.sigmoid(scale * z), torch.ones_like(z)], dim=1)
    factor, offset = torch.linalg.lstsq(sigmoid_and_one, torch.tanh(z)[:, None]).solution.flatten()
    return scale * W1, scale * b1, factor * W2, b2 + offset * W2.sum(dim=1)


def _tanh_network(generator):
    return normal(generator, 3, 2), normal(generator, 3), normal(generator, 3, 3), normal(generator, 3)


def _widest(inputs, width, classes, bias=True):
    """One unit more, until the budget is spent."""
    m, budget = 1, parameter_count([inputs, width, classes], bias)
    while parameter_count([inputs, m + 1, m + 1, classes], bias) <= budget:
        m += 1
    return m


EXERCISES = {
    1: Exercise(
        en="f(n): the pair (output weights of the n units, number of units of the truth table); units that need fewer "
        "ones to fire come first, and the weighted sum itself is the XOR",
        zh="f(n)：(n 个单元的输出权重，照真值表所需的单元数) 这一对；只要较少的 1 就激发的单元排在前面，加权和本身就是 "
        "XOR",
        reference=_parity,
        inputs=lambda generator: (integer(generator, 2, 9),),
        mistakes=(
            Mistake(
                lambda n: ((-1.0) ** torch.arange(n), 2**n),
                "only those inputs need a unit for which the XOR is 1.",
                "只有 XOR 为 1 的输入才需要一个单元。",
            ),
            Mistake(
                lambda n: (torch.ones(n), 2 ** (n - 1)),
                "with equal weights the sum counts the ones; every second one must take back what was added.",
                "权重都相等时，和就是 1 的个数；每隔一个单元应当把加上的再减掉。",
            ),
            Mistake(
                lambda n: (-((-1.0) ** torch.arange(n)), 2 ** (n - 1)),
                "try a single 1 among the bits: only the first unit fires, and the sum must be 1.",
                "试一试只有一个比特为 1：只有第一个单元激发，和必须是 1。",
            ),
        ),
    ),
    2: Exercise(
        en="f(start, rate): the start from which the perceptron with the rate 1 makes the same mistakes, on any "
        "samples, as the one with this rate from this start",
        zh="f(start, rate)：学习率为 1 的感知机应取的起点，使它在任何样本上出的错都与学习率为 rate、从 start "
        "开始的感知机相同",
        reference=_start_for_rate_1,
        inputs=_start_and_rate,
        tolerance=4e-3,
        mistakes=(
            Mistake(
                lambda start, rate: rate * start,
                "the other way round: a small rate makes a start weigh more, not less.",
                "反了：学习率越小，起点的分量越重，而不是越轻。",
            ),
            Mistake(
                lambda start, rate: start,
                "only from 0 does the rate make no difference.",
                "只有从 0 开始，学习率才没有影响。",
            ),
            Mistake(
                lambda start, rate: torch.zeros_like(start),
                "the start is not forgotten: it decides the first mistakes.",
                "起点不会被忘掉：最初在哪里出错由它决定。",
            ),
        ),
    ),
    3: Exercise(
        en="f(W1, b1, W2, slope): the triple (W, b, V) for which V relu(W x + b) = W2 leaky(W1 x + b1); the first half "
        "of the units has W1 and b1, and the rows of the second half have the same lengths, in the same order",
        zh="f(W1, b1, W2, slope)：使 V relu(W x + b) = W2 leaky(W1 x + b1) 的三元组 (W, b, V)；前一半单元用 W1 和 b1，"
        "后一半各行的长度与之相同，次序也相同",
        reference=_leaky_by_relus,
        inputs=_leaky_network,
        mistakes=(
            Mistake(
                lambda W1, b1, W2, slope: (
                    torch.cat([W1, -W1]),
                    torch.cat([b1, -b1]),
                    torch.cat([W2, slope * W2], dim=1),
                ),
                "for negative z that gives +slope |z|; leaky ReLU is negative there.",
                "z 为负时这样得到 +slope |z|，而带泄漏的 ReLU 在那里是负的。",
            ),
            Mistake(
                lambda W1, b1, W2, slope: (
                    torch.cat([W1, -W1]),
                    torch.cat([b1, b1]),
                    torch.cat([W2, -slope * W2], dim=1),
                ),
                "the second half must see −z, and the bias is a part of z.",
                "后一半单元看到的应是 −z，而偏置也是 z 的一部分。",
            ),
            Mistake(
                lambda W1, b1, W2, slope: (torch.cat([W1, -W1]), torch.cat([b1, -b1]), torch.cat([W2, -W2], dim=1)),
                "that is the identity: the slope for negative z is missing.",
                "这是恒等映射：z 为负时的斜率漏了。",
            ),
            Mistake(
                lambda W1, b1, W2, slope: (
                    torch.cat([W1, W1]),
                    torch.cat([b1, b1]),
                    torch.cat([W2, -slope * W2], dim=1),
                ),
                "both halves are 0 where z is negative; something must fire there.",
                "z 为负时两半单元都是 0，那里必须有单元激发。",
            ),
        ),
    ),
    4: Exercise(
        en="f(n1, n2): the c > 0 at which the gradients by c W1 and by W2 / c have the same norm, if at c = 1 the "
        "norms are n1 and n2",
        zh="f(n1, n2)：使对 c W1 的梯度与对 W2 / c 的梯度范数相等的 c > 0；c = 1 时两个范数分别为 n1 和 n2",
        reference=_balancing_scale,
        inputs=lambda generator: (uniform(generator, 0.5, 5), uniform(generator, 0.5, 5)),
        mistakes=(
            Mistake(
                lambda n1, n2: n1 / n2,
                "both gradients change with c, not only one of them.",
                "随 c 变化的是两个梯度，而不只是其中一个。",
            ),
            Mistake(
                lambda n1, n2: (n2 / n1) ** 0.5,
                "the other way round: weights that grow get a smaller gradient.",
                "反了：权重变大，它的梯度变小。",
            ),
            Mistake(
                lambda n1, n2: n2 / n1,
                "both gradients change with c, and the larger the weights the smaller their gradient.",
                "两个梯度都随 c 变化，而且权重越大，它的梯度越小。",
            ),
            Mistake(
                lambda n1, n2: 1.0,
                "the function is the same for every c, its gradients are not.",
                "对每个 c 函数都一样，梯度却不一样。",
            ),
        ),
    ),
    5: Exercise(
        en="f(x): the output of your network with two hidden layers for the four numbers x: their maximum, by sums of "
        "ReLUs alone",
        zh="f(x)：你的两个隐藏层的网络对四个数 x 的输出，即它们的最大值，只用 ReLU 的加权和",
        reference=lambda x: x.sort().values[-1],
        inputs=lambda generator: (normal(generator, 4),),
        extremes=((torch.tensor([-3.0, -1.0, -4.0, -2.0], dtype=torch.float64),),),
        mistakes=(
            Mistake(
                _by_pairs(lambda a, b: relu(a - b) + relu(b)),
                "a negative second number is lost: relu(b) is b only for b >= 0.",
                "第二个数为负时丢失了：只有 b >= 0 时 relu(b) 才等于 b。",
            ),
            Mistake(
                _by_pairs(lambda a, b: relu(a - b) + relu(b) + relu(-b)),
                "relu(b) + relu(−b) is |b|; a sign is wrong.",
                "relu(b) + relu(−b) 是 |b|，有一个符号错了。",
            ),
            Mistake(
                _by_pairs(lambda a, b: relu(b) - relu(-b) - relu(a - b)),
                "to the second number add what the first has more, don't subtract it.",
                "第一个数多出的部分应当加到第二个数上，而不是减去。",
            ),
            Mistake(
                lambda x: relu(x.max()),
                "all four numbers may be negative: the output must not pass through a ReLU.",
                "四个数可能都是负的：输出不能再经过 ReLU。",
            ),
        ),
    ),
    6: Exercise(
        en="the pair (z at which SiLU is lowest, value there)",
        zh="(SiLU 最低处的 z，那里的值) 这一对数",
        reference=_lowest_of_silu,
        tolerance=1e-3,
        mistakes=(
            Mistake((-1.0, -1 / (1 + e)), "the slope at z = −1 is not zero yet.", "在 z = −1 处斜率还不是零。"),
            Mistake(
                (-1 - 1 / e, -1 / e),
                "that is one substitution of z; go on until nothing changes.",
                "这只代入了一次；要反复代入，直到不再变化。",
            ),
            Mistake(
                (-0.75179, -0.17004),
                "that is the lowest point of GELU; here the factor of z is the sigmoid.",
                "这是 GELU 的最低点；这里与 z 相乘的是 sigmoid。",
            ),
            Mistake((-0.27846, -1.27846), "place and value are exchanged.", "位置与值写反了。"),
        ),
    ),
    7: Exercise(
        en="f(W1, b1, W2, b2): the quadruple (V1, c1, V2, c2) for which V2 sigmoid(V1 x + c1) + c2 = W2 tanh(W1 x + "
        "b1) + b2, with V1 a positive multiple of W1",
        zh="f(W1, b1, W2, b2)：使 V2 sigmoid(V1 x + c1) + c2 = W2 tanh(W1 x + b1) + b2 的四元组 (V1, c1, V2, c2)，其中 "
        "V1 是 W1 的正数倍",
        reference=_tanh_by_sigmoids,
        inputs=_tanh_network,
        mistakes=(
            Mistake(
                lambda W1, b1, W2, b2: (2 * W1, b1, 2 * W2, b2 - W2.sum(dim=1)),
                "the sigmoid needs the whole of z scaled, and the bias of the hidden layer is a part of it.",
                "要放大的是整个 z，而隐藏层的偏置也是 z 的一部分。",
            ),
            Mistake(
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2),
                "the sigmoid lies around 1/2 and tanh around 0: the bias of the output must make up for it.",
                "sigmoid 以 1/2 为中心，tanh 以 0 为中心：输出的偏置必须补上这个差别。",
            ),
            Mistake(
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 - 1),
                "each unit brings its −1 along times its output weight.",
                "每个单元带来的 −1 还要乘以它的输出权重。",
            ),
            Mistake(
                lambda W1, b1, W2, b2: (2 * W1, 2 * b1, 2 * W2, b2 - W2.sum(dim=0)),
                "each output has its own row of W2; the sum runs over the hidden units.",
                "每个输出对应 W2 的一行；求和是对隐藏单元。",
            ),
            Mistake(
                lambda W1, b1, W2, b2: (W1, b1, 2 * W2, b2 - W2.sum(dim=1)),
                "tanh is four times as steep at 0 as the sigmoid, and doubling the output makes up only for a factor "
                "of 2.",
                "tanh 在 0 处的斜率是 sigmoid 的四倍，输出加倍只补上两倍。",
            ),
        ),
    ),
    8: Exercise(
        en="f(inputs, width, classes): the largest width of two equal hidden layers that have no more parameters "
        "(weights and biases of all layers) than one of the given width",
        zh="f(inputs, width, classes)：两个等宽隐藏层的最大宽度，其参数（各层的权重与偏置）不多于一个宽为 width "
        "的隐藏层",
        reference=lambda inputs, width, classes: _widest(inputs, width, classes),
        inputs=lambda generator: (integer(generator, 20, 200), integer(generator, 10, 100), integer(generator, 2, 12)),
        mistakes=(
            Mistake(
                lambda inputs, width, classes: _widest(inputs, width, classes, bias=False),
                "the biases are parameters too.",
                "偏置也是参数。",
            ),
            Mistake(
                lambda inputs, width, classes: _widest(inputs, width, classes) + 1,
                "with that width it is already over the budget.",
                "这个宽度已经超出预算了。",
            ),
            Mistake(
                lambda inputs, width, classes: width // 2,
                "half the width each would keep the units the same, not the parameters.",
                "各取一半的宽度，不变的是单元数，而不是参数个数。",
            ),
        ),
    ),
}
