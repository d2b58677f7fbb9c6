"""How the experiments with images use a device well: layout, precision, compiled code, and what it can do at best."""

import torch
from torch import nn

from dlnotes.experiments._engine import matrix_throughput


def place(model: nn.Module, device: str) -> nn.Module:
    """The model on the device, its convolutions in the layout that GPUs are fastest in: channels last."""
    return model.to(device, memory_format=torch.channels_last)


def compiled(model: nn.Module, backend: str) -> nn.Module:
    """The model compiled by a backend of torch.compile, or as it is if that is empty."""
    return torch.compile(model, backend=backend) if backend else model


def precision(device: str, mixed: bool) -> torch.autocast:
    """The context in which matrix products and convolutions are done in bfloat16, if that is wanted."""
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=mixed)


def best_throughput(device: str, mixed: bool, seconds: float = 0.5) -> float:
    """Operations a second of a product of matrices that are large enough for the device, in the precision used."""
    size = 8192 if torch.device(device).type == "cuda" else 1024
    return matrix_throughput(device, size, seconds, torch.bfloat16 if mixed else torch.float32)
