from itertools import pairwise

from dlnotes import check
from dlnotes.diffusion import noise_levels


def final_variance(levels, spread):
    variance = levels[0] ** 2
    for now, then in pairwise(levels):
        shrink = 1 - (now**2 - then**2) / (spread**2 + now**2)
        variance = shrink**2 * variance + then**2 * (1 - (then / now) ** 2)
    return variance


for steps in (20, 40, 80, 160, 320):
    variance = final_variance(noise_levels(30.0, 0.01, steps), 1.3)
    print(f"{steps} steps: {variance:.4f}, missing {1.3**2 - variance:.4f}")
#> 20 steps: 1.1477, missing 0.5423
#> 40 steps: 1.3869, missing 0.3031
#> 80 steps: 1.5293, missing 0.1607
#> 160 steps: 1.6072, missing 0.0828
#> 320 steps: 1.6479, missing 0.0421
check("diffusion.6", final_variance)
#> diffusion.6: right. It agrees with the reference on all 20 inputs.
