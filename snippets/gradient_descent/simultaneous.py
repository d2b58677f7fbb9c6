"""The second update sees the first one's result: that is another algorithm,
with another path."""

import torch

H = torch.tensor([[2.0, 1.5], [1.5, 2.0]], dtype=torch.float64)  # loss ½ θᵀHθ
start = torch.tensor([1.0, -0.5], dtype=torch.float64)
lr = 0.4

together = start - lr * H @ start
in_turn = start.clone()
for i in range(2):
    in_turn[i] -= lr * H[i] @ in_turn
print("together", [round(v, 3) for v in together.tolist()])
#> together [0.5, -0.7]
print("in turn ", [round(v, 3) for v in in_turn.tolist()])
#> in turn  [0.5, -0.4]
