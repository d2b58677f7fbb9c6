import torch
from torch.distributions import Normal

x = torch.linspace(2, 8, 601, dtype=torch.float64)  # kg


def joint(share, mean):
    """p(x, C) = p(C) p(x | C) on the grid."""
    return share * Normal(torch.tensor(mean, dtype=torch.float64), 0.5).log_prob(x).exp()


p_0, p_1 = joint(0.55, 3.7), joint(0.45, 5.1)
at = 440  # x = 6.4 kg
print(f"p(x, C) at {x[at]:.1f} kg: {p_0[at]:.6f} and {p_1[at]:.6f}, sum {p_0[at] + p_1[at]:.6f}")
#> p(x, C) at 6.4 kg: 0.000000 and 0.012225, sum 0.012225
print(f"p(C | x): {p_0[at] / (p_0 + p_1)[at]:.6f} and {p_1[at] / (p_0 + p_1)[at]:.6f}")
#> p(C | x): 0.000017 and 0.999983

# names exchanged: the samples without labels have the same density, the answers are opposite
q_0, q_1 = p_1, p_0
print("density of x the same:", torch.equal(p_0 + p_1, q_0 + q_1))
#> density of x the same: True
print(f"p(gentoo | x): {p_1[at] / (p_0 + p_1)[at]:.2f} or {q_1[at] / (q_0 + q_1)[at]:.2f}")
#> p(gentoo | x): 1.00 or 0.00
