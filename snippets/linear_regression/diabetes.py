import torch

from dlnotes.data import DIABETES_FEATURES, diabetes
from dlnotes.linear_regression import lstsq

features, y = diabetes()
z = (features - features.mean(dim=0)) / features.std(dim=0, correction=0)
ones = torch.ones(len(y), 1, dtype=y.dtype)


def fit(names):
    columns = [DIABETES_FEATURES.index(name) for name in names]
    weight = lstsq(torch.cat([ones, z[:, columns]], dim=1), y)
    return {name: round(w.item(), 1) for name, w in zip(names, weight[1:], strict=True)}


print("s1 alone          ", fit(["s1"]))
#> s1 alone           {'s1': 16.3}
print("all features      ", {name: w for name, w in fit(DIABETES_FEATURES).items() if name in ("s1", "s2")})
#> all features       {'s1': -37.7, 's2': 22.7}
print("all but s2:     s1", fit([name for name in DIABETES_FEATURES if name != "s2"])["s1"])
#> all but s2:     s1 -10.9
print("correlation of s1 and s2", round((z[:, 4] @ z[:, 5] / len(y)).item(), 3))
#> correlation of s1 and s2 0.897
raw, scaled = torch.cat([ones, features], dim=1), torch.cat([ones, z], dim=1)
print(
    f"condition number {torch.linalg.cond(raw):.0f} in the units measured, {torch.linalg.cond(scaled):.1f} standardised"
)
#> condition number 7236 in the units measured, 21.7 standardised
