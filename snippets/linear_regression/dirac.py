import torch

step = 1e-6
x = step * (torch.arange(-1_000_000, 1_000_000, dtype=torch.float64) + 0.5)
for width in (0.1, 0.01, 0.001):
    indicator = (x.abs() < width / 2).double()  # as the width goes to 0: the indicator of x = 0
    impulse = indicator / width  # and Dirac's delta
    for name, peak in (("impulse  ", impulse), ("indicator", indicator)):
        print(f"width {width}: {name} of area {step * peak.sum():.3f} and height {peak.max():.0f}")
#> width 0.1: impulse   of area 1.000 and height 10
#> width 0.1: indicator of area 0.100 and height 1
#> width 0.01: impulse   of area 1.000 and height 100
#> width 0.01: indicator of area 0.010 and height 1
#> width 0.001: impulse   of area 1.000 and height 1000
#> width 0.001: indicator of area 0.001 and height 1
