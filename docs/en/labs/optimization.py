# ---
# title: "Lab: optimisers and their learning rates"
# description: Gradient descent, momentum and Adam at eleven learning rates. Which is best, and which forgives a bad choice?
# ---

# %% [markdown]
# # Lab: which optimiser forgives a bad learning rate?
#
# [Momentum](../momentum.md) and [Adam](../adam.md) are usually compared at one learning rate each. That compares the skill
# of whoever chose it. Here you compare whole ranges, and then see what a [shortcut](../residual_learning.md) does for a
# deep network that no optimiser can rescue.
#
# ## Question {#question}
#
# Gradient descent, momentum or Adam: which gets the lowest loss in 150 steps, and over how wide a range of learning rates?

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
from torch import nn

from dlnotes.adam import Adam
from dlnotes.data import digits
from dlnotes.momentum import SGD
from dlnotes.residual_learning import gradient_norms

device = "cuda" if torch.cuda.is_available() else "cpu"
# Hidden units, steps, runs of each; larger on a GPU
width, steps, seeds = (512, 1000, 5) if device == "cuda" else (64, 150, 2)

images, labels = digits("train")  # or fashion_mnist("train"), with 255 for 16
x, y = images.flatten(1).float().to(device) / 16, labels.to(device)

# %% [markdown]
# ## Three methods, eleven learning rates {#sweep}
#
# The same network, the same batches, the same number of steps. The three methods are the book's own; each has the
# interface of its counterpart in PyTorch.


# %%
def perceptron():
    sizes = [x.shape[1], width, width]
    hidden = [
        part
        for a, b in pairwise(sizes)
        for part in (nn.Linear(a, b), nn.ReLU())
    ]
    return nn.Sequential(*hidden, nn.Linear(width, 10))


def train(build, make_optimizer, seed):
    """The loss at each step."""
    torch.manual_seed(seed)
    model = build().to(device)
    optimizer = make_optimizer(model.parameters())
    losses = []
    for _ in range(steps):
        batch = torch.randint(len(x), (128,), device=device)
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses).cpu()


methods = {
    "gradient descent": lambda lr: lambda parameters: SGD(parameters, lr=lr),
    "momentum 0.9": lambda lr: (
        lambda parameters: SGD(parameters, lr=lr, momentum=0.9)
    ),
    "Adam": lambda lr: lambda parameters: Adam(parameters, lr=lr),
}
rates = torch.logspace(-4, 1, 11)
losses = {
    name: torch.stack(
        [
            torch.stack(
                [train(perceptron, method(lr), seed) for seed in range(seeds)]
            )
            for lr in rates.tolist()
        ]
    )
    for name, method in methods.items()
}  # each (rate, seed, step)

# %% alt="Left: final loss against the learning rate, logarithmic axes; each method has a valley, Adam's lies at learning rates a hundred times smaller than that of gradient descent, and momentum's in between. Right: loss against the step at each method's best rate; gradient descent is slowest."
final = {
    name: values[:, :, -20:].mean((1, 2)).nan_to_num(nan=10)
    for name, values in losses.items()
}
figure, (left, right) = plt.subplots(1, 2)
for name, values in final.items():
    left.loglog(rates, values.clamp(max=10), "o-", markersize=4)
    right.semilogy(losses[name][values.argmin(), 0], label=name)
left.set(xlabel="learning rate", ylabel=f"loss of the last 20 of {steps} steps")
right.set(xlabel="step", ylabel="loss at the best rate")
figure.legend(loc="outside upper center", ncols=3)
plt.show()

# %%
for name, values in final.items():
    good = rates[values < 0.3]
    print(
        f"{name:16} best {values.min():.3f} at {rates[values.argmin()]:.2g}; below 0.3 from {good[0]:.2g} to {good[-1]:.2g}"
    )

# %% [markdown]
# ## What no optimiser mends {#depth}
#
# Forty layers, with and without a shortcut around each. The gradient of the loss, on its way from the last layer to the
# first, loses a factor at each layer; with $h + f(h)$ in place of $f(h)$ the sum in \eqref{residual_learning-jacobian} keeps
# a one. PyTorch's own default initialisation is used, as most people do.


# %% alt="Left: norm of the gradient against the layer; without shortcuts it falls by many orders of magnitude from the last layer to the first, with them it grows. Right: loss against the step; without shortcuts it does not move, with them it falls."
class Layer(nn.Module):
    def __init__(self, shortcut):
        super().__init__()
        self.linear, self.shortcut = nn.Linear(width, width), shortcut

    def forward(self, h):
        update = torch.relu(self.linear(h))
        return h + update if self.shortcut else update


def deep(shortcut):
    return nn.Sequential(
        nn.Linear(x.shape[1], width),
        *[Layer(shortcut) for _ in range(40)],
        nn.Linear(width, 10),
    )


figure, (left, right) = plt.subplots(1, 2)
ends, curves = {}, {}
for name, shortcut in {"plain": False, "shortcuts": True}.items():
    torch.manual_seed(0)
    norms = gradient_norms(
        deep(shortcut).to(device),
        x[:128],
        lambda z: nn.functional.cross_entropy(z, y[:128]),
    ).cpu()
    ends[name] = norms[1] / norms[-2]
    curves[name] = train(
        lambda shortcut=shortcut: deep(shortcut),
        lambda parameters: Adam(parameters, lr=1e-3),
        seed=0,
    )
    left.semilogy(norms[1:-1], label=name)
    right.plot(curves[name], label=name)
    print(
        f"{name}: the gradient at the first layer is {ends[name]:.1g} of that at the last"
    )
left.set(xlabel="layer", ylabel="norm of the gradient")
right.set(xlabel="step", ylabel="loss", ylim=(0, 3))
left.legend()
plt.show()

# %% [markdown]
# ## Answer {#answer}
#
# At its best rate Adam ends lowest, then momentum, and gradient descent last: in as many steps it does not get as far. The
# order is the same for the range that works: a factor of three for gradient descent, of ten for momentum, of a hundred for
# Adam. It is no place to be careless, though: Adam's range begins and ends far below the others', and a rate that is best
# for gradient descent ruins it. And where the gradient does not arrive, no optimiser helps: forty plain layers stay where
# they began. The same layers with shortcuts learn, although their gradient now grows from layer to layer, which Adam,
# whose steps do not depend on its scale, does not mind.

# %%
# What the answer says, checked each time the book is built.
best = {name: values.min() for name, values in final.items()}
assert best["Adam"] < best["momentum 0.9"] < 0.8 * best["gradient descent"]
works = {name: int((values < 0.3).sum()) for name, values in final.items()}
assert works["gradient descent"] < works["momentum 0.9"] < works["Adam"]
assert (
    rates[final["gradient descent"].argmin()]
    >= 10 * rates[final["Adam"].argmin()]
)
assert ends["plain"] < 1e-6 and ends["shortcuts"] > 1
assert curves["plain"][-1] > 2 and curves["shortcuts"][-1] < 1

# %% [markdown]
# ## Now change this {#change-this}
#
# 1. Multiply the loss by 100 in `train` and run the sweep again. Whose valley moves, whose stays, and why?
# 2. Let the learning rate fall to zero over the run, with `cosine_decay` of `dlnotes.gradient_descent`. Which method gains
#    most, and does its valley become wider?
# 3. Initialise the forty plain layers by `kaiming_normal_` of `dlnotes.initialization`. What becomes of the left panel, and
#    do shortcuts still win?
