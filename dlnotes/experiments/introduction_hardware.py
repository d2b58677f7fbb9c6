"""What a device does in a second: matrix products, elementwise operations, and the same ones fused by a compiler."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    products: tuple[int, ...] = (64, 128, 256, 512, 1024, 2048, 4096, 8192)  # n of an n×n by n×n product
    entries: int = 1 << 26  # of the elementwise operands
    backend: str = "inductor"  # of torch.compile; "eager" needs no compiler
    seconds: float = 0.3  # of every measurement, at least
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # repetitions
    device: str = "cuda"


CPU = Config(products=(8, 16, 32, 64, 128, 256, 512, 1024), entries=1 << 24, device="cpu")
BYTES = 4  # of a float32


def scale_shift_relu(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """relu(a x + b): three operations, each of which reads and writes whole tensors unless they are fused."""
    return torch.relu(a * x + b)


def rate(work: Callable[[], Tensor], config: Config) -> float:
    """How often a second the work is done."""
    work()  # compiles, allocates
    synchronize(config.device)
    count, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < config.seconds:
        work()
        synchronize(config.device)
        count += 1
    return count / elapsed


def synchronize(device: str) -> None:
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize()


def product_rates(config: Config) -> list[float]:
    """Floating-point operations a second of every product: 2 n³ each."""
    rates = []
    for n in config.products:
        x, y, out = (torch.ones(n, n, device=config.device) for _ in range(3))
        rates.append(2 * n**3 * rate(lambda x=x, y=y, out=out: torch.mm(x, y, out=out), config))
    return rates


def elementwise_rates(config: Config) -> tuple[float, float, float]:
    """Additions a second of x + x, and evaluations of relu(a x + b) a second, eager and compiled."""
    x, a, b, out = (torch.ones(config.entries, device=config.device) for _ in range(4))
    fused = torch.compile(scale_shift_relu, backend=config.backend)
    addition = rate(lambda: torch.add(x, x, out=out), config)
    eager, compiled = (rate(lambda f=f: f(x, a, b), config) for f in (scale_shift_relu, fused))
    return config.entries * addition, config.entries * eager, config.entries * compiled


def run(config: Config) -> Run:
    """Measures everything once per seed."""
    started = time.time()
    products = [product_rates(config) for _ in progress(config.seeds, "products")]
    additions, eager, compiled = zip(*(elementwise_rates(config) for _ in config.seeds), strict=True)
    peak = [max(rates) for rates in products]
    bandwidth = [2 * BYTES * rate for rate in additions]  # one operand read, one result written
    results = {"peak": peak, "bandwidth": bandwidth, "addition": additions, "eager": eager, "compiled": compiled}
    return record(
        config,
        started,
        series={"product": products, "size": list(config.products)},
        results=results | {"speedup": [c / e for c, e in zip(compiled, eager, strict=True)]},
        axes={"size": ["product"]},
    )


def smoke() -> Run:
    """Tiny tensors, one after the other, without a compiler."""
    return run(Config(products=(8, 16), entries=1 << 10, backend="eager", seconds=1e-3, seeds=(0, 1), device="cpu"))
