import torch

from dlnotes.multilayer_perceptron import sigmoid


def naive(z: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-z))


z = torch.tensor([-100.0, -1.0], requires_grad=True)
for function in (naive, sigmoid):
    a = function(z)
    print(f"{function.__name__}: {a.tolist()}, slopes {torch.autograd.grad(a.sum(), z)[0].tolist()}")
#> naive: [0.0, 0.2689414322376251], slopes [nan, 0.1966119408607483]
#> sigmoid: [3.783505853677006e-44, 0.2689414322376251], slopes [3.783505853677006e-44, 0.1966119408607483]
