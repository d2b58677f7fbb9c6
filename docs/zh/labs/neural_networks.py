# ---
# title: "实验：深度网络最初的权重"
# description: 5 层与 20 层的网络，手写的反向传播，最初权重的七种尺度。初始化必须有多精确？
# translated_from: 72254044eb8464e7782e64f721a8521b526ede08
# ---

# %% [markdown]
# # 实验：最初的权重必须有多精确？
#
# [多层感知机](../multilayer_perceptron.md)靠[反向传播](../backpropagation.md)学习，前提是它的[初始化](../initialization.md)让信号通得过。He 的规则说明 ReLU 之前的权重应该有多大。这里你将故意错上一个倍数。
#
# ## 问题 {#question}
#
# 最初权重的尺度可以偏离多远，5 个或 20 个隐藏层的网络才会什么也学不到？

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
# 还是手写数字，这次均值为 0、方差为 1，正如 He 的规则对输入的假设。（Fashion-MNIST：把 `digits` 换成 `fashion_mnist`；缩放会自动适应。）

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
# ## 一叠网络 {#networks}
#
# 本书的函数接受堆叠：这里是 7 种尺度乘以 3 个种子，全部同时训练。每个权重前面的倍数 $g$，经过 $l$ 层之后使信号大约变为 $g^l$ 倍，误差信号在返回途中也是如此。

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


# %% alt="两幅图，横轴为层，纵轴为对数刻度，三种权重尺度。左：激活值的大小在尺度 1 时保持水平，0.7 时缩小，1.4 时增大。右：误差信号的大小，方向相反，规律相同。"
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
# ## 训练全部网络 {#training}
#
# 带动量的梯度下降；每个梯度都来自这一章的公式，没有用到自动微分。


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

# %% alt="测试准确率随最初权重的尺度的变化，5 个与 20 个隐藏层。5 层时在很宽的范围内都高；20 层时只在略小于 1 处有一个窄峰。"
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
# ## 回答 {#answer}
#
# 有 5 个隐藏层时，0.7 或 1.4 的倍数无伤大雅。有 20 层时，同样的倍数自乘 20 次，大约是一千倍：网络停留在瞎猜的水平（点线）。尺度太小，信号到不了；尺度太大，最初几步就把权重抛得老远。只有在 He 的尺度附近它才学得动，而且即使在那里也比浅的网络学得慢。深度要求的不是别的权重，而是精确的权重；[残差连接](../residual_learning.md)和[归一化](../normalization.md)正是为卸下这副重担而发明的。

# %%
# What the answer says, checked each time the book is built.
shallow, deep = (values.mean(1) for values in accuracy.values())
assert (shallow[1:6] > 0.8).all()
assert max(deep[0], deep[1], deep[5], deep[6]) < 0.35
assert 0.45 < deep[2:4].max() < shallow[2:4].min()

# %% [markdown]
# ## 现在动手改 {#change-this}
#
# 1. 给 `forward`、`error_signals` 和 `backward` 传入 `dlnotes.backpropagation` 的激活函数 `TANH`。现在哪种尺度最好，峰还那样窄吗？（对小信号，`calculate_gain` 知道答案。）
# 2. 用 `orthogonal_` 代替 `kaiming_normal_` 抽取权重。20 层、40 层的网络训练得更好吗？
# 3. 对尺度 1.4 降低学习率，直到 20 层的网络学到一些东西。第一幅图的右半边暗示的学习率是多少？
