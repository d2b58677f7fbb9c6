import torch

generator = torch.Generator().manual_seed(0)
theta = torch.tensor([0.2, -0.1, 0.4], dtype=torch.float64, requires_grad=True)
reward = torch.tensor([1.0, 0.0, 3.0], dtype=torch.float64)
(exact,) = torch.autograd.grad((theta.softmax(0) * reward).sum(), theta)

action = torch.multinomial(theta.detach().softmax(0), 200_000, replacement=True, generator=generator)
received = reward[action]  # plain numbers out of a black box
print("a gradient flows through the reward:", received.requires_grad)
#> a gradient flows through the reward: False
(estimate,) = torch.autograd.grad((theta.log_softmax(0)[action] * received).mean(), theta)
print("exact", [round(v, 2) for v in exact.tolist()], "score function", [round(v, 2) for v in estimate.tolist()])
#> exact [-0.19, -0.39, 0.59] score function [-0.19, -0.39, 0.59]
