import torch

from dlnotes import check
from dlnotes.logistic_regression import bernoulli_mle

torch.manual_seed(0)
theta = torch.rand(200_000)  # every probability equally plausible beforehand
n = 5
seen = (torch.rand(len(theta), n) < theta.unsqueeze(1)).float()
k = seen.sum(1)
following = torch.rand(len(theta)) < theta

for count in (0, 2, 5):
    share = following[k == count].float().mean()
    estimate = bernoulli_mle(seen[k == count][0])
    laplace = (count + 1) / (n + 2)
    print(f"k = {count}: next is 1 with {share:.2f}; Laplace {laplace:.2f}, k/n = {estimate:.2f}")
#> k = 0: next is 1 with 0.14; Laplace 0.14, k/n = 0.00
#> k = 2: next is 1 with 0.43; Laplace 0.43, k/n = 0.40
#> k = 5: next is 1 with 0.86; Laplace 0.86, k/n = 1.00
both = following & (torch.rand(len(theta)) < theta)
print(f"k = 2: next two are 1 with {both[k == 2].float().mean():.2f}; Laplace squared {(3 / 7) ** 2:.2f}")
#> k = 2: next two are 1 with 0.21; Laplace squared 0.18
check("logistic_regression.8", "(k + 1) * (k + 2) / ((n + 2) * (n + 3))")
#> logistic_regression.8: right. It agrees with the reference on all 22 inputs.
