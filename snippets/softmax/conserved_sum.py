import torch
from torch.nn.functional import one_hot

from dlnotes import check
from dlnotes.softmax import softmax_regression_gradient

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
x, labels = torch.randn(100, 4), torch.randint(3, (100,))
y = one_hot(labels, 3).double()
W, b = torch.randn(3, 4), torch.zeros(3)

print("before", W.sum(dim=0).numpy().round(4))
#> before [-2.8008  1.1569  0.8953 -3.1785]
start = W
for _ in range(200):
    grad_W, grad_b = softmax_regression_gradient(x, y, W, b)
    W, b = W - grad_W, b - grad_b
print("after ", W.sum(dim=0).numpy().round(4))
#> after  [-2.8008  1.1569  0.8953 -3.1785]
print(f"W itself moved by {(W - start).norm():.1f}")
#> W itself moved by 2.1
check("softmax.3", lambda W, X, y, rate, steps: W.sum(dim=0))
#> softmax.3: right. It agrees with the reference on all 20 inputs.
