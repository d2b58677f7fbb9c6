# ---
# title: "实验：从噪声中来的新企鹅"
# description: 高斯分布、GAN 与扩散模型学习 342 只企鹅的喙。哪一个画出的企鹅可能是真的？
# translated_from: 3e7399b877b9827f40a4550f9544bd5a90fe7558
# ---

# %% [markdown]
# # 实验：谁画的企鹅更好？
#
# [生成对抗网络](../gan.md)学习欺骗一位评判者；[扩散模型](../diffusion.md)学习去掉噪声。对于图像，很难说谁做得更好。如果一只企鹅只有两个数，你就能看到，也能测量。
#
# ## 问题 {#question}
#
# 三个物种的企鹅，喙的长度和厚度各不相同。哪个模型画出的喙可能是真的：高斯分布、GAN 还是扩散模型？它们是在创造，还是在抄袭？

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn

from dlnotes.adam import Adam
from dlnotes.data import PENGUIN_SPECIES, penguins
from dlnotes.diffusion import (
    Preconditioned,
    denoising_loss,
    energy_distance,
    heun_step,
    noise_levels,
    sample,
)
from dlnotes.gan import discriminator_loss, generator_loss, r1_penalty
from dlnotes.gradient_descent import standardize

device = "cuda" if torch.cuda.is_available() else "cpu"
# Hidden units, steps of training; larger on a GPU
width, steps = (512, 10_000) if device == "cuda" else (64, 1500)
count = 1000  # penguins that each model draws

# %%
torch.manual_seed(0)
measured, species = penguins()
bills = standardize(measured[:, :2].float()).features.to(
    device
)  # length and depth
order = torch.randperm(len(bills))
train, test = bills[order[:242]], bills[order[242:]]
print(
    f"{len(train)} penguins to learn from, {len(test)} to compare with; {', '.join(PENGUIN_SPECIES)}"
)


def batch():
    return train[torch.randint(len(train), (128,), device=device)]


def perceptron(inputs, outputs):
    middle = [
        nn.Linear(inputs, width),
        nn.SiLU(),
        nn.Linear(width, width),
        nn.SiLU(),
    ]
    return nn.Sequential(*middle, nn.Linear(width, outputs)).to(device)


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# %% [markdown]
# ## 高斯分布 {#gaussian}
#
# 数据的均值与协方差：要胜过的模型。它不花任何代价。

# %%
gaussian = torch.distributions.MultivariateNormal(train.mean(0), train.T.cov())
drawn = {"Gaussian": gaussian.sample((count,))}
distances = {"GAN": [], "diffusion": []}  # to unseen penguins, while they train
moments = range(steps // 15, steps + 1, steps // 15)

# %% [markdown]
# ## GAN {#gan}
#
# 非饱和损失，判别器走一步，生成器走一步，再加上 \eqref{gan-r1} 的惩罚，使博弈不至于原地转圈。

# %%
generator, discriminator = perceptron(2, 2), perceptron(2, 1)
g_optimizer = Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.99))
d_optimizer = Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.99))
for step in range(1, steps + 1):
    real, fake = batch(), generator(torch.randn(128, 2, device=device))
    game = discriminator_loss(discriminator(real), discriminator(fake.detach()))
    update(d_optimizer, game + 0.05 * r1_penalty(discriminator, real))
    update(g_optimizer, generator_loss(discriminator(fake)))
    if step in moments:
        drawn["GAN"] = generator(torch.randn(count, 2, device=device)).detach()
        distances["GAN"].append(energy_distance(drawn["GAN"], test).item())

# %% [markdown]
# ## 扩散模型 {#diffusion}
#
# 网络看到一只带噪声的企鹅和噪声水平的对数，学习去掉噪声，见 \eqref{diffusion-training-loss}。Heun 方法用二十步从纯噪声走到企鹅。


# %%
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = perceptron(3, 2)

    def forward(self, x, level):
        return self.layers(torch.cat([x, level], dim=-1))


denoiser = Preconditioned(Network(), data_std=1.0)
optimizer = Adam(denoiser.parameters(), lr=1e-3)
levels = (
    noise_levels(sigma_max=10.0, sigma_min=0.02, steps=20).float().to(device)
)
for step in range(1, steps + 1):
    sigma = (1.2 * torch.randn(128, 1, device=device) - 0.6).exp()
    update(
        optimizer,
        denoising_loss(denoiser, batch(), sigma, denoiser.weight(sigma)).mean(),
    )
    if step in moments:
        with torch.no_grad():
            drawn["diffusion"] = sample(
                heun_step,
                denoiser,
                10 * torch.randn(count, 2, device=device),
                levels,
            )
        distances["diffusion"].append(
            energy_distance(drawn["diffusion"], test).item()
        )

# %% [markdown]
# ## 企鹅 {#penguins}

# %% alt="四幅散点图，喙的厚度对喙的长度。真实的企鹅形成三团。高斯分布填满了它们之间的空间，GAN 的点落在穿过各团的窄带上，扩散模型的点像真实的企鹅一样形成三团。"
figure, panels = plt.subplots(2, 2, figsize=(6, 5.5), sharex=True, sharey=True)
for (name, points), axes in zip({"real": bills, **drawn}.items(), panels.flat):
    axes.scatter(
        *points[:342].T.cpu(),
        s=5,
        color="C5" if name == "real" else "C0",
        linewidths=0,
    )
    axes.set(title=name, xlim=(-2.6, 3.1), ylim=(-2.6, 2.6))
for axes in panels[1]:
    axes.set_xlabel("bill length (std)")
for axes in panels[:, 0]:
    axes.set_ylabel("bill depth (std)")
plt.show()

# %% [markdown]
# 两种衡量。一是到任何模型都没有见过的企鹅的能量距离：同一分布时为零，它的估计在零的上下波动。二是到最近的训练企鹅的距离的中位数：如果远小于真实的未见企鹅的，那就是抄袭。


# %%
def nearest(points):
    return torch.cdist(points, train).min(1).values.median().item()


print(f"{'':14} energy distance   nearest training penguin")
for name, points in {**drawn, "real, unseen": test}.items():
    distance = energy_distance(points, train if points is test else test)
    print(f"{name:14} {distance:15.3f} {nearest(points):26.3f}")

# %% alt="到未见企鹅的能量距离随步数的变化。扩散模型的降到高斯分布的线以下，停在零附近；GAN 的也下降，但忽上忽下。"
figure, axes = plt.subplots()
for name, values in distances.items():
    axes.plot(moments, values, "o-", label=name)
flat = energy_distance(drawn["Gaussian"], test).item()
axes.axhline(flat, linestyle=":", color="C5", label="Gaussian")
axes.axhline(0, color=plt.rcParams["text.color"], linewidth=0.8)
axes.set(xlabel="step", ylabel="energy distance", ylim=(-0.03, 0.2))
axes.legend()
plt.show()

# %% [markdown]
# ## 回答 {#answer}
#
# 按这种衡量，扩散模型的企鹅与未见的企鹅无法区分，而且训练越久越接近。高斯分布把企鹅放在物种之间没有企鹅的地方。GAN 也找到了各个物种，但它的博弈安定不下来：距离忽上忽下，在许多时刻，简单的高斯分布离真相更近。你得到什么，取决于你何时停下。没有谁在抄袭：最近的训练企鹅与它们的距离，大约等于与一只真实的未见企鹅的距离。

# %%
# What the answer says, checked each time the book is built.
late = {
    name: torch.tensor(values[len(values) // 2 :])
    for name, values in distances.items()
}
assert late["diffusion"].max() < flat
assert (
    late["GAN"].mean() > late["diffusion"].mean() + 0.01
    and late["GAN"].std() > 2 * late["diffusion"].std()
)
assert nearest(drawn["diffusion"]) > 0.6 * nearest(test)

# %% [markdown]
# ## 现在动手改 {#change-this}
#
# 1. 用 20 只而不是 242 只企鹅来学习。哪个模型开始抄袭，你从哪里看出来？
# 2. 去掉 GAN 博弈中的惩罚，或者把它乘以十。每一百步看一次能量距离：它安定下来了吗？
# 3. 用 3、5、10 和 40 步来抽样，分别用 `heun_step` 和 `ode_step`。Heun 方法的一步要花双倍的代价，它在哪里划算？
