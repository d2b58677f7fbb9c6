import torch
from torch.nn import functional as F

z = torch.tensor([-10.0, -2.0, 0.0], dtype=torch.float64, requires_grad=True)  # scores where the class is 1
one = torch.ones_like(z)
for name, loss in [
    ("cross entropy", F.binary_cross_entropy_with_logits(z, one, reduction="sum")),
    ("half squared error", 0.5 * (torch.sigmoid(z) - one).square().sum()),
]:
    print(f"{name}: {torch.autograd.grad(loss, z)[0].numpy().round(5).tolist()}")
#> cross entropy: [-0.99995, -0.8808, -0.5]
#> half squared error: [-5e-05, -0.09248, -0.125]
