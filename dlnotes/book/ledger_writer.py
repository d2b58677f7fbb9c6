"""Runs the tests of the equations and writes what they found into docs/ledger.json."""

import ast

import pytest

from dlnotes.book import ledger, pages
from dlnotes.book.equations import Check, EquationError
from dlnotes.book.ledger import Entry
from dlnotes.book.mutation import refute_mutants
from dlnotes.book.pages import BookError


def entry_of(check: Check, test: str) -> Entry:
    """The row of a check that a test made, after trying the equation's mutants."""
    label, latex = check.equation.label, check.equation.latex
    source = ledger.test_source(test)
    if bool(check.evaluated) == bool(check.reason):
        raise EquationError(f"{label}: use either holds() or by_program()")
    if check.reason:
        if not asserts_something(source):
            raise EquationError(f"{label}: by_program() without an assertion in the test compares nothing")
        return Entry(label, test, ledger.hash_of(latex, source), reason=check.reason)
    outcome = refute_mutants(check)
    return Entry(label, test, ledger.hash_of(latex, source), outcome.tried, outcome.equivalent)


def asserts_something(source: str) -> bool:
    """Whether a test has an assert, or calls something named assert…; pytest.raises alone checks no equation."""
    nodes = list(ast.walk(ast.parse(source)))
    called = [getattr(node.func, "attr", getattr(node.func, "id", "")) for node in nodes if isinstance(node, ast.Call)]
    return any(isinstance(node, ast.Assert) for node in nodes) or any(name.startswith("assert") for name in called)


class Writer:
    """A pytest plugin that collects the rows; tests/equations/conftest.py fills it."""

    def __init__(self):
        self.entries: dict[str, Entry] = {}

    def add(self, entry: Entry) -> None:
        other = self.entries.setdefault(entry.label, entry)
        if other.test != entry.test:
            raise EquationError(f"{entry.label} is checked in {other.test} and in {entry.test}; one test an equation")


def run() -> str:
    """Writes the ledger if all tests pass."""
    writer = Writer()
    tests = str(pages.ROOT / "tests" / "equations")
    status = pytest.main(
        [tests, "-q", "--rootdir", str(pages.ROOT), "-p", "no:xdist", "-p", "no:cacheprovider"], [writer]
    )
    if status:
        raise BookError("the ledger was not written: mend the tests above first")
    ledger.write(list(writer.entries.values()))
    evaluated = sum(entry.is_evaluated for entry in writer.entries.values())
    return f"docs/ledger.json: {len(writer.entries)} equations, {evaluated} of them evaluated from their LaTeX"
