"""Runs the Python blocks of the pages and the examples of docstrings, and compares what they print.

What a statement of a block prints stands below it in lines that start with ``#>``; ``pytest --update-outputs`` rewrites
them. Sybil collects the blocks as tests.
"""

import __future__

import ast
import doctest
import io
import random
import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType

import sybil
from sybil.python import import_path

from dlnotes.book.blocks import Block, SourceLine, blocks_to_run, shown_name
from dlnotes.book.outputs import OUTPUT, expected_output, outputs_match
from dlnotes.book.pages import BookError

MANGLED_OUTPUT = re.compile(r"^[ \t]*# >")


# ---- One statement after the other


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
            raise BookError(f"{shown_name(path)}:{first}: the `#>` lines of one statement must stand together")
        lines = [f"{indent}#> {line.rstrip()}".rstrip() for line in printed.splitlines()]
        self.found.setdefault(path, {})[first, last] = lines

    def write(self) -> list[Path]:
        """Rewrite the files; everything but the `#>` lines stays byte for byte. Returns the files."""
        for path, changes in self.found.items():
            with path.open(encoding="utf-8", newline="") as file:
                lines = re.findall(r"[^\n]*\n|[^\n]+", file.read())
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
            if printed and not printed.endswith("\n"):
                complaints.append(f"{statement.last_line.place}: a line is left unfinished; print it whole")
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


# ---- Sybil


class _OutputChecker(doctest.OutputChecker):
    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return outputs_match(want, got)


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
