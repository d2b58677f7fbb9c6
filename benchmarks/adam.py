"""Time of the chapter's optimisers' steps beside torch's foreach implementations: python -m benchmarks.adam"""

import torch

from benchmarks.timing import compare
from dlnotes import adam

SHAPES = {"many small": [(32, 32), (32,)] * 200, "few large": [(1024, 1024)] * 4}
OPTIONS = {
    "Adagrad": {},
    "RMSprop": {"momentum": 0.9, "centered": True},
    "Adam": {"amsgrad": True},
    "AdamW": {},
}


def parameters(shapes: list[tuple[int, ...]]) -> list[torch.Tensor]:
    params = [torch.randn(shape, requires_grad=True) for shape in shapes]
    for param in params:
        param.grad = 1e-3 * torch.randn_like(param)
    return params


def main() -> None:
    torch.manual_seed(0)
    print(f"{torch.get_num_threads()} thread(s), torch {torch.__version__}: dlnotes / torch, foreach=True")
    for size, shapes in SHAPES.items():
        for name, options in OPTIONS.items():
            ours = getattr(adam, name)(parameters(shapes), **options)
            reference = getattr(torch.optim, name)(parameters(shapes), **options, foreach=True)
            compare(f"{name}, {size}", ours.step, reference.step)


if __name__ == "__main__":
    main()
