import torch


def f(x: torch.Tensor) -> torch.Tensor:
    """From three numbers to two."""
    return torch.stack([x[0] * x[1], torch.tanh(x[2]) + x[0]])


x = torch.tensor([0.5, -1.0, 0.3], dtype=torch.float64)
value, vjp = torch.func.vjp(f, x)
rows = [vjp(direction)[0] for direction in torch.eye(2).double()]  # reverse mode: one pass for each output
columns = [torch.func.jvp(f, (x,), (direction,))[1] for direction in torch.eye(3).double()]  # forward: for each input
print(torch.stack(rows).round(decimals=4).tolist())
#> [[-1.0, 0.5, 0.0], [1.0, 0.0, 0.9151]]
print(torch.stack(columns, dim=1).round(decimals=4).tolist())
#> [[-1.0, 0.5, 0.0], [1.0, 0.0, 0.9151]]
