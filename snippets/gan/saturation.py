import torch

from dlnotes.gan import generator_loss, saturating_generator_loss

z = torch.randn(1000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
for loss in (saturating_generator_loss, generator_loss):
    mean = torch.tensor(6.0, dtype=torch.float64, requires_grad=True)  # G(z) = z + mean; the data are standard normal
    for _ in range(20):
        frozen = mean.item()
        x = z + mean
        logits = (x - frozen) ** 2 / 2 - x**2 / 2  # of the best discriminator, log p - log q
        (slope,) = torch.autograd.grad(loss(logits), mean)
        mean = (mean - 0.3 * slope).detach().requires_grad_()
    print(f"{loss.__name__}: mean from 6 to {mean.item():.3f} in 20 steps")
#> saturating_generator_loss: mean from 6 to 5.887 in 20 steps
#> generator_loss: mean from 6 to 0.093 in 20 steps
