import torch

from dlnotes import check

width, depth = 256, 30
generator = torch.Generator().manual_seed(0)
x = torch.randn(64, width, generator=generator, dtype=torch.float64)
start = x
for _ in range(depth):
    W1, W2 = torch.randn(2, width, width, generator=generator, dtype=torch.float64) / width**0.5
    x = (x + torch.relu(x @ W1.T) @ (2**0.5 * W2.T)) / 2**0.5
cosine = torch.nn.functional.cosine_similarity(x, start, dim=1).mean()
print(f"mean square {x.square().mean():.2f}, share of the input in the output {2 ** (-depth / 2):.1e}")
#> mean square 0.62, share of the input in the output 3.1e-05
print(f"cosine between output and input {cosine:.3f}")
#> cosine between output and input 0.007
check("residual_learning.5", lambda factor, L: ((2 * factor**2) ** L, factor**L, 2 ** (-L / 2)))
#> residual_learning.5: right. It agrees with the reference on all 21 inputs.
