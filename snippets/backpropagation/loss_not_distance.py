import torch


def cross_entropy(p: torch.Tensor, q: torch.Tensor) -> float:
    return -(p * q.log()).sum().item()


p, q = torch.tensor([0.7, 0.3]), torch.tensor([0.4, 0.6])
print(f"{cross_entropy(p, q):.4f} {cross_entropy(q, p):.4f}")  # a distance would be symmetric
#> 0.7947 0.8651
print(f"{cross_entropy(p, p):.4f}")  # and zero from a point to itself
#> 0.6109
