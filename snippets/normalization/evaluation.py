import torch

from dlnotes.normalization import BatchNorm1d

torch.manual_seed(0)
layer = BatchNorm1d(3)
layer(5 * torch.randn(8, 3) + 10)  # one step of training
layer.eval()

x = torch.randn(1, 3)
kept = layer.running_mean.clone()
alone = layer(x)
absurd = torch.full((1, 3), 1e6)
beside = layer(torch.cat([x, absurd]))[:1]
print("effect of the neighbour:", (alone - beside).abs().max().item())
#> effect of the neighbour: 0.0
change = (layer.running_mean - kept).abs().max().item()
print("change of the running mean:", change)
#> change of the running mean: 0.0

layer.train()
beside = layer(torch.cat([x, absurd]))[:1]
print(f"the same in training mode: {(alone - beside).abs().max():.2f}")
#> the same in training mode: 1.21
