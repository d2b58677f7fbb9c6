"""Noise floors of (η, B) and (kη, kB): equal while kη is far from 2/λ, and not
beyond."""

from dlnotes import check
from dlnotes.gradient_descent import noise_floor

curvature, sample_variance, lr, batch = 2.0, 8.0, 0.01, 4
for k in (1, 4, 16, 64, 96):
    floor = noise_floor(k * lr, curvature, sample_variance / (k * batch))
    factor = (2 - lr * curvature) / (2 - k * lr * curvature)
    print(f"k = {k}: floor {floor:.5f}, {factor:.2f} times that of k = 1")
#> k = 1: floor 0.00505, 1.00 times that of k = 1
#> k = 4: floor 0.00521, 1.03 times that of k = 1
#> k = 16: floor 0.00595, 1.18 times that of k = 1
#> k = 64: floor 0.01389, 2.75 times that of k = 1
#> k = 96: floor 0.12500, 24.75 times that of k = 1
check("gradient_descent.6", "(2 - lr * curvature) / (2 - k * lr * curvature)")
#> gradient_descent.6: right. It agrees with the reference on all 20 inputs.
