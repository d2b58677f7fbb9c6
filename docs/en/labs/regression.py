# ---
# title: "Lab: fitting with few patients"
# description: Least squares, gradient descent and ridge regression on the diabetes data, from 20 to 300 patients. Where does a penalty pay?
# ---

# %% [markdown]
# # Lab: how many patients does a model need?
#
# The chapters of this part derive [least squares](../linear_regression.md), a way to get there in steps
# ([gradient descent](../gradient_descent.md)) and a way to do better with little data
# ([regularisation](../regularization.md)). Here all three meet 442 diabetes patients.
#
# ## Question {#question}
#
# Ten measurements of a patient and their products are 55 features. How many patients does least squares need to make use
# of them, and when does a penalty pay?

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
# ## First, the descent {#descent}
#
# Gradient descent finds the least-squares weights at a rate that the condition number sets,
# \eqref{gradient_descent-condition}. The measurements have different units, years and millilitres and points; scaled to
# mean 0 and standard deviation 1 they make a rounder bowl. Both curves use the best constant step size for their bowl.

# %% alt="Loss above its minimum against the step, on a logarithmic axis. With standardised features it falls straight down by many orders of magnitude; with features as measured it hardly falls at all."
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
# ## Now, the patients {#patients}
#
# From $n$ patients we learn, on 100 others we measure the error. Scaling uses the training patients alone. Ridge
# regression chooses its penalty by five-fold cross-validation within the $n$, so that the test patients decide nothing.


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

# %% alt="Median test error against the number of patients, from 20 to 300. Least squares has a high peak near 55 patients and comes near ridge regression only at the right end; ridge is below the mean everywhere from 40 patients on."
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
# ## Which features? {#features}
#
# The lasso sets most weights to exactly zero. On all patients, with a strong penalty, these remain, with the largest
# first, in points per standard deviation:

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
# ## Answer {#answer}
#
# Least squares is worst not with the fewest patients but where there are about as many as features: there it goes through
# every training point, and the weights that this takes are huge. With fewer patients the shortest of many solutions is
# tamer; with more, the noise averages out. This peak is the beginning of what is called double descent. Ridge regression
# has no peak: 40 patients are enough for it to be clearly better than the mean, where least squares needs about 150. And
# body mass index, blood pressure and one blood value carry most of what can be known.

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
# ## Now change this {#change-this}
#
# 1. Leave the products out: `with_products = lambda x: x`. Where is the peak now, and how many patients does least squares
#    need to beat the mean?
# 2. Stop gradient descent early instead of penalising: train on the 55 features of 60 patients and measure the test error
#    after each step. How close does the best step come to ridge regression?
# 3. Replace ridge regression by the lasso, with penalties of its own. Does it find the same three measurements in every
#    split?
