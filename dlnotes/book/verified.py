"""The line under a chapter's title: how long it takes to read, and what of it was verified.

Reading time: 200 English words or 400 Chinese characters a minute; a display takes as long as 15 words, a line of code
as long as 5.
"""

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from dlnotes import figures, runs
from dlnotes.book import ledger, pages
from dlnotes.book.blocks import python_blocks

if TYPE_CHECKING:
    from dlnotes.book.markdown import BookExtension

WORDS_A_MINUTE, IDEOGRAPHS_A_MINUTE = 200, 400
WORDS_IN_DISPLAY, WORDS_IN_CODE_LINE = 15, 5
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z][\w’'-]+")
FIGURE = re.compile(r"^[ \t]*/// (?:figure|explore) \| (?P<topic>\w+)/(?P<name>\w+)", re.M)

TEXTS = {
    "en": {
        "time": "{minutes} minutes to read",
        "equations": "{total} equations: {parts}",
        "evaluated": "{} evaluated from their LaTeX",
        "program": "{} checked by a program",
        "unchecked": "{} not checked yet",
        "snippets": "{} programs run",
        "figures": "{total} figures, {recorded} of them from runs recorded {dates}",
        "computed": "{total} figures, computed",
        "and": ", ",
        "to": "{} to {}",
    },
    "zh": {
        "time": "阅读约 {minutes} 分钟",
        "equations": "{total} 个公式：{parts}",
        "evaluated": "{} 个由 LaTeX 求值检验",
        "program": "{} 个由程序检验",
        "unchecked": "{} 个尚未检验",
        "snippets": "{} 段程序均已运行",
        "figures": "{total} 幅插图，其中 {recorded} 幅取自 {dates} 的训练记录",
        "computed": "{total} 幅插图，均由计算得出",
        "and": "，",
        "to": "{} 至 {}",
    },
}


@dataclass(frozen=True)
class Verified:
    """What a chapter holds, and how it was verified."""

    minutes: int
    equations: dict[str, int]  # by kind of check: evaluated, program, unchecked
    snippets: int
    figures: int
    recorded: int  # figures that show recorded runs
    dates: tuple[str, ...]  # of these runs, sorted

    @classmethod
    def of(cls, slug: str, language: str) -> "Verified":
        source = pages.page_source(slug, language)
        text = source.read_text("utf-8")
        checks = [check(equation.label) for equation in pages.page_equations(slug)]
        blocks = python_blocks(source)
        records = [figures.records(found["topic"], found["name"]) for found in FIGURE.finditer(text)]
        return cls(
            minutes=reading_minutes(text, sum(len(block.lines) for block in blocks)),
            equations={kind: checks.count(kind) for kind in ("evaluated", "program", "unchecked")},
            snippets=len(blocks),
            figures=len(records),
            recorded=sum(bool(names) for names in records),
            dates=tuple(sorted({runs.load(name).date for names in records for name in names})),
        )

    def phrases(self, language: str) -> Iterator[tuple[str, str]]:
        """What the line says, each phrase with its kind; of what the chapter does not hold, nothing."""
        texts = TEXTS[language]
        yield "time", texts["time"].format(minutes=self.minutes)
        if total := sum(self.equations.values()):
            parts = texts["and"].join(texts[kind].format(count) for kind, count in self.equations.items() if count)
            yield "equations", texts["equations"].format(total=total, parts=parts)
        if self.snippets:
            yield "snippets", texts["snippets"].format(self.snippets)
        if self.dates:
            first, last = self.dates[0], self.dates[-1]
            dates = first if first == last else texts["to"].format(first, last)
            yield "figures", texts["figures"].format(total=self.figures, recorded=self.recorded, dates=dates)
        elif self.figures:
            yield "figures", texts["computed"].format(total=self.figures)


def check(label: str) -> str:
    entry = ledger.entry(label)
    return "unchecked" if entry is None else "evaluated" if entry.is_evaluated else "program"


def reading_minutes(markdown: str, code_lines: int) -> int:
    text = pages.blank_fences(markdown)
    displays = len(pages.DISPLAY.findall(text))
    prose = pages.DISPLAY.sub("", text)
    words = len(WORD.findall(prose)) + WORDS_IN_DISPLAY * displays + WORDS_IN_CODE_LINE * code_lines
    return round(words / WORDS_A_MINUTE + len(IDEOGRAPH.findall(prose)) / IDEOGRAPHS_A_MINUTE)


class VerifiedLine(Treeprocessor):
    """Puts the line under the title of a chapter; what it says of equations leads to the ledger."""

    def __init__(self, md: Markdown, book: "BookExtension"):
        super().__init__(md)
        self.book = book

    def run(self, root: etree.Element) -> None:
        page, title = self.book.page, root.find("h1")
        if title is None or page.slug not in pages.chapter_numbers():
            return
        line = etree.Element("p", {"class": "verified", "data-search-exclude": ""})
        for kind, phrase in Verified.of(page.slug, page.language).phrases(page.language):
            part = etree.SubElement(line, "span")
            target = {"href": f"ledger.md#{page.slug}"}
            (etree.SubElement(part, "a", target) if kind == "equations" else part).text = AtomicString(phrase)
            part.tail = " "
        root.insert(list(root).index(title) + 1, line)
