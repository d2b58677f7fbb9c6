import torch

from dlnotes.normalization import BatchNorm1d

# four samples of two units
z = torch.tensor([[1.0, 210.0], [2.0, 190.0], [4.0, 230.0], [5.0, 170.0]])
mean, var = z.mean(dim=0), z.var(dim=0, correction=0)
print("mean", mean.numpy(), "variance", var.numpy())
#> mean [  3. 200.] variance [  2.5 500. ]

layer = BatchNorm1d(2)
y = layer(z).detach()
print(y.numpy().round(3))
#> [[-1.265  0.447]
#>  [-0.632 -0.447]
#>  [ 0.632  1.342]
#>  [ 1.265 -1.342]]
print("as torch:", torch.allclose(y, torch.nn.BatchNorm1d(2)(z)))
#> as torch: True
