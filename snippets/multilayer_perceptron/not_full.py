import torch

torch.manual_seed(0)
image = torch.randn(1, 1, 28, 28)
full = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 784))
local = torch.nn.Conv2d(1, 1, kernel_size=3, padding=1)
for name, layer in (("fully connected", full), ("convolution", local)):
    jacobian = torch.autograd.functional.jacobian(lambda x, layer=layer: layer(x).flatten(), image)
    seen = (jacobian.view(784, 784)[406] != 0).sum().item()  # a unit in the middle
    print(f"{name}: a unit sees {seen} of 784 pixels; parameters {sum(p.numel() for p in layer.parameters())}")
#> fully connected: a unit sees 784 of 784 pixels; parameters 615440
#> convolution: a unit sees 9 of 784 pixels; parameters 10
