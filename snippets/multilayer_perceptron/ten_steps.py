import numpy as np
import torch

from dlnotes import data

images, labels = data.digits("train")
X, Y = images.flatten(1).double().numpy()[:64] / 16, np.eye(10)[labels.numpy()[:64]]
rng = np.random.default_rng(0)
W1, b1, W2, b2 = rng.normal(0, 0.2, (32, 64)), np.zeros(32), rng.normal(0, 0.2, (10, 32)), np.zeros(10)

network = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)).double()
start = {"0.weight": W1, "0.bias": b1, "2.weight": W2, "2.bias": b2}
network.load_state_dict({name: torch.from_numpy(value) for name, value in start.items()})
optimizer = torch.optim.SGD(network.parameters(), lr=0.5)

difference = 0.0
for _ in range(10):
    Z1 = X @ W1.T + b1  # forward
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2.T + b2
    P = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    loss = -(Y * np.log(P)).sum(axis=1).mean()
    D2 = (P - Y) / len(X)  # backward, as the next chapter derives it
    D1 = (D2 @ W2) * (Z1 > 0)
    W2, b2 = W2 - 0.5 * D2.T @ A1, b2 - 0.5 * D2.sum(axis=0)  # step
    W1, b1 = W1 - 0.5 * D1.T @ X, b1 - 0.5 * D1.sum(axis=0)

    torch_loss = torch.nn.functional.cross_entropy(network(torch.from_numpy(X)), torch.from_numpy(Y))
    optimizer.zero_grad()
    torch_loss.backward()
    optimizer.step()
    difference = max(difference, abs(loss - torch_loss.item()))
print(f"loss before the last step {loss:.4f}; largest difference in ten steps below 1e-12: {difference < 1e-12}")
#> loss before the last step 1.1213; largest difference in ten steps below 1e-12: True
