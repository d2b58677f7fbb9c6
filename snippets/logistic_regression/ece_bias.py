import torch

from dlnotes.logistic_regression import expected_calibration_error

torch.manual_seed(0)
print("mean ECE with 5, 10 and 50 bins")
#> mean ECE with 5, 10 and 50 bins
for n in (100, 1000, 10_000):
    p = torch.rand(500, n)
    y = (torch.rand(500, n) < p).float()  # perfectly calibrated
    errors = [expected_calibration_error(p, y, bins=bins).mean() for bins in (5, 10, 50)]
    print(f"n = {n:5}: " + ", ".join(f"{error:.3f}" for error in errors))
#> n =   100: 0.070, 0.100, 0.206
#> n =  1000: 0.023, 0.031, 0.070
#> n = 10000: 0.007, 0.010, 0.022
