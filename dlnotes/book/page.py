"""The page that is being rendered: where it comes from, what mistakes it has, which formulas await KaTeX."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from dlnotes.book.katex import Formula
from dlnotes.book.pages import ROOT, BookError, blank_fences


@dataclass
class Page:
    language: str
    slug: str  # "softmax"; empty where the text comes from no file of the book
    text: str  # the file's own text, so that lines are counted as the author sees them
    mistakes: list[tuple[int, str]] = field(default_factory=list)  # line (0: unknown) and what is wrong
    formulas: dict[int, tuple[Formula, str]] = field(default_factory=dict)  # with source, by place in the HTML stash
    labels: set[str] = field(default_factory=set)  # of the displays so far

    @classmethod
    def read(cls, language: str, slug: str, fallback: str) -> "Page":
        path = page_path(language, slug)
        return cls(language, slug, path.read_text("utf-8") if slug and path.exists() else fallback)

    @property
    def name(self) -> str:
        return str(page_path(self.language, self.slug).relative_to(ROOT)) if self.slug else "<text>"

    def line(self, source: str) -> int:
        """The line where a piece of the source begins, whatever its indentation; 0 if it is not in the file itself."""
        words = r"[\s>]+".join(re.escape(word) for word in source.split())
        found = re.search(words, blank_fences(self.text))
        return self.text.count("\n", 0, found.start()) + 1 if found else 0

    def mistake(self, source: str, reason: str, within: int = 0) -> None:
        """Note a mistake in a piece of the source, `within` lines below its first one."""
        line = self.line(source)
        self.mistakes.append((line + within, reason) if line else (0, f"{reason}: {source}"))

    def raise_mistakes(self) -> None:
        if self.mistakes:
            raise BookError("\n".join(f"{self.name}:{line}: {reason}" for line, reason in sorted(set(self.mistakes))))


def page_path(language: str, slug: str) -> Path:
    return ROOT / "docs" / language / f"{slug}.md"
