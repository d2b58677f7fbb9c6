from dlnotes.data import penguins
from dlnotes.linear_regression import one_hot

measurements, species = penguins()
x, y = measurements[:, 1], measurements[:, 3]
u = one_hot(species).double()
x_mean, y_mean = ((u * v.unsqueeze(1)).sum(0) / u.sum(0) for v in (x, y))  # of each species

dx, dy = x - x_mean[species], y - y_mean[species]
Dx, Dy = x_mean[species] - x.mean(), y_mean[species] - y.mean()
within, between = (dx @ dy) / (dx @ dx), (Dx @ Dy) / (Dx @ Dx)
share = (dx @ dx) / (dx @ dx + Dx @ Dx)
print(f"within species {within:.1f}, between species {between:.1f} g/mm, share {share:.3f}")
#> within species 256.6, between species -402.8 g/mm, share 0.320
print(f"share × within + (1 - share) × between = {share * within + (1 - share) * between:.1f} g/mm")
#> share × within + (1 - share) × between = -191.6 g/mm
