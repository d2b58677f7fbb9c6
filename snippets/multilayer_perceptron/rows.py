import numpy as np

W, x = np.arange(12.0).reshape(3, 4), np.ones((4, 1))
row = W[0:1]  # the first row of W, as a matrix of shape (1, 4)
try:
    row.T @ x
except ValueError as error:
    print("transposed row times x:", str(error).partition(":")[0], "refuses")
#> transposed row times x: matmul refuses
w = row.T  # the column whose transpose is the first row
print("transposed column times x:", (w.T @ x).item(), " first entry of W x:", (W @ x)[0].item())
#> transposed column times x: 6.0  first entry of W x: 6.0
