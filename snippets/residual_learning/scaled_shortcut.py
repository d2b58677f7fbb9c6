"""A shortcut that multiplies by λ is a plain network again: gradient of a state by the input after 50 blocks, F = 0."""

for factor in (0.9, 1.0, 1.1):
    print(f"lambda = {factor}: {factor**50:.3g}")
#> lambda = 0.9: 0.00515
#> lambda = 1.0: 1
#> lambda = 1.1: 117
