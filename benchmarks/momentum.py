"""Time of an SGD step with momentum beside torch's foreach: python -m benchmarks.momentum"""

import torch

from benchmarks.timing import compare
from dlnotes.momentum import SGD

MODELS = {"400 small tensors": [(16, 16), (16,)] * 200, "4 large tensors": [(1024, 1024), (1024,)] * 2}
OPTIONS = ({}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"momentum": 0.9, "weight_decay": 1e-2})


def parameters(shapes: list[tuple[int, ...]]) -> list[torch.Tensor]:
    params = [torch.randn(shape, requires_grad=True) for shape in shapes]
    for param in params:
        param.grad = 1e-3 * torch.randn_like(param)
    return params


def main() -> None:
    torch.manual_seed(0)
    print(f"{torch.get_num_threads()} thread(s), torch {torch.__version__}: dlnotes / torch foreach")
    for model, shapes in MODELS.items():
        for options in OPTIONS:
            ours = SGD(parameters(shapes), **options)
            reference = torch.optim.SGD(parameters(shapes), **options, foreach=True)
            compare(f"{model}, {', '.join(options) or 'plain'}", ours.step, reference.step)


if __name__ == "__main__":
    main()
