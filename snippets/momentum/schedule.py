"""The learning rate drops to a tenth. In torch's convention the step shrinks
at once, in the heavy ball's only as fast as the velocity decays."""

import torch

from dlnotes.momentum import SGD

beta, rates = 0.9, [0.1] * 100 + [0.01] * 30
w = torch.zeros(1, requires_grad=True)
optimizer = SGD([w], lr=0.1, momentum=beta)
nu, torch_steps, ball_steps = 0.0, [], []
for lr in rates:
    before = w.item()
    w.grad = torch.ones(1)  # a constant slope
    optimizer.param_groups[0]["lr"] = lr
    optimizer.step()
    torch_steps.append(before - w.item())
    nu = beta * nu - lr
    ball_steps.append(-nu)
for t in (99, 100, 107, 129):
    print(f"step {t + 1}: torch {torch_steps[t]:.3f}, heavy ball {ball_steps[t]:.3f}")
#> step 100: torch 1.000, heavy ball 1.000
#> step 101: torch 0.100, heavy ball 0.910
#> step 108: torch 0.100, heavy ball 0.487
#> step 130: torch 0.100, heavy ball 0.138
