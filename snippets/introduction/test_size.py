from math import sqrt

p = 0.9  # an accuracy
for n in (100, 360, 1000, 10_000):
    print(f"{n} test samples: {p} ± {1.96 * sqrt(p * (1 - p) / n):.4f}")
    #>
