"""The book's training runs: one module here is one experiment and makes one record, both of the same name.

A topic's experiment is `dlnotes/experiments/<topic>.py`; a further one is `<topic>_<name>.py`; what several of them
share is in modules whose names begin with an underscore. An experiment defines

>>> import time
>>> from dataclasses import dataclass
>>> from dlnotes.experiments import progress, record
>>> @dataclass(frozen=True)
... class Config:  # every knob, with its unit
...     dataset: str = "fashion_mnist"
...     epochs: int = 10  # passes over the training set
...     lr: float = 0.1
...     seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
...     device: str = "cuda"
>>> CPU = Config(epochs=3, device="cpu")  # optional: the run for a machine without a GPU
>>> def run(config):  # Config -> Run
...     started = time.time()
...     loss = [[config.lr * seed / epoch for epoch in range(1, config.epochs + 1)] for seed in progress(config.seeds)]
...     accuracy = [1 - epochs[-1] for epochs in loss]  # lists, arrays or tensors; the first axis is the seed
...     series, results = {"train_loss": loss}, {"test_accuracy": accuracy}
...     return record(config, started, series=series, results=results, data=config.dataset)
>>> def smoke():  # () -> Run: the same code on embedded data, seconds on a CPU; the tests run it
...     return run(Config(dataset="digits", epochs=2, seeds=(0, 1), device="cpu"))

An experiment that a CPU cannot do says `NEEDS_GPU = True` instead of a CPU configuration; it may have no record yet.

`python -m dlnotes train <name>` runs it and writes `dlnotes/runs/<name>.json`. Nothing here needs more than torch,
numpy, jaxtyping and tqdm.
"""

import base64
import dataclasses
import json
import platform
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np

import dlnotes
from dlnotes import runs
from dlnotes.runs import Run, code_hash, png


class ExperimentError(ValueError):
    """An experiment is unknown or cannot run here; the message says what to do."""


def names() -> list[str]:
    """Names of all experiments, sorted.

    Returns:
        The names, such as "softmax".
    """
    return sorted(path.stem for path in (runs.PACKAGE / "experiments").glob("[!_]*.py"))


def without_record() -> list[str]:
    """Names of the experiments that have made no record yet.

    Returns:
        The names, sorted.
    """
    return sorted(set(names()) - set(runs.names()))


def needs_gpu(experiment: ModuleType) -> bool:
    """Whether an experiment says that a CPU cannot do it.

    Args:
        experiment: its module.

    Returns:
        What it says; False if it says nothing.
    """
    return getattr(experiment, "NEEDS_GPU", False)


def module(name: str) -> ModuleType:
    """The module of an experiment.

    Args:
        name: of the experiment.

    Returns:
        The module, imported.

    Raises:
        ExperimentError: there is no such experiment.
    """
    if name not in names():
        raise ExperimentError(f"no experiment {name!r}; there are: {', '.join(names()) or 'none'}")
    return import_module(f"dlnotes.experiments.{name}")


def configure(experiment: ModuleType, device: str | None = None, seeds: int | None = None):
    """The experiment's Config for a device and for some seeds.

    Args:
        experiment: its module.
        device: such as "cuda" or "cpu"; None: a GPU where there is one.
        seeds: how many, counted from 0; None: those of the Config.

    Returns:
        An instance of the module's Config.

    Raises:
        ExperimentError: the device is unknown or not here, or there would be no seed.
    """
    import torch

    if device is None:
        device = "cuda" if needs_gpu(experiment) or torch.cuda.is_available() else "cpu"
    try:
        kind = torch.device(device).type
    except RuntimeError as error:
        raise ExperimentError(f"torch knows no device {device!r}; use cuda or cpu") from error
    if needs_gpu(experiment) and not (kind == "cuda" and torch.cuda.is_available()):
        name = experiment.__name__.rpartition(".")[2]
        raise ExperimentError(f"{name} needs a CUDA GPU; `python -m dlnotes train {name} --smoke` tries it without one")
    if kind == "cuda" and not torch.cuda.is_available():
        raise ExperimentError(f"torch {torch.__version__} finds no CUDA GPU for device {device!r}; use --device cpu")
    if seeds is not None and seeds < 1:
        raise ExperimentError(f"{seeds} seeds were asked for; at least 1 is needed")
    config = experiment.CPU if kind == "cpu" and hasattr(experiment, "CPU") else experiment.Config()
    return dataclasses.replace(config, device=device, seeds=config.seeds if seeds is None else tuple(range(seeds)))


def progress(items: Iterable, label: str = "", total: int | None = None) -> Iterable:
    """The items, with a progress bar on a terminal.

    Args:
        items: to go through.
        label: what stands before the bar.
        total: how many there are, if the items do not know.

    Returns:
        The items.
    """
    from tqdm import tqdm

    return tqdm(items, desc=label, total=total, disable=None, leave=False)


def record(
    config, started: float, *, series=None, results=None, data: str | tuple[str, ...] = (), axes=None, images=None
) -> Run:
    """The Run of an experiment, with its device, time, versions and the hashes of its code and data.

    Args:
        config: of a class that the experiment's module defines, which names the run.
        started: `time.time()` at the beginning.
        series: name to lists, arrays or tensors whose first axis is the seed; see `dlnotes.runs` for others.
        results: name to one number per seed.
        data: names of the data sets of `dlnotes.data` that were used.
        axes: name of a series to the names of its axes, where the first is not the seed.
        images: name to tensors or arrays of bytes, shape (height, width) or (height, width, 3).

    Returns:
        The run, not saved yet.
    """
    import torch

    from dlnotes.data import SHA256

    name = type(config).__module__.rpartition(".")[2]
    datasets = (data,) if isinstance(data, str) else data
    measured = {key: _numbers(value) for key, value in (series or {}).items()}
    final = {key: _numbers(value) for key, value in (results or {}).items()}
    seconds = time.time() - started  # after the numbers have come from the device
    return Run(
        experiment=name,
        config=json.loads(json.dumps(dataclasses.asdict(config))),
        seeds=tuple(config.seeds),
        device=device_name(config.device),
        started=datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        seconds=seconds,
        versions={
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
            "dlnotes": dlnotes.__version__,
        },
        code=code_hash(f"dlnotes.experiments.{name}"),
        data={file: digest for dataset in datasets for file, digest in SHA256[dataset].items()},
        series=measured,
        results=final,
        axes=dict(axes or {}),
        images={key: base64.b64encode(png.encode(np.asarray(value))).decode() for key, value in (images or {}).items()},
    )


def device_name(device: str) -> str:
    """The device's own name: the GPU's as torch reports it, or the CPU's model and the threads that torch uses.

    Args:
        device: as torch names it, such as "cuda:0".

    Returns:
        The name that the record carries.
    """
    import torch

    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    if torch.device(device).type != "cpu":
        return f"{device} ({platform.machine()})"
    threads = torch.get_num_threads()
    return f"{cpu_model()}, {threads} thread{'s' if threads > 1 else ''}"


def cpu_model() -> str:
    """What the CPU is called.

    Returns:
        Its name, as the system tells it.
    """
    information = Path("/proc/cpuinfo")  # Linux; elsewhere what Python knows
    found = re.search(r"^model name\s*:\s*(.+)$", information.read_text(), re.M) if information.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _numbers(values) -> list | float:
    """Lists, arrays or tensors, also lists of these, as nested lists of Python numbers."""
    if hasattr(values, "tolist"):
        return values.tolist()
    return [_numbers(value) for value in values] if isinstance(values, list | tuple) else values
