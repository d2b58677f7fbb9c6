"""The block `/// figure | <topic>/<name>`: a figure in both themes, its caption, and where its data come from."""

import re
import xml.etree.ElementTree as etree
from pathlib import Path

from markdown.util import AtomicString
from pymdownx.blocks.block import Block, type_string

from dlnotes import figures, runs
from dlnotes.runs import Run

SIZE = re.compile(r'<svg\b[^>]*\bviewBox="0 0 ([\d.]+) ([\d.]+)"')
PIXELS_PER_POINT = 4 / 3


class Figure(Block):
    NAME = "figure"
    ARGUMENT = True
    OPTIONS = {"alt": ("", type_string)}  # noqa: RUF012, pymdownx's own interface

    def on_create(self, parent: etree.Element) -> etree.Element:
        topic, _, name = self.argument.strip().partition("/")
        figure = etree.SubElement(parent, "figure", {"id": f"fig-{topic}-{name}"})
        try:
            records = figures.records(topic, name)
            if not self.options["alt"]:
                raise ValueError(f"figure {topic}/{name} needs an alt text: what it shows, for those who cannot see it")
            for theme in figures.THEMES:
                etree.SubElement(figure, "img", image_attributes(topic, name, theme, self.options["alt"]))
            self.provenance = [provenance(runs.load(record), self.book.page.language) for record in records]
        except ValueError as error:
            self.book.page.mistake(f"/// {self.NAME} | {self.argument}", str(error))
            self.provenance = []
        self.provenance = self.provenance or [computed(topic, self.book.page.language)]
        etree.SubElement(figure, "figcaption")
        return figure

    @property
    def book(self):
        return self.config["book"]

    def on_add(self, block: etree.Element) -> etree.Element:
        return block.find("figcaption")

    def on_end(self, block: etree.Element) -> None:
        for line in self.provenance:
            paragraph = etree.SubElement(
                block.find("figcaption"), "p", {"class": "provenance", "data-search-exclude": ""}
            )
            paragraph.text = AtomicString(line)


def image_attributes(topic: str, name: str, theme: str, alt: str) -> dict[str, str]:
    path = figures.path(topic, name, theme)
    if not path.exists():
        raise ValueError(f"figure {topic}/{name} is not drawn: run `python -m dlnotes figures {topic}`")
    width, height = image_size(path)
    return {
        "src": f"assets/figures/{topic}/{path.name}",
        "alt": alt,
        "class": f"only-{theme}",
        "width": str(width),
        "height": str(height),
        "loading": "lazy",
    }


def image_size(svg: Path) -> tuple[int, int]:
    """Width and height of an SVG file in CSS pixels."""
    with svg.open(encoding="utf-8") as file:
        try:
            return svg_size(file.read(2000))  # the rest may be long
        except ValueError as error:
            raise ValueError(f"{svg}: {error}; delete it and run `python -m dlnotes figures`") from error


def svg_size(svg: str) -> tuple[int, int]:
    """Width and height in CSS pixels, from the view box in points."""
    found = SIZE.search(svg)
    if found is None:
        raise ValueError("no SVG with a view box")
    return round(float(found[1]) * PIXELS_PER_POINT), round(float(found[2]) * PIXELS_PER_POINT)


def computed(topic: str, language: str) -> str:
    """What is said of a figure that no run enters."""
    source = f"dlnotes/figures/{topic}.py"
    return {
        "en": f"Computed from the formula, no training run: {source}",
        "zh": f"由公式直接计算，不含训练：{source}",
    }[language]


def provenance(run: Run, language: str) -> str:
    """Device, date, wall time, seeds and versions of the run that a figure shows."""
    versions = {name: run.versions[key] for name, key in VERSIONS.items() if key in run.versions}
    software = {"en": ", ", "zh": "、"}[language].join(f"{name} {version}" for name, version in versions.items())
    seeds = len(run.seeds)
    return {
        "en": f"Recorded on {run.device}, {run.date}, in {duration(run.seconds, 'en')}, "
        f"{seeds} seed{'s' if seeds > 1 else ''}; {software}",
        "zh": f"记录于 {run.device}，{run.date}，用时 {duration(run.seconds, 'zh')}，{seeds} 个随机种子；{software}",
    }[language]


VERSIONS = {"dlnotes": "dlnotes", "PyTorch": "torch", "NumPy": "numpy", "Python": "python"}


def duration(seconds: float, language: str) -> str:
    """A wall time with the two largest units that matter."""
    hour, minute, second = {"en": (" h ", " min ", " s"), "zh": (" 小时 ", " 分 ", " 秒")}[language]
    if seconds < 60:
        return f"{seconds:.2g}{second}"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{minute}{rest}{second}"
    return f"{minutes // 60}{hour}{minutes % 60}{minute}".rstrip()
