"""Adagrad's regret against the best fixed point, for losses |w - a| with
random a, beside the bound."""

import torch

from dlnotes.adam import Adagrad

torch.manual_seed(0)
low, high = -1.0, 1.0
width = high - low
for rounds in (100, 1000, 10000):
    centres = (high - low) * torch.rand(rounds).double() ** 2 + low
    w = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = Adagrad([w], lr=width / 2**0.5, eps=0.0)
    paid = 0.0
    for a in centres:
        optimizer.zero_grad()
        loss = (w - a).abs()
        loss.backward()
        optimizer.step()
        w.data.clamp_(low, high)  # the point stays in the interval
        paid += loss.item()
    best = (centres.median() - centres).abs().sum().item()
    bound = 2**0.5 * width * optimizer.state[w]["sum"].sqrt().item()
    print(f"T = {rounds}: regret {paid - best:.1f} < {bound:.1f}, a round {(paid - best) / rounds:.4f}")
#> T = 100: regret 6.9 < 28.3, a round 0.0689
#> T = 1000: regret 25.2 < 89.4, a round 0.0252
#> T = 10000: regret 65.6 < 282.8, a round 0.0066
