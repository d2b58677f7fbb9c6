import torch

from dlnotes.gan import generator_loss, saturating_generator_loss

for logit in (-6.0, -2.0, 0.0, 2.0):
    slopes = []
    for loss in (saturating_generator_loss, generator_loss):
        a = torch.tensor(logit, requires_grad=True)
        slopes += torch.autograd.grad(loss(a), a)
    saturating, other = (abs(slope.item()) for slope in slopes)
    print(f"D(G(z)) = {torch.sigmoid(torch.tensor(logit)):.4f}: saturating {saturating:.4f}, other {other:.4f}")
#>
