# ---
# title: "Lab: which model is better?"
# description: Four models read handwritten digits. A lab that measures which is better, how sure that is, and how easily the best is fooled.
# ---

# %% [markdown]
# # Lab: which model is better, and how sure are we?
#
# The [introduction](../introduction.md) says what to do before any deep network: look at simple models first, and ask how
# far a difference between two models is chance. Here you do both, on 1797 handwritten digits that come with the book's
# package, and then attack the winner.
#
# ## Question {#question}
#
# Is a neural network better than a linear model on these digits? And does it see what we see?

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn

from dlnotes.adam import Adam
from dlnotes.data import digits
from dlnotes.introduction import (
    bootstrap_interval,
    fast_gradient_sign,
    grow_tree,
    multi_margin_loss,
)

device = "cuda" if torch.cuda.is_available() else "cpu"
# Hidden units, steps of training, seeds; larger on a GPU
width, steps, seeds = (1024, 2000, 20) if device == "cuda" else (128, 300, 5)

# %% [markdown]
# The last 360 images are kept for the test. The images seem to be in the order in which they were collected, one writer
# after the other, so that a model is tested on hands that it has hardly seen. Pixels are scaled to lie between 0 and 1. For Fashion-MNIST, if you have it, write
# `fashion_mnist` for `digits` and 255 for 16.


# %%
def load(split):
    images, labels = digits(split)
    return images.flatten(1).float().to(device) / 16, labels.to(device)


train_x, train_y = load("train")
test_x, test_y = load("test")
pixels = train_x.shape[1]
print(
    f"{len(train_x)} images to learn from, {len(test_x)} to be tested on, {pixels} pixels each"
)

# %% [markdown]
# ## Four models {#models}
#
# A constant that always names the commonest digit; a decision tree; a linear machine trained by the hinge loss; and a
# network with one hidden layer. The first costs nothing and shows what a score means. The last two begin with random
# weights, so each is trained from five seeds.


# %%
def fit(model, loss):
    optimizer = Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(model(train_x), train_y).backward()
        optimizer.step()
    return model


def linear_machine():
    return fit(nn.Linear(pixels, 10).to(device), multi_margin_loss)


def hidden_layer():
    layers = nn.Linear(pixels, width), nn.ReLU(), nn.Linear(width, 10)
    return fit(nn.Sequential(*layers).to(device), nn.functional.cross_entropy)


commonest = train_y.bincount().argmax()
one_hot = nn.functional.one_hot(train_y).float().cpu()
tree = grow_tree(train_x.cpu(), one_hot, depth=10)
linear, network = [], []
for seed in range(seeds):
    torch.manual_seed(seed)
    linear.append(linear_machine())
    network.append(hidden_layer())


def hits(model):
    """For each test image 1 if the model reads it right, otherwise 0."""
    return (model(test_x).argmax(1) == test_y).float().cpu()


right = {
    "constant": (commonest == test_y).float().cpu(),
    "tree": (tree.predict(test_x.cpu()).argmax(1) == test_y.cpu()).float(),
    "linear": hits(linear[0]),
    "network": hits(network[0]),
}

# %% [markdown]
# ## How sure is the difference? {#difference}
#
# With 360 test images, one image more or less is three tenths of a per cent. The bootstrap draws 360 images out of the
# 360, with replacement, ten thousand times, and looks how far the mean moves. Two models that saw the same images are
# best compared image by image: the last lines are the intervals of the difference, one for each seed.

# %%
generator = torch.Generator().manual_seed(0)
for name, values in right.items():
    low, high = bootstrap_interval(values, generator=generator)
    print(f"{name:9}{values.mean():7.3f}, 95 % from {low:.3f} to {high:.3f}")

print("network - linear")
gains = []
for seed in range(seeds):
    gain = hits(network[seed]) - hits(linear[seed])
    low, high = bootstrap_interval(gain, generator=generator)
    gains.append((gain.mean().item(), low, high))
    print(
        f"  seed {seed} {gain.mean():+7.3f}, 95 % from {low:+.3f} to {high:+.3f}"
    )

# %% [markdown]
# ## Fooling the winner {#attack}
#
# The fast gradient sign method \eqref{introduction-fgsm} changes every pixel by at most $\varepsilon$, in the direction
# that raises the loss. The dashed lines are the same change with random signs.

# %% alt="Test accuracy of the linear model and of the network against the largest change of a pixel. Under attack both fall steeply to almost nothing; under random changes of the same size they hardly fall."
epsilons = [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2]


def accuracy(model, x):
    return (model(x).argmax(1) == test_y).float().mean().item()


def attacked(model, epsilon):
    return fast_gradient_sign(
        lambda x: nn.functional.cross_entropy(model(x), test_y), test_x, epsilon
    )


def shaken(epsilon):
    return test_x + epsilon * (
        2 * torch.randint(2, test_x.shape, device=device) - 1
    )


figure, axes = plt.subplots()
for name, model, colour in [
    ("linear", linear[0], "C0"),
    ("network", network[0], "C1"),
]:
    axes.plot(
        epsilons,
        [accuracy(model, attacked(model, e)) for e in epsilons],
        "o-",
        color=colour,
        label=f"{name}, attack",
    )
    axes.plot(
        epsilons,
        [accuracy(model, shaken(e)) for e in epsilons],
        "--",
        color=colour,
        label=f"{name}, noise",
    )
axes.set(
    xlabel="largest change of a pixel", ylabel="test accuracy", ylim=(0, 1)
)
axes.legend()
plt.show()

# %% [markdown]
# Eight test images, and below them what the attack with $\varepsilon = 0.1$ makes of them. The number is what the network
# reads.

# %% alt="Two rows of eight handwritten digits. The lower row looks almost the same as the upper one, but the network reads other digits in it."
side = int(pixels**0.5)
figure, rows = plt.subplots(2, 8, figsize=(6, 1.9))
for images, row in [(test_x, rows[0]), (attacked(network[0], 0.1), rows[1])]:
    for image, digit, axes in zip(
        images.cpu(), network[0](images).argmax(1), row
    ):
        axes.imshow(image.view(side, side), cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(digit.item())
        axes.axis("off")
plt.show()

# %% [markdown]
# ## Answer {#answer}
#
# From every seed the network reads a few images more than the linear model. But for some seeds the interval of the
# difference contains zero: whoever trains once and tests on these images may or may not find a difference, and it is the
# seed that decides. Both clearly beat the tree, and all beat the constant. And neither sees what we see: a change of a
# tenth of the range of a pixel, which a reader hardly notices, leaves the network wrong on most images, while random
# changes of the same size cost it little. A high score is not understanding.

# %%
# What the answer says, checked each time the book is built.
assert all(gain > 0 for gain, low, high in gains)
assert any(low <= 0 for gain, low, high in gains)
assert right["linear"].mean() > right["tree"].mean() > right["constant"].mean()
assert accuracy(network[0], attacked(network[0], 0.1)) < 0.5
assert accuracy(network[0], shaken(0.1)) > 0.8

# %% [markdown]
# ## Now change this {#change-this}
#
# 1. Shuffle both parts together before you split them, so that all writers are in both. What becomes of the
#    accuracies, and which of the two numbers would you tell a customer?
# 2. How many test images would be needed for an interval that does not contain zero? Repeat the entries of `gain`, for
#    instance with `gain.repeat(4)`, and explain why this is a calculation and not an experiment.
# 3. Train the network on attacked images: make `attacked` take the training images, and add their loss to that of the
#    clean ones. What does it gain under attack, and what does it lose without?
