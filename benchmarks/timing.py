"""Time and peak memory of a call, measured beside a reference in the same run."""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch


def seconds(call: Callable[[], object], repeats: int = 20) -> float:
    """Median wall time of one call, after two calls to warm up."""
    return paired_seconds([call], repeats)[0]


def paired_seconds(calls: list[Callable[[], object]], repeats: int = 20) -> list[float]:
    """Median wall time of each call; the calls take turns, so that a busy machine slows all of them alike."""
    times: list[list[float]] = [[] for _ in calls]
    for turn in range(-2, repeats):
        for call, measured in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            if turn >= 0:
                measured.append(time.perf_counter() - start)
    return [statistics.median(measured) for measured in times]


def peak_bytes(call: Callable[[], object]) -> int:
    """Memory that the process holds at the peak of one call, beyond what it held before: resident pages, Linux only.

    Blocks of some megabytes go back to the system when they are freed; make the tensors that large.
    """
    if sys.platform != "linux":
        raise OSError(f"peak memory is read from /proc/self/status, which {sys.platform} does not have")
    call()
    Path("/proc/self/clear_refs").write_text("5")  # resets the high-water mark to what is resident now
    before = _resident_peak()
    call()
    return _resident_peak() - before


def _resident_peak() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def compare(name: str, ours: Callable[[], object], reference: Callable[[], object], repeats: int = 20) -> None:
    """Prints time and peak memory of both calls and the ratios ours / reference."""
    mine, theirs = paired_seconds([ours, reference], repeats)
    my_peak, their_peak = peak_bytes(ours), peak_bytes(reference)
    print(
        f"{name:<28} {mine * 1e3:8.2f} ms / {theirs * 1e3:8.2f} ms = {mine / theirs:5.2f}"
        f"   {my_peak / 2**20:7.1f} MiB / {their_peak / 2**20:7.1f} MiB = {my_peak / max(their_peak, 1):5.2f}"
    )
