import math

blocks = 27
for c in (1.0, 0.1):
    shares = [math.comb(blocks, k) * c**k / (1 + c) ** blocks for k in range(blocks + 1)]
    mean = sum(k * share for k, share in enumerate(shares))
    longest = sum(shares[20:])
    print(f"c = {c}: mean length {mean:.2f}, formula {blocks * c / (1 + c):.2f}, share of 20 and more {longest:.1e}")
#> c = 1.0: mean length 13.50, formula 13.50, share of 20 and more 9.6e-03
#> c = 0.1: mean length 2.45, formula 2.45, share of 20 and more 7.0e-16
