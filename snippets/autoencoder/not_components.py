import torch

from dlnotes.autoencoder import principal_components
from dlnotes.data import digits

images, _ = digits()
x = images.flatten(1).double()
x = x - x.mean(0)
V = principal_components(x, 2).components
A = torch.tensor([[1.0, 2.0], [0.0, 1.0]], dtype=torch.float64)

for name, encoder, decoder in [
    ("PCA", V.T, V),
    ("mixed", torch.linalg.inv(A) @ V.T, V @ A),
]:
    code = x @ encoder.T
    loss = (code @ decoder.T - x).square().sum(1).mean()
    print(f"{name:5s} loss {loss:.4f}, correlation of the two codes {torch.corrcoef(code.T)[0, 1]:.2f}")
#> PCA   loss 861.5313, correlation of the two codes 0.00
#> mixed loss 861.5313, correlation of the two codes -0.89
