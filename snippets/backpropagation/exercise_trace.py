import torch

from dlnotes import check

torch.manual_seed(0)
W = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
A = torch.randn(4, 4, dtype=torch.float64)
(by_autograd,) = torch.autograd.grad(torch.trace(W.mT @ A @ W), W)
W = W.detach()
print("(A + A^T) W:", torch.allclose((A + A.mT) @ W, by_autograd))
#> (A + A^T) W: True
print("2 A W:      ", torch.allclose(2 * A @ W, by_autograd))
#> 2 A W:       False
check("backpropagation.2", lambda A, W: (A + A.mT) @ W)
#> backpropagation.2: right. It agrees with the reference on all 20 inputs.
