import torch

from dlnotes.gan import discriminator_loss, generator_loss

torch.manual_seed(0)
G, D = torch.nn.Linear(2, 3), torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
data = torch.randn(5, 3, requires_grad=True)
z = torch.randn(4, 2)
of_generator = torch.autograd.grad(generator_loss(D(G(z))), data, allow_unused=True)
of_discriminator = torch.autograd.grad(discriminator_loss(D(data), D(G(z))), data)

print("data in the graph of the generator's loss:", of_generator[0] is not None)
#> data in the graph of the generator's loss: False
print("data in the graph of the discriminator's loss:", of_discriminator[0] is not None)
#> data in the graph of the discriminator's loss: True
