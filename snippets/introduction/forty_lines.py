import torch
from torch.nn.functional import cross_entropy

from dlnotes.data import digits

generator = torch.Generator().manual_seed(0)
images, labels = digits("train")
x = images.flatten(1) / 16  # 1437 pictures of 8 × 8 pixels, as rows


# 1. A family of functions: every choice of these numbers is one function from pictures to ten scores.
parameters = [
    (torch.randn(64, 32, generator=generator) * (2 / 64) ** 0.5).requires_grad_(),
    torch.zeros(32, requires_grad=True),
    (torch.randn(32, 10, generator=generator) * (2 / 32) ** 0.5).requires_grad_(),
    torch.zeros(10, requires_grad=True),
]


def function(x):
    W1, b1, W2, b2 = parameters
    return torch.relu(x @ W1 + b1) @ W2 + b2


# 2. A score: how badly a function does on the examples.
def risk(x, labels):
    return cross_entropy(function(x), labels)


# 3. A search: change the numbers, a little at a time, so that the score falls.
for step in range(301):
    if step % 100 == 0:
        print(f"step {step}: risk {risk(x, labels).item():.3f}")
    gradients = torch.autograd.grad(risk(x, labels), parameters)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= 0.5 * gradient
#> step 0: risk 2.274
#> step 100: risk 0.124
#> step 200: risk 0.067
#> step 300: risk 0.046

images, labels = digits("test")
right = function(images.flatten(1) / 16).argmax(1) == labels
print(f"right on {right.float().mean().item():.1%} of 360 pictures that it has never seen")
#> right on 90.3% of 360 pictures that it has never seen
