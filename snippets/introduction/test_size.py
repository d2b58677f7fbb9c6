from math import sqrt

p = 0.9  # an accuracy
for n in (100, 360, 1000, 10_000):
    print(f"{n} test samples: {p} ± {1.96 * sqrt(p * (1 - p) / n):.4f}")
    #> 100 test samples: 0.9 ± 0.0588
    #> 360 test samples: 0.9 ± 0.0310
    #> 1000 test samples: 0.9 ± 0.0186
    #> 10000 test samples: 0.9 ± 0.0059
