import torch

from dlnotes.softmax import softmax_jacobian

for t in (0.0, 2.0, 5.0, 10.0):
    z = torch.tensor([0.0, 0.0, -t], dtype=torch.float64)
    norm = torch.linalg.matrix_norm(softmax_jacobian(z), ord=2)
    print(f"t = {t:4}  norm {norm:.5f}  1 / (2 + exp(-t)) = {1 / (2 + torch.tensor(-t).exp()):.5f}")
#>
