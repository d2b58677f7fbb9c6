"""Time of dlnotes' normalisations, forward and backward, beside torch's: python -m benchmarks.normalization"""

from functools import partial

import torch
from torch.nn import functional as F

from benchmarks.timing import paired_seconds
from dlnotes import normalization as ours

BATCH = [(256, 512), (32, 32, 28, 28), (128, 64, 14, 14), (16, 256, 7, 7)]  # samples, channels, positions
LAYER = [(512, 1024), (64, 128, 256), (4096, 64)]  # normalised over the last dimension


def main() -> None:
    torch.manual_seed(0)
    print(f"forward+backward, {torch.get_num_threads()} thread(s), torch {torch.__version__}: dlnotes / torch")
    for shape in BATCH:
        options = {"running_mean": None, "running_var": None, "training": True}
        beside(f"batch_norm {shape}", shape, shape[1], *(partial(m.batch_norm, **options) for m in (ours, F)))
    for shape in LAYER:
        size = shape[-1:]
        beside(
            f"layer_norm {shape}", shape, size[0], *(partial(m.layer_norm, normalized_shape=size) for m in (ours, F))
        )
    for shape in BATCH[1:3]:
        beside(f"group_norm {shape}", shape, shape[1], *(partial(m.group_norm, num_groups=8) for m in (ours, F)))


def beside(name: str, shape: tuple[int, ...], parameters: int, *functions) -> None:
    """Times both functions on one input, with weight and bias, and gradients of all three."""
    x = torch.randn(shape, requires_grad=True)
    weight, bias = torch.ones(parameters, requires_grad=True), torch.zeros(parameters, requires_grad=True)
    grad_output = torch.randn(shape)

    def forward_backward(function):
        def call():
            torch.autograd.grad(function(x, weight=weight, bias=bias), (x, weight, bias), grad_output)

        return call

    mine, theirs = paired_seconds([forward_backward(function) for function in functions], repeats=40)
    print(f"{name:<30} {mine * 1e3:8.2f} ms / {theirs * 1e3:8.2f} ms = {mine / theirs:5.2f}")


if __name__ == "__main__":
    main()
