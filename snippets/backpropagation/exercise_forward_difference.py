import numpy as np

from dlnotes import check

x, eps = 1.0, np.finfo(np.float64).eps / 2  # f = exp: the function and all its derivatives are equal
differences = {
    "forward": (lambda h: (np.exp(x + h) - np.exp(x)) / h, 2 * np.sqrt(eps)),
    "central": (lambda h: (np.exp(x + h) - np.exp(x - h)) / (2 * h), (3 * eps) ** (1 / 3)),
}
for name, (difference, best) in differences.items():
    errors = [abs(difference(h) - np.exp(x)) for h in (1e3 * best, best, 1e-3 * best)]
    print(f"{name}: best step {best:.1e}; digits right at 1000, 1, 1/1000 of it: {[int(-np.log10(e)) for e in errors]}")
#> forward: best step 2.1e-08; digits right at 1000, 1, 1/1000 of it: [4, 7, 6]
#> central: best step 6.9e-06; digits right at 1000, 1, 1/1000 of it: [4, 10, 8]


def best_step(y, y2, eps):
    return 2 * np.sqrt(eps * abs(y / y2)), 2 * np.sqrt(eps * abs(y * y2))


check("backpropagation.6", best_step)
#> backpropagation.6: right. It agrees with the reference on all 20 inputs.
