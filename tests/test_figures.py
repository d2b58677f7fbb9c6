"""Figures: the same bytes on every drawing, drawn anew exactly when something they depend on changed, readable."""

import gzip
import io
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

import dlnotes.__main__
from dlnotes import figures, runs
from dlnotes.figures import BACKGROUND, COLOURS, INK, THEMES, FigureError

pytest_plugins = ["tiny_book"]  # the fixture book

BOTH = [("demo", "training"), ("demo", "maps")]


def drawing(topic, name):
    return [figures.path(topic, name, theme).read_bytes() for theme in THEMES]


@pytest.fixture
def drawn(book):
    """The tiny book with a record and all its figures."""
    book.record()
    for topic, name in figures.stale():
        figures.draw(topic, name)
    return book


def test_figures_and_their_records_are_read_from_the_source(book):
    assert figures.names() == BOTH
    assert figures.records("demo", "training") == ("demo",)
    assert figures.records("demo", "maps") == ()
    assert "dlnotes.figures.demo" not in sys.modules


def test_drawn_figures_are_fresh_and_lie_where_pages_look(drawn):
    assert figures.stale() == []
    folder = drawn.root / "docs/theme/assets/figures/demo"
    files = ["maps.dark.svg", "maps.light.svg", "training.dark.svg", "training.light.svg"]
    assert sorted(file.name for file in folder.iterdir()) == files


def test_a_second_drawing_gives_the_same_bytes(drawn):
    before = [drawing(*figure) for figure in BOTH]
    for figure in BOTH:
        figures.draw(*figure)
    assert [drawing(*figure) for figure in BOTH] == before


def test_another_interpreter_draws_the_same_bytes_and_says_how_many(drawn):
    before = [drawing(*figure) for figure in BOTH]
    for theme in THEMES:
        figures.path("demo", "maps", theme).unlink()
    figures.path("demo", "training", "dark").write_text("cut off")
    draw = "from dlnotes import figures; print(figures.draw_stale(), figures.draw_stale())"
    (drawn.package / "__init__.py").write_text("__version__ = '0'")
    shutil.copy(dlnotes.__main__.__file__, drawn.package)
    environment = os.environ | {"PYTHONPATH": str(drawn.root), "PYTHONHASHSEED": "7"}
    done = subprocess.run([sys.executable, "-c", draw], capture_output=True, text=True, env=environment, cwd=drawn.root)
    assert done.stdout == "2 0\n", done.stderr
    assert [drawing(*figure) for figure in BOTH] == before


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("demo.py", "/ 2", "/ 3", BOTH),
        ("figures/demo.py", '"step"', '"steps"', BOTH),
        ("figures/__init__.py", '"font.size": 12', '"font.size": 11', BOTH),
        ("runs/demo.json", "3.5", "3.6", [("demo", "training")]),
        ("demo.py", "Half of it.", "One half of it.", []),
    ],
)
def test_what_changed_decides_what_is_stale(drawn, file, old, new, expected):
    drawn.edit(file, old, new)
    assert figures.stale() == expected


def test_another_matplotlib_makes_all_stale(drawn, monkeypatch):
    monkeypatch.setattr(figures, "_version", lambda package: "99")
    assert figures.stale() == BOTH


def test_a_changed_record_changes_the_figure(drawn):
    before = drawing("demo", "training")
    drawn.edit("runs/demo.json", "3.5", "9.5")
    figures.draw("demo", "training")
    assert all(new != old for new, old in zip(drawing("demo", "training"), before, strict=True))


def test_a_failing_drawing_leaves_the_old_figure_whole(drawn):
    before = drawing("demo", "training")
    drawn.edit("figures/demo.py", "axes.legend()", "assert theme() == 'light', theme()")
    with pytest.raises(AssertionError, match="dark"):
        figures.draw("demo", "training")
    assert drawing("demo", "training") == before


def test_missing_and_damaged_records_are_named(book):
    with pytest.raises(runs.RecordError, match=r"runs/demo\.json: no such record"):
        figures.stale()
    book.write("runs/demo.json", "{")
    with pytest.raises(runs.RecordError, match=r"runs/demo\.json: corrupt or truncated"):
        figures.draw("demo", "training")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("def maps() -> Figure:", "def maps():", r"figures/demo\.py:\d+: maps must be annotated `-> Figure`"),
        ("def maps() -> Figure:", "def maps() -> int:", "maps must be annotated"),
    ],
)
def test_badly_declared_figures_are_refused(book, old, new, message):
    book.record()
    book.edit("figures/demo.py", old, new)
    with pytest.raises(FigureError, match=message):
        figures.draw("demo", "training")


def test_a_function_that_returns_no_figure_is_refused(book):
    book.record()
    book.edit("figures/demo.py", "    return figure", "    return 3")
    book.edit(
        "figures/demo.py", "def ", "from typing import no_type_check\n\n\n@no_type_check\ndef "
    )  # tests check types
    with pytest.raises(FigureError, match=r"dlnotes/figures/demo\.py: training returned int, expected a Figure"):
        figures.draw("demo", "training")


def test_unknown_figures_are_answered_with_the_known(book):
    with pytest.raises(FigureError, match="no figure demo/other; there are: demo/training, demo/maps"):
        figures.records("demo", "other")
    with pytest.raises(FigureError, match="no figures for 'other'"):
        figures.records("other", "training")


def test_without_a_checkout_nothing_is_drawn(book, tmp_path):
    with pytest.raises(FigureError, match="is no checkout of the book"):
        figures.path("demo", "maps", "light", tmp_path / "elsewhere")


def luminance(colour):
    """Relative luminance of a colour, WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


def contrast(first, second):
    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_colours_stand_out_from_the_page(theme):
    assert min(contrast(colour, BACKGROUND[theme]) for colour in COLOURS[theme]) >= 3
    assert contrast(INK[theme], BACKGROUND[theme]) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_style_reaches_the_figure(theme):
    with plt.rc_context(figures.style(theme)):
        assert figures.theme() == theme
        assert to_rgb("C1") == to_rgb(COLOURS[theme][1])
        assert figures.sequential()(0.0)[:3] == pytest.approx(to_rgb(BACKGROUND[theme]))
        assert figures.diverging()(1.0)[:3] == pytest.approx(to_rgb(COLOURS[theme][1]))
        assert matplotlib.rcParams["figure.constrained_layout.use"]


def test_shade_draws_mean_and_range():
    figure, axes = plt.subplots()
    figures.shade(axes, np.array([[1.0, 2.0], [3.0, 6.0]]), x=np.array([5.0, 6.0]), label="a")
    assert axes.lines[0].get_xydata().tolist() == [[5, 2], [6, 4]]
    corners = {tuple(corner) for corner in axes.collections[0].get_paths()[0].vertices.tolist()}
    assert {(5, 1), (6, 2), (6, 6), (5, 3)} <= corners
    plt.close(figure)


@pytest.mark.parametrize(("topic", "name"), figures.names())
def test_every_figure_of_the_book_draws_the_same_twice(topic, name, site):
    """Both themes by the build, in another interpreter, and the light one here."""
    built = drawing(topic, name)
    assert built == [(site / "en/assets/figures" / topic / f"{name}.{theme}.svg").read_bytes() for theme in THEMES]
    records = {record: runs.load(record) for record in figures.records(topic, name)}
    again = figures._svg(topic, name, records, "light").encode()
    assert again == built[0], "if another torch or another machine drew the old one: `make clean`"
    size = max(len(gzip.compress(svg)) for svg in built)
    assert size < 30_000, f"{size} bytes packed slow the page: draw fewer points or rasterise them"
    for svg in built:
        assert b"<image" in svg or ElementTree.fromstring(svg).findall(".//{*}text"), "axes need labels"


# Animations


def test_animation_shows_each_frame_in_turn_and_the_last_one_where_motion_is_not_wanted():
    figure, axes = plt.subplots()
    for number in range(3):
        figures.frame(number, *axes.plot([0, number]), axes.text(0, 0, str(number)))
    text = io.StringIO()
    figure.savefig(text, format="svg")
    plt.close(figure)
    svg = figures._animated(text.getvalue())
    tree = ElementTree.fromstring(svg)
    ids = [element.get("id") for element in tree.iter() if (element.get("id") or "").startswith("frame-")]
    assert sorted(ids) == [f"frame-{number}.{place}" for number in range(3) for place in range(2)]
    style = tree.find("{*}style").text
    assert "@keyframes show-1 { 0% { visibility: hidden; } 33.33% { visibility: visible; } 66.67%, 100% " in style
    assert style.count("animation: show-") == 3
    still = style[style.index("prefers-reduced-motion: reduce") :]
    assert "animation: none" in still and '[id^="frame-2."] { visibility: visible; }' in still


def test_a_figure_without_frames_has_no_style_of_its_own():
    assert figures._animated("<svg><g id='a'/></svg>") == "<svg><g id='a'/></svg>"


def test_symbols_that_browsers_would_show_wrongly_are_refused(book):
    book.record()
    book.edit("figures/demo.py", 'ylabel="loss (nats)"', 'ylabel="$f\'$"')
    with pytest.raises(FigureError, match="takes '0' from the font cmsy10, which browsers do not have; write ′"):
        figures.draw("demo", "training")
