# ---
# title: "Lab: the first weights of a deep network"
# description: Networks of 5 and of 20 layers, backpropagation by hand, seven scales of the first weights. How exact must an initialisation be?
# ---

# %% [markdown]
# # Lab: how exact must the first weights be?
#
# A [multilayer perceptron](../multilayer_perceptron.md) learns by [backpropagation](../backpropagation.md), if its
# [initialisation](../initialization.md) lets the signal through. He's rule says how large the weights should be before a
# ReLU. Here you are wrong by a factor, on purpose.
#
# ## Question {#question}
#
# How far may the scale of the first weights be off before a network of 5 hidden layers, or of 20, learns nothing?

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import torch

from dlnotes.backpropagation import backward, error_signals, forward, sgd_step
from dlnotes.data import digits
from dlnotes.initialization import kaiming_normal_
from dlnotes.linear_regression import one_hot

device = "cuda" if torch.cuda.is_available() else "cpu"
# Hidden units, steps, networks a scale; larger on a GPU
width, steps, seeds = (256, 3000, 10) if device == "cuda" else (64, 200, 3)

# %% [markdown]
# Digits again, this time with mean 0 and variance 1, as He's rule assumes of its input. (Fashion-MNIST: write
# `fashion_mnist` for `digits`; the scaling takes care of itself.)

# %%
train_images, train_labels = digits("train")
test_images, test_labels = digits("test")
center, spread = train_images.float().mean(), train_images.float().std()
train_x, test_x = (
    ((images.flatten(1).float() - center) / spread).to(device)
    for images in (train_images, test_images)
)
target = one_hot(train_labels, 10).float().to(device)
test_labels = test_labels.to(device)

# %% [markdown]
# ## A stack of networks {#networks}
#
# The book's functions take stacks: here 7 scales times 3 seeds, all trained at once. A factor $g$ in front of every weight
# multiplies the signal by about $g^l$ after $l$ layers, and the error signal on its way back as well.

# %%
scales = torch.tensor([0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 2.0])


def he_weight(outputs, inputs, seed):
    generator = torch.Generator().manual_seed(seed)
    return kaiming_normal_(
        torch.empty(outputs, inputs), nonlinearity="relu", generator=generator
    )


def networks(depth):
    """Weights (scale, seed, out, in) and biases (scale, seed, out) of every layer."""
    sizes = [train_x.shape[1], *[width] * depth, 10]
    weights, biases = [], []
    for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
        drawn = torch.stack(
            [
                he_weight(outputs, inputs, 1000 * layer + seed)
                for seed in range(seeds)
            ]
        )
        weights.append((scales.view(-1, 1, 1, 1) * drawn).to(device))
        biases.append(torch.zeros(len(scales), seeds, outputs, device=device))
    return weights, biases


def for_all(tensor):
    """The same samples for every network."""
    return tensor.expand(len(scales), seeds, *tensor.shape)


# %% alt="Two panels against the layer, on logarithmic axes, for three scales of the weights. Left: the size of the activations stays level at scale 1, shrinks at 0.7 and grows at 1.4. Right: the size of the error signals, the same in the other direction."
weights, biases = networks(20)
outputs = forward(for_all(train_x), weights, biases)
deltas = error_signals(outputs, for_all(target), weights)

figure, (left, right) = plt.subplots(1, 2)
for scale in (1, 3, 5):
    forwards = [
        output[scale, 0].square().mean().sqrt().item() for output in outputs
    ]
    backwards = [
        delta[scale, 0].square().mean().sqrt().item() for delta in deltas
    ]
    left.semilogy(
        range(len(forwards)), forwards, label=f"scale {scales[scale]:.1f}"
    )
    right.semilogy(range(1, len(backwards) + 1), backwards)
left.set(xlabel="layer", ylabel="size of the activations")
right.set(xlabel="layer", ylabel="size of the error signals")
left.legend()
plt.show()

# %% [markdown]
# ## Training all of them {#training}
#
# Gradient descent with momentum; every gradient comes from the equations of the chapter, no automatic differentiation is
# involved.


# %%
def train(depth):
    """Test accuracy of every network after training, shape (scale, seed)."""
    weights, biases = networks(depth)
    velocities = [torch.zeros_like(parameter) for parameter in weights + biases]
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        batch = torch.randint(len(train_x), (64,), generator=generator).to(
            device
        )
        outputs = forward(for_all(train_x[batch]), weights, biases)
        weight_grads, bias_grads = backward(
            outputs, for_all(target[batch]), weights
        )
        sgd_step(
            weights + biases,
            weight_grads + bias_grads,
            velocities,
            lr=0.01,
            momentum=0.9,
        )
    answers = forward(for_all(test_x), weights, biases)[-1].argmax(-1)
    return (answers == test_labels).float().mean(-1).cpu()


accuracy = {depth: train(depth) for depth in (5, 20)}
print("scale    ", "".join(f"{scale:6.2f}" for scale in scales))
for depth, values in accuracy.items():
    print(
        f"{depth:2} layers",
        "".join(f"{value:6.2f}" for value in values.mean(1)),
    )

# %% alt="Test accuracy against the scale of the first weights, for 5 and for 20 hidden layers. With 5 layers it is high over a wide range; with 20 layers there is a narrow peak just below 1."
figure, axes = plt.subplots()
for depth, values in accuracy.items():
    axes.plot(scales, values.mean(1), "o-", label=f"{depth} hidden layers")
    axes.fill_between(
        scales,
        values.min(1).values,
        values.max(1).values,
        alpha=0.2,
        linewidth=0,
    )
axes.axhline(0.1, linestyle=":", color="C5")
axes.set(
    xlabel="scale of the first weights", ylabel="test accuracy", ylim=(0, 1)
)
axes.legend()
plt.show()

# %% [markdown]
# ## Answer {#answer}
#
# With 5 hidden layers a factor of 0.7 or 1.4 does no harm. With 20 the same factor, multiplied 20 times, is a factor of
# about a thousand: the network stays at the level of guessing (dotted), because no signal arrives if the scale is too
# small, and because the first steps throw the weights far away if it is too large. Only near He's own scale does it
# learn, and even there more slowly than the shallow network. Depth does not ask for other weights, it asks for
# exact ones; [residual connections](../residual_learning.md) and [normalisation](../normalization.md) were invented to
# lift that burden.

# %%
# What the answer says, checked each time the book is built.
shallow, deep = (values.mean(1) for values in accuracy.values())
assert (shallow[1:6] > 0.8).all()
assert max(deep[0], deep[1], deep[5], deep[6]) < 0.35
assert 0.45 < deep[2:4].max() < shallow[2:4].min()

# %% [markdown]
# ## Now change this {#change-this}
#
# 1. Give `forward`, `error_signals` and `backward` the activation `TANH` of `dlnotes.backpropagation`. Which scale is best
#    now, and is the peak as narrow? (`calculate_gain` knows the answer for small signals.)
# 2. Draw the weights with `orthogonal_` in place of `kaiming_normal_`. Does a network of 20 layers, of 40, train better?
# 3. Lower the learning rate for scale 1.4 until the network of 20 layers learns something. Which learning rate does the
#    right panel of the first figure suggest?
