"""The block `/// explore | <topic>/<name>`: a figure with controls, live where scripts run and static elsewhere.

The static figure is an ordinary one of `dlnotes/figures/<topic>.py`; `docs/theme/assets/explore/<topic>.js` makes it
live.
"""

import json
import re
import xml.etree.ElementTree as etree
from pathlib import Path

from markdown.util import AtomicString
from pymdownx.blocks.block import type_any, type_string

from dlnotes.book.figure_block import Figure, computed
from dlnotes.book.pages import ROOT

SCRIPTS = ROOT / "docs/theme/assets/explore"
IMPORTS = re.compile(r"\A// imports: (?P<topics>.+)\n")
WORDS = {
    "en": {
        "legend": "Controls of the figure",
        "still": "On a screen, and where JavaScript runs, this figure has controls.",
        "live": "live: ",
    },
    "zh": {
        "legend": "图的控件",
        "still": "在屏幕上并启用 JavaScript 时，此图可以操作。",
        "live": "交互部分：",
    },
}


class Explore(Figure):
    NAME = "explore"
    # Names that the script knows, with what the page calls them: sliders, buttons, numbers, and outcomes in words.
    LABELS = ("controls", "buttons", "results", "words")
    OPTIONS = {"alt": ("", type_string)} | {kind: ({}, type_any) for kind in LABELS}

    def on_create(self, parent: etree.Element) -> etree.Element:
        figure = super().on_create(parent)
        topic, _, name = self.argument.strip().partition("/")
        words = WORDS[self.book.page.language]
        try:
            scripts = self.scripts(topic, name)
            labels = {kind: checked_labels(kind, self.options[kind]) for kind in self.LABELS}
        except ValueError as error:
            self.book.page.mistake(f"/// explore | {self.argument}", str(error))
            return figure
        self.provenance = [
            f"{computed(topic, self.book.page.language)}; {words['live']}docs/theme/assets/explore/{topic}.js"
        ]
        figure.set("class", "explore")
        figure.set("data-explore", f"{topic}/{name}")
        figure.set("data-scripts", " ".join(scripts))
        figure.set("data-words", json.dumps(labels["words"], ensure_ascii=False))
        stage = etree.Element("div", {"class": "explore-stage"})
        for image in figure.findall("img"):
            figure.remove(image)
            stage.append(image)
        parts = [stage, controls(words["legend"], labels["controls"], labels["buttons"]), results(labels["results"])]
        parts.append(etree.Element("output", {"class": "explore-status"}))  # what is announced after a change
        parts.append(text_element("p", words["still"], {"class": "explore-still", "data-search-exclude": ""}))
        for position, part in enumerate(parts):
            figure.insert(position, part)
        return figure

    def scripts(self, topic: str, name: str) -> list[str]:
        """The scripts that the figure needs, in the order in which they are to run."""
        path = SCRIPTS / f"{topic}.js"
        if not path.exists() or f'define("{topic}/{name}"' not in path.read_text("utf-8"):
            raise ValueError(f'nothing makes {topic}/{name} live: {shown(path)} has no define("{topic}/{name}", …)')
        imported = IMPORTS.match(path.read_text("utf-8"))
        return ["explore", *(imported["topics"].split() if imported else []), topic]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def checked_labels(kind: str, labels: object) -> dict[str, str]:
    if isinstance(labels, dict) and all(isinstance(text, str) for pair in labels.items() for text in pair):
        return labels
    raise ValueError(f"{kind} of an explorable figure are written {{name: label, …}}, got {labels}")


def text_element(tag: str, text: str, attributes: dict[str, str]) -> etree.Element:
    """An element with words that are no Markdown."""
    element = etree.Element(tag, attributes)
    element.text = AtomicString(text)
    return element


def controls(legend: str, sliders: dict[str, str], buttons: dict[str, str]) -> etree.Element:
    """Sliders and buttons, out of use until the script gives them their range."""
    attributes = {"class": "explore-controls", "disabled": "disabled", "data-search-exclude": ""}
    fieldset = etree.Element("fieldset", attributes)
    fieldset.append(text_element("legend", legend, {}))
    for name, text in sliders.items():
        label = etree.SubElement(fieldset, "label")
        label.append(text_element("span", text, {}))
        # The slider itself tells its value to screen readers.
        label.append(text_element("span", "", {"data-value": name, "aria-hidden": "true"}))
        etree.SubElement(label, "input", {"type": "range", "name": name, "autocomplete": "off"})
    if buttons:
        row = etree.SubElement(fieldset, "div", {"class": "explore-buttons"})
        for name, text in buttons.items():
            row.append(text_element("button", text, {"type": "button", "name": name}))
    return fieldset


def results(names: dict[str, str]) -> etree.Element:
    """The numbers that follow the controls."""
    row = etree.Element("div", {"class": "explore-results", "data-search-exclude": ""})
    for name, text in names.items():
        result = etree.SubElement(row, "span")
        result.append(text_element("span", f"{text} ", {}))
        result.append(text_element("span", "", {"data-result": name}))
    return row
