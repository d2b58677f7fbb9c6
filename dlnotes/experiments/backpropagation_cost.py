"""What gradients cost in time: the backward pass beside the forward pass, and three ways to a gradient.

Every number is the shortest of several repetitions on one random network; a seed is a network.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd import forward_ad

from dlnotes.backpropagation import backward, forward, he_normal, mean_cross_entropy, numerical_gradient
from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    depth: int = 4  # layers
    batch: int = 256  # samples of the first part; the second uses one
    widths: tuple[int, ...] = (64, 128, 256, 512, 1024)  # units of every layer, first part
    small_widths: tuple[int, ...] = (2, 4, 8, 16)  # units of every layer, second part
    repetitions: int = 30  # of a single pass
    slow_repetitions: int = 3  # of a gradient that takes one pass or two for each parameter
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # random networks
    device: str = "cpu"


def seconds(functions: Sequence[Callable[[], object]], repetitions: int, device: str) -> list[float]:
    """Shortest time of one call of each function, taken in turn so that all see the same load of the machine.

    On a CPU the time is that of the processor, which other programs disturb less than they do a clock on the wall.
    """
    on_cpu = torch.device(device).type == "cpu"
    clock = time.process_time if on_cpu else time.perf_counter
    shortest = [float("inf")] * len(functions)
    for repetition in range(repetitions + 1):
        for i, function in enumerate(functions):
            start = clock()
            function()
            if not on_cpu:
                torch.cuda.synchronize()
            if repetition > 0:  # the first round warms up
                shortest[i] = min(shortest[i], clock() - start)
    return shortest


def random_problem(config: Config, width: int, batch: int, seed: int, dtype: torch.dtype) -> tuple:
    """Samples, targets, weights and biases of a network whose layers are all equally wide."""
    generator = torch.Generator().manual_seed(seed)
    weights, biases = he_normal([width] * (config.depth + 1), generator, dtype)
    x = torch.randn(batch, width, generator=generator, dtype=dtype)
    y = torch.randn(batch, width, generator=generator, dtype=dtype).softmax(dim=-1)
    x, y = x.to(config.device), y.to(config.device)
    return x, y, [w.to(config.device) for w in weights], [b.to(config.device) for b in biases]


def passes(config: Config, width: int, seed: int) -> list[float]:
    """Seconds of the forward and of the backward pass."""
    x, y, weights, biases = random_problem(config, width, config.batch, seed, torch.float32)
    outputs = forward(x, weights, biases)
    both = [lambda: forward(x, weights, biases), lambda: backward(outputs, y, weights)]
    return seconds(both, config.repetitions, config.device)


def gradients(config: Config, width: int, seed: int) -> list[float]:
    """Seconds of the gradient by all weights of one sample: reverse mode, forward mode, central differences."""
    x, y, weights, biases = random_problem(config, width, 1, seed, torch.float64)
    shapes = [w.shape for w in weights]
    flat = torch.cat([w.flatten() for w in weights])

    def loss(parameters: Tensor) -> Tensor:
        pieces = parameters.split([shape.numel() for shape in shapes])
        layers = [piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True)]
        return mean_cross_entropy(forward(x, layers, biases)[-1], y)

    def forward_mode() -> list[Tensor]:
        """One Jacobian-vector product for each parameter."""
        with forward_ad.dual_level():
            duals = (forward_ad.make_dual(flat, direction) for direction in torch.eye(len(flat)).to(flat))
            return [forward_ad.unpack_dual(loss(dual)).tangent for dual in duals]

    def reverse_mode() -> tuple:
        return backward(forward(x, weights, biases), y, weights)

    slow = [forward_mode, lambda: numerical_gradient(loss, flat)]
    return [
        *seconds([reverse_mode], config.repetitions, config.device),
        *seconds(slow, config.slow_repetitions, config.device),
    ]


def run(config: Config) -> Run:
    started = time.time()
    both = torch.tensor([[passes(config, w, s) for w in config.widths] for s in progress(config.seeds, "passes")])
    modes = torch.tensor(
        [[gradients(config, w, s) for w in config.small_widths] for s in progress(config.seeds, "modes")]
    )
    names = ("reverse_seconds", "forward_mode_seconds", "central_seconds")
    return record(
        config,
        started,
        series={
            "forward_seconds": both[..., 0],
            "backward_seconds": both[..., 1],
            **{name: modes[..., i] for i, name in enumerate(names)},
        },
        results={
            "backward_over_forward": both[:, -1, 1] / both[:, -1, 0],  # at the largest width
            "forward_mode_over_reverse": modes[:, -1, 1] / modes[:, -1, 0],
            "central_over_reverse": modes[:, -1, 2] / modes[:, -1, 0],
        },
    )


def smoke() -> Run:
    """The same code on small networks."""
    return run(
        Config(depth=2, batch=8, widths=(4, 8), small_widths=(2, 3), repetitions=2, slow_repetitions=1, seeds=(0, 1))
    )
