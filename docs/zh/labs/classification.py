# ---
# title: "实验：该相信分类器的概率吗？"
# description: 用 100 幅数字训练 softmax 回归，远远超过不再出错的时刻。它给出的概率会变成什么样？
# translated_from: 57a73dc7c52c8fa951c86e4a51a79954cdbbd7af
# ---

# %% [markdown]
# # 实验：该相信分类器给出的概率吗？
#
# [softmax 回归](../softmax.md)给每个类别一个概率，使它学会这些概率的是[最大似然](../logistic_regression.md)。如果各类可以完全分开，似然就没有最大值：权重会一直增长。这里你将看到这对概率意味着什么。
#
# ## 问题 {#question}
#
# 一个分类器在训练图像上已经不再出错。如果继续训练，它会变得更好，还是只是更自信？

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
# 五个分类器并排训练，各用自己的 100 幅图像。本书的函数接受这样的堆叠：最前面的一维遍历各个分类器。另有 100 幅图像留待后用，其余的是测试。（Fashion-MNIST：把 `digits` 换成 `fashion_mnist`，16 换成 255，学习率取这里的十分之一。）

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
# ## 训练得太久太久 {#training}
#
# 用本章的梯度 \eqref{softmax-weight-gradient} 做普通的梯度下降。在一次次加倍的时刻，记下回答正确的比例、回答的平均概率（即置信度）和平均交叉熵。

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

# %% alt="左：测试图像上的准确率与置信度随步数的变化。准确率先上升后不变，置信度继续上升并超过它。右：训练图像与测试图像上的交叉熵。在训练图像上它降到零，在测试图像上它有一个最小值，之后又上升。"
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
# ## 一个数就能补救 {#temperature}
#
# 把所有得分除以温度 $T$，用留下的图像选择 $T$：取交叉熵最小的那个。回答不变，只有置信度改变。在对角线下方，分类器的自信超过了它的正确。

# %% alt="回答正确的比例对置信度，分十个箱，除以温度之前与之后。之前各点在对角线下方；之后更靠近对角线。"
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
# ## 回答 {#answer}
#
# 它只是变得更自信。大约一百步就足以使训练中不再出错；从那以后，测试图像上的准确率停在原处，置信度却攀升并超过它，而惩罚「自信却错误」的交叉熵在最小值之后又上升。停在最小值处本来是最好的。用另外 100 幅图像拟合一个温度，事后可以弥补大部分损害，而不改变任何一个回答。

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
# ## 现在动手改 {#change-this}
#
# 1. 加入权重衰减：`weight -= weight_grad + 0.001 * weight`。最后的置信度和选出的温度如何变化？有没有一种衰减使温度变得多余？
# 2. 用 20、50 和 500 幅图像训练。有多少幅时麻烦就消失了，为什么？
# 3. 平滑标签：`target = 0.9 * target + 0.01`。这样似然就有了最大值。置信度最后停在哪里？
