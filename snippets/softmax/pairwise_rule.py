import torch

a = torch.tensor([0.30, 0.20, 0.50])

print("two-class rule says class", 1 if a[0] > a[1] else 2)
#> two-class rule says class 1
print("argmax says class", a.argmax().item() + 1)
#> argmax says class 3
