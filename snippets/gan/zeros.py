import torch

from dlnotes.gan import jensen_shannon, optimal_discriminator, value

p = torch.tensor([0.6, 0.4, 0.0, 0.0])
q = torch.tensor([0.0, 0.0, 1.0, 0.0])
best = optimal_discriminator(p, q)
print("D* =", best.tolist(), "value", abs(value(best, p, q).item()))
#> D* = [1.0, 1.0, 0.0, 0.5] value 0.0
print(f"JSD = {jensen_shannon(p, q):.4f}, log 2 = {torch.tensor(2.0).log():.4f}")
#> JSD = 0.6931, log 2 = 0.6931
best[3] = 0.9  # where nothing ever occurs D is free
print("value with another answer at the last outcome", abs(value(best, p, q).item()))
#> value with another answer at the last outcome 0.0
