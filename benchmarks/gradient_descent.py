"""Time of dlnotes' SGD step and of clipping beside torch's foreach: python -m benchmarks.gradient_descent"""

import torch

from benchmarks.timing import compare
from dlnotes import gradient_descent

SHAPES = [(256, 256), (256,)] * 50


def parameters() -> list[torch.Tensor]:
    params = [torch.randn(shape, requires_grad=True) for shape in SHAPES]
    for param in params:
        param.grad = 1e-3 * torch.randn_like(param)
    return params


def main() -> None:
    torch.manual_seed(0)
    print(f"{len(SHAPES)} tensors, {torch.get_num_threads()} thread(s), torch {torch.__version__}: dlnotes / torch")
    for options in ({"lr": 1e-3}, {"lr": 1e-3, "weight_decay": 1e-2}):
        ours = gradient_descent.SGD(parameters(), **options)
        reference = torch.optim.SGD(parameters(), **options, foreach=True)
        compare(f"SGD step, {options}", ours.step, reference.step)
    params = parameters()
    compare(
        "clip_grad_norm_",
        lambda: gradient_descent.clip_grad_norm_(params, 1.0),
        lambda: torch.nn.utils.clip_grad_norm_(params, 1.0, foreach=True),
    )


if __name__ == "__main__":
    main()
