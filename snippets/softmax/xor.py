import torch
from torch.nn.functional import one_hot

from dlnotes.softmax import cross_entropy, softmax_regression_gradient

x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
labels = torch.tensor([0, 1, 1, 0])
y = one_hot(labels, 2).float()
products = torch.cat([x, x[:, :1] * x[:, 1:]], dim=1)  # (x1, x2, x1 x2)

for features in (x, products):
    generator = torch.Generator().manual_seed(0)
    W, b = torch.randn(2, features.shape[1], generator=generator), torch.zeros(2)
    for _ in range(5000):
        grad_W, grad_b = softmax_regression_gradient(features, y, W, b)
        W, b = W - grad_W, b - grad_b
    z = features @ W.T + b
    p = torch.softmax(z, dim=1)[:, 1]
    print(f"loss {cross_entropy(z, labels):.4f}  P(class 1) {p.numpy().round(3)}")
#> loss 0.6931  P(class 1) [0.5 0.5 0.5 0.5]
#> loss 0.0025  P(class 1) [0.004 0.998 0.998 0.002]
