# ---
# title: "Lab: what normalisation buys"
# description: Networks without normalisation, with batch and with layer normalisation. Learning rates, other contrast, and when batch statistics fail.
# ---

# %% [markdown]
# # Lab: what does normalisation buy, and what does it cost?
#
# [Normalisation](../normalization.md) makes training easier. What it does to a finished network that meets other images
# than those it learned from is less often asked. Here you measure both.
#
# ## Question {#question}
#
# Which learning rates can a network bear with batch normalisation, with layer normalisation and without? And what do they
# do when the light changes?

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn

from dlnotes.data import digits
from dlnotes.momentum import SGD
from dlnotes.normalization import BatchNorm1d, LayerNorm

device = "cuda" if torch.cuda.is_available() else "cpu"
# Hidden units, steps, runs of each; larger on a GPU
width, steps, seeds = (512, 1000, 5) if device == "cuda" else (64, 150, 2)


def load(split):
    images, labels = digits(split)  # or fashion_mnist(split), with 255 for 16
    return images.flatten(1).float().to(device) / 16, labels.to(device)


train_x, train_y = load("train")
test_x, test_y = load("test")

# %% [markdown]
# ## Three networks {#networks}
#
# Three hidden layers, and between each linear map and its ReLU nothing, batch normalisation
# \eqref{normalization-transform}, or layer normalisation. Batch normalisation takes mean and variance of each unit over the
# batch, layer normalisation over the units of each image.


# %%
norms = {
    "none": lambda units: nn.Identity(),
    "batch norm": BatchNorm1d,
    "layer norm": LayerNorm,
}


def train(norm, lr, seed, batch_size=64):
    torch.manual_seed(seed)
    layers = []
    for inputs in (train_x.shape[1], width, width):
        layers += [nn.Linear(inputs, width), norm(width), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(width, 10)).to(device)
    optimizer = SGD(model.parameters(), lr=lr, momentum=0.9)
    for _ in range(steps):
        batch = torch.randint(len(train_x), (batch_size,), device=device)
        optimizer.zero_grad()
        nn.functional.cross_entropy(
            model(train_x[batch]), train_y[batch]
        ).backward()
        optimizer.step()
    return model.eval()


@torch.no_grad()
def accuracy(model, x):
    return (model(x).argmax(1) == test_y).float().mean().item()


# %% [markdown]
# ## Learning rates {#rates}

# %% alt="Test accuracy against the learning rate. Without normalisation it is high only near 0.1; with batch and with layer normalisation it is high over a range a hundred times as wide."
rates = torch.logspace(-3, 0.5, 8).tolist()
models = {
    name: [[train(norm, lr, seed) for seed in range(seeds)] for lr in rates]
    for name, norm in norms.items()
}
scores = {
    name: torch.tensor(
        [[accuracy(model, test_x) for model in runs] for runs in by_rate]
    )
    for name, by_rate in models.items()
}

figure, axes = plt.subplots()
for name, values in scores.items():
    axes.semilogx(rates, values.mean(1), "o-", label=name)
    axes.fill_between(
        rates,
        values.min(1).values,
        values.max(1).values,
        alpha=0.2,
        linewidth=0,
    )
axes.set(xlabel="learning rate", ylabel="test accuracy", ylim=(0, 1))
axes.legend()
plt.show()

print("rate      ", "".join(f"{rate:7.3f}" for rate in rates))
for name, values in scores.items():
    print(f"{name:10}", "".join(f"{value:7.2f}" for value in values.mean(1)))

# %% [markdown]
# ## Another light {#contrast}
#
# The best networks of each kind, unchanged, on test images whose contrast was multiplied by a factor $c$, brighter or
# darker than anything they have seen. The fourth line is the batch-normalised network again, in training mode: it takes
# mean and variance from the test images themselves.

# %% alt="Test accuracy against the contrast of the test images. Layer normalisation stays level, so does batch normalisation with the statistics of the test batch; batch normalisation with stored statistics and the network without normalisation fall at low contrast."
contrasts = [0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0]
shifted = {}
for name, by_rate in models.items():
    best = by_rate[int(scores[name].mean(1).argmax())]
    shifted[name] = torch.tensor(
        [[accuracy(model, c * test_x) for model in best] for c in contrasts]
    )
best = models["batch norm"][int(scores["batch norm"].mean(1).argmax())]
shifted["batch norm, test batch"] = torch.tensor(
    [[accuracy(model.train(), c * test_x) for model in best] for c in contrasts]
)

figure, axes = plt.subplots()
for name, values in shifted.items():
    axes.semilogx(contrasts, values.mean(1), "o-", label=name)
axes.set(
    xlabel="contrast of the test images",
    ylabel="test accuracy",
    ylim=(0, 1),
    xticks=contrasts,
    xticklabels=contrasts,
)
axes.minorticks_off()
axes.legend()
plt.show()

for name, values in shifted.items():
    print(
        f"{name:22} contrast {contrasts[1]}: {values[1].mean():.2f}, contrast 1: {values[5].mean():.2f}"
    )

# %% [markdown]
# ## Answer {#answer}
#
# In 150 steps the network without normalisation learns well only near one learning rate; with either kind of normalisation
# ten or a hundred times larger and smaller rates do. That is what normalisation buys. The price depends on the kind. Batch
# normalisation remembers the contrast of its training images: at a fifth of it, it reads worse than the network without,
# although nothing is lost if it may look at the whole test batch. Layer normalisation asks each image alone, and most of the
# change is divided out.

# %%
# What the answer says, checked each time the book is built.
wide = {
    name: int((values.mean(1) > 0.8).sum()) for name, values in scores.items()
}
assert (
    wide["none"] <= 2
    and min(wide["batch norm"], wide["layer norm"]) >= wide["none"] + 2
)
assert shifted["batch norm"][1].mean() < shifted["batch norm"][5].mean() - 0.2
assert (
    shifted["batch norm, test batch"][1].mean()
    > shifted["batch norm"][1].mean() + 0.2
)
assert shifted["layer norm"][1].mean() > shifted["batch norm"][1].mean() + 0.1

# %% [markdown]
# ## Now change this {#change-this}
#
# 1. Train with batches of 2, 4 and 16 images. Which kind of normalisation suffers first, and why?
# 2. Add a constant to all test pixels instead of multiplying them. Is layer normalisation as indifferent to that?
# 3. Draw each training image with a contrast of its own, between a tenth and two. Which networks need that, and what does it
#    cost them at contrast 1?
