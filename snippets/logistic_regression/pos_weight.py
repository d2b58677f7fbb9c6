import torch

from dlnotes import check
from dlnotes.logistic_regression import binary_cross_entropy_with_logits

theta, weight = 0.2, torch.tensor([4.0])
y = torch.tensor([1.0, 0.0, 0.0, 0.0, 0.0])  # one in five
z = torch.zeros(1, requires_grad=True)
for _ in range(200):
    loss = binary_cross_entropy_with_logits(z.expand(5), y, pos_weight=weight)
    (gradient,) = torch.autograd.grad(loss, z)
    z = (z - gradient).detach().requires_grad_()
print(f"fitted probability {torch.sigmoid(z).item():.4f}, log-odds {z.item():.4f}")
#> fitted probability 0.5000, log-odds 0.0000
share = torch.logit(torch.tensor(theta))
print(f"log-odds of the share {share:.4f}, plus log 4 = {weight.log().item():.4f}")
#> log-odds of the share -1.3863, plus log 4 = 1.3863
check("logistic_regression.4", "r * theta / (r * theta + 1 - theta)")
#> logistic_regression.4: right. It agrees with the reference on all 20 inputs.
