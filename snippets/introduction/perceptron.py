import torch

x = torch.tensor([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])  # the last input is 1, its weight is the bias
for name, y in (("AND", [-1, -1, -1, 1]), ("OR", [-1, 1, 1, 1]), ("XOR", [-1, 1, 1, -1])):
    w, sweeps, mistakes = torch.zeros(3), 0, 1
    while mistakes and sweeps < 100:
        sweeps, mistakes = sweeps + 1, 0
        for sample, label in zip(x, y, strict=True):
            if label * (w @ sample) <= 0:  # wrong or undecided: move towards the sample
                w, mistakes = w + label * sample, mistakes + 1
    print(f"{name}: {mistakes} mistakes in sweep {sweeps}")
    #> AND: 0 mistakes in sweep 9
    #> OR: 0 mistakes in sweep 6
    #> XOR: 4 mistakes in sweep 100
