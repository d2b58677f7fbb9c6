import torch


def function(x, w):
    return (torch.tanh(x @ w) ** 2).sum()


traced = torch.fx.symbolic_trace(function)  # runs it on symbols and keeps the graph
print("the graph:", [node.name for node in traced.graph.nodes])
#> the graph: ['x', 'w', 'matmul', 'tanh', 'pow_1', 'sum_1', 'output']

generator = torch.Generator().manual_seed(0)
x = torch.randn(5, 3, generator=generator)
w = torch.randn(3, 2, generator=generator, requires_grad=True)
eager, from_graph = (torch.autograd.grad(f(x, w), w)[0] for f in (function, traced))
print("the same gradients:", torch.equal(eager, from_graph))
#> the same gradients: True
