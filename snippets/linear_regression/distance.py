import torch
from torch.nn.functional import gaussian_nll_loss, mse_loss

a, b, c = torch.tensor([0.0]), torch.tensor([1.0]), torch.tensor([2.0])
print("a to c directly", mse_loss(a, c).item(), " by way of b", (mse_loss(a, b) + mse_loss(b, c)).item())
#> a to c directly 4.0  by way of b 2.0
print("Gaussian loss of an exact prediction", round(gaussian_nll_loss(a, a, 0.01).item(), 4))
#> Gaussian loss of an exact prediction -2.3026
