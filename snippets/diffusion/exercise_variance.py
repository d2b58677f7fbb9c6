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
#>
