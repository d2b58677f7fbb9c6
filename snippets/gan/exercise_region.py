import torch

from dlnotes import check

eta, gamma = torch.meshgrid(torch.linspace(0.01, 3, 150), torch.linspace(0.012, 4, 150), indexing="ij")
eta, gamma = eta.double(), gamma.double()
M = torch.stack([torch.ones_like(eta), -eta, eta, 1 - eta * gamma], -1).unflatten(-1, (2, 2))
converges = torch.linalg.eigvals(M).abs().amax(-1) < 1
predicted = (eta < gamma) & (2 * eta * gamma < 4 + eta**2)
print("grid points that agree:", (converges == predicted).sum().item(), "of", eta.numel())
#> grid points that agree: 22500 of 22500
check("gan.4", lambda eta, gamma: eta < gamma and 2 * eta * gamma < 4 + eta**2)
#> gan.4: right. It agrees with the reference on all 24 inputs.
