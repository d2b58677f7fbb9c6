import torch

from dlnotes.multilayer_perceptron import dead_units, leaky_relu, linear, relu

torch.manual_seed(0)
x, target = torch.randn(50, 4), torch.randn(50)
weight, bias = torch.randn(3, 4), torch.tensor([0.0, 0.0, -20.0])
print("dead:", dead_units(linear(x, weight, bias)).tolist())
#> dead: [False, False, True]
weight.requires_grad_()
for activation in (relu, leaky_relu):
    loss = (activation(linear(x, weight, bias)).sum(dim=1) - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, weight)
    print(f"{activation.__name__}: norms of the gradients of the three units {gradient.norm(dim=1).numpy().round(3)}")
#> relu: norms of the gradients of the three units [3.56  3.435 0.   ]
#> leaky_relu: norms of the gradients of the three units [3.358 3.249 0.039]
