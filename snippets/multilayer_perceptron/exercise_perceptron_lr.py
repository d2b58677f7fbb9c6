import torch

from dlnotes import check

torch.manual_seed(0)
x = torch.cat([torch.randn(60, 2), torch.ones(60, 1)], dim=1)
y = torch.where(x @ torch.tensor([1.0, -2.0, 0.5]) > 0, 1.0, -1.0)


def mistakes(lr: float, start: torch.Tensor) -> int:
    weight, count, clean = start.clone(), 0, 0
    while clean < len(x):
        for sample, label in zip(x, y, strict=True):
            wrong = label * (weight @ sample) <= 0
            clean = 0 if wrong else clean + 1
            if wrong:
                weight, count = weight + lr * label * sample, count + 1
    return count


for name, start in (("0", torch.zeros(3)), ("(1, 1, 1)", torch.ones(3))):
    print(f"from {name}: {[mistakes(lr, start) for lr in (0.25, 1.0, 4.0)]} mistakes with the rates 0.25, 1, 4")
#> from 0: [31, 31, 31] mistakes with the rates 0.25, 1, 4
#> from (1, 1, 1): [19, 34, 88] mistakes with the rates 0.25, 1, 4
check("multilayer_perceptron.2", lambda start, rate: start / rate)
#> multilayer_perceptron.2: right. It agrees with the reference on all 20 inputs.
