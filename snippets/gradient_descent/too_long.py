"""f(w) = w², whose gradient is 2-Lipschitz: which step sizes go down?"""

for lr in (0.5, 0.9, 1.0, 1.1):
    w = 1.0
    for _ in range(20):
        w -= lr * 2 * w
    print(f"η = {lr}: w² after 20 steps = {w * w:.3g}")
#> η = 0.5: w² after 20 steps = 0
#> η = 0.9: w² after 20 steps = 0.000133
#> η = 1.0: w² after 20 steps = 1
#> η = 1.1: w² after 20 steps = 1.47e+03
