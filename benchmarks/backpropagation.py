"""Forward and backward pass by the chapter's formulas beside torch's autograd: python -m benchmarks.backpropagation"""

from itertools import pairwise

import torch
from torch.nn import functional

from benchmarks.timing import paired_seconds, peak_bytes
from dlnotes.backpropagation import backward, forward, he_normal

SIZES = [784, 256, 128, 10]


def main() -> None:
    print(f"MLP {SIZES}, {torch.get_num_threads()} thread(s), torch {torch.__version__}: dlnotes / autograd")
    for samples in (256, 2048):
        ours, autograd = paired_seconds(gradient_calls(samples))
        print(f"batch {samples}: {ours * 1e3:.2f} ms / {autograd * 1e3:.2f} ms = {ours / autograd:.2f}")
    samples = 65536  # blocks so large that freed ones go back to the system
    ours, autograd = (peak_bytes(call) / 2**20 for call in gradient_calls(samples))
    print(f"batch {samples}: peak memory {ours:.0f} MiB / {autograd:.0f} MiB = {ours / autograd:.2f}")


def gradient_calls(samples: int) -> tuple:
    """The same gradients twice: by the formulas, and by autograd through torch.nn."""
    generator = torch.Generator().manual_seed(0)
    weights, biases = he_normal(SIZES, generator)
    x = torch.randn(samples, SIZES[0], generator=generator)
    y = functional.one_hot(torch.randint(SIZES[-1], (samples,), generator=generator), SIZES[-1]).float()

    layers = [torch.nn.Linear(fan_in, fan_out) for fan_in, fan_out in pairwise(SIZES)]
    for layer, weight, bias in zip(layers, weights, biases, strict=True):
        layer.load_state_dict({"weight": weight, "bias": bias})
    network = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    parameters = list(network.parameters())

    def by_formulas():
        return backward(forward(x, weights, biases), y, weights)

    def by_autograd():
        return torch.autograd.grad(functional.cross_entropy(network(x), y), parameters)

    return by_formulas, by_autograd


if __name__ == "__main__":
    main()
