# ---
# title: "实验：短短的编码留下什么"
# description: 自编码器与主成分，每幅图像 1 到 16 个数。它们能重建什么，编码又知道些什么？
# translated_from: 603a874c5143bf53ee8cd7d63572f6eef2b30613
# ---

# %% [markdown]
# # 实验：短短的编码留下什么？
#
# [自编码器](../autoencoder.md)让图像挤过瓶颈，以出来的东西论成败。没有人告诉它图像上是什么。这里你将看到两个方面：它重建得多好，以及它的编码对数字知道多少。
#
# ## 问题 {#question}
#
# 每幅图像用 1、2、4、8 或 16 个数，自编码器比主成分好多少？重建得更好的编码，对数字也知道得更多吗？

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
# ## 各种长度的编码 {#codes}
#
# 主成分是最好的线性自编码器。另一种在编码两侧各有一个隐藏层。在测试图像上测量两件事：重建没有解释的方差所占的比例；以及在编码中最近的训练图像有多少次是同一个数字。


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

# %% alt="两幅图，横轴为编码的长度，比较主成分与自编码器。左：未解释的方差下降，自编码器的处处更低。右：近邻是同一数字的比例上升；编码短时自编码器领先，编码长时则不然。"
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
# ## 看一看 {#pictures}
#
# 八幅测试图像，以及只留四个数之后剩下的样子：中间一行用主成分，下面一行用自编码器。

# %% alt="三行数字，每行八个。上面一行是原图；中间一行用主成分重建，模糊难认；下面一行用自编码器重建，大多认得出来。"
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
# 长度为二的编码，画成 200 幅测试图像的地图。每幅图像画成它的数字，共用六种颜色。

# %% alt="两幅数字地图。在主成分的地图里，数字重叠成一团；在自编码器的地图里，许多数字有自己的区域。"
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
# ## 回答 {#answer}
#
# 在每种长度上，自编码器未解释的部分都更少；编码短的时候，它对数字也知道得多得多：它的两个数比两个主成分更能区分数字。但两种衡量会分道扬镳：有 16 个数时，自编码器仍然重建得更好，它的编码对数字知道的却不再比主成分多。能重建一幅图像是一个目标，能说出它是什么是另一个目标。只有在空间紧缺时，前者才有助于后者。

# %%
# What the answer says, checked each time the book is built.
assert all(
    lost["autoencoder", length] < lost["principal components", length]
    for length in lengths
)
assert known["autoencoder", 2] > known["principal components", 2] + 0.04
assert known["autoencoder", 16] < known["principal components", 16] + 0.02

# %% [markdown]
# ## 现在动手改 {#change-this}
#
# 1. 训练时给编码器看的图像加上标准差为 0.3 的噪声，再与干净的图像比较。编码对数字知道得更多了吗？
# 2. 去掉 ReLU。线性自编码器离主成分有多近，两种编码一致吗？请问 `dlnotes.autoencoder` 的 `principal_angles`。
# 3. 从一个 3 走到一个 8：解码两者编码之间直线上的点，一次用 2 个数的编码，一次用 16 个数的。途中哪些点是数字？
