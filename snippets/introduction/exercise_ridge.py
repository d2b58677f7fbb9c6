from dlnotes import check

peak, bandwidth = 60e12, 4.8e12
ridge = peak / bandwidth
print(f"the roof bends at {ridge:.1f} operations a byte, a product of matrices at n = {6 * ridge:.0f}")
#> the roof bends at 12.5 operations a byte, a product of matrices at n = 75
for n in (64, 1024, 16384):
    matrix, vector = n / 6, 2 * n**2 / (4 * n**2 + 8 * n)
    speeds = [min(peak, bandwidth * intensity) / peak for intensity in (matrix, vector)]
    print(f"n = {n}: share of the peak {speeds[0]:.2f} for a matrix, {speeds[1]:.3f} for a vector")
    #> n = 64: share of the peak 0.85 for a matrix, 0.039 for a vector
    #> n = 1024: share of the peak 1.00 for a matrix, 0.040 for a vector
    #> n = 16384: share of the peak 1.00 for a matrix, 0.040 for a vector


def roof(P, B, size):
    """Where 2 n³ / (3 n² size) is P / B, and the limit of 2 n² / ((n² + 2 n) size)."""
    return 3 * size * P / (2 * B), 2 / size


check("introduction.6", roof)
#> introduction.6: right. It agrees with the reference on all 21 inputs.
