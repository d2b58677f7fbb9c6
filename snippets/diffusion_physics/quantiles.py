"""On a line the probability flow keeps every particle's rank, so it is the map from quantile to quantile."""

import torch
from torch.distributions import Normal

from dlnotes.diffusion_physics import Mixture, euler_maruyama, probability_flow

data = Mixture(*torch.tensor([[0.35, 0.65], [-1.5, 1.0], [0.04, 0.09]], dtype=torch.float64))


def rank(p, x):
    """Distribution function of the mixture."""
    return (p.weights * Normal(p.means, p.variances.sqrt()).cdf(x.unsqueeze(-1))).sum(-1)


def velocity(x, t):
    return probability_flow(-x, data.after(t, 1.0, 1.0).score(x), 1.0, 1.0)


start = torch.tensor([-2.0, -1.5, 0.0, 0.8, 1.3], dtype=torch.float64)
times = 2 * torch.linspace(0, 1, 4001, dtype=torch.float64) ** 2
end = euler_maruyama(velocity, start, times, diffusion=0.0)[-1]
print("from      ", [f"{value:6.3f}" for value in start.tolist()])
#> from       ['-2.000', '-1.500', ' 0.000', ' 0.800', ' 1.300']
print("to        ", [f"{value:6.3f}" for value in end.tolist()])
#> to         ['-2.852', '-0.922', '-0.369', ' 0.052', ' 1.287']
print("rank first", [f"{value:6.3f}" for value in rank(data, start).tolist()])
#> rank first [' 0.002', ' 0.175', ' 0.350', ' 0.514', ' 0.897']
print("rank last ", [f"{value:6.3f}" for value in rank(data.after(2.0, 1.0, 1.0), end).tolist()])
#> rank last  [' 0.002', ' 0.175', ' 0.350', ' 0.514', ' 0.897']
