import torch

generator = torch.Generator().manual_seed(0)
centres = torch.tensor([[-2.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
labels = torch.arange(3).repeat_interleave(100)
x = centres[labels] + 0.6 * torch.randn(300, 2, generator=generator)

# Supervised: the label of every point is given. Nearest class mean.
means = torch.stack([x[labels == k].mean(0) for k in range(3)])
accuracy = (torch.cdist(x, means).argmin(1) == labels).float().mean()
print(f"supervised, accuracy: {accuracy:.3f}")
#> supervised, accuracy: 0.983

# Unsupervised: nothing is given. k-means finds groups; their names are arbitrary.
found = x[torch.randperm(300, generator=generator)[:3]]
for _ in range(20):
    group = torch.cdist(x, found).argmin(1)
    found = torch.stack([x[group == k].mean(0) for k in range(3)])
pairs = torch.combinations(torch.arange(300))
same = (group[pairs[:, 0]] == group[pairs[:, 1]]) == (labels[pairs[:, 0]] == labels[pairs[:, 1]])
print(f"unsupervised, pairs put together or apart rightly: {same.float().mean():.3f}")
#> unsupervised, pairs put together or apart rightly: 0.978

# Self-supervised: the second coordinate is hidden and serves as the label of the first.
features = torch.stack([torch.ones(300), x[:, 0], x[:, 0] ** 2], dim=1)
weights = torch.linalg.lstsq(features, x[:, 1]).solution
error = (features @ weights - x[:, 1]).square().mean() / x[:, 1].var(correction=0)
print(f"self-supervised, share of the variance left unexplained: {error:.3f}")
#> self-supervised, share of the variance left unexplained: 0.541

# Reinforcement: choose a group and be told how good that choice was; the best choice is never named.
reward, value, pulls = torch.tensor([0.2, 0.5, 0.9]), torch.zeros(3), torch.zeros(3)
for _ in range(500):
    explore = torch.rand(1, generator=generator) < 0.1
    k = torch.randint(3, (1,), generator=generator).item() if explore else value.argmax().item()
    r = reward[k] + 0.3 * torch.randn(1, generator=generator).item()
    pulls[k] += 1
    value[k] += (r - value[k]) / pulls[k]
print("reinforcement, how often each was chosen:", pulls.int().tolist())
#> reinforcement, how often each was chosen: [19, 19, 462]
