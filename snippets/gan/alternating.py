import torch

from dlnotes.gan import discriminator_loss, generator_loss, r1_penalty

torch.manual_seed(0)
G = torch.nn.Linear(1, 1)  # x = w z + b
D = torch.nn.Sequential(torch.nn.Linear(1, 32), torch.nn.LeakyReLU(0.2), torch.nn.Linear(32, 1))
G_step = torch.optim.Adam(G.parameters(), lr=1e-2, betas=(0.5, 0.99))
D_step = torch.optim.Adam(D.parameters(), lr=1e-2, betas=(0.5, 0.99))
for _ in range(1500):
    real, fake = 3 + 0.5 * torch.randn(256, 1), G(torch.randn(256, 1))
    D_step.zero_grad()
    loss = discriminator_loss(D(real), D(fake.detach()))  # detach: no gradient reaches G
    (loss + 0.1 / 2 * r1_penalty(D, real)).backward()
    assert all(parameter.grad is None or not parameter.grad.any() for parameter in G.parameters())
    D_step.step()
    G_step.zero_grad()
    generator_loss(D(fake)).backward()  # D gets gradients as well, but only G takes a step
    G_step.step()
    G_step.zero_grad()

print(f"mean {G.bias.item():.1f} (3.0 in the data), deviation {abs(G.weight.item()):.1f} (0.5)")
#> mean 2.9 (3.0 in the data), deviation 0.4 (0.5)
