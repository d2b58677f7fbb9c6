import torch
from torch.nn.functional import conv2d

generator = torch.Generator().manual_seed(0)
t = torch.linspace(0, 3, 16)
image = t.sin()[:, None] * t.cos()
order = torch.randperm(256, generator=generator)
shuffled = image.flatten()[order].view(16, 16)

laplacian = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
for name, picture in (("smooth", image), ("shuffled", shuffled)):
    response = conv2d(picture[None, None], laplacian[None, None])
    print(f"{name}: mean square response of a 3 × 3 kernel {response.square().mean():.4f}")
    #> smooth: mean square response of a 3 × 3 kernel 0.0016
    #> shuffled: mean square response of a 3 × 3 kernel 5.0089

weight = torch.randn(10, 256, generator=generator)
same = torch.allclose(weight @ image.flatten(), weight[:, order] @ shuffled.flatten(), atol=1e-4)
print("a fully connected layer with its columns shuffled alike gives the same scores:", same)
#> a fully connected layer with its columns shuffled alike gives the same scores: True
