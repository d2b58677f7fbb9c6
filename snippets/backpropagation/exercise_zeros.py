import torch

from dlnotes import check
from dlnotes.backpropagation import TANH, backward, forward, sgd_step

torch.manual_seed(0)
x, y = torch.randn(20, 4).double(), torch.eye(3).double()[torch.randint(3, (20,))]


def train(weights: list[torch.Tensor], steps: int) -> list[torch.Tensor]:
    """Full-batch gradient descent; returns the weights."""
    biases = [torch.zeros(len(w)).double() for w in weights]
    velocities = [torch.zeros_like(p) for p in (*weights, *biases)]
    for _ in range(steps):
        weight_grads, bias_grads = backward(forward(x, weights, biases, TANH), y, weights, TANH)
        sgd_step([*weights, *biases], [*weight_grads, *bias_grads], velocities, lr=0.5)
    return weights


zero = train([torch.zeros(5, 4).double(), torch.zeros(3, 5).double()], steps=200)
print("all weights still zero:", all(not w.any() for w in zero))
#> all weights still zero: True
constant = train([torch.full((5, 4), 0.1).double(), torch.full((3, 5), 0.1).double()], steps=200)
spread = (constant[0] - constant[0][0]).abs().max().item()  # between the weights of two hidden units
print("trained:", constant[0].std(dim=1).min().item() > 0.01, " units still equal:", spread < 1e-12)
#> trained: True  units still equal: True


def last_biases(Y, rate, steps):
    """From zero all logits are equal to the biases of the output, whatever x is, and only these move."""
    b = torch.zeros(Y.shape[1])
    for _ in range(steps):
        b = b - rate * (torch.softmax(b, dim=0) - Y.mean(dim=0))
    return b


check("backpropagation.3", last_biases)
#> backpropagation.3: right. It agrees with the reference on all 20 inputs.
