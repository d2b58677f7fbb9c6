import torch

from dlnotes.data import penguins

mass = penguins()[0][:, 3]  # g
candidates = torch.arange(2700, 6301, dtype=torch.float64).unsqueeze(1)
error = mass - candidates

best = candidates[error.square().mean(dim=1).argmin()].item()
print(f"mean   {mass.mean():.1f} g, smallest mean squared error at {best:.0f} g")
#> mean   4201.8 g, smallest mean squared error at 4202 g
best = candidates[error.abs().mean(dim=1).argmin()].item()
print(f"median {mass.median():.1f} g, smallest mean absolute error at {best:.0f} g")
#> median 4050.0 g, smallest mean absolute error at 4050 g
