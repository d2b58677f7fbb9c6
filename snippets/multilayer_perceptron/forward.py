import torch

from dlnotes.backpropagation import tiny_network
from dlnotes.multilayer_perceptron import linear, sigmoid

x, y, (W1, W2), (b1, b2) = tiny_network()
z1 = linear(x, W1, b1)
a1 = sigmoid(z1)
z2 = linear(a1, W2, b2)
prediction = torch.softmax(z2, dim=-1)
for name, value in [("z1", z1), ("a1", a1), ("z2", z2), ("y^", prediction)]:
    print(name, value[0].numpy().round(4).tolist())
#> z1 [0.0, 1.0, 1.1]
#> a1 [0.5, 0.7311, 0.7503]
#> z2 [0.1345, 0.7677]
#> y^ [0.3468, 0.6532]
print(f"loss {-(y * prediction.log()).sum():.4f}")
#> loss 0.4259
