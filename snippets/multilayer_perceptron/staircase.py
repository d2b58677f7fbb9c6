import torch

from dlnotes.multilayer_perceptron import curve, mlp, sigmoid, staircase_network

x = torch.linspace(0, 1, 20_001, dtype=torch.float64)
for units in (4, 16, 64, 256):
    cells = units + 1
    edges = torch.arange(1, cells, dtype=torch.float64) / cells
    middles = (torch.arange(cells, dtype=torch.float64) + 0.5) / cells
    errors = []
    for sharpness in (3, 30):  # steepness in units of the number of cells
        network = staircase_network(edges, curve(middles), steepness=sharpness * cells)
        errors.append((mlp(x[:, None], *network, sigmoid).squeeze() - curve(x)).abs().max().item())
    print(f"{units} sigmoids: largest error {errors[0]:.3f} with soft steps, {errors[1]:.3f} with sharp ones")
#> 4 sigmoids: largest error 0.678 with soft steps, 0.913 with sharp ones
#> 16 sigmoids: largest error 0.130 with soft steps, 0.293 with sharp ones
#> 64 sigmoids: largest error 0.048 with soft steps, 0.077 with sharp ones
#> 256 sigmoids: largest error 0.013 with soft steps, 0.019 with sharp ones
