# ---
# title: "实验：优化器与学习率"
# description: 梯度下降、动量与 Adam 各取十一种学习率。哪个最好，哪个能容忍错误的选择？
# translated_from: feebdecba1f655ff1f14b14a91c781dc0bf53165
# ---

# %% [markdown]
# # 实验：哪种优化器能容忍错误的学习率？
#
# 人们比较[动量](../momentum.md)与 [Adam](../adam.md) 时，通常各取一个学习率。那样比较的其实是挑选者的本领。这里你将比较整段范围，然后看看[捷径](../residual_learning.md)对一个任何优化器都救不了的深度网络有什么作用。
#
# ## 问题 {#question}
#
# 梯度下降、动量与 Adam：哪一个在 150 步内达到最低的损失，又在多宽的学习率范围内有效？

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
# ## 三种方法，十一种学习率 {#sweep}
#
# 同样的网络，同样的批，同样的步数。三种方法都是本书自己的实现；它们的接口与 PyTorch 中对应的类相同。


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

# %% alt="左：最终损失随学习率的变化，双对数坐标；每种方法都有一个谷，Adam 的谷所在的学习率远小于梯度下降的，动量的谷在两者之间。右：各方法在最好的学习率下损失随步数的变化；梯度下降最慢。"
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
# ## 优化器治不了的病 {#depth}
#
# 四十层，每层有捷径或没有捷径。损失的梯度从最后一层走到第一层，每过一层就损失一个因子；把 $f(h)$ 换成 $h + f(h)$，\eqref{residual_learning-jacobian} 中的和就保住了一个一。初始化用 PyTorch 的默认值，大多数人都这样做。


# %% alt="左：梯度的范数随层的变化；没有捷径时，从最后一层到第一层下降许多个数量级，有捷径时则增大。右：损失随步数的变化；没有捷径时不动，有捷径时下降。"
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
# ## 回答 {#answer}
#
# 在各自最好的学习率下，Adam 的损失最低，其次是动量，最后是梯度下降：同样的步数，它走不了那么远。有效范围的宽度也是这个次序：梯度下降是三倍，动量是十倍，Adam 是一百倍。但这里仍然不容马虎：Adam 的范围从头到尾都远低于另外两者，对梯度下降最好的学习率会毁掉它。而梯度到不了的地方，任何优化器都无济于事：四十个普通的层停在起点。同样的层加上捷径就能学习，尽管它们的梯度现在逐层增大；Adam 的步子与梯度的尺度无关，所以并不在意。

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
# ## 现在动手改 {#change-this}
#
# 1. 在 `train` 中把损失乘以 100，再扫描一遍。谁的谷移动了，谁的不动，为什么？
# 2. 用 `dlnotes.gradient_descent` 的 `cosine_decay` 让学习率在训练中降到零。哪种方法获益最多，它的谷变宽了吗？
# 3. 用 `dlnotes.initialization` 的 `kaiming_normal_` 初始化那四十个普通的层。左图变成什么样，捷径还占优吗？
