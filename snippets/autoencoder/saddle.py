import torch

from dlnotes.autoencoder import principal_components
from dlnotes.data import digits

images, _ = digits()
x = images.flatten(1).double()
x = x - x.mean(0)
found = principal_components(x, 3)
u1, u2, u3 = found.components.T


def loss(encoder, decoder):
    return (x @ encoder.T @ decoder.T - x).square().sum(1).mean()


for name, columns in [("1 and 2", [u1, u2]), ("1 and 3", [u1, u3])]:
    decoder = torch.stack(columns, 1).requires_grad_()
    encoder = decoder.detach().T.clone().requires_grad_()
    gradients = torch.autograd.grad(loss(encoder, decoder), [encoder, decoder])
    norm = sum(gradient.square().sum() for gradient in gradients).sqrt()
    print(f"components {name}: loss {loss(encoder, decoder).item():.2f}, gradient {norm:.6f}")
#> components 1 and 2: loss 861.53, gradient 0.000000
#> components 1 and 3: loss 881.67, gradient 0.000000
angle = torch.tensor(0.1)
turned = torch.stack([u1, angle.cos() * u3 + angle.sin() * u2], 1)
print(f"third turned by 0.1 towards the second: {loss(turned.T, turned):.2f}")
#> third turned by 0.1 towards the second: 881.47
