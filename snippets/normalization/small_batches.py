import torch

from dlnotes.normalization import BatchNorm1d, BatchNorm2d

try:
    BatchNorm1d(3)(torch.zeros(1, 3))
except ValueError as error:
    print(str(error).split(":")[0])
    #>
print("one image of 4 x 4 pixels:", tuple(BatchNorm2d(3)(torch.randn(1, 3, 4, 4)).shape))
#>

z = torch.tensor([[3.0, 0.1], [5.0, 7.0]], requires_grad=True)  # two samples
y = BatchNorm1d(2)(z)
print(y.detach().numpy().round(3).tolist())
#>
(gradient,) = torch.autograd.grad((y * torch.tensor([[1.0, 2.0], [-3.0, 1.0]])).sum(), z)
print(f"largest gradient by the inputs {gradient.abs().max():.0e}")
#>
