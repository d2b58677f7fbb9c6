import torch

generator = torch.Generator().manual_seed(0)
theta = torch.zeros(3, dtype=torch.float64)
mean_reward = torch.tensor([0.2, 0.5, 0.9], dtype=torch.float64)
for _ in range(3000):
    policy = theta.softmax(0)
    action = torch.multinomial(policy, 1, generator=generator).item()
    reward = mean_reward[action] + 0.1 * torch.randn((), generator=generator, dtype=torch.float64)
    score = torch.eye(3, dtype=torch.float64)[action] - policy  # the gradient of log policy[action]
    theta += 0.1 * (reward - 0.5) * score

print("the policy, learned without one label:", [round(p, 2) for p in theta.softmax(0).tolist()])
#> the policy, learned without one label: [0.0, 0.0, 1.0]
