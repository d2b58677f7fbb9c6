import numpy as np

W, x = np.arange(12.0).reshape(3, 4), np.ones((4, 1))

first_row = W[0:1]  # shape (1, 4)
try:
    first_row.T @ x  # (4, 1) times (4, 1)
except ValueError:
    print("the transposed row does not multiply x")
    #> the transposed row does not multiply x
w_1 = first_row.T  # the column vector whose transpose is the first row
print((w_1.T @ x).item(), (W @ x)[0].item())
#> 6.0 6.0
