import torch

x = torch.linspace(-1, 1, 2_000_001, dtype=torch.float64)
for width in (0.1, 0.01, 0.001):
    inside = (x.abs() <= width / 2).double()
    impulse, indicator = inside / width, inside  # as the width goes to 0: Dirac's delta; the indicator of x = 0
    print(
        f"width {width}: integrals {torch.trapezoid(impulse, x):.3f} and {torch.trapezoid(indicator, x):.3f},", end=" "
    )
    print(f"values at 0 {impulse.max():.0f} and {indicator.max():.0f}")
    #> width 0.1: integrals 1.000 and 0.100, values at 0 10 and 1
    #> width 0.01: integrals 1.000 and 0.010, values at 0 100 and 1
    #> width 0.001: integrals 0.999 and 0.001, values at 0 1000 and 1
