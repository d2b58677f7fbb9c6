import numpy as np

m, n = 3, 4
W, x = np.ones((m, n)), np.ones((n, 1))

print((W @ x + np.zeros((m, 1))).shape)  # one bias a unit
#> (3, 1)
print((W @ x + np.zeros((m, n))).shape)  # one bias a weight: no error, a matrix where a column should be
#> (3, 4)
