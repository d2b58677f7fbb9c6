import torch

from dlnotes.normalization import BatchNorm1d, BatchNorm2d

try:
    BatchNorm1d(3)(torch.zeros(1, 3))
except ValueError as error:
    print(str(error).split(":")[0])
#> expected more than 1 value to take a variance of, got input shape (1, 3)
image = torch.randn(1, 3, 4, 4)
print("one image of 4 x 4 pixels:", tuple(BatchNorm2d(3)(image).shape))
#> one image of 4 x 4 pixels: (1, 3, 4, 4)

z = torch.tensor([[3.0, 0.1], [5.0, 7.0]], requires_grad=True)  # two samples
y = BatchNorm1d(2)(z)
print(y.detach().numpy().round(3).tolist())
#> [[-1.0, -1.0], [1.0, 1.0]]
loss = (y * torch.tensor([[1.0, 2.0], [-3.0, 1.0]])).sum()
(gradient,) = torch.autograd.grad(loss, z)
print(f"largest gradient by the inputs {gradient.abs().max():.0e}")
#> largest gradient by the inputs 2e-05
