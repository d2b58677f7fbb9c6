"""The exercises of the chapter on initialisation."""

from math import exp, pi, sqrt

import torch
from torch import relu
from torch.nn.functional import conv2d, cross_entropy, leaky_relu

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform


def _mean(h, variance=1.0):
    """The mean of h(z) for normal z, by the trapezoidal rule."""
    z = torch.linspace(-12, 12, 20_001, dtype=torch.float64)
    density = torch.exp(-(z**2) / 2) / sqrt(2 * pi)
    return torch.trapezoid(h(sqrt(variance) * z) * density, z).item()


def _gains(v):
    return tuple(sqrt(v / _mean(lambda z, h=h: h(z) ** 2, v)) for h in (torch.abs, torch.sign, torch.square))


def _second_moment(s, n, L):
    """Layer by layer, from the second and the fourth moment of one unit: of the n² products n are squares."""
    variance = 1 / _mean(lambda z: leaky_relu(z, s) ** 2)
    second = _mean(lambda z: leaky_relu(z, s) ** 2, variance)
    fourth = _mean(lambda z: leaky_relu(z, s) ** 4, variance)
    moment = 1.0
    for _ in range(L):
        moment *= (n * fourth + n * (n - 1) * second**2) / n**2
    return moment


def _strided_factors(inputs, outputs, k, s):
    """Counted by a convolution with ones: the products of an output, and away from the border those of an input."""
    x = torch.ones(1, inputs, 12 * s, 12 * s, dtype=torch.float64, requires_grad=True)
    counts = conv2d(x, torch.ones(outputs, inputs, k, k, dtype=torch.float64), stride=s)
    (back,) = torch.autograd.grad(counts.sum(), x)
    inner = back[..., 5 * s : 7 * s, 5 * s : 7 * s].mean()
    variance = 1 / (outputs * k**2)
    return variance * counts[0, 0, 0, 0], variance * inner


def _dropout_variance(n, p):
    return 1 / (n * p * _mean(lambda z: (relu(z) / p) ** 2))


def _residual_growth(n, L, variance):
    """Block by block, with the mean square of the branch computed."""
    q = 1.0
    for _ in range(L):
        q += n * variance * _mean(lambda z: relu(z) ** 2, 2 * q)
    return q


def _weights_times_gradient(z, y):
    """By autograd, for the first layer of a network of three layers whose output is z."""
    generator = torch.Generator().manual_seed(0)
    W1, W2, x = normal(generator, 6, 4).requires_grad_(), normal(generator, 5, 6), normal(generator, 4)
    hidden = relu(W2 @ relu(W1 @ x))
    W3 = torch.outer(z, hidden.detach()) / hidden.detach().square().sum()
    (gradient,) = torch.autograd.grad(cross_entropy(W3 @ hidden, torch.tensor(y)), W1)
    return (W1 * gradient).sum()


def _glorot_factors(r):
    """Two linear equations: their ratio is r, and their mean is 1."""
    equations = torch.tensor([[1.0, -r], [0.5, 0.5]], dtype=torch.float64)
    return tuple(torch.linalg.solve(equations, torch.tensor([0.0, 1.0], dtype=torch.float64)))


EXERCISES = {
    1: Exercise(
        en="f(v): the triple of the gains of |z|, sign z and z², each the root mean square of z over that of h(z), for "
        "normal z with the variance v",
        zh="f(v)：|z|、sign z 与 z² 的增益这三个数；z 服从方差为 v 的正态分布，增益是 z 与 h(z) 的均方根之比",
        reference=_gains,
        inputs=lambda generator: (uniform(generator, 0.1, 5),),
        mistakes=(
            Mistake(
                lambda v: (1.0, 1.0, 1 / sqrt(3)),
                "that is right for v = 1 only: which of the three scale as z does?",
                "这只在 v = 1 时对：三者之中，哪些像 z 一样随尺度变化？",
            ),
            Mistake(
                lambda v: (1.0, sqrt(v), 1 / sqrt(v)),
                "the fourth moment of a normal number isn't the square of its variance.",
                "正态随机数的四阶矩并不等于方差的平方。",
            ),
            Mistake(
                lambda v: (1.0, v, 1 / (3 * v)),
                "those are ratios of mean squares; the gain is the root.",
                "这是均方之比；增益是它的平方根。",
            ),
            Mistake(
                lambda v: (sqrt(pi / 2), sqrt(v), 1 / sqrt(v)),
                "the gain is about the mean of h(z)², not of |h(z)|.",
                "增益看的是 h(z)² 的均值，而不是 |h(z)| 的均值。",
            ),
            Mistake(
                lambda v: (1.0, 1 / sqrt(v), sqrt(3 * v)),
                "the ratio is upside down.",
                "比值颠倒了。",
            ),
        ),
    ),
    2: Exercise(
        en="f(s, n, L): the mean of q_L² for q_0 = 1 if the activation is leaky ReLU with the slope s and the weights "
        "have its variance 2 / (n (1 + s²))",
        zh="f(s, n, L)：激活函数改为斜率 s 的 leaky ReLU、权重方差为相应的 2 / (n (1 + s²)) 时，q_L² 的期望（q_0 = 1）",
        reference=_second_moment,
        inputs=lambda generator: (uniform(generator, 0.1, 1), integer(generator, 20, 200), integer(generator, 2, 20)),
        extremes=((0.0, 40, 10),),
        mistakes=(
            Mistake(
                lambda s, n, L: (1 + 5 / n) ** L,
                "that is ReLU's; the fourth moment depends on the slope.",
                "这是 ReLU 的结果；四阶矩与斜率有关。",
            ),
            Mistake(
                lambda s, n, L: (1 + 6 * (1 + s**4) / (1 + s**2) ** 2 / n) ** L,
                "the variance of a term is its second moment less the square of its mean.",
                "一项的方差是它的二阶矩减去均值的平方。",
            ),
            Mistake(
                lambda s, n, L: 1 + L * (6 * (1 + s**4) / (1 + s**2) ** 2 - 1) / n,
                "the factors of the layers are multiplied, not their excesses added.",
                "各层的因子是相乘，而不是把超出 1 的部分相加。",
            ),
            Mistake(
                lambda s, n, L: (1 + 5 * (1 + s**4) / (1 + s**2) ** 2 / n) ** L,
                "only the fourth moment changes with the slope, not the 1 that is taken off.",
                "随斜率变化的只有四阶矩，减去的那个 1 不变。",
            ),
        ),
    ),
    3: Exercise(
        en="f(inputs, outputs, k, s): the pair (forward factor, backward factor) of a convolution without activation, "
        "of so many channels, with k × k weights of variance 1 / (outputs k²), as fan_out has it, and the stride s",
        zh="f(inputs, outputs, k, s)：(前向因子，反向因子) 这一对；卷积没有激活函数，输入与输出各有 inputs、outputs "
        "个通道，k × k 的权重按 fan_out 取方差 1 / (outputs k²)，步幅为 s",
        reference=_strided_factors,
        inputs=lambda generator: (
            integer(generator, 2, 5),
            integer(generator, 2, 5),
            integer(generator, 1, 3),
            integer(generator, 1, 3),
        ),
        mistakes=(
            Mistake(
                lambda inputs, outputs, k, s: (inputs / outputs, 1.0),
                "with a stride, an input takes part in fewer outputs.",
                "有步幅时，一个输入参与的输出变少了。",
            ),
            Mistake(
                lambda inputs, outputs, k, s: (inputs / outputs, 1 / s),
                "the stride acts in both directions of the image.",
                "步幅在图像的两个方向上都起作用。",
            ),
            Mistake(
                lambda inputs, outputs, k, s: (inputs / outputs / s**2, 1 / s**2),
                "there are fewer outputs, but each sums over as many products as before.",
                "输出的个数少了，但每个输出求和的乘积个数不变。",
            ),
            Mistake(
                lambda inputs, outputs, k, s: (1.0, outputs / inputs / s**2),
                "that is for fan_in; here the variance is made for the outputs.",
                "这是 fan_in 的结果；这里的方差是按输出取的。",
            ),
        ),
    ),
    4: Exercise(
        en="f(n, p): the variance of the weights, for n units a layer that are kept with probability p",
        zh="f(n, p)：权重的方差；每层 n 个单元，各以概率 p 保留",
        reference=_dropout_variance,
        inputs=lambda generator: (integer(generator, 10, 1000), uniform(generator, 0.2, 0.95)),
        mistakes=(
            Mistake(lambda n, p: 2 / n, "that is He's, without dropout.", "这是 He 的方差，没有考虑暂退法。"),
            Mistake(
                lambda n, p: 2 / (n * p),
                "that is what would be needed if kept units were not divided by p.",
                "保留的单元不除以 p 时，才需要这样的方差。",
            ),
            Mistake(
                lambda n, p: p / n,
                "ReLU takes a half of the mean square as well.",
                "ReLU 还要再去掉一半的均方。",
            ),
            Mistake(
                lambda n, p: 2 * (1 - p) / n,
                "p is the probability to keep a unit, not to drop it.",
                "p 是保留的概率，而不是丢弃的概率。",
            ),
            Mistake(
                lambda n, p: 2 * p**2 / n,
                "dividing by p gives 1 / p², but only a share p of the units has it.",
                "除以 p 给出 1 / p²，但只有比例为 p 的单元如此。",
            ),
        ),
    ),
    5: Exercise(
        en="f(n, L, variance): the factor by which the mean square grows over L blocks of width n, if W₂ has this "
        "variance",
        zh="f(n, L, variance)：W₂ 的方差为 variance 时，均方经过 L 个宽为 n 的块之后的倍数",
        reference=_residual_growth,
        inputs=lambda generator: (
            (n := integer(generator, 10, 300)),
            integer(generator, 2, 12),
            uniform(generator, 0.1, 1) / n,
        ),
        extremes=((100, 10, 0.0),),
        mistakes=(
            Mistake(
                lambda n, L, variance: (n * variance) ** L,
                "the input of each block is added to its branch.",
                "每个块都把输入加到分支上。",
            ),
            Mistake(
                lambda n, L, variance: 1 + L * n * variance,
                "the branch of a block has the mean square of what comes in, which has grown.",
                "块的分支的均方取决于进来的均方，而它已经增大了。",
            ),
            Mistake(
                lambda n, L, variance: (1 + n * variance / 2) ** L,
                "He's variance in W₁ makes up for the half that ReLU takes.",
                "W₁ 用 He 的方差，正好补上 ReLU 去掉的一半。",
            ),
            Mistake(
                lambda n, L, variance: (1 + sqrt(n * variance)) ** (2 * L),
                "input and branch are uncorrelated: their mean squares add, not their roots.",
                "输入与分支不相关：相加的是均方，而不是均方根。",
            ),
        ),
    ),
    6: Exercise(
        en="f(z, y): the sum of W_ij ∂L/∂W_ij for any of the layers, if the loss is the cross-entropy of one sample of "
        "class y (from 0), for which the output of the network, the logits, is z",
        zh="f(z, y)：任意一层的 W_ij ∂L/∂W_ij 之和；损失是单个样本的交叉熵，它的类别为 y（从 0 数起），"
        "网络的输出（logits）为 z",
        reference=_weights_times_gradient,
        inputs=lambda generator: (normal(generator, 4), integer(generator, 0, 3)),
        mistakes=(
            Mistake(
                lambda z, y: cross_entropy(z, torch.tensor(y)),
                "that is the loss; asked for is its derivative when a layer is scaled.",
                "这是损失；要的是缩放一层时损失的导数。",
            ),
            Mistake(
                lambda z, y: z @ torch.softmax(z, 0),
                "the derivative of the loss by z contains the class too.",
                "损失对 z 的导数里还有类别。",
            ),
            Mistake(
                lambda z, y: 0.0,
                "the error signal a − y has the sum zero, but each of its entries is multiplied by its logit.",
                "误差信号 a − y 各分量之和为零，但每个分量还要乘以它的 logit。",
            ),
            Mistake(
                lambda z, y: z[y] - z @ torch.softmax(z, 0),
                "the sign is reversed: scaling up sure and right logits lowers the loss.",
                "符号反了：把有把握且正确的 logits 放大，损失会减小。",
            ),
        ),
    ),
    7: Exercise(
        en="f(r): the pair (forward factor, backward factor) of a linear layer",
        zh="f(r)：线性层的 (前向因子，反向因子) 这一对数",
        reference=_glorot_factors,
        inputs=lambda generator: (exp(uniform(generator, -2, 3)),),
        mistakes=(
            Mistake(
                lambda r: (2 / (r + 1), 2 * r / (r + 1)),
                "they are exchanged: forward, an output sums over the inputs, and of those there are more if r > 1.",
                "两者对调了：前向时每个输出对输入求和，而 r > 1 时输入更多。",
            ),
            Mistake(
                lambda r: (1.0, 1 / r),
                "that is for 1 / n_in; Glorot's variance lies between 1 / n_in and 1 / n_out.",
                "这是方差取 1 / n_in 的结果；Glorot 的方差介于 1 / n_in 与 1 / n_out 之间。",
            ),
            Mistake(
                lambda r: (r / (r + 1), 1 / (r + 1)),
                "for r = 1 both must be 1.",
                "r = 1 时两者都应为 1。",
            ),
            Mistake(
                lambda r: ((1 + r) / 2, (1 + 1 / r) / 2),
                "Glorot takes the mean of the widths, not that of their reciprocals.",
                "Glorot 取的是两个宽度的平均，而不是倒数的平均。",
            ),
        ),
    ),
}
