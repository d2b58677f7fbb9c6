"""Descent with every sample's gradient clipped goes up: the mean of clipped
gradients has the other sign."""

import torch

from dlnotes import check

torch.manual_seed(0)
probability, values = torch.tensor([0.3, 0.7]), torch.tensor([3.0, -1.0])
clipped = values.clamp(-1, 1)
print(f"mean gradient {probability @ values:.1f}, of the clipped {probability @ clipped:.1f}")
#> mean gradient 0.2, of the clipped -0.4

# The loss ½ E(w - c)² with c = -3 or 1: gradients w - c, minimum at E c = -0.2.
for clip in (False, True):
    w, late = 0.0, []
    for step in range(4000):
        g = w + values[torch.multinomial(probability, 1)].item()
        w -= 0.01 * (max(-1.0, min(1.0, g)) if clip else g)
        if step >= 1000:
            late.append(w)
    name = "clipped" if clip else "plain"
    print(f"{name}: w stays around {sum(late) / len(late):.1f}")
#> plain: w stays around -0.2
#> clipped: w stays around 0.6
check("gradient_descent.5", "1 - p / (1 - p)")
#> gradient_descent.5: right. It agrees with the reference on all 21 inputs.
