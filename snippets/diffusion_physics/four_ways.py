"""The variance of four processes that are to come back from 4.25 to 0.25, by their differential equations."""

D, T, v0, steps = 0.5, 4.0, 0.25, 40_000
step = T / steps
ways = {  # factor of the score, whether it follows the time, whether there is noise
    "twice the score, noise": (2, True, True),
    "once the score, no noise": (1, True, False),
    "score frozen at T, noise": (2, False, True),
    "twice the score, no noise": (2, True, False),
}
for name, (factor, follows, noise) in ways.items():
    v = v0 + 2 * D * T
    for i in range(steps):
        variance = v0 + 2 * D * (T - i * step if follows else T)
        v += step * (-2 * factor * D * v / variance + 2 * D * noise)
    print(f"{name:25} {v:.4f}")
#> twice the score, noise    0.2500
#> once the score, no noise  0.2500
#> score frozen at T, noise  2.4485
#> twice the score, no noise 0.0147
