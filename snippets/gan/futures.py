import torch

generator = torch.Generator().manual_seed(0)
y = torch.randn(10_000, generator=generator).sign()  # the ball goes left or right
guess = torch.tensor(0.8, requires_grad=True)
optimizer = torch.optim.SGD([guess], lr=0.1)
for _ in range(100):
    optimizer.zero_grad()
    (guess - y).square().mean().backward()
    optimizer.step()

print(f"least squares predicts {guess.item():.3f}, mean of the data {y.mean():.3f}")
#> least squares predicts -0.016, mean of the data -0.016
print(f"error there {(guess - y).square().mean():.3f}, of a right-or-left guess {(y.flip(0) - y).square().mean():.3f}")
#> error there 1.000, of a right-or-left guess 1.984
