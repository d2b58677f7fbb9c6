"""The page that is being rendered: where it comes from, what mistakes it has, which formulas await KaTeX."""

import posixpath
import re
from dataclasses import dataclass, field

from dlnotes.book import pages
from dlnotes.book.katex import Formula


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
        path = pages.page_source(slug, language)
        return cls(language, slug, path.read_text("utf-8") if slug and path.exists() else fallback)

    @property
    def name(self) -> str:
        path = pages.page_source(self.slug, self.language)
        return path.relative_to(pages.ROOT).as_posix() if self.slug else "<text>"

    def link(self, slug: str) -> str:
        """The file of another page, as this one links to it."""
        return posixpath.relpath(f"{slug}.md", posixpath.dirname(self.slug) or ".")

    def line(self, source: str) -> int:
        """The line where a piece of the source begins, whatever its indentation; 0 if it is not in the file itself."""
        words = r"[\s>#]+".join(re.escape(word) for word in source.split())
        text = pages.blank_fences(self.text)
        found = re.search(words, text)
        return text.count("\n", 0, found.start()) + 1 if found else 0

    def mistake(self, source: str, reason: str, within: int = 0) -> None:
        """Note a mistake in a piece of the source, `within` lines below its first one."""
        line = self.line(source)
        self.mistakes.append((line + within, reason) if line else (0, f"{reason}: {source}"))

    def raise_mistakes(self) -> None:
        if self.mistakes:
            raise pages.BookError(
                "\n".join(f"{self.name}:{line}: {reason}" for line, reason in sorted(set(self.mistakes)))
            )
