from itertools import pairwise

from dlnotes.diffusion import noise_levels


def final_variance(steps, spread=1.3):
    levels = noise_levels(30.0, 0.01, steps)
    variance = levels[0] ** 2
    for now, then in pairwise(levels):
        shrink = 1 - (now**2 - then**2) / (spread**2 + now**2)
        variance = shrink**2 * variance + then**2 * (1 - (then / now) ** 2)
    return variance


for steps in (20, 40, 80, 160, 320):
    print(f"{steps} steps: {final_variance(steps):.4f}, missing {1.3**2 - final_variance(steps):.4f}")
#> 20 steps: 1.1477, missing 0.5423
#> 40 steps: 1.3869, missing 0.3031
#> 80 steps: 1.5293, missing 0.1607
#> 160 steps: 1.6072, missing 0.0828
#> 320 steps: 1.6479, missing 0.0421
