import torch

from dlnotes import check
from dlnotes.softmax import entropy, softmax

z = torch.tensor([1.0, 2.0, 3.0])
a = softmax(z, dim=0)
direction = torch.tensor([1.0, -2.0, 1.0])  # keeps sum and mean score

for t in (-0.08, -0.04, 0.0, 0.04, 0.08):
    p = a + t * direction
    H = entropy(p, dim=0)
    print(f"t = {t:5.2f}  mean score {p @ z:.4f}  entropy {H:.4f}")
#> t = -0.08  mean score 2.5752  entropy 0.7258
#> t = -0.04  mean score 2.5752  entropy 0.8087
#> t =  0.00  mean score 2.5752  entropy 0.8324
#> t =  0.04  mean score 2.5752  entropy 0.8086
#> t =  0.08  mean score 2.5752  entropy 0.7295


def most_uncertain(z, s):
    """Newton's method for the beta whose mean score is s; the derivative of the mean is the variance."""
    beta = 0.0
    for _ in range(100):
        a = softmax(beta * z, dim=0)
        mean = a @ z
        step = (s - mean) / (a @ (z - mean) ** 2)
        beta += max(-1.0, min(1.0, step))
    return softmax(beta * z, dim=0)


check("softmax.1", most_uncertain)
#> softmax.1: right. It agrees with the reference on all 20 inputs.
