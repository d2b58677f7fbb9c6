import torch

torch.manual_seed(0)
groups, n, theta = 100_000, 5, 0.45

penguins = torch.rand(groups, n) < theta  # every penguin by itself
colonies = (torch.rand(groups, 1) < theta).expand(groups, n)  # neighbours are of one species

for name, outcomes in (("independent", penguins), ("one colony", colonies)):
    count = outcomes.sum(dim=1).float()
    shares = torch.bincount(count.int(), minlength=n + 1) / groups
    print(f"{name}: mean {count.mean():.2f}, variance {count.var():.2f}")
    print("    P(k)", shares.numpy().round(2))
#> independent: mean 2.24, variance 1.24
#>     P(k) [0.05 0.21 0.34 0.27 0.11 0.02]
#> one colony: mean 2.26, variance 6.19
#>     P(k) [0.55 0.   0.   0.   0.   0.45]
