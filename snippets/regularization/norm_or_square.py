"""Minimisers of ½‖w - a‖² plus three penalties, found by a numerical optimiser
that knows no formula, and by the formulas."""

import torch
from scipy.optimize import minimize

from dlnotes.regularization import norm_shrink, softshrink

a = torch.tensor([0.6, 0.3, 0.05], dtype=torch.float64)
penalties = {
    "0.8 · ½‖w‖²": (lambda w: 0.4 * (w @ w), a / 1.8),
    "0.8 · ‖w‖": (lambda w: 0.8 * (w @ w) ** 0.5, norm_shrink(a, 0.8)),
    "0.2 · ‖w‖₁": (lambda w: 0.2 * abs(w).sum(), softshrink(a, 0.2)),
}
options = {"xatol": 1e-10, "fatol": 1e-14, "maxiter": 9999}
for name, (penalty, formula) in penalties.items():
    found = minimize(
        lambda w, penalty=penalty: 0.5 * ((w - a.numpy()) ** 2).sum() + penalty(w),
        a.numpy(),
        method="Nelder-Mead",
        options=options,
    ).x.tolist()
    print(name, [abs(round(value, 3)) for value in found], [round(value, 3) for value in formula.tolist()])
#> 0.8 · ½‖w‖² [0.333, 0.167, 0.028] [0.333, 0.167, 0.028]
#> 0.8 · ‖w‖ [0.0, 0.0, 0.0] [0.0, 0.0, 0.0]
#> 0.2 · ‖w‖₁ [0.4, 0.1, 0.0] [0.4, 0.1, 0.0]
