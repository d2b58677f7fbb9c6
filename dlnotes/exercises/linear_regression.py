"""The exercises of the chapter on linear regression."""

from math import ceil, floor

import torch
from torch.autograd.functional import hessian, jacobian

from dlnotes.exercises import Exercise, Mistake
from dlnotes.exercises._inputs import normal, uniform
from dlnotes.linear_regression import hat_matrix, lstsq, pinv


def _cheapest(y, tau):
    """The cost is piecewise linear in the constant, so it is least at a sample: all are tried."""
    error = y - y.unsqueeze(1)
    cost = torch.where(error > 0, tau * error, (tau - 1) * error).sum(1)
    return y[cost.argmin()]


def _slopes_by_fits(x, y):
    """The slope of the second line, inverted, over that of the first."""
    ones = torch.ones_like(x)
    forward = lstsq(torch.stack([ones, x], 1), y)[1]
    backward = lstsq(torch.stack([ones, y], 1), x)[1]
    return 1 / backward / forward


def _related(generator):
    """Two related features whose means are not 0."""
    x = normal(generator, 12)
    return 3 + x, 2 + uniform(generator, -2, 2) * x + normal(generator, 12)


def _regression(generator):
    return normal(generator, 7, 2), normal(generator, 7)


def _errors_by_refitting(X, y):
    kept = [torch.arange(len(y)) != i for i in range(len(y))]
    return torch.stack([y[i] - X[i] @ lstsq(X[kept[i]], y[kept[i]]) for i in range(len(y))])


def _residual(X, y):
    return y - X @ lstsq(X, y)


def _variance_of_the_rest(X, y):
    """In an orthonormal basis of what is orthogonal to the columns, the noise has one entry for each dimension."""
    basis = torch.linalg.qr(X, mode="complete").Q[:, X.shape[1] :]
    return (basis.T @ y).square().mean()


def _newton_step(X, y, c):
    """One step of Newton's method, by autograd; the loss is quadratic."""

    def loss(w):
        return (c * (y - X @ w).square()).sum()

    zero = torch.zeros(X.shape[1], dtype=X.dtype)
    return -torch.linalg.solve(hessian(loss, zero), jacobian(loss, zero))


def _refit_in_other_coordinates(w, A):
    X = normal(torch.Generator().manual_seed(0), 8, len(w))
    return lstsq(X @ A, X @ w)


def _after_a_million_steps(X, y, w0):
    """A step maps (w, 1) linearly; the matrix squared twenty times is 2²⁰ steps."""
    d, rate = X.shape[1], 1 / torch.linalg.matrix_norm(X, 2) ** 2
    step = torch.eye(d + 1, dtype=X.dtype)
    step[:d, :d] -= rate * X.T @ X
    step[:d, d] = rate * X.T @ y
    return torch.linalg.matrix_power(step, 2**20)[:d] @ torch.cat([w0, torch.ones(1, dtype=X.dtype)])


EXERCISES = {
    1: Exercise(
        en="f(y, tau): the best constant for the samples y, where N tau is not a whole number",
        zh="f(y, tau)：样本为 y、且 N tau 不是整数时最好的常数",
        reference=_cheapest,
        inputs=lambda generator: (normal(generator, 11), uniform(generator, 0.05, 0.95)),
        mistakes=(
            Mistake(lambda y, tau: y.mean(), "the mean is best for squared errors.", "均值对平方误差最好。"),
            Mistake(lambda y, tau: y.median(), "that is the case τ = ½ only.", "这只是 τ = ½ 的情形。"),
            Mistake(
                lambda y, tau: y.sort().values[ceil((1 - tau) * len(y)) - 1],
                "for τ near 1 it is dear to predict too little: the share below the constant is then large.",
                "τ 接近 1 时，预测得太小代价很高：这时位于常数以下的份额应当大。",
            ),
            Mistake(
                lambda y, tau: torch.quantile(y, tau),
                "this lies between two samples, where the cost still has a slope.",
                "它落在两个样本之间，而那里代价的斜率不为零。",
            ),
            Mistake(
                lambda y, tau: y.sort().values[floor(tau * len(y)) - 1],
                "at the next sample the cost is still lower: there the slope changes its sign.",
                "在下一个样本处代价更低：斜率到那里才变号。",
            ),
        ),
    ),
    2: Exercise(
        en="f(x, y): one over the slope of the line that predicts x from y, divided by the slope of that for y from x",
        zh="f(x, y)：由 y 预测 x 的直线的斜率的倒数，除以由 x 预测 y 的直线的斜率",
        reference=_slopes_by_fits,
        inputs=_related,
        mistakes=(
            Mistake(
                lambda x, y: torch.corrcoef(torch.stack([x, y]))[0, 1] ** 2,
                "drawn with y over x, the line that predicts x is the steeper one.",
                "都画成 y 随 x 变化，预测 x 的那条直线才更陡。",
            ),
            Mistake(
                lambda x, y: 1 / torch.corrcoef(torch.stack([x, y]))[0, 1],
                "each of the two slopes contributes a factor r.",
                "两个斜率各贡献一个因子 r。",
            ),
            Mistake(
                lambda x, y: 1.0,
                "inverting one line gives the other only if all points lie on one line.",
                "只有所有的点都在一条直线上时，一条直线反过来才是另一条。",
            ),
            Mistake(
                lambda x, y: (x @ x) * (y @ y) / (x @ y) ** 2,
                "the lines have an intercept: centre x and y first.",
                "直线有截距：先把 x 和 y 中心化。",
            ),
        ),
    ),
    3: Exercise(
        en="f(X, y): for each sample its target minus the prediction of the model fitted without it",
        zh="f(X, y)：对每个样本，它的目标减去不用它拟合的模型的预测",
        reference=_errors_by_refitting,
        inputs=_regression,
        mistakes=(
            Mistake(
                _residual,
                "those are the residuals of the fit that has seen the sample; they are too small.",
                "这是见过该样本的拟合的残差，偏小。",
            ),
            Mistake(
                lambda X, y: _residual(X, y) * (1 - hat_matrix(X).diagonal()),
                "a model that has not seen the sample misses it by more, not by less.",
                "没有见过该样本的模型误差更大，而不是更小。",
            ),
            Mistake(
                lambda X, y: _residual(X, y) / (1 - X.shape[1] / len(y)),
                "d / N is the mean leverage; each sample has its own.",
                "d / N 是平均的杠杆值；每个样本各有自己的。",
            ),
            Mistake(
                lambda X, y: _residual(X, y) / hat_matrix(X).diagonal(),
                "a sample without any leverage does not change the fit: what remains for h = 0?",
                "毫无杠杆的样本不改变拟合：h = 0 时应得到什么？",
            ),
        ),
    ),
    4: Exercise(
        en="f(X, y): the estimate of the variance of the noise from the residuals that is right on average",
        zh="f(X, y)：由残差得到的、平均来说正确的噪声方差的估计",
        reference=_variance_of_the_rest,
        inputs=_regression,
        mistakes=(
            Mistake(
                lambda X, y: _residual(X, y).square().mean(),
                "maximum likelihood divides by N: too small, as the fit has followed the noise.",
                "最大似然除以 N：偏小，因为拟合跟随了噪声。",
            ),
            Mistake(
                lambda X, y: _residual(X, y).square().sum() / (len(y) - 1),
                "only a mean was subtracted in that formula; here each column of X takes a dimension.",
                "那个公式只减去了均值；这里 X 的每一列都占去一维。",
            ),
            Mistake(
                lambda X, y: _residual(X, y).square().sum() / (len(y) - X.shape[1] - 1),
                "an intercept is a column of X; it is counted already.",
                "截距就是 X 的一列，已经算在内了。",
            ),
            Mistake(
                lambda X, y: y.square().mean(),
                "that is the mean square of the targets, not of the residuals.",
                "这是目标的均方，不是残差的。",
            ),
        ),
    ),
    5: Exercise(
        en="f(X, y, c): the w that minimises the sum of the c_i e_i²",
        zh="f(X, y, c)：使 c_i e_i² 之和最小的 w",
        reference=_newton_step,
        inputs=lambda generator: (*_regression(generator), normal(generator, 7).exp()),
        mistakes=(
            Mistake(lambda X, y, c: lstsq(X, y), "the weights c do not enter.", "没有用到权重 c。"),
            Mistake(
                lambda X, y, c: lstsq(c.unsqueeze(1) * X, c * y),
                "that minimises the sum of the (c_i e_i)²: each row needs the square root of its weight.",
                "这样最小化的是 (c_i e_i)² 之和：每一行应当乘以权重的平方根。",
            ),
            Mistake(
                lambda X, y, c: lstsq(X / c.sqrt().unsqueeze(1), y / c.sqrt()),
                "c is a weight here, not a variance: where it is large the error must be small.",
                "这里 c 是权重，不是方差：它大的地方误差必须小。",
            ),
            Mistake(
                lambda X, y, c: torch.linalg.solve(X.T @ X, X.T @ (c * y)),
                "the weights belong on both sides of the normal equations.",
                "正规方程的两边都要有权重。",
            ),
        ),
    ),
    6: Exercise(
        en="f(w, A): the weights for the features X A, where w are those for X",
        zh="f(w, A)：特征为 X A 时的权重，其中 w 是特征为 X 时的权重",
        reference=_refit_in_other_coordinates,
        inputs=lambda generator: (normal(generator, 3), normal(generator, 3, 3)),
        mistakes=(
            Mistake(lambda w, A: w, "the predictions stay; the weights do not.", "不变的是预测，不是权重。"),
            Mistake(
                lambda w, A: A @ w,
                "doubled features need halved weights.",
                "特征加倍，权重就要减半。",
            ),
            Mistake(
                lambda w, A: torch.linalg.solve(A.T, w),
                "A is transposed: write down that X A w′ = X w.",
                "A 被转置了：写出 X A w′ = X w 看看。",
            ),
            Mistake(
                lambda w, A: w / A.diagonal(),
                "dividing by the diagonal is right only where A is diagonal.",
                "只有 A 是对角矩阵时，才能除以对角元。",
            ),
        ),
    ),
    7: Exercise(
        en="f(X, y, w0): where gradient descent from w0 ends, for an X with fewer rows than columns",
        zh="f(X, y, w0)：X 的行少于列时，从 w0 出发的梯度下降的终点",
        reference=_after_a_million_steps,
        inputs=lambda generator: (normal(generator, 3, 5), normal(generator, 3), normal(generator, 5)),
        mistakes=(
            Mistake(
                lambda X, y, w0: pinv(X) @ y,
                "from zero it would end there; here a part of w0 is never touched.",
                "从零出发才终于此处；这里 w0 有一部分从未被触及。",
            ),
            Mistake(
                lambda X, y, w0: pinv(X) @ y + w0,
                "only a part of w0 stays: otherwise the predictions would miss y by X w0.",
                "w0 只有一部分留下来：否则预测会比 y 多出 X w0。",
            ),
            Mistake(
                lambda X, y, w0: pinv(X) @ y + pinv(X) @ X @ w0,
                "that is the part of w0 which X sees, and which changes.",
                "这是 w0 中 X 看得见的部分，它会改变。",
            ),
            Mistake(
                lambda X, y, w0: w0 - pinv(X) @ (X @ w0) + X.T @ y,
                "the transpose of X is not its pseudo-inverse: the predictions must become y.",
                "X 的转置不是它的伪逆：预测必须变成 y。",
            ),
        ),
    ),
}
