import torch

generator = torch.Generator().manual_seed(0)
for d in (64, 3 * 32**2, 3 * 224**2):  # pixels of a digit, of a thumbnail, of a photograph
    w = torch.randn(d, dtype=torch.float64, generator=generator) / d**0.5
    x = torch.randn(d, dtype=torch.float64, generator=generator)  # pixels of standard deviation 1
    moved = x - 0.02 * w.sign()
    print(f"d = {d}: score {w @ x:.2f} -> {w @ moved:.2f}, a shift of {0.02 * w.abs().sum():.2f}")
    #> d = 64: score 0.92 -> 0.78, a shift of 0.14
    #> d = 3072: score 1.60 -> 0.72, a shift of 0.88
    #> d = 150528: score 0.15 -> -6.05, a shift of 6.20
