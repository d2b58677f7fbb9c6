import torch

from dlnotes.multilayer_perceptron import mlp, parameter_count, sawtooth_network

x = torch.linspace(0, 1, 2**12 + 1, dtype=torch.float64).unsqueeze(1)
for depth in (1, 2, 4, 8):
    y = mlp(x, *sawtooth_network(depth, torch.float64)).squeeze()
    slopes = y.diff().sign()
    pieces = int((slopes[1:] != slopes[:-1]).sum()) + 1
    deep, shallow = parameter_count([1, *[2] * depth, 1]), parameter_count([1, 2**depth - 1, 1])
    print(f"depth {depth}: {pieces} pieces with {deep} parameters; one hidden layer needs {shallow}")
#> depth 1: 2 pieces with 7 parameters; one hidden layer needs 4
#> depth 2: 4 pieces with 13 parameters; one hidden layer needs 10
#> depth 4: 16 pieces with 25 parameters; one hidden layer needs 46
#> depth 8: 256 pieces with 49 parameters; one hidden layer needs 766
