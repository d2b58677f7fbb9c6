# ---
# title: "Lab: what a short code keeps"
# description: Autoencoders and principal components with 1 to 16 numbers for an image. What do they reconstruct, and what do the codes know?
# ---

# %% [markdown]
# # Lab: what does a short code keep?
#
# An [autoencoder](../autoencoder.md) squeezes an image through a bottleneck and is judged by what comes out. Nobody tells
# it what the image shows. Here you look at both sides: how well it reconstructs, and what its code knows of the digit.
#
# ## Question {#question}
#
# With 1, 2, 4, 8 or 16 numbers for an image, how much better is an autoencoder than principal components? And does a code
# that reconstructs better also know more of the digit?

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn

from dlnotes.adam import Adam
from dlnotes.autoencoder import principal_components
from dlnotes.data import digits

device = "cuda" if torch.cuda.is_available() else "cpu"
# Hidden units, steps of training; larger on a GPU
width, steps = (512, 10_000) if device == "cuda" else (128, 600)


def load(split):
    images, labels = digits(split)  # or fashion_mnist(split), with 255 for 16
    return images.flatten(1).float().to(device) / 16, labels.to(device)


train_x, train_y = load("train")
test_x, test_y = load("test")
pixels = train_x.shape[1]

# %% [markdown]
# ## Codes of every length {#codes}
#
# Principal components are the best linear autoencoder. The other one has a hidden layer on both sides of its code. Two
# measures, on test images: the share of the variance that the reconstruction leaves unexplained; and how often
# the nearest training image, nearest in the code, shows the same digit.


# %%
def autoencoder(length):
    torch.manual_seed(0)
    encoder = nn.Sequential(
        nn.Linear(pixels, width), nn.ReLU(), nn.Linear(width, length)
    ).to(device)
    decoder = nn.Sequential(
        nn.Linear(length, width), nn.ReLU(), nn.Linear(width, pixels)
    ).to(device)
    optimizer = Adam([*encoder.parameters(), *decoder.parameters()], lr=3e-3)
    for _ in range(steps):
        batch = train_x[torch.randint(len(train_x), (128,), device=device)]
        loss = (decoder(encoder(batch)) - batch).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return encoder.requires_grad_(False), decoder.requires_grad_(False)


def unexplained(output):
    return (
        (output - test_x).square().sum()
        / (test_x - train_x.mean(0)).square().sum()
    ).item()


def same_digit(train_code, test_code):
    return (
        (train_y[torch.cdist(test_code, train_code).argmin(1)] == test_y)
        .float()
        .mean()
        .item()
    )


lengths = [1, 2, 4, 8, 16]
coders = {}
for length in lengths:
    linear = principal_components(train_x, length)
    coders["principal components", length] = linear.encode, linear.decode
    coders["autoencoder", length] = autoencoder(length)

lost = {
    key: unexplained(decode(encode(test_x)))
    for key, (encode, decode) in coders.items()
}
known = {
    key: same_digit(encode(train_x), encode(test_x))
    for key, (encode, _) in coders.items()
}
in_pixels = same_digit(train_x, test_x)

# %% alt="Two panels against the length of the code, for principal components and autoencoder. Left: the unexplained variance falls, the autoencoder's is lower throughout. Right: the share of neighbours with the same digit rises; the autoencoder is far ahead for short codes and not for long ones."
figure, (left, right) = plt.subplots(1, 2)
for name in ("principal components", "autoencoder"):
    left.semilogx(
        lengths, [lost[name, length] for length in lengths], "o-", label=name
    )
    right.semilogx(lengths, [known[name, length] for length in lengths], "o-")
right.axhline(in_pixels, linestyle=":", color="C5")
left.set(ylabel="unexplained variance", ylim=(0, 1))
right.set(ylabel="neighbour shows the same digit", ylim=(0, 1))
for axes in (left, right):
    axes.set(xlabel="numbers in the code", xticks=lengths, xticklabels=lengths)
    axes.minorticks_off()
left.legend()
plt.show()

for name in ("principal components", "autoencoder"):
    print(
        f"{name:20} unexplained",
        "".join(f"{lost[name, length]:6.2f}" for length in lengths),
    )
    print(
        f"{name:20} same digit ",
        "".join(f"{known[name, length]:6.2f}" for length in lengths),
    )
print(f"same digit, nearest in all {pixels} pixels: {in_pixels:.2f}")

# %% [markdown]
# ## A look at them {#pictures}
#
# Eight test images, and what is left of them after four numbers: by principal components (middle) and by the autoencoder
# (below).

# %% alt="Three rows of eight digits. The upper row shows the originals; the middle one, by principal components, is blurred and hard to read; the lower one, by the autoencoder, can mostly be read."
side = int(pixels**0.5)
shown = test_x[:8]
rows = [shown]
for name in ("principal components", "autoencoder"):
    encode, decode = coders[name, 4]
    rows.append(decode(encode(shown)))
figure, panels = plt.subplots(3, 8, figsize=(6, 2.4))
for images, row in zip(rows, panels):
    for image, axes in zip(images.cpu(), row):
        axes.imshow(image.view(side, side), cmap="gray_r", vmin=0, vmax=1)
        axes.axis("off")
plt.show()

# %% [markdown]
# The codes of length two, as a map of 200 test images. Each image is drawn as its digit, in one of six colours.

# %% alt="Two maps of digits. In the map of principal components the digits overlap in one cloud; in that of the autoencoder many digits have a region of their own."
figure, panels = plt.subplots(1, 2)
for name, axes in zip(("principal components", "autoencoder"), panels):
    code = coders[name, 2][0](test_x[:200]).cpu()
    axes.scatter(*code.T, s=0)
    for place, digit in zip(code.tolist(), test_y.tolist()):
        axes.text(
            *place,
            digit,
            color=f"C{digit % 6}",
            fontsize=7,
            ha="center",
            va="center",
            clip_on=True,
        )
    axes.set(title=name, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# ## Answer {#answer}
#
# At every length the autoencoder leaves less unexplained, and for a short code it knows much more of the digit: its two
# numbers tell digits apart better than two principal components. But the two measures part: with 16 numbers
# the autoencoder still reconstructs better, and its code no longer knows more of the digit than that of principal
# components. Being able to rebuild an image is one aim, telling what it shows another. The first helps the second only as
# long as space is short.

# %%
# What the answer says, checked each time the book is built.
assert all(
    lost["autoencoder", length] < lost["principal components", length]
    for length in lengths
)
assert known["autoencoder", 2] > known["principal components", 2] + 0.04
assert known["autoencoder", 16] < known["principal components", 16] + 0.02

# %% [markdown]
# ## Now change this {#change-this}
#
# 1. Add noise of standard deviation 0.3 to the images that the encoder sees in training, and compare with the clean ones.
#    Does the code know more of the digit?
# 2. Leave the ReLUs out. How close does the linear autoencoder come to principal components, and do the two codes agree? Ask
#    `principal_angles` of `dlnotes.autoencoder`.
# 3. Go from a 3 to an 8: decode the points on the straight line between their codes, once for a code of 2 numbers and once
#    for 16. Which points on the way are digits?
