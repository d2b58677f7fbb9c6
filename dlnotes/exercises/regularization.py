"""The exercises of the chapter on regularisation."""

from math import exp, log

import torch
from torch.autograd.functional import hessian, jacobian

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import integer, normal, uniform
from dlnotes.exercises._solvers import bisection
from dlnotes.linear_regression import lstsq
from dlnotes.regularization import ridge, softshrink


def _minimum(loss, size):
    """The minimum of a quadratic loss: one step of Newton's method from zero, by autograd."""
    zero = torch.zeros(size, dtype=torch.float64)
    return -torch.linalg.solve(hessian(loss, zero), jacobian(loss, zero))


def _penalised(X, y, lam):
    return _minimum(lambda w: (X @ w - y).square().sum() + lam * w.square().sum(), X.shape[1])


def _regression(generator):
    """Data and one positive number."""
    return normal(generator, 7, 3), normal(generator, 7), uniform(generator, 0.2, 2)


def _noisy_copies(X, y, tau):
    """Least squares on copies of each sample whose noise has the mean and the covariance of the normal noise."""
    d = X.shape[1]
    noise = tau * d**0.5 * torch.cat([torch.eye(d), -torch.eye(d)]).to(X.dtype)
    copies = (X.unsqueeze(1) + noise).flatten(0, 1)
    return lstsq(copies, y.repeat_interleave(2 * d))


def _errors_by_refitting(X, y, lam):
    kept = [torch.arange(len(y)) != i for i in range(len(y))]
    return torch.stack([y[i] - X[i] @ _penalised(X[kept[i]], y[kept[i]], lam) for i in range(len(y))])


def _leave_one_out(X, y, lam, leverage=None):
    """The formula of the solution, to be varied."""
    H = X @ torch.linalg.solve(X.T @ X + lam * torch.eye(X.shape[1]), X.T)
    return (y - H @ y) / (1 - (H.diagonal() if leverage is None else leverage(H)))


def _elastic_net(a, lam, mu):
    """Bisection on the derivative, which jumps at 0, for each entry."""
    low, high = -a.abs() - 1, a.abs() + 1
    for _ in range(100):
        w = (low + high) / 2
        rises = w - a + lam * w.sign() + mu * w > 0
        low, high = torch.where(rises, low, w), torch.where(rises, w, high)
    return high


def _best_penalty(w, sigma, lr):
    """The risk is a parabola in s = 1 / (1 + λ), the share found of each weight; three points give its vertex."""
    noise = sigma * len(w) ** 0.5 * torch.cat([torch.eye(len(w)), -torch.eye(len(w))])  # has the noise's covariance

    def risk(share):
        return float((share * (w + noise) - w).square().sum(1).mean())

    at_zero, half, one = risk(0.0), risk(0.5), risk(1.0)
    bend, slope = 2 * (at_zero + one - 2 * half), 4 * half - 3 * at_zero - one
    share = -slope / (2 * bend)
    steps = bisection(lambda steps: (1 - lr) ** steps > 1 - share, 0.0, 1e6)  # after which the rest is 1 - share
    return 1 / share - 1, risk(share), steps


def _from_penalty(penalty, w, lr):
    """What follows from a penalty that is taken for the best."""
    return penalty, penalty / (1 + penalty) * float(w @ w), log((1 + penalty) / penalty) / -log(1 - lr)


def _deciding(N, k):
    """All bootstrap samples of N points that are numbered by their distance from 1."""
    samples = torch.cartesian_prod(*[torch.arange(1, N + 1)] * N)
    return (samples.amin(1) == k).double().mean()


def _size_and_place(generator):
    N = integer(generator, 2, 6)
    return N, integer(generator, 1, N)


def _least_variance(C):
    """The last weight is 1 minus the others, and the others are free."""

    def variance(free):
        w = torch.cat([free, 1 - free.sum(0, keepdim=True)])
        return w @ C @ w

    free = _minimum(variance, len(C) - 1)
    return torch.cat([free, 1 - free.sum(0, keepdim=True)])


def _covariance(generator):
    errors = normal(generator, 3, 4)
    return errors @ errors.T + 0.1 * torch.eye(3)


EXERCISES = {
    1: Exercise(
        en="f(X, y, lam): the weights that plain least squares finds on the longer data, for the penalty λ = lam",
        zh="f(X, y, lam)：惩罚 λ = lam 时，普通最小二乘在加长的数据上得到的权重",
        reference=_penalised,
        inputs=_regression,
        mistakes=(
            Mistake(
                lambda X, y, lam: lstsq(torch.cat([X, lam * torch.eye(3)]), torch.cat([y, torch.zeros(3)])),
                "squaring an appended row squares its entry too.",
                "添上的行要平方，其中的数也随之平方。",
            ),
            Mistake(
                lambda X, y, lam: ridge(X, y, len(y) * lam),
                "the sum of squares is penalised here, not the mean: N does not enter.",
                "这里惩罚加在平方和上，不是均值上：没有 N。",
            ),
            Mistake(
                lambda X, y, lam: lstsq(X, y),
                "the appended rows have no effect: are they zero?",
                "添上的行没有起作用：它们是不是零？",
            ),
            Mistake(
                lambda X, y, lam: lstsq(torch.cat([X, lam**0.5 * torch.ones(1, 3)]), torch.cat([y, torch.zeros(1)])),
                "one row penalises only the sum of the weights; each weight needs a row of its own.",
                "只添一行，惩罚的只是权重之和；每个权重要有自己的一行。",
            ),
        ),
    ),
    2: Exercise(
        en="f(X, y, tau): the weights that minimise the squared error on average over the noise",
        zh="f(X, y, tau)：使平方误差对噪声的平均最小的权重",
        reference=_noisy_copies,
        inputs=_regression,
        mistakes=(
            Mistake(
                lambda X, y, tau: lstsq(X, y), "the noise does not average out in a square.", "平方之后噪声不会抵消。"
            ),
            Mistake(
                lambda X, y, tau: ridge(X, y, tau**2),
                "each of the N samples contributes its own noise.",
                "N 个样本中每一个都贡献自己的噪声。",
            ),
            Mistake(
                lambda X, y, tau: ridge(X, y, len(y) * tau),
                "the penalty contains the variance of the noise, not its standard deviation.",
                "惩罚里是噪声的方差，不是标准差。",
            ),
            Mistake(
                lambda X, y, tau: torch.linalg.solve(X.T @ X + tau**2 * torch.diag(X.square().sum(0)), X.T @ y),
                "that is noise which grows with the feature, as that of dropout; here it does not.",
                "这是随特征增大的噪声，像暂退法那样；这里并非如此。",
            ),
        ),
    ),
    3: Exercise(
        en="f(X, y, lam): for each sample its target minus the prediction of the model fitted without it",
        zh="f(X, y, lam)：对每个样本，它的目标减去不用它拟合的模型的预测",
        reference=_errors_by_refitting,
        inputs=_regression,
        mistakes=(
            Mistake(
                lambda X, y, lam: _leave_one_out(X, y, lam, lambda H: 0),
                "those are the residuals of the fit that has seen the sample.",
                "这是见过该样本的拟合的残差。",
            ),
            Mistake(
                lambda X, y, lam: _leave_one_out(X, y, 0.0),
                "that is the model without penalty.",
                "这是没有惩罚的模型。",
            ),
            Mistake(
                lambda X, y, lam: _leave_one_out(X, y, lam, lambda H: H.diagonal().mean()),
                "each sample has its own diagonal entry; this uses their mean.",
                "每个样本各有自己的对角元；这里用的是它们的均值。",
            ),
            Mistake(
                lambda X, y, lam: _leave_one_out(X, y, lam, lambda H: X.shape[1] / len(y)),
                "d / N is the mean leverage only without a penalty, and each sample has its own.",
                "只有没有惩罚时平均杠杆值才是 d / N，而且每个样本各有自己的。",
            ),
            Mistake(
                lambda X, y, lam: -_leave_one_out(X, y, lam),
                "the sign is that of prediction minus target.",
                "这是预测减目标的符号。",
            ),
        ),
    ),
    4: Exercise(
        en="f(a, lam, mu): for each entry of the vector a the w that minimises the sum",
        zh="f(a, lam, mu)：对向量 a 的每个分量，使该式最小的 w",
        reference=_elastic_net,
        inputs=lambda generator: (2 * normal(generator, 5), uniform(generator, 0.2, 2), uniform(generator, 0.2, 2)),
        mistakes=(
            Mistake(
                lambda a, lam, mu: softshrink(a, lam),
                "μ does not enter.",
                "没有用到 μ。",
            ),
            Mistake(
                lambda a, lam, mu: softshrink(a / (1 + mu), lam),
                "subtract first and divide then: the derivative has λ beside a, before (1 + μ) w.",
                "先减再除：导数里 λ 与 a 并列，都不带因子 1 + μ。",
            ),
            Mistake(
                lambda a, lam, mu: (a - lam) / (1 + mu),
                "that holds where it is positive; look at small and at negative a.",
                "这只在结果为正时成立；看看 a 很小或为负的情形。",
            ),
            Mistake(
                lambda a, lam, mu: softshrink(a, lam) / (1 + 2 * mu),
                "the derivative of μ w² / 2 is μ w.",
                "μ w² / 2 的导数是 μ w。",
            ),
            Mistake(
                lambda a, lam, mu: a / (1 + mu),
                "that is the squared penalty alone; that with |w| makes small entries 0.",
                "这只有平方惩罚；带 |w| 的惩罚使小的分量为 0。",
            ),
        ),
    ),
    5: Exercise(
        en="f(w, sigma, lr): the best λ, the least r, and the number t of steps (not rounded) that is as good",
        zh="f(w, sigma, lr)：最好的 λ、最小的 r，以及同样好的步数 t（不取整）",
        reference=_best_penalty,
        inputs=lambda generator: (normal(generator, 4), uniform(generator, 0.3, 2), uniform(generator, 0.01, 0.3)),
        mistakes=(
            Mistake(
                lambda w, sigma, lr: _from_penalty(float(w @ w) / (len(w) * sigma**2), w, lr),
                "more noise needs more penalty: the quotient is upside down.",
                "噪声越大，惩罚应当越大：商弄反了。",
            ),
            Mistake(
                lambda w, sigma, lr: _from_penalty(sigma**2 / float(w @ w), w, lr),
                "each of the d components has its noise.",
                "d 个分量各有自己的噪声。",
            ),
            Mistake(
                lambda w, sigma, lr: _from_penalty(len(w) * sigma**2 / float(w.norm()), w, lr),
                "the signal is the squared length of w.",
                "信号是 w 的长度的平方。",
            ),
            Mistake(
                lambda w, sigma, lr: (
                    *_best_penalty(w, sigma, lr)[:2],
                    log(1 + _best_penalty(w, sigma, lr)[0]) / -log(1 - lr),
                ),
                "after t steps (1 - lr)ᵗ is what is still missing of the weights, not what is found.",
                "t 步之后，(1 - lr)ᵗ 是权重还缺的份额，不是已找到的。",
            ),
            Mistake(
                lambda w, sigma, lr: (
                    *_best_penalty(w, sigma, lr)[:2],
                    log(1 + 1 / _best_penalty(w, sigma, lr)[0]) / lr,
                ),
                "-log(1 - η) is not quite η.",
                "-log(1 - η) 并不恰好等于 η。",
            ),
        ),
    ),
    6: Exercise(
        en="f(N, k): the weight of the k-th nearest of N points, the probability that it is the nearest in the sample",
        zh="f(N, k)：N 个点中第 k 近的点的权重，即它在自助样本中成为最近点的概率",
        reference=_deciding,
        inputs=_size_and_place,
        mistakes=(
            Mistake(
                lambda N, k: 1 / N,
                "the nearest point decides whenever it is in the sample, and that is mostly so.",
                "最近的点只要在样本中就由它决定，而它多半都在。",
            ),
            Mistake(
                lambda N, k: exp(1 - k) - exp(-k),
                "that is the limit for large N.",
                "这是 N 很大时的极限。",
            ),
            Mistake(
                lambda N, k: (1 - (1 - 1 / N) ** N) * (1 - 1 / N) ** (N * (k - 1)),
                "that different points are missing are not independent events.",
                "不同的点缺席，并不是相互独立的事件。",
            ),
            Mistake(
                lambda N, k: 1 - (1 - k / N) ** N,
                "that is the probability that one of the first k is in the sample.",
                "这是前 k 个点中至少有一个在样本中的概率。",
            ),
        ),
    ),
    7: Exercise(
        en="f(C): the weights with sum 1 that make the variance least",
        zh="f(C)：和为 1、使方差最小的权重",
        reference=_least_variance,
        inputs=lambda generator: (_covariance(generator),),
        mistakes=(
            Mistake(
                lambda C: torch.full((len(C),), 1 / len(C)),
                "equal weights are best only for members that are alike.",
                "只有各成员不分彼此时，等权才最好。",
            ),
            Mistake(
                lambda C: 1 / C.diagonal() / (1 / C.diagonal()).sum(),
                "that is right without correlations; the entries beside the diagonal matter.",
                "没有相关时才对；对角线以外的元素也有影响。",
            ),
            Mistake(
                lambda C: torch.linalg.solve(C, torch.ones(len(C), dtype=C.dtype)),
                "the direction is right, but the sum is not 1.",
                "方向是对的，但和不是 1。",
            ),
            Mistake(
                lambda C: _least_variance(C).clamp(min=0) / _least_variance(C).clamp(min=0).sum(),
                "a weight may be negative.",
                "权重可以是负的。",
            ),
        ),
    ),
}
