# ---
# title: "Lab: should you believe a classifier?"
# description: Softmax regression on 100 digits, trained far beyond the point where it makes no error. What becomes of its probabilities?
# ---

# %% [markdown]
# # Lab: should you believe a classifier's probabilities?
#
# [Softmax regression](../softmax.md) gives a probability for each class, and
# [maximum likelihood](../logistic_regression.md) is what makes it learn them. Where the classes can be separated, the
# likelihood has no maximum: the weights grow for ever. Here you watch what this does to the probabilities.
#
# ## Question {#question}
#
# A classifier makes no more errors on its training images. If it trains on, does it get better, or only surer?

# %%
import matplotlib.pyplot as plt
import torch

from dlnotes.data import digits
from dlnotes.linear_regression import one_hot
from dlnotes.logistic_regression import (
    calibration_curve,
    expected_calibration_error,
)
from dlnotes.softmax import cross_entropy, softmax, softmax_regression_gradient

device = "cuda" if torch.cuda.is_available() else "cpu"
# Classifiers, and steps of each; larger on a GPU
seeds, steps = (50, 100_000) if device == "cuda" else (5, 10_000)

# %% [markdown]
# Five classifiers train side by side, each on 100 images of its own. The functions of the book accept such stacks: a
# leading dimension runs over the classifiers. Another 100 images are kept for later, the rest is the test. (Fashion-MNIST:
# write `fashion_mnist` for `digits`, 255 for 16, and a learning rate of a tenth of this one.)

# %%
images, labels = (
    torch.cat(parts).to(device)
    for parts in zip(digits("train"), digits("test"))
)
x = images.flatten(1).float() / 16
x = x - x.mean(0)

orders = torch.stack(
    [
        torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
        for seed in range(seeds)
    ]
)
train, validation, test = orders.to(device).tensor_split([100, 200], dim=1)
print(
    f"{seeds} classifiers, each with {train.shape[1]} images to learn from and {test.shape[1]} to be tested on"
)

# %% [markdown]
# ## Training far too long {#training}
#
# Plain gradient descent with the gradient of the chapter, \eqref{softmax-weight-gradient}. At moments that double again
# and again we note the share of right answers, the mean probability of the answer (its confidence) and the mean cross
# entropy.

# %%
weight = torch.zeros(seeds, 10, x.shape[1], device=device)
bias = torch.zeros(seeds, 10, device=device)
target = one_hot(labels[train], 10).float()


def scores(part):
    return x[part] @ weight.mT + bias.unsqueeze(1)


def judge(z, part):
    """Accuracy, confidence and cross entropy: mean over the classifiers."""
    confidence, answer = softmax(z, dim=-1).max(-1)
    accuracy = (answer == labels[part]).float()
    loss = cross_entropy(z.mT, labels[part], reduction="none")
    return torch.stack([accuracy.mean(), confidence.mean(), loss.mean()]).cpu()


moments = sorted(
    {round(2 ** (power / 2)) for power in range(60)} & set(range(steps + 1))
)
history = {"train": [], "test": []}
for step in range(1, steps + 1):
    weight_grad, bias_grad = softmax_regression_gradient(
        x[train], target, weight, bias
    )
    weight -= weight_grad  # learning rate 1
    bias -= bias_grad
    if step in moments:
        history["train"].append(judge(scores(train), train))
        history["test"].append(judge(scores(test), test))
history = {name: torch.stack(values) for name, values in history.items()}

# %% alt="Left: accuracy and confidence on the test images against the step. Accuracy rises and then stays, confidence goes on rising and passes it. Right: cross entropy on training and test images. On training images it falls to zero, on test images it has a minimum and rises again."
figure, (left, right) = plt.subplots(1, 2)
left.semilogx(moments, history["test"][:, 0], label="accuracy")
left.semilogx(moments, history["test"][:, 1], label="confidence")
left.set(xlabel="step", ylim=(0, 1))
left.legend()
right.loglog(moments, history["test"][:, 2], label="test")
right.loglog(moments, history["train"][:, 2], label="train")
right.set(xlabel="step", ylabel="cross entropy (nats)")
right.legend()
plt.show()

# %%
faultless = moments[int((history["train"][:, 0] == 1).float().argmax())]
best = int(history["test"][:, 2].argmin())
print(
    f"no training error from step {faultless}, least test cross entropy at step {moments[best]}"
)
for place in (best, -1):
    accuracy, confidence, loss = history["test"][place]
    print(
        f"step {moments[place]:6}: accuracy {accuracy:.3f}, confidence {confidence:.3f}, cross entropy {loss:.3f}"
    )

# %% [markdown]
# ## One number repairs it {#temperature}
#
# Divide all scores by a temperature $T$ and choose $T$ on the images that were kept: the one with the least cross
# entropy. The answers stay the same, only the confidence changes. Below the diagonal a classifier is surer than it is
# right.

# %% alt="Share of right answers against confidence, in ten bins, before and after dividing the scores by a temperature. Before, the points lie below the diagonal; after, they lie closer to it."
temperatures = torch.logspace(-1, 1, 81, device=device)
losses = torch.stack(
    [judge(scores(validation) / t, validation)[2] for t in temperatures]
)
temperature = temperatures[losses.argmin()]
print(f"temperature {temperature:.2f}")

figure, axes = plt.subplots(figsize=(4, 4))
axes.plot([0, 1], [0, 1], ":", color="C5")
errors = {}
for name, z in {
    "T = 1": scores(test),
    f"T = {temperature:.2f}": scores(test) / temperature,
}.items():
    confidence, answer = softmax(z, dim=-1).max(-1)
    hits = (answer == labels[test]).float()
    predicted, happened, _ = calibration_curve(
        confidence.flatten(), hits.flatten()
    )
    errors[name] = expected_calibration_error(
        confidence.flatten(), hits.flatten()
    ).item()
    axes.plot(predicted.cpu(), happened.cpu(), "o-", label=name)
    print(
        f"{name}: expected calibration error {errors[name]:.3f}, cross entropy {judge(z, test)[2]:.3f}"
    )
axes.set(
    xlabel="confidence",
    ylabel="share of right answers",
    xlim=(0, 1),
    ylim=(0, 1),
)
axes.legend()
plt.show()

# %% [markdown]
# ## Answer {#answer}
#
# It only gets surer. About a hundred steps are enough to make no training error; from then on the accuracy on test images
# stays where it is, while the confidence climbs past it, and the cross entropy, which punishes being sure and wrong,
# rises again after a minimum. Stopping at the minimum would have been best. A temperature, fitted to 100 further images,
# repairs much of the damage afterwards without changing a single answer.

# %%
# What the answer says, checked each time the book is built.
accuracy, confidence, loss = history["test"].T
assert faultless < 300 < moments[best] < steps / 4
assert abs(accuracy[-1] - accuracy[best]) < 0.01
assert confidence[-1] > accuracy[-1] + 0.02
assert loss[-1] > 1.1 * loss[best]
before, after = errors.values()
assert after < 0.85 * before

# %% [markdown]
# ## Now change this {#change-this}
#
# 1. Add weight decay: `weight -= weight_grad + 0.001 * weight`. What happens to the confidence at the end, and to the
#    temperature that is chosen? Is there a decay that needs no temperature?
# 2. Train on 20, 50 and 500 images. With how many does the trouble go away, and why?
# 3. Smooth the labels: `target = 0.9 * target + 0.01`. Now the likelihood has a maximum. Where does the confidence end?
