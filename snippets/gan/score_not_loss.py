import torch

from dlnotes.gan import generator_loss

a = torch.tensor([-4.6], requires_grad=True)
loss = generator_loss(a)
(slope,) = torch.autograd.grad(loss, a)
for name, step in (("descent on the loss", -slope), ("ascent on the loss", slope)):
    moved = (a + 5 * step).detach()
    print(f"{name}: D(G(z)) from {torch.sigmoid(a).item():.4f} to {torch.sigmoid(moved).item():.4f}")
#> descent on the loss: D(G(z)) from 0.0100 to 0.5867
#> ascent on the loss: D(G(z)) from 0.0100 to 0.0001
