"""Time of a convolution and its batch norm in evaluation mode, as two layers and folded into one."""

import copy
import statistics
import time
from dataclasses import dataclass

import torch
from torch import nn

from dlnotes.experiments import progress, record
from dlnotes.normalization import fuse_bn_
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    channels: tuple[int, ...] = (8, 16, 32, 64, 128)  # of input and output
    size: int = 28  # pixels, height and width of the images
    images: int = 8  # in a batch
    kernel: int = 3  # pixels
    repeats: int = 100  # timed calls of each, in turns; the median counts
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # weights, inputs, and repetition of the whole measurement
    device: str = "cuda"


CPU = Config(images=4, repeats=100, device="cpu")


@torch.no_grad()
def milliseconds(config: Config, channels: int, seed: int) -> tuple[float, float]:
    """Median time of the two layers and of the folded one; the calls take turns."""
    torch.manual_seed(seed)
    convolution = nn.Conv2d(channels, channels, config.kernel, padding=config.kernel // 2, bias=False)
    pair = nn.Sequential(convolution, nn.BatchNorm2d(channels)).to(config.device)
    x = torch.randn(config.images, channels, config.size, config.size, device=config.device)
    pair(x)  # moves the running statistics away from 0 and 1
    pair.eval()
    folded = fuse_bn_(copy.deepcopy(convolution), pair[1])
    if not torch.allclose(folded(x), pair(x), atol=1e-4):
        raise ArithmeticError(f"the folded layer of {channels} channels differs from the two")
    times = [[], []]
    for _ in range(config.repeats):
        for layer, measured in zip((pair, folded), times, strict=True):
            begun = time.perf_counter()
            layer(x)
            if config.device != "cpu":
                torch.cuda.synchronize()
            measured.append(1e3 * (time.perf_counter() - begun))
    two, one = map(statistics.median, times)
    return two, one


def run(config: Config) -> Run:
    started = time.time()
    measured = torch.tensor(
        [[milliseconds(config, channels, seed) for channels in config.channels] for seed in progress(config.seeds)]
    )
    two, one = measured.unbind(-1)
    return record(
        config,
        started,
        series={"two_ms": two, "one_ms": one},
        results={f"share_{channels}": (one / two)[:, k] for k, channels in enumerate(config.channels)},
    )


def smoke() -> Run:
    """The same code with few calls, in seconds on a CPU."""
    return run(Config(channels=(4, 8), size=6, images=2, repeats=3, seeds=(0, 1), device="cpu"))
