import torch

torch.manual_seed(0)
x, w, b = torch.randn(5), torch.randn(5), 0.3
W = torch.randn(3, 5)

shared = torch.stack([w @ x + b] * 3)
print("one shared w, b:", torch.softmax(shared, dim=0).numpy().round(4))
#> one shared w, b: [0.3333 0.3333 0.3333]
print("a row per class:", torch.softmax(W @ x + b, dim=0).numpy().round(4))
#> a row per class: [0.8719 0.1169 0.0112]
