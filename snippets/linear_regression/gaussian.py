import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import gaussian_nll_loss, lstsq

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3] / 1000
X = torch.stack([torch.ones_like(x), (x - x.mean()) / x.std(correction=0)], dim=1)

theta = torch.tensor([3.0, 0.0, 0.0], dtype=torch.float64, requires_grad=True)  # b, w and log σ²
optimiser = torch.optim.LBFGS([theta], max_iter=200, tolerance_grad=1e-12, line_search_fn="strong_wolfe")


def closure():
    optimiser.zero_grad()
    loss = gaussian_nll_loss(X @ theta[:2], y, theta[2].exp(), full=True)
    loss.backward()
    return loss


optimiser.step(closure)
print("most likely   b, w =", theta[:2].detach().numpy().round(4), " σ² =", round(theta[2].exp().item(), 4))
#> most likely   b, w = [4.2018 0.6976]  σ² = 0.1545
least = lstsq(X, y)
print("least squares b, w =", least.numpy().round(4), "MSE =", round((X @ least - y).square().mean().item(), 4))
#> least squares b, w = [4.2018 0.6976] MSE = 0.1545
