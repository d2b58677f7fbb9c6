import torch

generator = torch.Generator().manual_seed(0)
X = torch.randn(1000, 3, dtype=torch.float64, generator=generator)
y = X @ torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
squares = (X @ w - y).square()
of_sum, of_mean = (torch.autograd.grad(loss, w, retain_graph=True)[0] for loss in (squares.sum(), squares.mean()))
print(f"the same learning rate takes steps that differ by the factor {of_sum.norm() / of_mean.norm():.0f}")
#> the same learning rate takes steps that differ by the factor 1000
