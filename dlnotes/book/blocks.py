"""The Python blocks of the book's pages, as a reader copies them.

A page embeds its code (``--8<-- "snippets/softmax/jacobian.py"``). Here the embeds are expanded by the very
preprocessor that the site uses, and every line keeps the file and the line that it came from, so that an error names
``snippets/softmax/jacobian.py:9``.
"""

import ast
import builtins
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import markdown
from pymdownx.snippets import SnippetExtension, SnippetMissingError, SnippetPreprocessor

from dlnotes.book.outputs import expected_output
from dlnotes.book.pages import ROOT, BookError, configuration

FENCE_START = re.compile(r"^(?P<indent>[> \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>.*)$")
FENCE_LANGUAGE = re.compile(r"^(?:\{.*?\.)?\.?(?P<language>[\w+#-]+)")
EMBED = re.compile(r"^[ \t]*-+8<-+")
SECTION = re.compile(r"--8<-- \[(?P<edge>start|end):(?P<name>[\w-]+)\]")
PYTHON = {"python", "py", "python3", "py3", "pycon", "pycon3", "python-repl"}


class SourceLine(str):
    """A line of text that knows the file and line it came from, and still does when it is indented."""

    path: Path
    number: int

    def __new__(cls, text: str, path: Path, number: int) -> "SourceLine":
        line = super().__new__(cls, text)
        line.path, line.number = path, number
        return line

    def with_text(self, text: str) -> "SourceLine":
        return SourceLine(text, self.path, self.number)

    def __radd__(self, indent: str) -> "SourceLine":
        return self.with_text(f"{indent}{self}")

    @property
    def place(self) -> str:
        return f"{shown_name(self.path)}:{self.number}"


class _Embeds(SnippetPreprocessor):
    """pymdownx's preprocessor, made to keep where each line came from."""

    def read_lines(self, path: str) -> list[SourceLine]:
        return [SourceLine(text, Path(path), number) for number, text in enumerate(super().read_lines(path), 1)]

    def dedent(self, lines: list[SourceLine]) -> list[SourceLine]:
        texts = super().dedent(lines) if lines else []
        return [line.with_text(text) for line, text in zip(lines, texts, strict=True)]


@cache
def book_root(path: Path) -> Path:
    """The folder of the mkdocs.yml above a file of a book."""
    for folder in path.parents:
        if (folder / "mkdocs.yml").exists():
            return folder
    raise BookError(f"{path} belongs to no book: no folder above it has a mkdocs.yml")


def shown_name(path: Path) -> str:
    """A file's name as messages show it: from the book's root."""
    return path.relative_to(book_root(path)).as_posix()


@cache
def _embeds(root: Path) -> _Embeds:
    """The preprocessor with the options of mkdocs.yml; its base path is relative to the book's root."""
    written = configuration(root)["markdown_extensions"]["pymdownx.snippets"]
    options = SnippetExtension(**written).getConfigs()
    options["base_path"] = [str(root / base) for base in options["base_path"]]
    return _Embeds(options, markdown.Markdown())


def page_lines(path: Path) -> list[SourceLine]:
    """The lines of a page with its embeds expanded."""
    lines: list[SourceLine] = []
    for number, text in enumerate(path.read_text("utf-8").split("\n"), 1):
        line = SourceLine(text, path, number)
        if EMBED.match(line) and '"' not in line:
            raise BookError(f'{line.place}: embed one file a line, as in --8<-- "snippets/softmax/jacobian.py"')
        try:
            lines += _embeds(book_root(path)).run([line])
        except SnippetMissingError as error:
            raise BookError(f"{line.place}: {text.strip()} embeds what does not exist. {error}") from None
    return lines


@dataclass(frozen=True)
class Block:
    """One Python block of a page, as the copy button yields it."""

    fence: SourceLine  # its opening line
    lines: tuple[SourceLine, ...]

    @cached_property
    def source(self) -> str:
        return "\n".join(self.lines) + "\n"

    @cached_property
    def meaning(self) -> tuple[str, str]:
        """What runs and what it must print; comments do not count."""
        return ast.dump(self.parse()), expected_output(self.source)

    def place(self, line_number: int) -> str:
        """Where a line of the block (counted from 1) was written."""
        return self.lines[line_number - 1].place

    def parse(self) -> ast.Module:
        try:
            return ast.parse(self.source)
        except SyntaxError as error:
            place = self.place(min(error.lineno or 1, len(self.lines))) if self.lines else self.fence.place
            raise BookError(f"{place}: {error.msg}: {(error.text or '').strip()}") from None


def python_blocks(path: Path) -> list[Block]:
    """The Python blocks of a page, in order. Python that is typed into a page of docs/ is an error."""
    blocks: list[Block] = []
    lines = iter(page_lines(path))
    for line in lines:
        if not (start := FENCE_START.match(line)):
            _refuse_loose_python(line, path)
            continue
        body = tuple(_fence_body(lines, line, start))
        language = FENCE_LANGUAGE.match(start["info"])
        if language and language["language"].lower() in PYTHON:
            blocks.append(Block(line, body))
            if book_root(path) / "docs" in path.parents:
                _refuse_typed_python(blocks[-1], path)
        else:
            for embedded in body:
                _refuse_loose_python(embedded, path)
    return blocks


def _fence_body(lines: Iterator[SourceLine], opening: SourceLine, start: re.Match) -> Iterator[SourceLine]:
    """The lines up to the closing fence, without the indentation that the fence has."""
    closing = re.compile(rf"[> \t]*{start['mark'][0]}{{{len(start['mark'])},}}[ \t]*")
    indent = len(start["indent"])
    for line in lines:
        if closing.fullmatch(line):
            return
        yield line.with_text(line[indent:] if line.startswith(start["indent"]) else line.lstrip())
    raise BookError(f"{opening.place}: this code fence is never closed")


def _refuse_typed_python(block: Block, page: Path) -> None:
    for line in block.lines:
        if line.path == page and line.strip():
            raise BookError(
                f"{line.place}: Python is typed into the page: {line.strip()!r}. "
                "Move it to snippets/<topic>/<name>.py and embed that, so that both languages show what was run"
            )


def _refuse_loose_python(line: SourceLine, page: Path) -> None:
    if line.path != page and line.path.suffix == ".py":
        raise BookError(
            f"{shown_name(page)}: {line.place} is embedded outside of a ```python fence, so that nothing would run it"
        )


def blocks_to_run(path: Path) -> list[Block]:
    """The blocks of a page, less those of a Chinese page that are the very program of its English twin."""
    blocks = python_blocks(path)
    twin = book_root(path) / "docs/en" / path.name
    if path.parent == book_root(path) / "docs/zh" and twin.exists():
        done = {block.meaning for block in python_blocks(twin)}
        return [block for block in blocks if block.meaning not in done]
    return blocks


def pages(root: Path = ROOT) -> list[Path]:
    """The Markdown files of all languages."""
    return sorted((root / "docs").glob("*/**/*.md"))


def unused_sources(root: Path = ROOT) -> list[str]:
    """Complaints about snippets and module sections that no page shows, and about sections without start or end."""
    shown = {(line.path, line.number) for path in pages(root) for block in python_blocks(path) for line in block.lines}
    shown_files = {path for path, _ in shown}
    complaints = [
        f"{shown_name(path)} is embedded on no page; embed it or delete it"
        for path in sorted((root / "snippets").rglob("*.py"))
        if path not in shown_files
    ]
    for path in sorted((root / "dlnotes").glob("*.py")):
        complaints += _unused_sections(path, {number for shown_path, number in shown if shown_path == path})
    return complaints


def _unused_sections(path: Path, shown_lines: set[int]) -> Iterator[str]:
    starts: dict[str, int] = {}
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        section = SECTION.search(line)
        if section is None:
            continue
        name = section["name"]
        if section["edge"] == "start":
            starts[name] = number
        elif name not in starts:
            yield f"{shown_name(path)}:{number}: section {name} ends but never starts"
        elif shown_lines.isdisjoint(range(starts.pop(name), number)):
            yield f"{shown_name(path)}:{number}: section {name} is embedded on no page"
    for name, number in starts.items():
        yield f"{shown_name(path)}:{number}: section {name} starts but never ends"


def undefined_names(source: str) -> list[str]:
    """Global names that the functions and classes of a program use, and that neither it nor Python defines.

    A call would fail with a NameError. Running the program does not show that when nothing in it makes the call.
    """
    module = symtable.symtable(source, "<block>", "exec")
    defined = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used: set[str] = set()
    tables = list(module.get_children())
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                defined.add(symbol.get_name())
            elif symbol.is_global() and symbol.is_referenced():
                used.add(symbol.get_name())
    return sorted(used - defined - set(dir(builtins)) - {"__name__", "__file__"})
