"""The book's figures: one function here is one figure, drawn for the light and the dark theme.

`dlnotes/figures/<topic>.py` holds public functions that return a matplotlib Figure. A parameter is the name of a
record, which the function is given as a `dlnotes.runs.Run`; helpers begin with an underscore.

    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    from dlnotes.figures import shade
    from dlnotes.runs import Run

    def training(backpropagation: Run) -> Figure:
        figure, axes = plt.subplots()
        shade(axes, backpropagation.array("train_loss"), label="train")
        axes.set(xlabel="epoch", ylabel="loss (nats)")
        axes.legend()
        return figure

The style gives the colours C0 … C5, the ink `plt.rcParams["text.color"]` and the page's background
`plt.rcParams["axes.facecolor"]`; `theme`, `sequential` and `diverging` tell the rest. Files are
`docs/theme/assets/figures/<topic>/<name>.<theme>.svg`, equal byte for byte when drawn again, and hold a hash of all
that they depend on: only stale ones are drawn anew. `frame` makes an animation.
"""

import ast
import hashlib
import io
import os
import re
import subprocess
import sys
from functools import cache
from importlib import import_module, metadata
from pathlib import Path

import numpy as np

from dlnotes import runs

THEMES = ("light", "dark")
FRAME_SECONDS = 0.5  # how long an animation shows a frame
ROUNDS = 10  # how often it plays before it rests
INK = {"light": "#222222", "dark": "#e4e6eb"}
BACKGROUND = {"light": "#ffffff", "dark": "#1e2129"}
# Blue, orange, green, purple, ochre, grey after Okabe and Ito (2008), shifted to a contrast of 3:1 on the background.
COLOURS = {
    "light": ("#0072b2", "#d55e00", "#00875f", "#a8508a", "#8a6d00", "#666666"),
    "dark": ("#56b4e9", "#f0894a", "#2fc79a", "#e08fc0", "#f0e442", "#a6a6a6"),
}

# Matplotlib's own mathematical fonts, in which letters stand at other places: a browser would show f0 for f′.
FOREIGN_FONT = re.compile(r"font-family: '(cm[a-z]+10)'[^>]*>([^<]*)")


class FigureError(ValueError):
    """A figure is unknown or badly declared; the message says where and what to do."""


def names() -> list[tuple[str, str]]:
    """Topic and name of every figure, sorted by topic and then in the order of the source.

    Returns:
        Pairs such as ("softmax", "simplex").
    """
    topics = sorted(path.stem for path in (runs.PACKAGE / "figures").glob("[!_]*.py"))
    return [(topic, name) for topic in topics for name in _declared(topic)]


def records(topic: str, name: str) -> tuple[str, ...]:
    """Names of the records that a figure is drawn from.

    Args:
        topic: of the figure, such as "softmax".
        name: of its function.

    Returns:
        The names; none if the figure is computed from formulas alone.

    Raises:
        FigureError: there is no such figure.
    """
    figures = _declared(topic)
    if name not in figures:
        known = ", ".join(f"{topic}/{figure}" for figure in figures) or f"none in dlnotes/figures/{topic}.py"
        raise FigureError(f"no figure {topic}/{name}; there are: {known}")
    return figures[name]


def path(topic: str, name: str, theme: str, root: Path | None = None) -> Path:
    """The file of a figure for a theme.

    Args:
        topic: of the figure, such as "softmax".
        name: of its function.
        theme: "light" or "dark".
        root: a checkout of the book; None: the one that this package belongs to.

    Returns:
        The file, whether it exists or not.

    Raises:
        FigureError: the root is no checkout of the book.
    """
    root = root or runs.PACKAGE.parent
    if not (root / "docs").is_dir():
        raise FigureError(f"{root} is no checkout of the book (it has no docs folder); draw figures in a checkout")
    return root / "docs/theme/assets/figures" / topic / f"{name}.{theme}.svg"


def stale(root: Path | None = None) -> list[tuple[str, str]]:
    """The figures whose files are missing or were drawn from other code or other records.

    Args:
        root: a checkout of the book; None: the one that this package belongs to.

    Returns:
        Pairs of topic and name.
    """
    return [(topic, name) for topic, name in names() if not _is_fresh(topic, name, root)]


def draw_stale(root: Path | None = None) -> int:
    """Draw what is stale, in an interpreter of its own that has today's code.

    Args:
        root: a checkout of the book; None: the one that this package belongs to.

    Returns:
        How many figures were drawn.

    Raises:
        FigureError: one of them cannot be drawn.
    """
    waiting = len(stale(root))
    if waiting:
        command = [sys.executable, "-m", "dlnotes", "figures", *(["--root", str(root)] if root else [])]
        search_path = os.pathsep.join(filter(None, [str(runs.PACKAGE.parent), os.environ.get("PYTHONPATH")]))
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": search_path})
        if done.returncode:
            raise FigureError(done.stderr.strip())
    return waiting


def draw(topic: str, name: str, root: Path | None = None) -> None:
    """Draw one figure for both themes.

    Args:
        topic: of the figure, such as "softmax".
        name: of its function.
        root: a checkout of the book; None: the one that this package belongs to.
    """
    given = {record: runs.load(record) for record in records(topic, name)}
    files = {theme: path(topic, name, theme, root) for theme in THEMES}
    svg = {theme: _svg(topic, name, given, theme) for theme in THEMES}
    for theme in THEMES:
        runs.write_atomically(files[theme], svg[theme])


def style(theme: str) -> dict:
    """Matplotlib's settings for a theme; hash salt and text as text make the SVG the same on every drawing.

    Args:
        theme: "light" or "dark".

    Returns:
        Names of settings and their values.
    """
    from cycler import cycler

    ink = INK[theme]
    return {
        "figure.figsize": (6.0, 3.5),  # inches
        "figure.constrained_layout.use": True,
        "figure.facecolor": BACKGROUND[theme],
        "axes.facecolor": BACKGROUND[theme],
        "axes.edgecolor": ink,
        "axes.labelcolor": ink,
        "axes.prop_cycle": cycler(color=COLOURS[theme]),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 12,
        "font.size": 12,  # points: about 10 px where the page is 390 px wide
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
        "xtick.color": ink,
        "ytick.color": ink,
        "text.color": ink,
        "patch.edgecolor": ink,
        "legend.frameon": False,
        "legend.fontsize": 11,
        "lines.linewidth": 1.8,
        "grid.color": ink,
        "grid.alpha": 0.15,
        "savefig.transparent": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "dlnotes",
    }


def theme() -> str:
    """The theme that is being drawn.

    Returns:
        "light" or "dark".
    """
    import matplotlib

    return "dark" if matplotlib.rcParams["text.color"] == INK["dark"] else "light"


def sequential():
    """Colour map from the page's background, zero, to blue.

    Returns:
        A colour map of matplotlib.
    """
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("sequential", [BACKGROUND[theme()], COLOURS[theme()][0]])


def diverging():
    """Colour map from blue, negative, through the page's background to orange, positive; centre its norm on zero.

    Returns:
        A colour map of matplotlib.
    """
    from matplotlib.colors import LinearSegmentedColormap

    blue, orange = COLOURS[theme()][:2]
    return LinearSegmentedColormap.from_list("diverging", [blue, BACKGROUND[theme()], orange])


def shade(axes, series, x=None, **line) -> None:
    """Plot the mean over the seeds of a (seeds, steps) series as a line, and its range as a band.

    Args:
        axes: of matplotlib.
        series: one row a seed.
        x: the steps; None: 1, 2, …
        line: what goes to the line, e.g. label, color, linestyle.
    """
    series = np.asarray(series)
    x = np.arange(1, series.shape[1] + 1) if x is None else x
    (mean,) = axes.plot(x, series.mean(0), **line)
    axes.fill_between(x, series.min(0), series.max(0), color=mean.get_color(), alpha=0.25, linewidth=0)


def frame(number: int, *artists) -> None:
    """Make artists visible in one frame of an animation only; frames are numbered 0, 1, 2, …

    The file plays for a while and rests at the last frame, which is all that is shown where motion is not wanted.

    Args:
        number: of the frame.
        artists: of matplotlib.
    """
    for place, artist in enumerate(artists):
        artist.set_gid(f"frame-{number}.{place}")


def _animated(svg: str) -> str:
    """An SVG with the style that shows its frames one after the other; without frames it stays as it is."""
    frames = {int(number) for number in re.findall(r'id="frame-(\d+)\.', svg)}
    if not frames:
        return svg
    count = max(frames) + 1
    rules = ['[id^="frame-"] { visibility: hidden; }']
    for number in range(count):
        begin, end = (f"{100 * edge / count:.4g}%" for edge in (number, number + 1))
        hidden = "" if number == count - 1 else f" {end}, 100% {{ visibility: hidden; }}"
        steps = f"0% {{ visibility: hidden; }} {begin} {{ visibility: visible; }}{hidden}"
        play = f"show-{number} {count * FRAME_SECONDS:g}s step-end {ROUNDS} forwards"
        rules.append(f'@keyframes show-{number} {{ {steps} }} [id^="frame-{number}."] {{ animation: {play}; }}')
    still = f'[id^="frame-"] {{ animation: none; }} [id^="frame-{count - 1}."] {{ visibility: visible; }}'
    rules.append(f"@media print, (prefers-reduced-motion: reduce) {{ {still} }}")
    opening = svg.index(">", svg.index("<svg")) + 1
    return svg[:opening] + "\n <style>\n" + "\n".join(rules) + "\n </style>" + svg[opening:]


def _declared(topic: str) -> dict[str, tuple[str, ...]]:
    """Figure -> records of a topic, read from the source: importing it could load torch."""
    source = runs.PACKAGE / "figures" / f"{topic}.py"
    if not source.is_file():
        raise FigureError(f"no figures for {topic!r}: {source} does not exist")
    return _figures_in(source.read_text("utf-8"), source)


@cache
def _figures_in(text: str, source: Path) -> dict[str, tuple[str, ...]]:
    found = {}
    for function in ast.parse(text, str(source)).body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            where = f"{source}:{function.lineno}: {function.name}"
            if function.returns is None or ast.unparse(function.returns).rpartition(".")[2] != "Figure":
                raise FigureError(f"{where} must be annotated `-> Figure`; a helper's name begins with an underscore")
            found[function.name] = tuple(argument.arg for argument in function.args.args)
    return found


def _is_fresh(topic: str, name: str, root: Path | None) -> bool:
    expected = f"<dc:description>{_key(topic, name)}</dc:description>"
    files = [path(topic, name, theme, root) for theme in THEMES]
    return all(file.is_file() and expected in file.read_text("utf-8")[:4000] for file in files)


def _key(topic: str, name: str) -> str:
    """Hash of all that a figure depends on: code, engine, records and matplotlib."""
    parts = [runs.code_hash("dlnotes.figures", f"dlnotes.figures.{topic}"), _version("matplotlib")]
    for record in records(topic, name):
        file = runs.record_path(record)
        if not file.is_file():
            runs.load(record)  # raises and says how to make it
        parts.append(hashlib.sha256(file.read_bytes()).hexdigest())
    return "dlnotes " + hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


@cache
def _version(package: str) -> str:
    return metadata.version(package)


def _svg(topic: str, name: str, given: dict[str, runs.Run], theme: str) -> str:
    """A figure as SVG text."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib import textpath
    from matplotlib.figure import Figure

    # Each drawing would parse all formulas anew, a fifth of its time: they share one parser, which remembers them.
    textpath.TextToPath = lambda: textpath.text_to_path

    with plt.rc_context(style(theme)):
        figure = getattr(import_module(f"dlnotes.figures.{topic}"), name)(**given)
        if not isinstance(figure, Figure):
            raise FigureError(f"dlnotes/figures/{topic}.py: {name} returned {type(figure).__name__}, expected a Figure")
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Description": _key(topic, name)})
        plt.close(figure)
    svg = text.getvalue()
    if found := FOREIGN_FONT.search(svg):
        raise FigureError(
            f"dlnotes/figures/{topic}.py: {name} takes {found[2]!r} from the font {found[1]}, which browsers do not "
            "have; write ′ for a prime, and no \\mathcal"
        )
    return _animated(svg)
