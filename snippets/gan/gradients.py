import torch

from dlnotes.gan import generator_loss, saturating_generator_loss

for logit in (-6.0, -2.0, 0.0, 2.0):
    slopes = []
    for loss in (saturating_generator_loss, generator_loss):
        a = torch.tensor(logit, requires_grad=True)
        slopes += torch.autograd.grad(loss(a), a)
    saturating, other = (abs(slope.item()) for slope in slopes)
    print(f"D(G(z)) = {torch.sigmoid(torch.tensor(logit)):.4f}: saturating {saturating:.4f}, other {other:.4f}")
#> D(G(z)) = 0.0025: saturating 0.0025, other 0.9975
#> D(G(z)) = 0.1192: saturating 0.1192, other 0.8808
#> D(G(z)) = 0.5000: saturating 0.5000, other 0.5000
#> D(G(z)) = 0.8808: saturating 0.8808, other 0.1192
