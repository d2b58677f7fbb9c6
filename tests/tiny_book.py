"""A book of one topic, ``demo``, in a temporary folder: what the engines of runs and figures are tried on."""

import sys
from pathlib import Path

import pytest

import dlnotes.experiments
import dlnotes.figures
from dlnotes import runs

TOPIC = '''
def half(number):
    """Half of it."""
    return number / 2
'''

EXPERIMENT = """
import time
from dataclasses import dataclass

from dlnotes.demo import half
from dlnotes.experiments import progress, record


@dataclass(frozen=True)
class Config:
    steps: int = 4
    scale: tuple[float, ...] = (1.0, 2.0)
    seeds: tuple[int, ...] = (0, 1, 2)
    device: str = "cuda"


CPU = Config(steps=3, device="cpu")


def run(config):
    started = time.time()
    loss = [[half(seed + 1) / (step + 1) for step in range(config.steps)] for seed in progress(config.seeds)]
    return record(config, started, series={"loss": loss}, results={"final": [row[-1] for row in loss]}, data="digits")


def smoke():
    return run(Config(steps=2, seeds=(0,), device="cpu"))
"""

FIGURES = """
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from dlnotes.demo import half
from dlnotes.figures import diverging, sequential, shade, theme
from dlnotes.runs import Run


def training(demo: Run) -> Figure:
    figure, axes = plt.subplots()
    shade(axes, demo.array("loss"), label=theme())
    axes.set(xlabel="step", ylabel="loss (nats)")
    axes.legend()
    return figure


def maps() -> Figure:
    figure, (left, right) = plt.subplots(1, 2)
    left.imshow([[0, half(1)], [half(1), 1]], cmap=sequential())
    right.pcolormesh([[-1, 0], [0, 1]], cmap=diverging())
    return figure
"""


class TinyBook:
    """A checkout with one topic; the engines look into it once it is entered."""

    def __init__(self, root: Path):
        self.root = root
        self.package = root / "dlnotes"
        for folder in ("docs", "dlnotes/runs", "dlnotes/experiments", "dlnotes/figures"):
            (root / folder).mkdir(parents=True)
        for engine in ("runs/__init__", "runs/png", "experiments/__init__", "figures/__init__"):
            source = Path(runs.__file__).parents[1] / f"{engine}.py"
            (self.package / f"{engine}.py").write_text(source.read_text("utf-8"), "utf-8")
        self.write("demo.py", TOPIC)
        self.write("experiments/demo.py", EXPERIMENT)
        self.write("figures/demo.py", FIGURES)

    def write(self, file: str, text: str) -> None:
        """Write a file of the package; Python forgets what it knew of the topic."""
        (self.package / file).write_text(text, "utf-8")
        for module in ("dlnotes.demo", "dlnotes.experiments.demo", "dlnotes.figures.demo"):
            sys.modules.pop(module, None)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.package / file).read_text("utf-8")
        assert old in text
        self.write(file, text.replace(old, new))

    def record(self, **changes) -> runs.Run:
        """Save a run of the demo experiment, as if it had been trained."""
        entries = {
            "experiment": "demo",
            "config": {"steps": 3},
            "seeds": (0, 1),
            "device": "A CPU, 1 thread",
            "started": "2026-11-20T07:30:00+00:00",
            "seconds": 12.0,
            "versions": {"python": "3.12.1", "torch": "2.13.0", "numpy": "2.4.6", "dlnotes": "0.1.0"},
            "code": runs.code_hash("dlnotes.experiments.demo"),
            "data": {"digits.npz": "00ff"},
            "series": {"loss": [[3.0, 2.0, 1.0], [3.5, 2.5, 1.5]], "step": [1, 2, 3]},
            "axes": {"step": ["step"]},
            "results": {"accuracy": [0.5, 0.75]},
        }
        run = runs.Run(**(entries | changes))
        runs.save(run)
        return run


@pytest.fixture
def book(tmp_path, monkeypatch):
    book = TinyBook(tmp_path)
    monkeypatch.setattr(runs, "PACKAGE", book.package)
    for package in (dlnotes, dlnotes.experiments, dlnotes.figures):
        here = book.package / package.__name__.partition(".")[2]
        monkeypatch.setattr(package, "__path__", [str(here), *package.__path__])
    yield book
    for module in ("dlnotes.demo", "dlnotes.experiments.demo", "dlnotes.figures.demo"):
        sys.modules.pop(module, None)
