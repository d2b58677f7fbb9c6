import torch

z = torch.tensor([0.3, -1.2, 0.8, 2.0, -0.4], dtype=torch.float64, requires_grad=True)
a = torch.softmax(z, dim=0)
targets = {
    "one-hot": torch.tensor([0.0, 0.0, 1.0, 0.0, 0.0]).double(),
    "soft, sums to 1": torch.tensor([0.1, 0.2, 0.3, 0.2, 0.2]).double(),
    "sums to 2": torch.full((5,), 0.4).double(),
}
for name, y in targets.items():
    (gradient,) = torch.autograd.grad(-(y @ a.log()), z, retain_graph=True)
    without = (gradient - (a - y)).abs().max().item()
    with_sum = (gradient - (a * y.sum() - y)).abs().max().item()
    print(f"{name}: a - y off by {without:.4f}, (1ᵀy) a - y off by {with_sum:.4f}")
#> one-hot: a - y off by 0.0000, (1ᵀy) a - y off by 0.0000
#> soft, sums to 1: a - y off by 0.0000, (1ᵀy) a - y off by 0.0000
#> sums to 2: a - y off by 0.6191, (1ᵀy) a - y off by 0.0000
