import torch
from torch.distributions import Normal

from dlnotes.gan import discriminator_loss

torch.manual_seed(0)
data, made = Normal(1.0, 0.8), Normal(-0.5, 1.2)
net = torch.nn.Sequential(torch.nn.Linear(1, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(800):
    optimizer.zero_grad()
    discriminator_loss(net(data.sample((1024, 1))), net(made.sample((1024, 1)))).backward()
    optimizer.step()

x = torch.tensor([[-1.0], [0.0], [1.0], [2.0]])
print("learned logit:  ", [round(v, 1) for v in net(x).flatten().tolist()])
#> learned logit:   [-2.7, -0.3, 1.2, 1.8]
print("log p/q:        ", [round(v, 1) for v in (data.log_prob(x) - made.log_prob(x)).flatten().tolist()])
#> log p/q:         [-2.6, -0.3, 1.2, 1.8]
