import torch

torch.manual_seed(0)
width, depth = 100, 30
x = torch.randn(width, dtype=torch.float64)
for std in (0.1, 0.14, 0.2):  # standard deviation of the weights
    a = x
    for _ in range(depth):
        a = torch.relu(std * torch.randn(width, width, dtype=torch.float64) @ a)
    print(f"std {std}: length {x.norm():.1f} at the input, {a.norm():.0e} after {depth} layers with ReLU")
#> std 0.1: length 11.3 at the input, 4e-04 after 30 layers with ReLU
#> std 0.14: length 11.3 at the input, 3e+00 after 30 layers with ReLU
#> std 0.2: length 11.3 at the input, 4e+05 after 30 layers with ReLU
