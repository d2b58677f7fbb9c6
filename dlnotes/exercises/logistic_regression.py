"""The exercises of the chapter on logistic regression."""

from math import exp, log

import numpy as np
import torch
from torch.autograd.functional import hessian, jacobian
from torch.distributions import Bernoulli, Normal, kl_divergence
from torch.nn.functional import binary_cross_entropy_with_logits

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform
from dlnotes.exercises._solvers import bisection
from dlnotes.logistic_regression import linear_discriminant_analysis, sigmoid

GAUSSIAN = Normal(torch.tensor(0.0, dtype=torch.float64), 1.0)


def _slope_of_the_excess(theta, q):
    """By autograd, from torch's divergence."""
    theta, q = torch.tensor([theta, q], dtype=torch.float64)
    return jacobian(lambda q: kl_divergence(Bernoulli(theta), Bernoulli(q)) - 2 * (theta - q) ** 2, q)


def _shares(generator):
    return uniform(generator, 0.05, 0.95), uniform(generator, 0.05, 0.95)


def _least_squares_on_labels(x, y):
    with_ones = torch.cat([x, torch.ones_like(y).unsqueeze(1)], dim=1)
    return torch.linalg.lstsq(with_ones, y.unsqueeze(1)).solution[:-1, 0]


def _factor_by_both_fits(x, y):
    weight = _least_squares_on_labels(x, y)
    return linear_discriminant_analysis(x, y)[0] @ weight / (weight @ weight)


def _parts_of_the_factor(x, y):
    """q₀ q₁, and the distance of the predicted class means."""
    difference = x[y == 1].mean(0) - x[y == 0].mean(0)
    return y.mean() * (1 - y.mean()), difference @ _least_squares_on_labels(x, y)


def _two_classes(generator):
    positives = integer(generator, 3, 9)
    y = (torch.arange(12) < positives).double()
    return normal(generator, 12, 3) + y.unsqueeze(1) * normal(generator, 3), y


def _shift_by_bayes(old, new):
    """Bayes' rule with two densities at one place, under both shares; any densities give the same."""
    in_sick, in_healthy = 0.3, 0.7

    def log_odds(share):
        sick = share * in_sick / (share * in_sick + (1 - share) * in_healthy)
        return log(sick / (1 - sick))

    return log_odds(new) - log_odds(old)


def _minimum_of_weighted_loss(theta, r):
    """Bisection on the probability: below the minimum a slightly larger one costs less."""

    def cost(q):
        return -r * theta * log(q) - (1 - theta) * log(1 - q)

    step = 1e-7
    return bisection(lambda q: cost(q + step) < cost(q - step), 1e-6, 1 - 1e-6)


def _first_step(X, y):
    """By autograd, from torch's loss."""

    def loss(w):
        return binary_cross_entropy_with_logits(X @ w, y)

    zero = torch.zeros(X.shape[1], dtype=X.dtype)
    return -torch.linalg.solve(hessian(loss, zero), jacobian(loss, zero))


def _least_squares(X, y):
    return torch.linalg.lstsq(X, y.unsqueeze(1)).solution.squeeze(1)


def _samples(generator):
    y = (torch.rand(9, generator=generator) < 0.4).double()
    return torch.cat([torch.ones(9, 1), normal(generator, 9, 2)], dim=1), y


def _area_by_integration(m, s0, s1):
    """Adds up, over the score of a negative, the probability that a positive is above it."""
    score = torch.linspace(-9 * s0, 9 * s0, 4001, dtype=torch.float64)
    density = GAUSSIAN.log_prob(score / s0).exp() / s0
    above = 1 - GAUSSIAN.cdf((score - m) / s1)
    return torch.trapezoid(density * above, score)


def _written_log_odds(z, rho):
    """Both ways to write a label, by the matrix of the flips."""
    truth = torch.stack([sigmoid(-z), sigmoid(z)])
    flips = torch.tensor([[1 - rho, rho], [rho, 1 - rho]], dtype=z.dtype)
    zero, one = flips @ truth
    return one.log() - zero.log()


def _both_of_the_next_two(n, k):
    """The mean of θ² by Gauss's rule, which is exact for polynomials of such degrees."""
    nodes, weights = np.polynomial.legendre.leggauss(30)
    theta = (nodes + 1) / 2
    density = weights * theta**k * (1 - theta) ** (n - k)
    return float(density @ theta**2 / density.sum())


def _trials(generator):
    n = integer(generator, 1, 19)
    return n, integer(generator, 0, n)


EXERCISES = {
    1: Exercise(
        en="f(theta, q): the slope in q of the difference of the two sides, D(theta‖q) - 2 (theta - q)², in nats",
        zh="f(theta, q)：两边之差 D(theta‖q) - 2 (theta - q)²（单位为奈特）对 q 的斜率",
        reference=_slope_of_the_excess,
        inputs=_shares,
        mistakes=(
            Mistake(
                lambda theta, q: (q - theta) / (q * (1 - q)),
                "that is the slope of the divergence; that of the square is missing.",
                "这是散度的斜率；还缺平方项的斜率。",
            ),
            Mistake(
                lambda theta, q: (q - theta) / (q * (1 - q)) + 4 * (q - theta),
                "the slope of -2 (θ − q)² in q has the other sign.",
                "-2 (θ − q)² 对 q 的斜率符号相反。",
            ),
            Mistake(
                lambda theta, q: log(theta / (1 - theta)) - log(q / (1 - q)) - 4 * (theta - q),
                "that is the slope in θ.",
                "这是对 θ 的斜率。",
            ),
            Mistake(
                lambda theta, q: -theta / q - 4 * (q - theta),
                "the divergence has a second term, that of the outcome 0.",
                "散度还有第二项，即结果 0 的那一项。",
            ),
            Mistake(
                lambda theta, q: (q - theta) / (q * (1 - q)) / log(2) - 4 * (q - theta),
                "the divergence is in bits; with log₂ the inequality has another constant.",
                "散度的单位成了比特；用 log₂ 时不等式的常数不同。",
            ),
        ),
    ),
    2: Exercise(
        en="f(x, y): the factor from the weights of least squares to those of discriminant analysis, whose covariance "
        "divides by N",
        zh="f(x, y)：由最小二乘的权重变为判别分析的权重要乘的因子，类内协方差除以 N",
        reference=_factor_by_both_fits,
        inputs=_two_classes,
        mistakes=(
            Mistake(
                lambda x, y: 1 / _factor_by_both_fits(x, y),
                "that is the factor in the other direction.",
                "这是反过来的因子。",
            ),
            Mistake(
                lambda x, y: 1 / _parts_of_the_factor(x, y)[0],
                "the covariance of all features contains the distance of the classes as well.",
                "全部特征的协方差里，还含有两个类别之间的距离。",
            ),
            Mistake(
                lambda x, y: 1 / (1 - _parts_of_the_factor(x, y)[1]),
                "the shares of the classes are missing.",
                "漏了两个类别的比例。",
            ),
            Mistake(
                lambda x, y: 1 / (_parts_of_the_factor(x, y)[0] * (1 + _parts_of_the_factor(x, y)[1])),
                "the covariance between the classes goes to the other side of the equation with a minus sign.",
                "类间协方差移到等式另一边时要变号。",
            ),
        ),
    ),
    3: Exercise(
        en="f(old, new): what is added to the bias when the share of the sick changes from old to new",
        zh="f(old, new)：病人的比例由 old 变为 new 时，偏置要加上的量",
        reference=_shift_by_bayes,
        inputs=_shares,
        extremes=((0.5, 0.02),),
        mistakes=(
            Mistake(
                lambda old, new: log(new / old),
                "the share of the healthy changes as well: odds, not shares.",
                "健康人的比例也变了：要用几率，而不是比例。",
            ),
            Mistake(
                lambda old, new: log(old / (1 - old)) - log(new / (1 - new)),
                "where the disease becomes rarer, the bias must fall.",
                "疾病变得少见时，偏置必须减小。",
            ),
            Mistake(
                lambda old, new: log(new / (1 - new)),
                "the bias already contains the log-odds of the old share.",
                "偏置里已经含有旧比例的对数几率。",
            ),
            Mistake(
                lambda old, new: new - old,
                "the bias is added to log-odds, not to probabilities.",
                "偏置加在对数几率上，而不是概率上。",
            ),
        ),
    ),
    4: Exercise(
        en="f(theta, r): the probability at which the expected loss is least",
        zh="f(theta, r)：使期望损失最小的概率",
        reference=_minimum_of_weighted_loss,
        inputs=lambda generator: (uniform(generator, 0.05, 0.95), uniform(generator, 0.2, 8)),
        mistakes=(
            Mistake(
                lambda theta, r: theta,
                "that is the minimum without the weight.",
                "这是没有权重时的最小值点。",
            ),
            Mistake(
                lambda theta, r: r * theta,
                "the odds are multiplied by r, not the probability; it must stay below 1.",
                "乘以 r 的是几率，不是概率；概率必须小于 1。",
            ),
            Mistake(
                lambda theta, r: theta / (theta + r * (1 - theta)),
                "the weight belongs to label 1, so it raises the probability if r > 1.",
                "权重属于标签 1，所以 r > 1 时它提高概率。",
            ),
            Mistake(
                lambda theta, r: 1 / (1 + (1 - theta) / theta * exp(-r)),
                "the log-odds grow by log r, not by r.",
                "对数几率增加的是 log r，不是 r。",
            ),
        ),
    ),
    5: Exercise(
        en="f(X, y): the weights after the first Newton step from zero",
        zh="f(X, y)：从零出发走第一个牛顿步之后的权重",
        reference=_first_step,
        inputs=_samples,
        mistakes=(
            Mistake(
                lambda X, y: 4 * _least_squares(X, y),
                "at zero every probability is ½: the labels are compared with it.",
                "在零处每个概率都是 ½：标签要与它比较。",
            ),
            Mistake(
                lambda X, y: _least_squares(X, y - 0.5),
                "the Hessian at zero contains the factor p (1 − p).",
                "零处的黑塞矩阵含有因子 p (1 − p)。",
            ),
            Mistake(
                lambda X, y: 4 * _least_squares(X, 2 * y - 1),
                "labels −1 and 1 differ by twice as much as 0 and 1.",
                "标签 −1 与 1 之差，是 0 与 1 之差的两倍。",
            ),
            Mistake(
                lambda X, y: X.T @ (y - 0.5) / len(y),
                "that is a step of gradient descent; Newton's is multiplied by the inverse of the Hessian.",
                "这是梯度下降的一步；牛顿步还要乘以黑塞矩阵的逆。",
            ),
        ),
    ),
    6: Exercise(
        en="f(m, s0, s1): the area if the mean of the positives is larger by m, with standard deviations s0 of the "
        "negatives and s1 of the positives",
        zh="f(m, s0, s1)：正类均值比负类大 m，负类标准差为 s0、正类为 s1 时的面积",
        reference=_area_by_integration,
        inputs=lambda generator: (
            uniform(generator, -1, 3),
            uniform(generator, 0.3, 2),
            uniform(generator, 0.3, 2),
        ),
        mistakes=(
            Mistake(
                lambda m, s0, s1: GAUSSIAN.cdf(torch.tensor(m / 2**0.5)),
                "m is in the units of the score: relate it to the standard deviations.",
                "m 的单位是得分的单位：要与标准差相比。",
            ),
            Mistake(
                lambda m, s0, s1: GAUSSIAN.cdf(torch.tensor(m / (s0 + s1))),
                "standard deviations do not add; what does?",
                "相加的不是标准差；是什么？",
            ),
            Mistake(
                lambda m, s0, s1: GAUSSIAN.cdf(torch.tensor(m / (s0**2 + s1**2))),
                "divide by the standard deviation of the difference, not by its variance.",
                "要除以两者之差的标准差，而不是方差。",
            ),
            Mistake(
                lambda m, s0, s1: GAUSSIAN.cdf(torch.tensor(2**0.5 * m / (s0 + s1))),
                "the mean of the two standard deviations is right only if they are equal.",
                "只有两个标准差相等时，才能用它们的平均。",
            ),
            Mistake(
                lambda m, s0, s1: 1 - _area_by_integration(m, s0, s1),
                "that is the probability that the negative scores higher.",
                "这是负样本得分更高的概率。",
            ),
        ),
    ),
    7: Exercise(
        en="f(z, rho): the log-odds of the written labels, for the vector z of log-odds of the true ones",
        zh="f(z, rho)：写下的标签的对数几率，其中向量 z 是真实标签的对数几率",
        reference=_written_log_odds,
        inputs=lambda generator: (3 * normal(generator, 4), uniform(generator, 0.02, 0.45)),
        extremes=((torch.tensor([-50.0, 0.0, 50.0], dtype=torch.float64), 0.1),),
        mistakes=(
            Mistake(lambda z, rho: z, "only the sign of the log-odds stays.", "不变的只是对数几率的符号。"),
            Mistake(
                lambda z, rho: (1 - 2 * rho) * z,
                "the probability is scaled so, not the log-odds: these stay bounded.",
                "这样缩放的是概率，不是对数几率：后者始终有界。",
            ),
            Mistake(
                lambda z, rho: rho + (1 - 2 * rho) * sigmoid(z),
                "that is the probability; its log-odds are asked for.",
                "这是概率；要的是它的对数几率。",
            ),
            Mistake(
                lambda z, rho: torch.logit((1 - rho) * sigmoid(z)),
                "a written 1 may also be a flipped 0.",
                "写下的 1 也可能是翻转了的 0。",
            ),
        ),
    ),
    8: Exercise(
        en="f(n, k): the probability of the event in both of the next two trials, after k times in n",
        zh="f(n, k)：n 次中发生 k 次之后，接下来两次都发生的概率",
        reference=_both_of_the_next_two,
        inputs=_trials,
        extremes=((5, 0), (5, 5)),
        mistakes=(
            Mistake(
                lambda n, k: ((k + 1) / (n + 2)) ** 2,
                "the trials are independent only for a known θ: the first success makes a second more probable.",
                "只有 θ 已知时各次试验才独立：第一次发生使第二次更可能发生。",
            ),
            Mistake(
                lambda n, k: (k + 1) / (n + 2),
                "that is the probability for one trial.",
                "这是一次试验的概率。",
            ),
            Mistake(
                lambda n, k: (k / n) ** 2,
                "maximum likelihood is too sure; all θ were equally plausible beforehand.",
                "最大似然过于自信；事先所有 θ 同样可能。",
            ),
            Mistake(
                lambda n, k: (k + 1) ** 2 / ((n + 2) * (n + 3)),
                "before the second trial the event has occurred once more.",
                "到第二次试验之前，事件已经多发生了一次。",
            ),
        ),
    ),
}
