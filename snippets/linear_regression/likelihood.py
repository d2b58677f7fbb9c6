import torch
from torch.distributions import Normal

from dlnotes.data import penguins

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3]
slopes = torch.arange(40.0, 60.0, 0.1, dtype=torch.float64).unsqueeze(1)  # candidates, with the best intercept each
predicted = y.mean() + slopes * (x - x.mean())

conditional = Normal(predicted, 393.0).log_prob(y).sum(dim=1)
for name, inputs in (("p(x) left out", 0.0), ("p(x) Gaussian", Normal(x.mean(), x.std()).log_prob(x).sum())):
    total = conditional + inputs
    print(f"{name}: best slope {slopes[total.argmax()].item():.1f} g/mm, log-likelihood {total.max():.0f}")
    #> p(x) left out: best slope 49.7 g/mm, log-likelihood -2528
    #> p(x) Gaussian: best slope 49.7 g/mm, log-likelihood -3917
