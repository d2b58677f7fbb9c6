import math

from dlnotes import check


def share(L, c, k):
    """Of all paths together, what comes through k branches."""
    return math.comb(L, k) * c**k / (1 + c) ** L


blocks = 27
for c in (1.0, 0.1):
    shares = [share(blocks, c, k) for k in range(blocks + 1)]
    mean = sum(k * part for k, part in enumerate(shares))
    longest = sum(shares[20:])
    print(f"c = {c}: mean length {mean:.2f}, formula {blocks * c / (1 + c):.2f}, share of 20 and more {longest:.1e}")
#> c = 1.0: mean length 13.50, formula 13.50, share of 20 and more 9.6e-03
#> c = 0.1: mean length 2.45, formula 2.45, share of 20 and more 7.0e-16
check("residual_learning.4", lambda L, c, k: (share(L, c, k), L * c / (1 + c)))
#> residual_learning.4: right. It agrees with the reference on all 20 inputs.
