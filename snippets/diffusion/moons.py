import torch
from torch import nn

from dlnotes.diffusion import Preconditioned, denoising_loss, energy_distance, heun_step, noise_levels, sample


def moons(n):
    angle, side = torch.pi * torch.rand(n), torch.randint(2, (n,)) * 2 - 1
    points = torch.stack([side * (angle.cos() - 0.5), side * (angle.sin() - 0.25)], dim=1)
    return (points + 0.1 * torch.randn(n, 2)) / torch.tensor([0.87, 0.5])


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2)
        )

    def forward(self, x, level):
        return self.layers(torch.cat([x, level], dim=1))


torch.manual_seed(0)
denoiser = Preconditioned(Network(), data_std=1.0)
optimizer = torch.optim.Adam(denoiser.parameters(), lr=4e-3)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 800)
for _ in range(800):
    x0, sigma = moons(256), (1.6 * torch.randn(256, 1) - 0.8).exp()
    loss = denoising_loss(denoiser, x0, sigma, denoiser.weight(sigma)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()

with torch.no_grad():
    samples = sample(heun_step, denoiser, 20 * torch.randn(2000, 2), noise_levels(20.0, 0.01, 24))
data = moons(2000)
for name, points in {"fresh data": moons(2000), "samples": samples, "noise": torch.randn(2000, 2)}.items():
    print(f"energy distance of {name} to the data: {energy_distance(points, data).abs():.2f}")
#> energy distance of fresh data to the data: 0.00
#> energy distance of samples to the data: 0.01
#> energy distance of noise to the data: 0.04
