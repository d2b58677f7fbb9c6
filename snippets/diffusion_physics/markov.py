"""A Markov chain on ten states forgets where it began; Bayes' rule runs it backwards."""

import torch

states = 10
A = torch.zeros(states, states, dtype=torch.float64)  # A[j, i]: probability of going from i to j
for i in range(states):
    for hop in (-1, 0, 1):
        A[min(max(i + hop, 0), states - 1), i] += 1 / 3
p = [torch.full((states,), 0.02, dtype=torch.float64)]
p[0][[2, 7]] = torch.tensor([0.26, 0.58], dtype=torch.float64)
for _ in range(50):
    p.append(A @ p[-1])
print(f"after 50 steps: between {p[50].min():.3f} and {p[50].max():.3f}")
#> after 50 steps: between 0.091 and 0.109

q = p[50]
for t in reversed(range(50)):
    backwards = p[t].unsqueeze(1) * A.T / p[t + 1]  # [i, j]: probability of having come from i to j
    q = backwards @ q
print(f"back at the start: {q[2]:.4f} at 2, {q[7]:.4f} at 7")
#> back at the start: 0.2600 at 2, 0.5800 at 7

uniform = torch.full((states,), 1 / states, dtype=torch.float64)
for t in reversed(range(50)):
    uniform = (p[t].unsqueeze(1) * A.T / p[t + 1]) @ uniform
print(f"begun at the uniform law instead: {uniform[2]:.3f} at 2, {uniform[7]:.3f} at 7")
#> begun at the uniform law instead: 0.264 at 2, 0.575 at 7
