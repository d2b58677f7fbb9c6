import torch

from dlnotes import check
from dlnotes.multilayer_perceptron import leaky_relu, mlp


def leaky_by_relus(W1, b1, W2, slope):
    return torch.cat([W1, -W1]), torch.cat([b1, -b1]), torch.cat([W2, -slope * W2], dim=1)


torch.manual_seed(0)
x, slope = torch.randn(8, 3, dtype=torch.float64), 0.2
W1, W2 = torch.randn(5, 3, dtype=torch.float64), torch.randn(2, 5, dtype=torch.float64)
b1, b2 = torch.randn(5, dtype=torch.float64), torch.randn(2, dtype=torch.float64)

leaky = mlp(x, [W1, W2], [b1, b2], lambda z: leaky_relu(z, slope))
W, b, V = leaky_by_relus(W1, b1, W2, slope)
doubled = mlp(x, [W, V], [b, b2])
print("10 ReLUs compute what 5 leaky ones do:", torch.allclose(leaky, doubled))
#> 10 ReLUs compute what 5 leaky ones do: True
check("multilayer_perceptron.3", leaky_by_relus)
#> multilayer_perceptron.3: right. It agrees with the reference on all 20 inputs.
