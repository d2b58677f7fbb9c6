import torch

from dlnotes.normalization import BatchNorm1d

torch.manual_seed(0)
layer = BatchNorm1d(1, dtype=torch.float64)
m = 4
for step in range(1, 51):
    batch = 5 + 2 * torch.randn(m, 1, dtype=torch.float64)
    before = layer.running_var.item()
    layer(batch)
    if step in (1, 10, 50):
        mean, var = layer.running_mean.item(), layer.running_var.item()
        print(f"step {step:2}: running mean {mean:.3f}, variance {var:.3f}")
#> step  1: running mean 0.482, variance 1.900
#> step 10: running mean 2.958, variance 2.696
#> step 50: running mean 4.838, variance 4.216
biased, unbiased = batch.var(correction=0).item(), batch.var(correction=1).item()
step_by_hand = 0.9 * before + 0.1 * unbiased
same = abs(step_by_hand - layer.running_var.item()) < 1e-12
print("last step with the unbiased variance:", same)
#> last step with the unbiased variance: True
ratio = biased / unbiased
print(f"biased {biased:.3f}, unbiased {unbiased:.3f}, ratio {ratio:.2f}")
#> biased 5.530, unbiased 7.373, ratio 0.75
