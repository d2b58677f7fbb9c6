"""How every equation of the book is checked: docs/ledger.json, written by the tests, and the page made from it.

    python -m dlnotes.book ledger      runs tests/equations and writes docs/ledger.json

A row carries a hash of the equation's LaTeX and of the test's source. A row whose hash is not that of today's sources
counts as none: the site shows the equation as unchecked. The tests compare every row with what they find.
"""

import ast
import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache

from dlnotes.book import pages
from dlnotes.book.pages import BookError

PATH = pages.ROOT / "docs" / "ledger.json"
REMEDY = "run `python -m dlnotes.book ledger` and look at the difference"

EVALUATED = {
    "en": "Evaluated from its LaTeX; {mutants} wrong variants of it refuted",
    "zh": "由其 LaTeX 源码直接求值；{mutants} 个错误变体均被否定",
}
PROGRAM = {"en": "Checked by a program", "zh": "由程序检验"}
UNCHECKED = {"en": "Not checked yet", "zh": "尚未检验"}


@dataclass(frozen=True)
class Entry:
    label: str
    test: str  # tests/equations/test_softmax.py::test_jacobian
    hash: str  # of LaTeX and test
    mutants: int = 0  # tried, and refuted every one
    equivalent: int = 0  # mutants that say the same as the equation
    reason: dict[str, str] = field(default_factory=dict)  # by language: why a program checks it

    @property
    def is_evaluated(self) -> bool:
        return not self.reason


def hash_of(latex: str, source: str) -> str:
    return hashlib.sha256(f"{latex}\n{source}".encode()).hexdigest()[:16]


@lru_cache
def _functions(text: str) -> dict[str, str]:
    """Name -> source of the functions of a Python file, without decorators."""
    lines = text.split("\n")
    functions = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
    return {node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in functions}


def test_source(test: str) -> str:
    """The source of a test function; empty if it is gone."""
    path, _, name = test.partition("::")
    file = pages.ROOT / path
    return _functions(file.read_text("utf-8")).get(name, "") if file.is_file() else ""


# the file


def written() -> dict[str, Entry]:
    """The rows of docs/ledger.json by label."""
    return _rows(PATH.read_text("utf-8")) if PATH.exists() else {}


@lru_cache
def _rows(text: str) -> dict[str, Entry]:
    try:
        return {label: Entry(label, **row) for label, row in json.loads(text).items()}
    except (ValueError, TypeError) as error:
        raise BookError(f"docs/ledger.json cannot be read ({error}); {REMEDY}") from error


def write(entries: list[Entry]) -> None:
    """One row a line, in the order of the book."""
    order = list(pages.equations())
    rows = []
    for entry in sorted(entries, key=lambda entry: order.index(entry.label)):
        row = {name: value for name, value in asdict(entry).items() if value and name != "label"}
        rows.append(f"{json.dumps(entry.label)}: {json.dumps(row, ensure_ascii=False)}")
    PATH.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


def entry(label: str) -> Entry | None:
    """The row of an equation, if it was written for the LaTeX and the test that are there now."""
    row, equation = written().get(label), pages.equations().get(label)
    if row is None or equation is None or row.hash != hash_of(equation.latex, test_source(row.test)):
        return None
    return row


def anchor(label: str) -> str:
    """Where the ledger's page shows the equation."""
    return f"check-{label}"


def mark(label: str, language: str) -> tuple[str, str]:
    """The sign beside an equation's number, and what it says."""
    row = entry(label)
    if row is None:
        return "?", UNCHECKED[language]
    if row.is_evaluated:
        return "✓", EVALUATED[language].format(mutants=row.mutants)
    return "✓", PROGRAM[language]


def expect_written(found: Entry) -> None:
    """The row that a test found is the row of docs/ledger.json."""
    row = written().get(found.label)
    if row != found:
        raise BookError(f"docs/ledger.json says {row} of {found.label}; the test found {found}: {REMEDY}")


def mistakes() -> list[str]:
    """What is wrong with the ledger as a whole: equations without a check, checks without an equation, old rows."""
    labels = pages.equations()
    unknown = [
        f"docs/ledger.json has a row for {label}, which is no equation: {REMEDY}" for label in written().keys() - labels
    ]
    missing = [
        f"{e.page}: equation {label} has no check in tests/equations"
        for label, e in labels.items()
        if label not in written()
    ]
    stale = [
        f"the row of {label} is older than its LaTeX or its test: {REMEDY}"
        for label in written()
        if label in labels and not entry(label)
    ]
    return sorted(unknown) + missing + stale
