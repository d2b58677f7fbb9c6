"""The exercises of the chapter on backpropagation."""

from math import isqrt, sqrt

import torch
from torch.nn.functional import cross_entropy, one_hot

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform


def _gradient(function, *inputs, by):
    """By autograd: of a number, by one of the inputs."""
    inputs = [a.clone().requires_grad_() for a in inputs]
    return torch.autograd.grad(function(*inputs), inputs[by])[0]


def _sigmoid_squared_error(z, y):
    return _gradient(lambda z, y: 0.5 * (torch.sigmoid(z) - y).square().sum(), z, y, by=0)


def _trace_gradient(A, W):
    return _gradient(lambda A, W: torch.trace(W.T @ A @ W), A, W, by=1)


def _last_biases(Y, rate, steps):
    """The whole network, by autograd, on any inputs."""
    X = normal(torch.Generator().manual_seed(0), len(Y), 4)
    shapes = (5, 4), (5,), (Y.shape[1], 5), (Y.shape[1],)
    parameters = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    for _ in range(steps):
        W1, b1, W2, b2 = parameters
        gradients = torch.autograd.grad(cross_entropy(torch.tanh(X @ W1.T + b1) @ W2.T + b2, Y), parameters)
        parameters = [(p - rate * g).detach().requires_grad_() for p, g in zip(parameters, gradients, strict=True)]
    return parameters[-1].detach()


def _labels_and_steps(generator):
    labels = torch.cat([torch.arange(3), torch.randint(3, (5,), generator=generator)])
    return one_hot(labels, 3).double(), uniform(generator, 0.1, 1), integer(generator, 2, 10)


def _skip_recursion(W, a, g):
    return _gradient(lambda W, a, g: (a + torch.tanh(W @ a)) @ g, W, a, g, by=1)


def _sample_norms(D1, A0, D2, A1):
    """Every sample's gradients are formed."""
    gradients = [torch.einsum("nj,nk->njk", D, A).flatten(1) for D, A in ((D1, A0), (D2, A1))]
    return torch.cat(gradients, dim=1).norm(dim=1)


def _two_layers(generator):
    return normal(generator, 4, 3), normal(generator, 4, 5), normal(generator, 4, 2), normal(generator, 4, 3)


def _best_forward_step(y, y2, eps):
    """The bound is minimised by ternary search."""

    def bound(s):
        return s / 2 * abs(y2) + 2 * eps / s * abs(y)

    low, high = 1e-6, 10.0
    for _ in range(100):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if bound(left) < bound(right) else (left, high)
    return low, bound(low)


def _kept_inputs(L, k):
    """Both passes gone through with a set of the layers whose inputs are in memory."""
    kept = {layer for layer in range(L) if layer % k == 0}
    most = len(kept)
    for layer in reversed(range(L)):
        if layer not in kept:  # run its segment again
            kept |= set(range(layer - layer % k, layer + 1))
        most = max(most, len(kept))
        if layer % k:
            kept.remove(layer)
    return most


def _best_segment(L):
    """Every length tried."""
    most = {k: _kept_inputs(L, k) for k in range(1, L + 1) if L % k == 0}
    k = min(most, key=most.get)
    return k, most[k]


def _divisor_below_root(L):
    return max(k for k in range(1, isqrt(L) + 1) if L % k == 0)


EXERCISES = {
    1: Exercise(
        en="f(z, y): the error signal of case (c), a vector",
        zh="f(z, y)：情形（c）的误差信号，一个向量",
        reference=_sigmoid_squared_error,
        inputs=lambda generator: (2 * normal(generator, 4), torch.rand(4, generator=generator, dtype=torch.float64)),
        extremes=((torch.tensor([-9.0, 9.0], dtype=torch.float64), torch.tensor([1.0, 0.0], dtype=torch.float64)),),
        mistakes=(
            Mistake(
                lambda z, y: torch.sigmoid(z) - y,
                "that is case (b); the squared error doesn't cancel the slope of the sigmoid.",
                "这是情形（b）；平方误差不会与 sigmoid 的斜率相消。",
            ),
            Mistake(
                lambda z, y: 2 * (torch.sigmoid(z) - y) * torch.sigmoid(z) * torch.sigmoid(-z),
                "the loss is half the squared error.",
                "损失是平方误差的一半。",
            ),
            Mistake(
                lambda z, y: (torch.sigmoid(z) - y) * torch.sigmoid(z),
                "the slope of the sigmoid has two factors, one for each end.",
                "sigmoid 的斜率有两个因子，两端各一个。",
            ),
            Mistake(
                lambda z, y: (z - y) * torch.sigmoid(z) * torch.sigmoid(-z),
                "the output that is compared with y is a, not z.",
                "与 y 比较的输出是 a，而不是 z。",
            ),
        ),
    ),
    2: Exercise(
        en="f(A, W): the gradient of tr(WᵀAW) by W, of the shape of W",
        zh="f(A, W)：tr(WᵀAW) 对 W 的梯度，形状与 W 相同",
        reference=_trace_gradient,
        inputs=lambda generator: (normal(generator, 4, 4), normal(generator, 4, 3)),
        mistakes=(
            Mistake(lambda A, W: 2 * A @ W, "that holds only for symmetric A.", "只有 A 对称时才成立。"),
            Mistake(
                lambda A, W: A @ W,
                "W occurs twice, so the product rule has two terms.",
                "W 出现了两次，所以乘积的求导法则有两项。",
            ),
            Mistake(
                lambda A, W: A.T @ W,
                "W occurs twice; the term in which the other one varies is missing.",
                "W 出现了两次；漏了另一个 W 变化的那一项。",
            ),
            Mistake(
                lambda A, W: 2 * A.T @ W,
                "only one of the two terms has A transposed.",
                "两项之中只有一项的 A 要转置。",
            ),
        ),
    ),
    3: Exercise(
        en="f(Y, rate, steps): the biases of the output after so many steps of gradient descent with this rate, if all "
        "parameters start at 0; softmax, mean cross-entropy, and the rows of Y are the one-hot labels",
        zh="f(Y, rate, steps)：所有参数从 0 开始，以学习率 rate 作 steps 步梯度下降之后输出层的偏置；softmax，"
        "损失为交叉熵的均值，Y 的各行是独热标签",
        reference=_last_biases,
        inputs=_labels_and_steps,
        mistakes=(
            Mistake(
                lambda Y, rate, steps: torch.zeros(Y.shape[1]),
                "the weights don't move, but one of the parameters does.",
                "权重都不动，但有一组参数会动。",
            ),
            Mistake(
                lambda Y, rate, steps: rate * steps * (Y.mean(0) - 1 / Y.shape[1]),
                "the output changes with the biases, so the second step is smaller than the first.",
                "输出随偏置变化，所以第二步比第一步小。",
            ),
            Mistake(
                lambda Y, rate, steps: Y.mean(0).log() - Y.mean(0).log().mean(),
                "that is where they are after infinitely many steps.",
                "这是无穷多步之后的值。",
            ),
            Mistake(
                lambda Y, rate, steps: _last_biases(Y, rate * len(Y), steps),
                "the loss is the mean over the samples, not their sum.",
                "损失是对样本取均值，而不是求和。",
            ),
        ),
    ),
    4: Exercise(
        en="f(W, a, g): the gradient by the input a of one layer with a skip connection and h = tanh, if that by its "
        "output is g",
        zh="f(W, a, g)：一个带跳跃连接、h = tanh 的层对其输入 a 的梯度，对其输出的梯度为 g",
        reference=_skip_recursion,
        inputs=lambda generator: (normal(generator, 4, 4), normal(generator, 4), normal(generator, 4)),
        mistakes=(
            Mistake(
                lambda W, a, g: W.T @ ((1 - torch.tanh(W @ a) ** 2) * g),
                "the path around the layer is missing.",
                "漏了绕过该层的那条通路。",
            ),
            Mistake(
                lambda W, a, g: g + W @ ((1 - torch.tanh(W @ a) ** 2) * g),
                "on the way back the matrix is transposed.",
                "反向时矩阵要转置。",
            ),
            Mistake(
                lambda W, a, g: g + (1 - torch.tanh(W @ a) ** 2) * (W.T @ g),
                "on the way back the slope comes before the matrix: it belongs to the layer's outputs.",
                "反向时先乘斜率，再乘矩阵：斜率属于该层的输出端。",
            ),
            Mistake(
                lambda W, a, g: g + W.T @ g,
                "the slope of tanh is missing.",
                "漏了 tanh 的斜率。",
            ),
            Mistake(
                lambda W, a, g: g + W.T @ ((1 - torch.tanh(a) ** 2) * g),
                "the slope is taken at z = W a, not at a.",
                "斜率取在 z = W a 处，而不是 a 处。",
            ),
        ),
    ),
    5: Exercise(
        en="f(D1, A0, D2, A1): for every sample the norm of its own gradient by both weight matrices together; a row "
        "of D1, D2 is a sample's error signal, a row of A0, A1 what enters the layer",
        zh="f(D1, A0, D2, A1)：每个样本自己对两个权重矩阵合起来的梯度的范数；D1、D2 的一行是一个样本的误差信号，A0、A1 "
        "的一行是它进入该层的输入",
        reference=_sample_norms,
        inputs=_two_layers,
        mistakes=(
            Mistake(
                lambda D1, A0, D2, A1: D1.norm(dim=1) * A0.norm(dim=1) + D2.norm(dim=1) * A1.norm(dim=1),
                "over the layers the squares are added, not the norms.",
                "对各层相加的是平方，而不是范数。",
            ),
            Mistake(
                lambda D1, A0, D2, A1: (D1.norm(dim=1) * A0.norm(dim=1)) ** 2 + (D2.norm(dim=1) * A1.norm(dim=1)) ** 2,
                "those are the squared norms.",
                "这是范数的平方。",
            ),
            Mistake(
                lambda D1, A0, D2, A1: torch.sqrt(
                    (D1.square().sum(1) + D2.square().sum(1)) * (A0.square().sum(1) + A1.square().sum(1))
                ),
                "each error signal goes with the input of its own layer: multiply first, then add.",
                "每个误差信号只配它自己那一层的输入：先相乘，再相加。",
            ),
            Mistake(
                lambda D1, A0, D2, A1: ((D1.T @ A0).square().sum() + (D2.T @ A1).square().sum()).sqrt().expand(len(D1)),
                "that is the norm of the batch's gradient, in which the samples are added up.",
                "这是整个批量的梯度的范数，各样本在其中已经相加。",
            ),
        ),
    ),
    6: Exercise(
        en="f(y, y2, eps): the pair (best step, its error bound) for f(x) = y, f″(x) = y2 and values that are wrong by "
        "up to eps times their size",
        zh="f(y, y2, eps)：(最佳步长，它的误差上界) 这一对数；f(x) = y，f″(x) = y2，每个函数值的相对误差不超过 eps",
        reference=_best_forward_step,
        inputs=lambda generator: (
            uniform(generator, 0.3, 3),
            uniform(generator, 0.3, 3) * (-1) ** integer(generator, 0, 1),
            uniform(generator, 1e-5, 1e-3),
        ),
        mistakes=(
            Mistake(
                lambda y, y2, eps: (sqrt(eps), sqrt(eps)),
                "that is the order of magnitude; the constants were asked for.",
                "这只是数量级；要的是带常数的结果。",
            ),
            Mistake(
                lambda y, y2, eps: (sqrt(2 * eps * y / abs(y2)), sqrt(2 * eps * y * abs(y2))),
                "both values of the difference are wrong by up to eps y, and their errors may add.",
                "差分的两个函数值各有 eps y 以内的误差，而误差可能相加。",
            ),
            Mistake(
                lambda y, y2, eps: (2 * sqrt(eps * y / abs(y2)), sqrt(eps * y * abs(y2))),
                "at the best step both parts of the error are equal; count both.",
                "在最佳步长处误差的两个部分相等，两部分都要算上。",
            ),
            Mistake(
                lambda y, y2, eps: (sqrt(2 * eps * y / abs(y2)), 2 * sqrt(2 * eps * y * abs(y2))),
                "the second term of Taylor's series has the factor 1/2.",
                "泰勒级数的二阶项带有因子 1/2。",
            ),
            Mistake(
                lambda y, y2, eps: (
                    (3 * eps * y / abs(y2)) ** (1 / 3),
                    1.5 * (eps * y) ** (2 / 3) * (abs(y2) / 3) ** (1 / 3),
                ),
                "that is for the central difference, whose first error is of second order.",
                "这是中心差分的结果，它的首个误差项是二阶的。",
            ),
        ),
    ),
    7: Exercise(
        en="f(L): the pair (best k among the divisors of L, number of layer inputs kept at most); of two equally good "
        "k the smaller one",
        zh="f(L)：(L 的约数中最好的 k，最多同时保留的层输入数) 这一对数；两个 k 同样好时取较小的",
        reference=_best_segment,
        inputs=lambda generator: (2 * integer(generator, 2, 60),),
        extremes=((36,), (37,), (100,)),
        mistakes=(
            Mistake(
                lambda L: (sqrt(L), 2 * sqrt(L) - 1),
                "the square root must divide L; otherwise take a divisor near it.",
                "平方根未必整除 L；不整除时要取它附近的约数。",
            ),
            Mistake(
                lambda L: (_divisor_below_root(L), L // _divisor_below_root(L) + _divisor_below_root(L)),
                "the first input of the segment is a checkpoint already: don't count it twice.",
                "一段的第一个输入本来就是检查点，不要算两次。",
            ),
            Mistake(
                lambda L: (_divisor_below_root(L), L // _divisor_below_root(L)),
                "while a segment is run again, its inputs are kept besides the checkpoints.",
                "重算一段时，除检查点之外还要保留这一段的输入。",
            ),
            Mistake(
                lambda L: (L, 1),
                "with one segment only there is one checkpoint, but all of its inputs come back at once.",
                "只有一段时，检查点确实只有一个，但它的输入要一次全部重算回来。",
            ),
        ),
    ),
}
