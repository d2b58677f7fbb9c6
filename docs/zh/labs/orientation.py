# ---
# title: "实验：哪个模型更好？"
# description: 四个模型识别手写数字。本实验测量哪个更好、对此有多大把握，以及最好的模型多容易受骗。
# translated_from: c5306296fec484bab60dc913e352f27ec77ad796
# ---

# %% [markdown]
# # 实验：哪个模型更好，我们有多大把握？
#
# [导论](../introduction.md)讲过，在动用任何深度网络之前应该做什么：先看简单的模型，再问两个模型之间的差别有多少出于偶然。这里你将在 1797 幅手写数字上把两件事都做一遍（数据随本书的包一起提供），然后向获胜者发起攻击。
#
# ## 问题 {#question}
#
# 在这些数字上，神经网络比线性模型更好吗？它看到的和我们看到的是一回事吗？

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
# 最后 360 幅图像留作测试。图像似乎是按采集的顺序排列的，一个书写者接着另一个，所以模型要面对的是它几乎没有见过的笔迹。像素值缩放到 0 与 1 之间。如果你有 Fashion-MNIST，把 `digits` 换成 `fashion_mnist`，把 16 换成 255 即可。


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
# ## 四个模型 {#models}
#
# 一个永远回答最常见数字的常数；一棵决策树；一台用合页损失训练的线性机器；一个只有一个隐藏层的网络。第一个不花任何代价，却告诉我们一个分数意味着什么。后两个从随机的权重开始，所以各用五个种子训练。


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
# ## 差别有多可靠？ {#difference}
#
# 测试图像有 360 幅，多对或少对一幅就是千分之三。自助法从这 360 幅中有放回地抽取 360 幅，重复一万次，看均值会移动多远。两个模型看的是同样的图像，最好逐幅比较：最后几行是差的区间，每个种子一个。

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
# ## 欺骗获胜者 {#attack}
#
# 快速梯度符号法 \eqref{introduction-fgsm} 把每个像素至多改变 $\varepsilon$，方向是让损失上升的方向。虚线是同样大小、符号随机的改变。

# %% alt="线性模型与网络的测试准确率随像素最大改变量的变化。受到攻击时两者都急剧下降到几乎为零；同样大小的随机改变几乎不使它们下降。"
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
# 八幅测试图像，下面一行是以 $\varepsilon = 0.1$ 攻击之后的样子。图上方的数字是网络读出的结果。

# %% alt="两行手写数字，每行八个。下面一行看上去与上面一行几乎相同，网络读出的却是别的数字。"
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
# ## 回答 {#answer}
#
# 从每个种子出发，网络都比线性模型多读对几幅图像。但对某些种子，差的区间包含零：只训练一次、只用这些图像测试的人，可能看出差别，也可能看不出，决定这一点的是种子。两者都明显胜过决策树，而三者都胜过常数。并且它们看到的都和我们不同：每个像素只改变取值范围的十分之一，读者几乎察觉不到，网络却在大多数图像上出错；同样大小的随机改变则几乎无害。分数高不等于理解。

# %%
# What the answer says, checked each time the book is built.
assert all(gain > 0 for gain, low, high in gains)
assert any(low <= 0 for gain, low, high in gains)
assert right["linear"].mean() > right["tree"].mean() > right["constant"].mean()
assert accuracy(network[0], attacked(network[0], 0.1)) < 0.5
assert accuracy(network[0], shaken(0.1)) > 0.8

# %% [markdown]
# ## 现在动手改 {#change-this}
#
# 1. 先把两部分打乱混合，再划分，使每个书写者都出现在两边。准确率变成多少？两个数里你会把哪一个告诉客户？
# 2. 要让区间不含零，需要多少幅测试图像？把 `gain` 的元素重复几遍，例如 `gain.repeat(4)`，并说明为什么这是计算而不是实验。
# 3. 用受攻击的图像训练网络：让 `attacked` 接受训练图像，把它们的损失加到干净图像的损失上。受攻击时能赢回多少，没有攻击时又损失多少？
