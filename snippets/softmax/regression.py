import torch
from torch.nn.functional import one_hot

from dlnotes.data import digits
from dlnotes.softmax import softmax_regression_gradient


def inputs(images):
    return images.flatten(1).float() / 16


images, labels = digits("train")
x, y = inputs(images), one_hot(labels, 10).float()
W, b = torch.zeros(10, 64), torch.zeros(10)  # a convex loss: zero will do
for _ in range(500):
    grad_W, grad_b = softmax_regression_gradient(x, y, W, b)
    W, b = W - 0.5 * grad_W, b - 0.5 * grad_b

images, labels = digits("test")
predicted = (inputs(images) @ W.T + b).argmax(dim=1)
accuracy = (predicted == labels).float().mean()
print(f"test accuracy {accuracy:.3f} on {len(labels)} digits")
#> test accuracy 0.892 on 360 digits
