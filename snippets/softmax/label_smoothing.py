import torch

from dlnotes.softmax import cross_entropy, softmax

K, share = 3, 0.1
z = torch.zeros(K, dtype=torch.float64, requires_grad=True)
label = torch.tensor(2)
for _ in range(2000):
    (gradient,) = torch.autograd.grad(cross_entropy(z, label, label_smoothing=share), z)
    z = (z - gradient).detach().requires_grad_()

print("probabilities", softmax(z, dim=0).detach().numpy().round(4))
#> probabilities [0.0333 0.0333 0.9333]
print(
    "gap of scores",
    round((z[2] - z[0]).item(), 4),
    "formula",
    round(torch.tensor(1 + K * (1 - share) / share).log().item(), 4),
)
#> gap of scores 3.3322 formula 3.3322
