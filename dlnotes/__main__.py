"""The book's commands: `python -m dlnotes {train,runs,figures,data}`; `--help` tells more."""

import argparse
import dataclasses
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from dlnotes import experiments, figures, runs


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status: 0 done, 1 something is stale, 2 an error, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except (runs.RecordError, experiments.ExperimentError, figures.FigureError) as error:
        return _complain(error)
    except KeyboardInterrupt:
        print("\ninterrupted; no record was changed", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dlnotes", description="Train, list and draw what the book shows.")
    commands = parser.add_subparsers(required=True, metavar="command")

    train = commands.add_parser("train", help="run an experiment and write its record")
    train.add_argument("experiment", help="its name, e.g. backpropagation")
    train.add_argument("--device", help="cuda or cpu; by default cuda where there is a GPU")
    train.add_argument("--seeds", type=int, metavar="N", help="train with the seeds 0 … N-1")
    train.add_argument("--smoke", action="store_true", help="seconds on a CPU, to see that it works; writes no record")
    train.add_argument("--folder", type=Path, help="where the record goes; by default into the package")
    train.set_defaults(command=_train)

    table = commands.add_parser("runs", help="list the records")
    table.set_defaults(command=_runs)

    draw = commands.add_parser("figures", help="draw the figures that are stale")
    draw.add_argument("topic", nargs="?", help="only this topic's")
    draw.add_argument("--check", action="store_true", help="draw nothing; list the stale ones and exit with status 1")
    draw.add_argument("--root", type=Path, help="the checkout to draw into")
    draw.set_defaults(command=_figures)

    data = commands.add_parser("data", help="download a data set")
    data.add_argument("name", choices=["fashion_mnist", "cifar10"])
    data.add_argument("--folder", type=Path, help="where its files go; by default the user's cache")
    data.set_defaults(command=_data)
    return parser


def _train(options: argparse.Namespace) -> int:
    from dlnotes.data import DataError

    if options.smoke and (options.device or options.seeds):
        raise experiments.ExperimentError("--smoke has a configuration of its own: leave out --device and --seeds")
    experiment = experiments.module(options.experiment)
    code = runs.code_hash(experiment.__name__)  # as imported: the files may be edited while it trains
    try:
        if options.smoke:
            run = experiment.smoke()
        else:
            run = experiment.run(experiments.configure(experiment, options.device, options.seeds))
    except DataError as error:
        return _complain(error)
    if os.environ.get("RANK", "0") != "0":  # of several processes that torchrun started, the first reports
        return 0
    run = dataclasses.replace(run, code=code)
    for name in run.results:
        print(f"{name}: {run.mean(name):.6g} ({run.min(name):.6g} … {run.max(name):.6g}, {_count(run.seeds, 'seed')})")
    if options.smoke:
        print(f"smoke run of {run.seconds:.1f} s on {run.device}; no record was written")
    else:
        print(f"{run.seconds:.1f} s on {run.device}; written to {runs.save(run, options.folder)}")
    return 0


def _runs(options: argparse.Namespace) -> int:
    rows = [("record", "device", "date", "time", "seeds", "code")]
    for name in runs.names():
        run = runs.load(name)
        state = "fresh" if runs.fresh(run) else "stale"
        rows.append((name, run.device, run.date, f"{run.seconds:.0f} s", str(len(run.seeds)), state))
    for name in experiments.without_record():
        needed = "needs a GPU" if experiments.needs_gpu(experiments.module(name)) else "not run yet"
        rows.append((name, needed, "-", "-", "-", "no record"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _figures(options: argparse.Namespace) -> int:
    stale = figures.stale(options.root)
    if options.topic:
        if options.topic not in {topic for topic, _ in figures.names()}:
            raise figures.FigureError(f"no figures for {options.topic!r} in dlnotes/figures")
        stale = [(topic, name) for topic, name in stale if topic == options.topic]
    if options.check:
        for topic, name in stale:
            print(f"stale: {topic}/{name}")
        return int(bool(stale))
    for topic, name in _draw_all(stale, options.root):
        print(f"drawn: {topic}/{name}", flush=True)
    print(f"{_count(stale, 'figure')} drawn")
    return 0


def _draw_all(wanted: list[tuple[str, str]], root: Path | None) -> Iterator[tuple[str, str]]:
    """Draw figures and tell of each; many of them on all processors."""
    draw = partial(_draw, root=root)
    if len(wanted) < 6:  # sooner done than other processes have started
        yield from map(draw, wanted)
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the processes fill the processors; torch is not loaded yet
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(draw, wanted)


def _draw(figure: tuple[str, str], root: Path | None) -> tuple[str, str]:
    figures.draw(*figure, root)
    return figure


def _data(options: argparse.Namespace) -> int:
    from dlnotes import data

    download = {"fashion_mnist": data.download_fashion_mnist, "cifar10": data.download_cifar10}[options.name]
    try:
        print(f"{options.name} is in {download(options.folder)}")
    except data.DataError as error:
        return _complain(error)
    return 0


def _complain(error: Exception) -> int:
    print(f"error: {error}", file=sys.stderr)
    return 2


def _count(things, noun: str) -> str:
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"


if __name__ == "__main__":
    sys.exit(main())
