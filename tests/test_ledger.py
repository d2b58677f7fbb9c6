"""The ledger says of every equation how it is checked; nothing unchecked, unknown, stale or empty passes."""

import json
from pathlib import Path

import pytest
import torch

from dlnotes.book import equations, ledger, ledger_block, pages
from dlnotes.book.equations import EquationError, eq, recording
from dlnotes.book.ledger import Entry
from dlnotes.book.ledger_writer import Writer, asserts_something, entry_of
from dlnotes.book.pages import BookError

HERE = "tests/test_ledger.py"


def test_every_equation_of_the_book_is_checked():
    assert ledger.mistakes() == []


def test_at_least_nine_of_ten_are_evaluated_from_their_latex():
    rows = ledger.written().values()
    assert sum(row.is_evaluated for row in rows) >= 0.9 * len(pages.equations())


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_the_page_has_a_row_for_every_equation(language):
    text = ledger_block.ledger_markdown(language)
    for label, equation in pages.equations().items():
        assert f"[({equation.number})]({equation.page}.md#eq-{label}){{#check-{label}}}" in text


# A small book of its own


def double(x):
    """What test_example of the small book checks."""
    assert 2 * x == x + x


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Two equations, and a ledger in a folder of its own."""
    monkeypatch.setattr(
        pages,
        "equations",
        lambda: {
            "small-sum": pages.Equation("small-sum", "1.1", "small", "s = a + b", 3),
            "small-limit": pages.Equation("small-limit", "1.2", "small", "O(h)", 7),
        },
    )
    monkeypatch.setattr(ledger, "PATH", tmp_path / "ledger.json")
    return tmp_path / "ledger.json"


def entries():
    """The rows of both equations, checked as the tests of the book check theirs."""
    with recording() as checks:
        eq("small-sum").holds({"s": 5.0, "a": 2.0, "b": 3.0})
        eq("small-limit").by_program(en="a limit has no value", zh="极限无法直接求值")
        return [entry_of(check, f"{HERE}::double") for check in checks.values()]


def test_rows_survive_being_written_and_read(book):
    rows = entries()
    ledger.write(rows)
    assert list(ledger.written().values()) == rows
    assert ledger.mistakes() == []
    assert ledger.entry("small-sum").mutants > 0
    assert ledger.mark("small-sum", "en")[0] == ledger.mark("small-limit", "zh")[0] == "✓"
    for row in rows:
        ledger.expect_written(row)


def test_an_equation_without_a_check_is_a_mistake(book):
    ledger.write(entries()[:1])
    assert ledger.mistakes() == ["small: equation small-limit has no check in tests/equations"]
    assert ledger.mark("small-limit", "en")[0] == "?"
    with pytest.raises(BookError, match="says None of small-limit"):
        ledger.expect_written(entries()[1])


def test_a_row_without_an_equation_is_a_mistake(book):
    ledger.write(entries())
    rows = json.loads(book.read_text())
    book.write_text(json.dumps(rows | {"small-lost": rows["small-sum"]}))
    assert ["small-lost, which is no equation" in mistake for mistake in ledger.mistakes()] == [True]


@pytest.mark.parametrize("what", ["latex", "test"])
def test_a_row_older_than_its_sources_is_a_mistake(book, monkeypatch, what):
    ledger.write(entries())
    if what == "latex":
        other = pages.equations() | {"small-sum": pages.Equation("small-sum", "1.1", "small", "s = a - b", 3)}
        monkeypatch.setattr(pages, "equations", lambda: other)
    else:
        monkeypatch.setattr(ledger, "test_source", lambda test: "def double(x): pass")
    assert ledger.entry("small-sum") is None
    assert any("the row of small-sum is older" in mistake for mistake in ledger.mistakes())


def test_a_row_that_says_something_else_is_refused(book):
    rows = entries()
    ledger.write([Entry(**{**vars(rows[0]), "mutants": 10_000}), rows[1]])
    with pytest.raises(BookError, match="mutants=10000"):
        ledger.expect_written(rows[0])


def test_a_broken_file_is_said(book):
    book.write_text("{")
    with pytest.raises(BookError, match="cannot be read"):
        ledger.written()


# Checks that prove nothing


def test_an_unknown_label():
    with pytest.raises(
        EquationError, match=r"no equation has the label 'softmax-jacobean'; of softmax: .*softmax-jacobian"
    ):
        eq("softmax-jacobean")


def test_nothing_compared(book):
    with pytest.raises(EquationError, match="nothing was compared"):
        eq("small-sum").holds({"s": 5.0, "a": 2.0, "b": 3.0}, forall={"k": []})


def test_no_check_at_all(book):
    with recording() as checks, pytest.raises(EquationError, match="either holds"):
        eq("small-sum")
        entry_of(checks["small-sum"], f"{HERE}::double")


def test_a_program_without_an_assertion(book):
    with recording() as checks, pytest.raises(EquationError, match="compares nothing"):
        eq("small-limit").by_program(en="a limit has no value", zh="极限无法直接求值")
        entry_of(checks["small-limit"], f"{HERE}::entries")
    assert asserts_something("def f():\n    torch.testing.assert_close(a, b)")
    assert not asserts_something("def f():\n    with pytest.raises(ValueError):\n        g()")


def test_a_program_without_a_reason(book):
    with pytest.raises(EquationError, match="reason"):
        eq("small-limit").by_program(en="hard", zh="难")


def test_a_binding_that_repeats_the_formula(book):
    with pytest.raises(EquationError, match="repeats a side"):
        eq("small-sum").holds({"s": "a + b", "a": 2.0, "b": 3.0})
    with pytest.raises(EquationError, match="cannot be given"):
        eq("small-sum").holds({"a": 2.0, "b": 3.0}, given=["small-sum"])


def test_a_binding_with_a_dimension_of_one(book):
    with pytest.raises(EquationError, match="size 1"):
        eq("small-sum").holds({"s": torch.ones(3, 1), "a": torch.ones(3, 1), "b": torch.ones(3, 1)})


def test_a_false_equation(book):
    with pytest.raises(AssertionError, match="differ"):
        eq("small-sum").holds({"s": 6.0, "a": 2.0, "b": 3.0})


def test_one_test_an_equation(book):
    writer, (row, _) = Writer(), entries()
    writer.add(row)
    writer.add(row)
    with pytest.raises(EquationError, match="one test an equation"):
        writer.add(Entry(**{**vars(row), "test": "tests/equations/test_other.py::test"}))


def test_checks_outside_a_recording_leave_no_trace(book):
    eq("small-sum").holds({"s": 5.0, "a": 2.0, "b": 3.0})
    assert equations._recorded is None


def test_definitions_are_the_rows_with_a_name():
    latex = (
        r"\begin{aligned} \mathbf{z}^{[l]} &= f(x, y) \\ &= g \\ a_k &= b, \quad c := d \end{aligned} \text{ (all)}"
    )
    assert equations.definitions_in(latex) == [(r"\mathbf{z}^{[l]}", "f(x, y)"), ("a_k", "b"), ("c", "d")]


def test_the_site_needs_no_torch_for_the_ledger():
    sources = [Path(module.__file__).read_text() for module in (ledger, ledger_block)]
    assert not any("torch" in source or "equations import" in source for source in sources)
