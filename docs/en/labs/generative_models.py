# ---
# title: "Lab: new penguins from noise"
# description: A Gaussian, a GAN and a diffusion model learn the bills of 342 penguins. Which one draws penguins that could be real?
# ---

# %% [markdown]
# # Lab: who draws the better penguins?
#
# A [generative adversarial network](../gan.md) learns to deceive a critic; a [diffusion model](../diffusion.md) learns to
# take noise away. With images it is hard to say who does better. With two numbers a penguin you can see it, and measure it.
#
# ## Question {#question}
#
# Three species of penguins have bills of different length and depth. Which model draws bills that could be real: a Gaussian,
# a GAN or a diffusion model? And do they invent, or copy?

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
# ## A Gaussian {#gaussian}
#
# Mean and covariance of the data: the model to beat. It costs nothing.

# %%
gaussian = torch.distributions.MultivariateNormal(train.mean(0), train.T.cov())
drawn = {"Gaussian": gaussian.sample((count,))}
distances = {"GAN": [], "diffusion": []}  # to unseen penguins, while they train
moments = range(steps // 15, steps + 1, steps // 15)

# %% [markdown]
# ## A GAN {#gan}
#
# The non-saturating loss, one step of the discriminator for one of the generator, and the penalty of
# \eqref{gan-r1} that keeps the game from going round in circles.

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
# ## A diffusion model {#diffusion}
#
# The network sees a noisy penguin and the logarithm of the noise level, and is trained to take the noise away,
# \eqref{diffusion-training-loss}. Twenty steps of Heun's method lead from pure noise to penguins.


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
# ## The penguins {#penguins}

# %% alt="Four panels of points, bill depth against bill length. The real penguins form three clouds. The Gaussian fills the space between them, the GAN's points lie on narrow bands through the clouds, and the diffusion model's form three clouds like the real ones."
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
# Two measures. The energy distance to penguins that no model has seen: zero for the same distribution, and its estimate
# scatters around zero, also below. And the median distance to the nearest training penguin: much less than that of real unseen penguins
# would mean copies.


# %%
def nearest(points):
    return torch.cdist(points, train).min(1).values.median().item()


print(f"{'':14} energy distance   nearest training penguin")
for name, points in {**drawn, "real, unseen": test}.items():
    distance = energy_distance(points, train if points is test else test)
    print(f"{name:14} {distance:15.3f} {nearest(points):26.3f}")

# %% alt="Energy distance to unseen penguins against the step. That of the diffusion model falls below the Gaussian's line and stays near zero; that of the GAN falls too, but goes up and down."
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
# ## Answer {#answer}
#
# The diffusion model's penguins cannot be told from unseen ones by this measure, and they come closer the longer it trains.
# The Gaussian places penguins where there are none, between the species. The GAN finds the species too, but its game does
# not settle: its distance goes up and down, and at many moments the simple Gaussian is nearer to the truth. What you get
# depends on when you stop. Nobody copies: the nearest training penguin is about as far away as from a real unseen one.

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
# ## Now change this {#change-this}
#
# 1. Learn from 20 penguins instead of 242. Which model begins to copy, and how do you see it?
# 2. Leave the penalty out of the GAN's game, or multiply it by ten. Watch the energy distance every hundred steps: does it
#    settle?
# 3. Draw with 3, 5, 10 and 40 steps, by `heun_step` and by `ode_step`. Where does a step of Heun's method, which costs twice
#    as much, pay?
