"""The exercises of the introduction."""

from collections import defaultdict
from fractions import Fraction

import torch
from torch import nn

from dlnotes.data import digits
from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform
from dlnotes.exercises._solvers import bisection


def _pictures():
    """Training and test pictures as rows, and their labels."""
    (images, labels), (new_images, new_labels) = digits("train"), digits("test")
    return images.flatten(1), labels, new_images.flatten(1), new_labels


def _risks_of_memory():
    """Equal pictures get one number by sorting all of them; a memory holds a label for each number."""
    images, labels, new_images, new_labels = _pictures()
    distinct, number = torch.cat([images, new_images]).unique(dim=0, return_inverse=True)
    memory = torch.zeros(len(distinct), dtype=labels.dtype)
    memory[number[: len(images)]] = labels
    wrong = memory[number] != torch.cat([labels, new_labels])
    return wrong[: len(images)].double().mean(), wrong[len(images) :].double().mean()


def _risks_of_zero():
    _, labels, _, new_labels = _pictures()
    return (labels != 0).double().mean(), (new_labels != 0).double().mean()


def _risks_of_the_nearest():
    images, labels, new_images, new_labels = _pictures()
    nearest = torch.cdist(new_images.double(), images.double()).argmin(1)
    return 0.0, (labels[nearest] != new_labels).double().mean()


def _bends(w, b, v):
    """Where the slope changes, and by how much, in exact fractions."""
    change = defaultdict(Fraction)
    for weight, bias, out in zip(w.long().tolist(), b.long().tolist(), v.long().tolist(), strict=True):
        if weight:
            change[Fraction(-bias, weight)] += out * abs(weight)
    return change


def _small_integers(generator):
    """Six units; some are constant, some bend at the same place."""
    w, b, v = torch.randint(-2, 3, (3, 6), generator=generator).double()
    return w, b, v


def _worst_change(w, rho):
    """Descent on w·δ, back onto the ball after each step."""
    delta = torch.zeros_like(w)
    for _ in range(50):
        delta = delta - 100 * w
        delta = delta * min(1.0, float(rho / delta.norm()))
    return delta, -w @ delta


def _seeds(sd, rho, error):
    """Bisection on the number of seeds, from the covariance matrix of the two results."""

    def needed(correlation):
        covariance = sd**2 * torch.tensor([[1, correlation], [correlation, 1]], dtype=torch.float64)
        difference = torch.tensor([-1, 1], dtype=torch.float64)
        variance = float(difference @ covariance @ difference)
        return bisection(lambda n: variance > error**2 * n, 0.0, 1e9)

    return needed(rho), needed(0.0)


def _gpt2_parameters(L, d, V, n):
    """Counts the entries of torch's layers, of which there are only the shapes."""
    with torch.device("meta"):
        block = nn.TransformerEncoderLayer(d, nhead=1, dim_feedforward=4 * d)
        rest = nn.ModuleList([nn.Embedding(V, d), nn.Embedding(n, d), nn.LayerNorm(d)])
    return L * sum(p.numel() for p in block.parameters()) + sum(p.numel() for p in rest.parameters())


def _gpt2_sizes(generator):
    return tuple(integer(generator, 2, high) for high in (12, 64, 1000, 128))


def _roof(P, B, size):
    """Bisection on n: the seconds of arithmetic against those of memory traffic. Large n for the limit."""
    ridge = bisection(lambda n: 2 * n**3 / P < 3 * n**2 * size / B, 0.0, 1e6)
    n = 1e9
    return ridge, 2 * n**2 / (size * (n**2 + 2 * n))


def _machine(generator):
    size = 2 ** integer(generator, 0, 3)
    return uniform(generator, 10, 100) * 1e12, uniform(generator, 1, 5) * 1e12, size


EXERCISES = {
    1: Exercise(
        en="the pair (risk on the training digits, risk on the test digits)",
        zh="(训练数字上的风险，测试数字上的风险) 这一对数",
        reference=_risks_of_memory,
        mistakes=(
            Mistake(
                _risks_of_zero,
                "that learner always says 0; this one looks first whether it has stored the picture.",
                "那是永远回答“0”的方法；这里要先看有没有存过这张图片。",
            ),
            Mistake(
                lambda: (0.0, 1 - _risks_of_zero()[1]),
                "the second is the share of right answers; the risk is that of wrong ones.",
                "第二个数是答对的比例；风险是答错的比例。",
            ),
            Mistake(
                _risks_of_the_nearest,
                "the second is the risk of the nearest stored picture; this learner asks for exactly the same one.",
                "第二个数是用最近的存储图片时的风险；这里要求图片一模一样。",
            ),
            Mistake(
                (0.0, 0.0),
                "none of the test pictures has been stored.",
                "测试图片一张也没有存过。",
            ),
        ),
    ),
    2: Exercise(
        en="f(w, b, v): the number of linear pieces of the network with these weights, biases and output weights",
        zh="f(w, b, v)：以 w 为权重、b 为偏置、v 为输出权重的网络的线性段数",
        reference=lambda w, b, v: 1 + sum(change != 0 for change in _bends(w, b, v).values()),
        inputs=_small_integers,
        mistakes=(
            Mistake(
                lambda w, b, v: len(w) + 1,
                "that is the largest number possible; look at units with wᵢ = 0 and at units that bend at one place.",
                "那是可能的最大值；看看 wᵢ = 0 的单元和在同一点弯折的单元。",
            ),
            Mistake(
                lambda w, b, v: sum(change != 0 for change in _bends(w, b, v).values()),
                "those are the bends; the pieces between them and outside are asked for.",
                "那是弯折点的个数；要的是它们之间和两侧的段数。",
            ),
            Mistake(
                lambda w, b, v: 1 + len(_bends(w, b, v)),
                "at some of these points the slope stays: a unit has vᵢ = 0, or two changes cancel.",
                "其中有些点斜率并不改变：某个 vᵢ = 0，或者两处改变相互抵消。",
            ),
            Mistake(
                lambda w, b, v: 1 + int(((w != 0) & (v != 0)).sum()),
                "several units can bend at the same point; count it once.",
                "几个单元可能在同一点弯折，只能算一次。",
            ),
        ),
    ),
    3: Exercise(
        en="f(w, rho): the pair (δ with ‖δ‖ <= rho that lowers w·x most, by how much it lowers it)",
        zh="f(w, rho)：(满足 ‖δ‖ <= rho、使 w·x 降低最多的 δ，降低的量) 这一对",
        reference=_worst_change,
        inputs=lambda generator: (normal(generator, 5), uniform(generator, 0.1, 2)),
        mistakes=(
            Mistake(
                lambda w, rho: (rho * w / w.norm(), rho * w.norm()),
                "this δ raises w·x.",
                "这个 δ 使 w·x 升高。",
            ),
            Mistake(
                lambda w, rho: (-rho * w.sign(), rho * w.abs().sum()),
                "here the length of δ is bounded, and that of rho sign(w) is larger than rho.",
                "这里限制的是 δ 的长度，而 rho sign(w) 的长度超过 rho。",
            ),
            Mistake(
                lambda w, rho: (-rho * w.sign() / len(w) ** 0.5, rho * w.abs().sum() / len(w) ** 0.5),
                "the length is right; another direction of the same length lowers w·x more.",
                "长度是对的；但同样长的另一个方向使 w·x 降低得更多。",
            ),
            Mistake(
                lambda w, rho: (-rho * w, rho * w @ w),
                "the direction is right, but the length of this δ is rho ‖w‖.",
                "方向是对的，但这个 δ 的长度是 rho ‖w‖。",
            ),
        ),
    ),
    4: Exercise(
        en="f(sd, rho, error): the pair (seeds needed with pairs, without pairs), not rounded, for standard deviations "
        "sd, a correlation rho of the pairs and a standard error of the difference",
        zh="f(sd, rho, error)：(配对，不配对) 各需要的种子数，不取整；sd 为标准差，rho 为配对时的相关系数，"
        "error 为差的标准误",
        reference=_seeds,
        inputs=lambda generator: (uniform(generator, 0.005, 0.02), uniform(generator, 0.1, 0.9), 0.001),
        extremes=((0.01, 0.8, 0.001), (0.02, -0.5, 0.004)),
        mistakes=(
            Mistake(
                lambda sd, rho, error: (sd**2 * (1 - rho) / error**2, sd**2 / error**2),
                "both learners vary: the variance of a difference contains that of each.",
                "两种方法都在波动：差的方差包含两者各自的方差。",
            ),
            Mistake(
                lambda sd, rho, error: (2 * sd**2 * (1 + rho) / error**2, 2 * sd**2 / error**2),
                "what the pairs have in common cancels in the difference: the covariance enters with the other sign.",
                "配对的共同部分在差中抵消：协方差的符号应当相反。",
            ),
            Mistake(
                lambda sd, rho, error: (sd * (2 * (1 - rho)) ** 0.5 / error, sd * 2**0.5 / error),
                "the standard error falls with the square root of the number of seeds.",
                "标准误随种子数的平方根下降。",
            ),
            Mistake(
                lambda sd, rho, error: (2 * sd**2 * (1 - rho**2) / error**2, 2 * sd**2 / error**2),
                "the covariance contains the correlation itself, not its square.",
                "协方差里是相关系数本身，不是它的平方。",
            ),
        ),
    ),
    5: Exercise(
        en="f(L, d, V, n): the exact number of parameters for L blocks of width d, V tokens and n positions",
        zh="f(L, d, V, n)：L 个块、宽度 d、V 个词元、n 个位置时参数的精确个数",
        reference=_gpt2_parameters,
        inputs=_gpt2_sizes,
        extremes=((12, 768, 50257, 1024),),
        tolerance=1e-12,
        mistakes=(
            Mistake(
                lambda L, d, V, n: 12 * L * d**2 + V * d,
                "biases, layer norms and positions are missing.",
                "漏了偏置、层归一化和位置。",
            ),
            Mistake(
                lambda L, d, V, n: L * (12 * d**2 + 13 * d) + (V + n) * d,
                "the last layer norm is missing.",
                "漏了最后的层归一化。",
            ),
            Mistake(
                lambda L, d, V, n: L * (12 * d**2 + 13 * d) + (2 * V + n) * d + 2 * d,
                "the output layer reuses the embedding; it has no matrix of its own.",
                "输出层重用嵌入，没有自己的矩阵。",
            ),
            Mistake(
                lambda L, d, V, n: L * (12 * d**2 + 13 * d) + V * d + 2 * d,
                "the positions have an embedding as well.",
                "位置也有嵌入。",
            ),
        ),
    ),
    6: Exercise(
        en="f(P, B, size): the pair (n at which the product of matrices passes from memory to arithmetic as its limit, "
        "operations per byte that the product with a vector approaches for large n), for numbers of size bytes",
        zh="f(P, B, size)：(矩阵乘积由受存储器限制转为受运算限制的 n，n 很大时与向量的乘积趋近的每字节运算数) "
        "这一对数，每个数占 size 字节",
        reference=_roof,
        inputs=_machine,
        extremes=((60e12, 4.8e12, 4),),
        mistakes=(
            Mistake(
                lambda P, B, size: (P / B, 2 / size),
                "the first is the intensity at which the roof bends; at which n does a product of matrices have it?",
                "第一个数是屋顶转折处的运算强度；矩阵乘积在哪个 n 达到它？",
            ),
            Mistake(
                lambda P, B, size: (size * P / B, 2 / size),
                "three matrices pass through memory: two are read and the result is written.",
                "经过存储器的矩阵有三个：读两个，写一个结果。",
            ),
            Mistake(
                lambda P, B, size: (3 * size * P / B, 1 / size),
                "a multiplication and an addition are two operations.",
                "一次乘法加一次加法是两次运算。",
            ),
            Mistake(
                lambda P, B, size: (6 * P / B, 0.5),
                "that holds for numbers of four bytes; here they have size bytes.",
                "这只对 4 字节的数成立；这里每个数占 size 字节。",
            ),
        ),
    ),
}
