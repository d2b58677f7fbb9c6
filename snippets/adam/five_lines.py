"""Adam in five lines, beside torch's."""

import torch

torch.manual_seed(0)
lr, beta1, beta2, eps = 0.01, 0.9, 0.999, 1e-8
gradients = torch.randn(100, 4, dtype=torch.float64)

theta, m, v = torch.ones(4, dtype=torch.float64), 0.0, 0.0
for t, g in enumerate(gradients, 1):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (v_hat.sqrt() + eps)

w = torch.ones(4, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.Adam([w], lr=lr)
for g in gradients:
    w.grad = g
    optimizer.step()
print(torch.allclose(theta, w.detach(), rtol=1e-12))
#> True
