"""The book's own sources: its chapters in reading order, and the equations on its pages."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "zh")
LABS = "labs/"  # begins the slug of every lab

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,}).*?^(?P=indent)(?P=mark)[ \t]*$", re.M | re.S)
DISPLAY = re.compile(r"^[ \t]*\$\$[ \t]*\n(?P<latex>.*?)\n[ \t]*\$\$[ \t]*$", re.M | re.S)
LABEL = re.compile(r"\\label\{([^{}]*)\}")
HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>.+?)[ \t]*(?:\{[^}\n]*#(?P<id>[\w-]+)[^}\n]*\})?[ \t]*$", re.M)


class BookError(Exception):
    """A mistake in the book's sources; the message says where it is and what to do."""


YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the first is ten times faster, where it was compiled


class _ConfigLoader(YamlLoader):
    """Reads mkdocs.yml without MkDocs: tags such as !ENV become None."""


_ConfigLoader.add_multi_constructor("", lambda loader, suffix, node: None)


def page_source(slug: str, language: str) -> Path:
    """The file of a page, e.g. docs/zh/softmax.md, or of a lab, e.g. docs/zh/labs/optimization.py."""
    return ROOT / "docs" / language / f"{slug}{'.py' if slug.startswith(LABS) else '.md'}"


def lab_slugs() -> list[str]:
    """labs/classification, labs/generalization, …"""
    return sorted(f"{LABS}{path.stem}" for path in (ROOT / "docs/en/labs").glob("*.py"))


def page_slugs() -> list[str]:
    """All pages, sorted, labs last."""
    return sorted(path.stem for path in (ROOT / "docs/en").glob("*.md")) + lab_slugs()


def heading(slug: str, language: str, anchor: str = "") -> str | None:
    """The title of a page, or of its heading with this anchor; None if there is no such page or heading."""
    path = page_source(slug, language)
    found = HEADING.finditer(blank_fences(path.read_text("utf-8"))) if path.exists() else ()
    return next((match["title"] for match in found if not anchor or match["id"] == anchor), None)


def configuration(root: Path) -> dict:
    """The options in mkdocs.yml, as they are written there."""
    return yaml.load((root / "mkdocs.yml").read_text("utf-8"), _ConfigLoader)


@cache
def parts() -> dict[str, tuple[str, ...]]:
    """Part title -> slugs of its chapters, in the order of the English nav.

    A part is a nav section (a list); single pages such as the home page, and labs, are no chapters.
    """
    entries = configuration(ROOT)["nav"]
    sections = [(title, pages) for entry in entries for title, pages in entry.items() if isinstance(pages, list)]
    files = {
        title: [next(iter(page.values())) if isinstance(page, dict) else page for page in pages]
        for title, pages in sections
    }
    return {
        title: tuple(Path(file).stem for file in section if not file.startswith(LABS))
        for title, section in files.items()
    }


@cache
def chapter_numbers() -> dict[str, int]:
    """Slug -> chapter number, counted through all parts from 1."""
    slugs = [slug for chapters in parts().values() for slug in chapters]
    return {slug: number for number, slug in enumerate(slugs, 1)}


@dataclass(frozen=True)
class Equation:
    label: str  # "softmax-jacobian"
    number: str  # "2.7": chapter.position on the page
    page: str  # slug of the page
    latex: str  # the display's source without \label
    line: int  # of the display's first line in the page's source

    @property
    def anchor(self) -> str:
        return f"eq-{self.label}"


def blank_fences(markdown: str) -> str:
    """The same text with fenced code emptied, line numbers kept."""
    return FENCE.sub(lambda match: "\n" * match[0].count("\n"), markdown)


def page_equations(slug: str, language: str = "en") -> list[Equation]:
    """The labelled display equations of one page, in order. A display without a label is an error."""
    path = page_source(slug, language)
    text = blank_fences(path.read_text("utf-8"))
    found = []
    for match in DISPLAY.finditer(text):
        line = text.count("\n", 0, match.start("latex")) + 1
        labels = LABEL.findall(match["latex"])
        if len(labels) != 1:
            raise BookError(
                f"{path.relative_to(ROOT)}:{line}: a display equation needs exactly one \\label{{...}}, "
                f"found {len(labels)}"
            )
        number = f"{chapter_numbers().get(slug, slug)}.{len(found) + 1}"
        found.append(Equation(labels[0], number, slug, LABEL.sub("", match["latex"]).strip(), line))
    return found


@cache
def equations() -> dict[str, Equation]:
    """Every labelled equation of the English pages by its label; labels are unique in the whole book."""
    book: dict[str, Equation] = {}
    for path in sorted((ROOT / "docs/en").glob("*.md")):
        for equation in page_equations(path.stem):
            if equation.label in book:
                first = book[equation.label]
                raise BookError(
                    f"docs/en/{path.name}:{equation.line}: \\label{{{equation.label}}} is already used in "
                    f"docs/en/{first.page}.md:{first.line}; labels must be unique in the book"
                )
            book[equation.label] = equation
    return book


def forget() -> None:
    """Read the sources anew at the next call; a server outlives the text that it first read."""
    for cached in (parts, chapter_numbers, equations):
        cached.cache_clear()
