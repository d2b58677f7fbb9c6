import torch

from dlnotes.data import penguins

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3] / 1000
X = torch.stack([torch.ones_like(x), (x - x.mean()) / x.std(correction=0)], dim=1)
w = torch.zeros(2, dtype=torch.float64)


def loss(w):
    return (X @ w - y).square().mean()


gradient = 2 / len(y) * X.T @ (X @ w - y)
bound = len(y) * gradient.square().sum() / (X @ gradient).square().sum()
print(f"loss {loss(w):.3f}, step sizes below {bound:.4f} lower it")
#> loss 18.296, step sizes below 1.0000 lower it
for lr in (0.5, 0.99, 1.01, 1.5):
    print(f"lr {lr:4}  loss {loss(w - lr * gradient):.3f}")
    #> lr  0.5  loss 0.155
    #> lr 0.99  loss 17.578
    #> lr 1.01  loss 19.029
    #> lr  1.5  loss 72.720
