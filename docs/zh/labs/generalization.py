# ---
# title: "实验：归一化换来什么"
# description: 不做归一化、批量归一化与层归一化的网络：能承受的学习率、不同的对比度，以及批量统计量何时失效。
# translated_from: d75ad3acbafcd01ec25b30f3f5bd5742bb0db858
# ---

# %% [markdown]
# # 实验：归一化换来什么，又付出什么？
#
# [归一化](../normalization.md)使训练更容易。训练好的网络遇到与学过的不同的图像时，归一化会怎样，却很少有人问。这里你将测量这两件事。
#
# ## 问题 {#question}
#
# 有批量归一化、有层归一化和两者都没有的网络，各能承受怎样的学习率？光线改变时它们又如何？

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
# ## 三种网络 {#networks}
#
# 三个隐藏层，在每个线性映射与其 ReLU 之间：什么也没有，或者是批量归一化 \eqref{normalization-transform}，或者是层归一化。批量归一化对每个单元在整批上取均值和方差，层归一化则对每幅图像在各单元上取。


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
# ## 学习率 {#rates}

# %% alt="测试准确率随学习率的变化。不做归一化时只在 0.1 附近高；批量归一化与层归一化在宽得多的范围内都高。"
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
# ## 换一种光线 {#contrast}
#
# 每种网络中最好的那些，不再改动，用在对比度乘以倍数 $c$ 的测试图像上，比它们见过的任何图像都更亮或更暗。第四条线仍是批量归一化的网络，但处于训练模式：均值和方差取自测试图像本身。

# %% alt="测试准确率随测试图像对比度的变化。层归一化大致保持水平，使用测试批统计量的批量归一化也是如此；使用存储统计量的批量归一化与不做归一化的网络在低对比度下降低。"
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
# ## 回答 {#answer}
#
# 在 150 步之内，不做归一化的网络只在一种学习率附近学得好；做了任何一种归一化，大十倍、百倍或小十倍、百倍的学习率也行。这就是归一化换来的东西。代价则因种类而异。批量归一化记住了训练图像的对比度：对比度只有五分之一时，它读得比不做归一化的网络还差，尽管只要允许它看整个测试批，就什么也没有损失。层归一化只看每幅图像自己，改变的大部分在除法中消去了。

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
# ## 现在动手改 {#change-this}
#
# 1. 用 2、4 和 16 幅图像的批训练。哪种归一化先受害，为什么？
# 2. 不乘倍数，而是给所有测试像素加上一个常数。层归一化对此同样无动于衷吗？
# 3. 让每幅训练图像有自己的对比度，在十分之一与二之间。哪些网络需要这样做，在对比度为 1 时要付出什么代价？
