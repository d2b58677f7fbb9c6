"""What the larger trainings share: several processes on several devices, and how much of a device they use.

    torchrun --nproc-per-node 4 -m dlnotes train gan

starts four processes. Each sees its own part of every batch, and averages its gradients with the others'; the first one
writes the record.
"""

import atexit
import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel


class Process(NamedTuple):
    """Which of how many processes this is, and its device."""

    rank: int
    count: int
    device: str

    def share(self, batch: Tensor) -> Tensor:
        """The part of a batch, along its first dimension, that this process trains on."""
        if len(batch) % self.count:
            raise ValueError(f"a batch of {len(batch)} cannot be shared equally by {self.count} processes")
        return batch.chunk(self.count)[self.rank]

    def replicate(self, model: nn.Module) -> nn.Module:
        """A model whose gradients are the mean over all processes; with one process, the model itself."""
        return model if self.count == 1 else DistributedDataParallel(model)


@contextmanager
def process(device: str) -> Iterator[Process]:
    """This process among those that torchrun started, if it did; device is the kind, "cpu" or "cuda"."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Process(0, 1, device)
        return
    kind = torch.device(device).type
    if kind == "cuda":
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if kind == "cuda" else "gloo")
    # Replicas hold the group and are parts of cycles. One that outlives the interpreter keeps Gloo's threads alive, and
    # a thread that then lets go of a tensor aborts the process.
    atexit.register(gc.collect)
    try:
        yield Process(distributed.get_rank(), count, device)
    finally:
        distributed.destroy_process_group()


def operations(work: Callable[[], object]) -> int:
    """Floating-point operations of matrix products and convolutions, forward and backward, in a piece of work."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


def matrix_throughput(device: str, size: int = 1024, seconds: float = 0.3, dtype: torch.dtype = torch.float32) -> float:
    """Operations a second of a product of two size × size matrices, measured: what the device can do at best."""
    x, y = (torch.ones(size, size, device=device, dtype=dtype) for _ in range(2))
    out = torch.mm(x, y)
    synchronize(device)
    count, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        torch.mm(x, y, out=out)
        synchronize(device)
        count += 1
    return 2 * size**3 * count / elapsed


def synchronize(device: str) -> None:
    """Wait until the device has done all that it was given."""
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize(device)


def grid(images: Tensor, columns: int) -> Tensor:
    """Images in [0, 1], shape (n, height, width) or (n, height, width, 3), side by side as one picture of bytes."""
    rows = [torch.cat(list(row), dim=1) for row in images.split(columns)]
    return (255 * torch.cat(rows, dim=0).clamp(0, 1)).round().to("cpu", torch.uint8)
