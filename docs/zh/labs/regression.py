# ---
# title: "实验：用很少的病人来拟合"
# description: 在糖尿病数据上比较最小二乘、梯度下降与岭回归，病人从 20 位到 300 位。惩罚在哪里划算？
# translated_from: c12df385b487fc49de47b3ebfdabff9b2332782e
# ---

# %% [markdown]
# # 实验：一个模型需要多少病人？
#
# 这一部分的各章推导了[最小二乘](../linear_regression.md)、一步步走到那里的办法（[梯度下降](../gradient_descent.md)），以及数据很少时做得更好的办法（[正则化](../regularization.md)）。这里三者一起面对 442 位糖尿病人。
#
# ## 问题 {#question}
#
# 每位病人有十项测量，连同它们的乘积共 55 个特征。最小二乘需要多少病人才能用好这些特征？惩罚什么时候划算？

# %%
import matplotlib.pyplot as plt
import torch

from dlnotes.data import DIABETES_FEATURES, diabetes
from dlnotes.gradient_descent import (
    condition_number,
    gradient_descent,
    optimal_lr,
    standardize,
)
from dlnotes.linear_regression import lstsq
from dlnotes.regularization import k_fold, lasso, ridge

device = "cuda" if torch.cuda.is_available() else "cpu"
splits = 100 if device == "cuda" else 20  # random draws of the patients

measured, progression = (tensor.to(device) for tensor in diabetes())
print(f"{len(measured)} patients; {', '.join(DIABETES_FEATURES)}")
print(
    f"progression of the disease: {progression.mean():.0f} ± {progression.std():.0f} points"
)

# %% [markdown]
# ## 先看下降 {#descent}
#
# 梯度下降以条件数决定的速度趋向最小二乘的权重，见 \eqref{gradient_descent-condition}。各项测量单位不同：年、毫升、分值；缩放到均值为 0、标准差为 1 之后，损失的碗就圆得多。两条曲线用的都是各自的碗上最好的恒定步长。

# %% alt="损失高出最小值的部分随步数的变化，纵轴为对数刻度。特征标准化之后它笔直下降许多个数量级；按原始测量值则几乎不下降。"
steps = 1000
target = progression - progression.mean()
start = torch.zeros(10, dtype=torch.float64, device=device)
bowls = {
    "as measured": measured - measured.mean(0),
    "standardised": standardize(measured).features,
}

figure, axes = plt.subplots()
excess = {}
for name, x in bowls.items():

    def loss(w, x=x):
        return ((x @ w - target) ** 2).mean()

    hessian = 2 * x.T @ x / len(x)
    path = gradient_descent(loss, start, optimal_lr(hessian), steps)
    excess[name] = (
        torch.stack([loss(w) for w in path]).cpu()
        - loss(lstsq(x, target)).cpu()
    )
    axes.semilogy(excess[name], label=name)
    print(f"{name}: condition number {condition_number(hessian):.0f}")
axes.set(xlabel="step", ylabel="loss above the minimum")
axes.legend()
plt.show()

# %% [markdown]
# ## 再看病人 {#patients}
#
# 我们从 $n$ 位病人学习，在另外 100 位病人上测量误差。缩放只用训练病人。岭回归在这 $n$ 位病人之内用五折交叉验证选择惩罚，所以测试病人不参与任何决定。


# %%
def with_products(x):
    pairs = torch.combinations(torch.arange(x.shape[1], device=x.device))
    return torch.cat([x, x[:, pairs[:, 0]] * x[:, pairs[:, 1]]], dim=1)


def prepare(train, test):
    """55 features of both, each with mean 0 and standard deviation 1 over the training patients."""
    scaled = standardize(train)
    products = standardize(with_products(scaled.features))
    return products.features, (
        with_products((test - scaled.mean) / scaled.std) - products.mean
    ) / products.std


def error(x, w, y):
    return ((w @ x.T - y) ** 2).mean(-1).sqrt()


def ridge_by_cross_validation(x, y):
    penalties = torch.logspace(0, 4, 17, dtype=x.dtype, device=x.device)
    folds = k_fold(len(x), 5, torch.Generator().manual_seed(0))
    errors = sum(
        error(x[held], ridge(x[kept], y[kept], penalties), y[held])
        for kept, held in folds
    )
    return ridge(x, y, penalties[errors.argmin()])


methods = {
    "mean": lambda x, y: torch.zeros_like(x[0]),
    "least squares": lambda x, y: ridge(
        x, y, 0.0
    ),  # the shortest weights, where many fit
    "ridge": ridge_by_cross_validation,
}

# %% alt="测试误差的中位数随病人数的变化，从 20 位到 300 位。最小二乘在 55 位病人附近有一个高峰，直到最右端才接近岭回归；岭回归从 40 位病人起处处低于均值。"
sizes = [20, 40, 50, 60, 80, 100, 150, 200, 300]
errors = {name: torch.zeros(splits, len(sizes)) for name in methods}
for split in range(splits):
    order = torch.randperm(
        len(measured), generator=torch.Generator().manual_seed(split)
    ).to(device)
    test = order[-100:]
    for place, size in enumerate(sizes):
        train = order[:size]
        train_x, test_x = prepare(measured[train], measured[test])
        level = progression[train].mean()
        for name, method in methods.items():
            w = method(train_x, progression[train] - level)
            errors[name][split, place] = error(
                test_x, w, progression[test] - level
            )

figure, axes = plt.subplots()
for name, values in errors.items():
    low, middle, high = values.quantile(torch.tensor([0.25, 0.5, 0.75]), dim=0)
    axes.loglog(sizes, middle, "o-", label=name)
    axes.fill_between(sizes, low, high, alpha=0.2, linewidth=0)
axes.axvline(55, linestyle=":", color="C5")
axes.set(
    xlabel="patients",
    ylabel="test error (points)",
    xticks=sizes,
    xticklabels=sizes,
)
axes.minorticks_off()
axes.legend()
plt.show()

# %%
medians = {name: values.median(0).values for name, values in errors.items()}
print("patients     ", "".join(f"{size:5}" for size in sizes))
for name, values in medians.items():
    print(f"{name:13}", "".join(f"{value:5.0f}" for value in values))

# %% [markdown]
# ## 哪些特征？ {#features}
#
# lasso 把大多数权重变成恰好为零。用全部病人和较强的惩罚，剩下的是下面这些，从大到小排列，单位是每个标准差对应的分数：

# %%
pairs = torch.combinations(torch.arange(10)).tolist()
names = [
    *DIABETES_FEATURES,
    *(f"{DIABETES_FEATURES[i]} · {DIABETES_FEATURES[j]}" for i, j in pairs),
]
w = lasso(prepare(measured, measured)[0], target, 4000.0)
for place in w.abs().argsort(descending=True)[: (w != 0).sum()]:
    print(f"{names[place]:10} {w[place]:+6.1f}")

# %% [markdown]
# ## 回答 {#answer}
#
# 最小二乘最差的地方不是病人最少的时候，而是病人与特征大约一样多的时候：在那里它穿过每一个训练点，为此要用巨大的权重。病人更少时，许多解中最短的那个比较温和；病人更多时，噪声被平均掉。这个高峰就是所谓双下降的开端。岭回归没有高峰：40 位病人就足以使它明显优于均值，而最小二乘需要大约 150 位。体重指数、血压和一项血清值携带了能够知道的大部分信息。

# %%
# What the answer says, checked each time the book is built.
least_squares, ridged, mean = (
    medians["least squares"],
    medians["ridge"],
    medians["mean"],
)
assert sizes[least_squares.argmax()] in (50, 60, 80)
assert (ridged[1:] < 0.95 * mean[1:]).all()
assert (
    least_squares[sizes.index(100)] > mean[sizes.index(100)]
    and least_squares[-1] < mean[-1]
)
assert excess["standardised"][-1] < 1e-3 * excess["as measured"][-1]
assert {names[place] for place in w.abs().argsort(descending=True)[:3]} == {
    "bmi",
    "bp",
    "s5",
}

# %% [markdown]
# ## 现在动手改 {#change-this}
#
# 1. 去掉乘积：`with_products = lambda x: x`。高峰现在在哪里？最小二乘要多少病人才胜过均值？
# 2. 不用惩罚，而是提前停止梯度下降：用 60 位病人的 55 个特征训练，每一步之后测量测试误差。最好的一步离岭回归有多近？
# 3. 把岭回归换成 lasso，用它自己的一组惩罚。每次划分它都找到同样的三项测量吗？
