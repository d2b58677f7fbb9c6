"""The recorded training runs: what the book's curves and quoted numbers come from.

>>> from dlnotes import runs
>>> run = runs.load("backpropagation")
>>> run.mean("test_accuracy") > 0.8  # over the seeds; also std, min, max, median
True
>>> run.array("train_loss").shape[0] == len(run.seeds)  # (seeds, steps)
True

A record `<name>.json` lies beside this file and is named as the experiment `dlnotes/experiments/<name>.py` that
made it. Series hold nested lists of finite numbers whose first axis is the seed; where it is not, `axes` names all
axes of the series, e.g. `{"step": ["step"]}`. Results hold one number per seed. Images, e.g. a grid of samples, are
PNG files as text in base64.
"""

import ast
import base64
import binascii
import hashlib
import importlib.util
import json
import math
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from dlnotes.runs import png

SCHEMA = 1
DIGITS = 6  # significant decimal digits kept of every measured number
IMAGE_LIMIT = 150_000  # bytes of one image's PNG
PACKAGE = Path(__file__).resolve().parents[1]

# Changes to these do not change what an experiment computes: records tell their data by its own hash.
MACHINERY = {"dlnotes", "dlnotes.data", "dlnotes.runs", "dlnotes.experiments", "dlnotes.figures"}


class RecordError(ValueError):
    """A record is missing, damaged or does not hold what was asked for; the message says what to do."""


@dataclass(frozen=True)
class Run:
    """One recorded run of an experiment over several seeds."""

    experiment: str  # name of the module in dlnotes/experiments and of the record
    config: dict  # the experiment's Config
    seeds: tuple[int, ...]  # of the random numbers; every result has one number for each
    device: str  # as torch reports it, e.g. "NVIDIA H200", or the CPU's model and threads
    started: str  # UTC, ISO 8601
    seconds: float  # wall time of all seeds
    versions: dict[str, str]  # python, torch, numpy, dlnotes
    code: str  # code_hash of the experiment when it ran
    data: dict[str, str]  # file -> sha256
    series: dict[str, list]  # measured over time, (seeds, ...)
    results: dict[str, list]  # final numbers, one per seed
    axes: dict[str, list[str]] = field(default_factory=dict)  # of the series whose first axis is not the seed
    images: dict[str, str] = field(default_factory=dict)  # base64 of PNG files

    @property
    def date(self) -> str:
        """The UTC day on which the run started, e.g. "2026-11-20"."""
        return self.started[:10]

    def array(self, name: str) -> np.ndarray:
        """A series as an array of shape (seeds, ...), or as `axes` says.

        Args:
            name: of the series.

        Returns:
            The array.

        Raises:
            RecordError: the record has no such series.
        """
        return np.asarray(_entry(self.series, name, "series", self.experiment))

    def image(self, name: str) -> np.ndarray:
        """An image as an array of bytes.

        Args:
            name: of the image.

        Returns:
            The pixels, shape (height, width) or (height, width, 3).

        Raises:
            RecordError: the record has no such image.
        """
        return png.decode(base64.b64decode(_entry(self.images, name, "image", self.experiment)))

    def result(self, name: str) -> np.ndarray:
        """A result as an array.

        Args:
            name: of the result.

        Returns:
            One number per seed, shape (seeds,).

        Raises:
            RecordError: the record has no such result.
        """
        return np.asarray(_entry(self.results, name, "result", self.experiment))

    def mean(self, name: str) -> float:
        """Mean of a result over the seeds.

        Args:
            name: of the result.

        Returns:
            A number.

        Raises:
            RecordError: the record has no such result.
        """
        return float(self.result(name).mean())

    def std(self, name: str) -> float:
        """Sample standard deviation over the seeds (divisor: seeds - 1).

        Args:
            name: of the result.

        Returns:
            A number.

        Raises:
            RecordError: the record has no such result, or but one seed.
        """
        if len(self.seeds) < 2:
            raise RecordError(f"record {self.experiment}: a standard deviation needs two seeds or more, it has one")
        return float(self.result(name).std(ddof=1))

    def min(self, name: str) -> float:
        """Smallest value of a result over the seeds.

        Args:
            name: of the result.

        Returns:
            A number.

        Raises:
            RecordError: the record has no such result.
        """
        return float(self.result(name).min())

    def max(self, name: str) -> float:
        """Largest value of a result over the seeds.

        Args:
            name: of the result.

        Returns:
            A number.

        Raises:
            RecordError: the record has no such result.
        """
        return float(self.result(name).max())

    def median(self, name: str) -> float:
        """Median of a result over the seeds.

        Args:
            name: of the result.

        Returns:
            A number.

        Raises:
            RecordError: the record has no such result.
        """
        return float(np.median(self.result(name)))


def names(folder: Path | None = None) -> list[str]:
    """Names of all records, sorted.

    Args:
        folder: where the records lie; None: those that came with dlnotes.

    Returns:
        The names, such as "softmax".
    """
    return sorted(path.stem for path in (folder or PACKAGE / "runs").glob("*.json"))


def record_path(name: str, folder: Path | None = None) -> Path:
    """The file of a record, whether it exists or not.

    Args:
        name: of the record.
        folder: where the records lie; None: those that came with dlnotes.

    Returns:
        The path of its JSON file.

    Raises:
        RecordError: it cannot be a name.
    """
    if not name.isidentifier() or name != name.lower():
        raise RecordError(f"{name!r} cannot be a record's name: expected a snake_case identifier such as softmax_sgd")
    return (folder or PACKAGE / "runs") / f"{name}.json"


def load(name: str, folder: Path | None = None) -> Run:
    """Read and validate one record.

    Args:
        name: of the record.
        folder: where the records lie; None: those that came with dlnotes.

    Returns:
        The run.

    Raises:
        RecordError: there is none or it is damaged; the message names the file and the remedy.
    """
    path = record_path(name, folder)
    if not path.exists():
        known = ", ".join(names(folder)) or "none"
        raise RecordError(f"{path}: no such record (there are: {known}); run `python -m dlnotes train {name}`")
    try:
        text = path.read_text("utf-8")
    except ValueError as error:
        raise RecordError(f"{path}: corrupt, no text ({error}); restore it from version control") from error
    return _decoded(name, path, text)


@lru_cache(maxsize=256)
def _decoded(name: str, path: Path, text: str) -> Run:
    """The Run that a record's text holds; a page asks for the same record many times."""
    remedy = f"restore it from version control or run `python -m dlnotes train {name}`"
    try:
        content = json.loads(text)
    except ValueError as error:
        raise RecordError(f"{path}: corrupt or truncated, not JSON ({error}); {remedy}") from error
    if not isinstance(content, dict) or content.pop("schema", None) != SCHEMA:
        raise RecordError(f"{path}: not a record of schema {SCHEMA}, the one this dlnotes reads; {remedy}")
    content.setdefault("images", {})  # records without images do not mention them
    try:
        validate(content)
    except RecordError as error:
        raise RecordError(f"{path}: {error}; {remedy}") from error
    if content["experiment"] != name:
        raise RecordError(f"{path}: holds the experiment {content['experiment']!r}; rename the file or {remedy}")
    return Run(**(content | {"seeds": tuple(content["seeds"])}))


def save(run: Run, folder: Path | None = None) -> Path:
    """Write a record; an interruption at any moment leaves the old record whole.

    Args:
        run: what to write, under the name of its experiment.
        folder: where the records lie; None: those that came with dlnotes.

    Returns:
        The file.

    Raises:
        RecordError: the run is not valid, see `validate`.
    """
    validate(vars(run))
    path = record_path(run.experiment, folder)
    write_atomically(path, _encode(run))
    return path


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's content in one step: readers see the old text or the new one, never a part.

    Args:
        path: of the file; folders above it are made.
        text: its new content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def fresh(run: Run) -> bool:
    """Whether the experiment's code is still the one that made the record.

    Args:
        run: the record.

    Returns:
        False if the code has changed, or if the experiment is gone.
    """
    module = f"dlnotes.experiments.{run.experiment}"
    return _source(module) is not None and run.code == code_hash(module)


def code_hash(*modules: str) -> str:
    """Hash of what the modules compute, and of the dlnotes modules that they import, directly or not.

    Comments, docstrings, layout and the Python version do not enter.

    Args:
        modules: names of modules, such as "dlnotes.softmax".

    Returns:
        16 hexadecimal digits.

    Raises:
        RecordError: there is no such module.
    """
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        path = _source(module)
        if module in found or path is None:
            continue
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        found[module], imported = _parsed(path.read_text("utf-8"), package)
        waiting += imported - MACHINERY
    if missing := set(modules) - set(found):
        raise RecordError(f"no module {', '.join(sorted(missing))} in {PACKAGE}")
    canonical = "\n".join(f"{module}: {found[module]}" for module in sorted(found))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def validate(entries: dict) -> None:
    """Check the entries of a run.

    Args:
        entries: what the fields of a `Run` hold, by name.

    Raises:
        RecordError: an entry is missing, unknown or not what it must be; the message says which and how.
    """
    expected = {entry.name for entry in fields(Run)}
    _expect(expected <= set(entries), f"lacks {sorted(expected - set(entries))}")
    _expect(set(entries) <= expected, f"holds unknown {sorted(set(entries) - expected)}")
    for name in ("experiment", "device", "started", "code"):
        _expect(isinstance(entries[name], str) and entries[name], f"{name} is not a text")
    for name in ("config", "versions", "data", "series", "results", "axes", "images"):
        _expect(isinstance(entries[name], dict), f"{name} is not a table")
    for name in ("versions", "data", "images"):
        _expect(all(isinstance(text, str) for text in entries[name].values()), f"{name} holds other than texts")
    _expect(
        _is_utc(entries["started"]), f"started is {entries['started']!r}, not a time such as 2026-11-20T07:30:00+00:00"
    )
    seconds, seeds = entries["seconds"], entries["seeds"]
    _expect(_is_number(seconds) and seconds >= 0, f"seconds is {seconds!r}, not a time")
    _expect(isinstance(seeds, list | tuple) and seeds, "seeds are not a list of integers")
    _expect(all(type(seed) is int for seed in seeds), f"seeds are not integers: {list(seeds)}")
    _expect(len(set(seeds)) == len(seeds), f"seeds repeat: {list(seeds)}")
    _check_measurements(len(seeds), entries["series"], entries["results"], entries["axes"])
    for name, text in entries["images"].items():
        _check_image(name, text)


def _check_image(name: str, text: str) -> None:
    """An image is the base64 of a whole PNG file, not too large for a page."""
    try:
        data = base64.b64decode(text, validate=True)
        png.decode(data)
    except (binascii.Error, ValueError, KeyError, struct.error, zlib.error) as error:
        raise RecordError(f"image {name} is no base64 of a PNG file ({error})") from error
    _expect(len(data) <= IMAGE_LIMIT, f"image {name} has {len(data):,} bytes, more than {IMAGE_LIMIT:,}")


def _check_measurements(seeds: int, series: dict, results: dict, axes: dict) -> None:
    """Every result has one number per seed; every series has the seed as its first axis, or the axes named."""
    _expect(series or results, "there is neither a series nor a result")
    _expect(set(axes) <= set(series), f"axes names no series: {sorted(set(axes) - set(series))}")
    for name, numbers in results.items():
        shape = _shape(f"result {name}", numbers)
        _expect(shape == (seeds,), f"result {name} has shape {shape}, expected one number per seed, {seeds}")
    for name, numbers in series.items():
        shape = _shape(f"series {name}", numbers)
        named = axes.get(name, ["seed"] + ["?"] * (len(shape) - 1))
        _expect(
            isinstance(named, list) and len(named) == len(shape), f"series {name} has {len(shape)} axes, not {named}"
        )
        by_seed = [size for axis, size in zip(named, shape, strict=True) if axis == "seed"]
        _expect(by_seed in ([], [seeds]), f"series {name} has shape {shape}; its seed axis must be {seeds} long")


def _shape(what: str, numbers) -> tuple[int, ...]:
    """Shape of nested lists; raises unless they are rectangular and hold finite numbers only."""
    _expect(isinstance(numbers, list) and numbers, f"{what} is not a list of numbers")
    shape, level = [], [numbers]
    while level and all(isinstance(entry, list) for entry in level):
        sizes = {len(entry) for entry in level}
        _expect(len(sizes) == 1, f"{what} is ragged: rows of {sorted(sizes)} entries")
        shape += sizes
        level = [entry for row in level for entry in row]
    for entry in level:
        _expect(not isinstance(entry, list), f"{what} mixes numbers and lists")
        _expect(_is_number(entry), f"{what} holds {entry!r}, not a finite number")
    return tuple(shape)


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_utc(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() == timedelta(0)
    except ValueError:
        return False


def _expect(condition, message: str) -> None:
    if not condition:
        raise RecordError(message)


def _entry(table: dict, name: str, kind: str, experiment: str):
    if name not in table:
        raise RecordError(f"record {experiment} has no {kind} {name!r}; it has: {', '.join(sorted(table)) or 'none'}")
    return table[name]


def _encode(run: Run) -> str:
    """The record's JSON, keys sorted, one entry of a table per line so that changes are easy to read."""
    content = {entry.name: getattr(run, entry.name) for entry in fields(Run)} | {"schema": SCHEMA}
    if not run.images:
        del content["images"]
    content |= {"seconds": _rounded(run.seconds), "series": _rounded(run.series), "results": _rounded(run.results)}
    return "{\n" + ",\n".join(f'"{key}": {_table(content[key])}' for key in sorted(content)) + "\n}\n"


def _table(value) -> str:
    if not isinstance(value, dict) or not value:
        return _compact(value)
    return "{\n" + ",\n".join(f"  {_compact(key)}: {_compact(value[key])}" for key in sorted(value)) + "\n}"


def _compact(value) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _source(module: str) -> Path | None:
    """The file of a dlnotes module, found without importing it."""
    place = PACKAGE.joinpath(*module.split(".")[1:])
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


@cache
def _parsed(source: str, package: str) -> tuple[str, set[str]]:
    """A module's canonical text, and the dlnotes modules that it may import."""
    tree = ast.parse(source)
    return _canonical(tree), set(_imported(tree, package))


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Names that may be dlnotes modules, of all import statements."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "dlnotes")
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            if base.split(".")[0] == "dlnotes":
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)


def _canonical(node) -> str:
    """A syntax tree as text, without docstrings and without empty fields, which differ between Python versions."""
    if isinstance(node, list):
        return "[" + ",".join(map(_canonical, node)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    parts = {name: value for name, value in ast.iter_fields(node) if value is not None and value != []}
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
        parts["body"] = node.body[1:]
    return f"{type(node).__name__}({','.join(f'{name}={_canonical(value)}' for name, value in parts.items())})"
