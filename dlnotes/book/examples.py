"""The Python on the book's pages: what a reader copies, run as it stands, and its printed output compared.

A page embeds its code (``--8<-- "snippets/softmax/jacobian.py"``). Here the embeds are expanded by the very
preprocessor that the site uses, and every line keeps the file and the line that it came from, so that an error names
``snippets/softmax/jacobian.py:9``. What a statement prints stands below it in lines that start with ``#>``.
"""

import __future__

import ast
import builtins
import doctest
import hashlib
import io
import os
import random
import re
import subprocess
import symtable
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from types import CodeType, ModuleType

import markdown
import sybil
import yaml
from pymdownx.snippets import SnippetExtension, SnippetMissingError, SnippetPreprocessor
from sybil.python import import_path

from dlnotes.book.pages import ROOT, BookError

OUTPUT = re.compile(r"^(?P<indent>[ \t]*)#>(?: (?P<text>.*))?$")
MANGLED_OUTPUT = re.compile(r"^[ \t]*# >")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
FENCE_START = re.compile(r"^(?P<indent>[> \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>.*)$")
FENCE_LANGUAGE = re.compile(r"^(?:\{.*?\.)?\.?(?P<language>[\w+#-]+)")
EMBED = re.compile(r"^[ \t]*-+8<-+")
SECTION = re.compile(r"--8<-- \[(?P<edge>start|end):(?P<name>[\w-]+)\]")
PYTHON = {"python", "py", "python3", "py3", "pycon", "pycon3", "python-repl"}
SECONDS_ALLOWED = 120


# ---- Pages: embeds expanded, every line with its origin


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
        return f"{_relative(self.path)}:{self.number}"


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


def _relative(path: Path) -> str:
    return path.relative_to(book_root(path)).as_posix()


@cache
def _embeds(root: Path) -> _Embeds:
    """The preprocessor with the options of mkdocs.yml; its base path is relative to the book's root."""

    class Loader(yaml.SafeLoader):
        """Reads mkdocs.yml without MkDocs: its tags become None."""

    Loader.add_multi_constructor("", lambda loader, suffix, node: None)
    config = yaml.load((root / "mkdocs.yml").read_text("utf-8"), Loader)
    extension = SnippetExtension(**config["markdown_extensions"]["pymdownx.snippets"])
    options = extension.getConfigs()
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
            f"{_relative(page)}: {line.place} is embedded outside of a ```python fence, so that nothing would run it"
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
    return sorted((root / "docs").glob("*/**/*.md"))


def unused_sources(root: Path = ROOT) -> list[str]:
    """Complaints about snippets and module sections that no page shows, and about sections without an end."""
    shown = {(line.path, line.number) for path in pages(root) for block in python_blocks(path) for line in block.lines}
    shown_files = {path for path, _ in shown}
    complaints = [
        f"{_relative(path)} is embedded on no page; embed it or delete it"
        for path in sorted((root / "snippets").rglob("*.py"))
        if path not in shown_files
    ]
    for path in sorted((root / "dlnotes").glob("*.py")):
        starts: dict[str, int] = {}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not (section := SECTION.search(line)):
                continue
            if section["edge"] == "start":
                starts[section["name"]] = number
            elif (start := starts.pop(section["name"], None)) is None:
                complaints.append(f"{_relative(path)}:{number}: section {section['name']} ends but never starts")
            elif not any((path, inside) in shown for inside in range(start + 1, number)):
                complaints.append(f"{_relative(path)}:{start}: section {section['name']} is embedded on no page")
        complaints += [
            f"{_relative(path)}:{number}: section {name} starts but never ends" for name, number in starts.items()
        ]
    return complaints


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


# ---- Printed output


def expected_output(source: str) -> str:
    """What the `#>` lines of a program say that it prints."""
    found = (OUTPUT.match(line) for line in source.split("\n"))
    return "".join(f"{match['text'] or ''}\n" for match in found if match)


def outputs_match(expected: str, got: str) -> bool:
    """Whether a program printed what it should.

    Text and integers must be equal, up to space at the end of a line. A number with decimals may differ by half a unit
    of the last digit that `expected` shows.
    """
    expected_lines, got_lines = expected.splitlines(), got.splitlines()
    return len(expected_lines) == len(got_lines) and all(map(_line_matches, expected_lines, got_lines))


def _line_matches(expected: str, got: str) -> bool:
    expected, got = expected.rstrip(), got.rstrip()
    return NUMBER.split(expected) == NUMBER.split(got) and all(
        map(_number_matches, NUMBER.findall(expected), NUMBER.findall(got))
    )


def _number_matches(expected: str, got: str) -> bool:
    if expected == got:
        return True
    if _is_exact(expected) or _is_exact(got):
        return False
    unit = Decimal(1).scaleb(Decimal(expected).as_tuple().exponent)
    return abs(Decimal(expected) - Decimal(got)) <= unit / 2


def _is_exact(number: str) -> bool:
    """Integers, and floats such as `2.` that torch and numpy print when there is nothing after the point."""
    mantissa, _, exponent = number.lower().partition("e")
    return mantissa.endswith(".") or ("." not in mantissa and not exponent)


class _OutputChecker(doctest.OutputChecker):
    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return outputs_match(want, got)


# ---- Running


@dataclass(frozen=True)
class Statement:
    """A top-level statement of a block with the `#>` lines below it."""

    code: CodeType
    last_line: SourceLine
    output_lines: tuple[SourceLine, ...]

    @property
    def expected(self) -> str:
        return expected_output("\n".join(self.output_lines))


def statements(block: Block) -> list[Statement]:
    """A block's statements, each compiled under the file and lines that it came from."""
    nodes = block.parse().body
    ends = [node.lineno - 1 for node in nodes[1:]] + [len(block.lines)]
    _refuse_misplaced_output(block, nodes)
    flags = 0
    found = []
    for node, end in zip(nodes, ends, strict=True):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            flags |= sum(getattr(__future__, alias.name).compiler_flag for alias in node.names)
        last_line = block.lines[node.end_lineno - 1]
        output = tuple(line for line in block.lines[node.end_lineno : end] if OUTPUT.match(line))
        for inner in ast.walk(node):
            if hasattr(inner, "lineno"):
                inner.lineno = block.lines[inner.lineno - 1].number
                inner.end_lineno = block.lines[inner.end_lineno - 1].number
        code = compile(ast.Module([node], []), str(last_line.path), "exec", flags=flags, dont_inherit=True)
        found.append(Statement(code, last_line, output))
    return found


def _refuse_misplaced_output(block: Block, nodes: list[ast.stmt]) -> None:
    inside = {number for node in nodes for number in range(node.lineno, node.end_lineno + 1)}
    first = nodes[0].lineno if nodes else len(block.lines) + 1
    for number, line in enumerate(block.lines, 1):
        if MANGLED_OUTPUT.match(line):
            raise BookError(f"{block.place(number)}: write `#>`, without a space (a formatter may have put it there)")
        if OUTPUT.match(line) and (number in inside or number < first):
            raise BookError(
                f"{block.place(number)}: this `#>` line stands inside a statement; outputs stand in one group "
                "below the whole top-level statement (a loop, a with) that prints them"
            )


@dataclass
class OutputUpdates:
    """New `#>` lines, gathered while the blocks run and written when all have: then no line number has moved."""

    found: dict[Path, dict[tuple[int, int], list[str]]] = field(default_factory=dict)

    def add(self, statement: Statement, printed: str) -> None:
        """Put what was printed in place of the statement's `#>` lines, or below it if it has none."""
        path, first = statement.last_line.path, statement.last_line.number + 1
        last = first - 1
        indent = ""
        if statement.output_lines:
            first, last = statement.output_lines[0].number, statement.output_lines[-1].number
            indent = OUTPUT.match(statement.output_lines[0])["indent"]
        if last - first + 1 != len(statement.output_lines):
            raise BookError(f"{_relative(path)}:{first}: the `#>` lines of one statement must stand together")
        lines = [f"{indent}#> {line.rstrip()}".rstrip() for line in printed.splitlines()]
        self.found.setdefault(path, {})[first, last] = lines

    def write(self) -> list[Path]:
        """Rewrite the files; everything but the `#>` lines stays byte for byte. Returns the files."""
        for path, changes in self.found.items():
            with path.open(encoding="utf-8", newline="") as file:
                lines = file.read().splitlines(keepends=True)
            newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
            for (first, last), new in sorted(changes.items(), reverse=True):
                if first > len(lines) and not lines[-1].endswith("\n"):
                    lines[-1] += newline
                lines[first - 1 : last] = [line + newline for line in new]
            with path.open("w", encoding="utf-8", newline="") as file:
                file.write("".join(lines))
        return sorted(self.found)


def check_block(block: Block, updates: OutputUpdates | None = None) -> list[str]:
    """Run a block in a namespace of its own; say where its output is not what its `#>` lines promise.

    With `updates`, the differences are noted there instead.
    """
    complaints = []
    with _clean_process() as namespace:
        for statement in statements(block):
            stdout = io.StringIO()
            with redirect_stdout(stdout):
                exec(statement.code, namespace)
            printed = stdout.getvalue()
            if outputs_match(statement.expected, printed):
                continue
            if updates is not None:
                updates.add(statement, printed)
            else:
                line = (statement.output_lines or [statement.last_line])[0]
                complaints.append(f"{line.place}: {_difference(statement.expected, printed)}")
    return complaints


def _difference(expected: str, printed: str) -> str:
    def shown(text: str) -> str:
        return textwrap.indent(text.rstrip("\n") or "(nothing)", "    ")

    return (
        f"the page says\n{shown(expected)}\nbut the program prints\n{shown(printed)}\n"
        "If the new output is right, `pytest --update-outputs docs` writes it."
    )


@contextmanager
def _clean_process() -> Iterator[dict]:
    """The namespace of a new `__main__`; random states, defaults and figures are put back afterwards."""
    import matplotlib.pyplot as plt
    import numpy as np
    import torch

    main = ModuleType("__main__")
    previous_main, sys.modules["__main__"] = sys.modules["__main__"], main
    states = random.getstate(), np.random.get_state(), torch.get_rng_state(), torch.get_default_dtype()
    try:
        with plt.rc_context(), np.printoptions(), torch.set_grad_enabled(torch.is_grad_enabled()):
            yield main.__dict__
    finally:
        plt.close("all")
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        torch.set_default_dtype(states[3])
        torch.set_printoptions(profile="default")
        sys.modules["__main__"] = previous_main


def run_fresh(source: str) -> str:
    """What a program prints in a fresh interpreter, in an empty folder; a failure shows its traceback.

    Runs are shared by the workers of a test session through the folder that DLNOTES_FRESH_RUNS names.
    """
    source = source.strip("\n") + "\n"
    shared = os.environ.get("DLNOTES_FRESH_RUNS")
    if not shared:
        return _run_fresh(source)
    stored = Path(shared, hashlib.sha256(source.encode()).hexdigest())
    if not stored.exists():
        partial = stored.with_suffix(f".{os.getpid()}")
        partial.write_text(_run_fresh(source), "utf-8")
        partial.replace(stored)
    return stored.read_text("utf-8")


@cache
def _run_fresh(source: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(source, "utf-8")
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", program.name],
            cwd=folder,
            env={**os.environ, "MPLBACKEND": "Agg"},
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS_ALLOWED,
        )
    if done.returncode:
        raise RuntimeError(f"exit status {done.returncode} of\n{textwrap.indent(source, '    ')}\n{done.stderr}")
    return done.stdout


# ---- Sybil


class Page(sybil.Document):
    """A Markdown page whose examples are its Python blocks, embeds expanded."""

    @classmethod
    def parse(cls, path: str, *parsers: sybil.typing.Parser, encoding: str = "utf-8") -> "Page":
        page = cls(Path(path).read_text(encoding), path)
        starts = [0, *(match.end() for match in re.finditer("\n", page.text))]
        for block in blocks_to_run(Path(path)):
            start = starts[block.fence.number - 1]
            page.add(sybil.Region(start, start + len(block.fence), block, _evaluate_block))
        return page


def _evaluate_block(example: sybil.Example) -> str | None:
    return "\n".join(check_block(example.parsed, example.namespace["output_updates"])) or None


class Docstrings(sybil.Document):
    """A module whose examples are its docstrings, each run in a copy of the module's namespace."""

    @classmethod
    def parse(cls, path: str, *parsers: sybil.typing.Parser, encoding: str = "utf-8") -> "Docstrings":
        module = cls(Path(path).read_text(encoding), path)
        starts = [0, *(match.end() for match in re.finditer("\n", module.text))]
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        for node in ast.walk(ast.parse(module.text)):
            if isinstance(node, documented) and (docstring := ast.get_docstring(node, clean=False)):
                line = node.body[0].lineno
                test = doctest.DocTestParser().get_doctest(docstring, {}, Path(path).name, path, line - 1)
                if test.examples:
                    module.add(sybil.Region(starts[line - 1], starts[line - 1] + 1, test, _evaluate_docstring))
        return module


def _evaluate_docstring(example: sybil.Example) -> str | None:
    test: doctest.DocTest = example.parsed
    report: list[str] = []
    with _clean_process():
        test.globs = dict(vars(import_path(Path(example.path))))
        doctest.DocTestRunner(_OutputChecker(), verbose=False).run(test, out=report.append)
    return "".join(report) or None
