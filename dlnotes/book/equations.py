"""Checks of the book's equations by label, for tests:

    def test_softmax_jacobian(z):
        eq("softmax-jacobian").holds({r"\\mathbf{z}": z, "K": 4}, given=["softmax-definition"], ranges={"j": 4})

The LaTeX of the page is what is evaluated; ``CONTRIBUTING.md`` says how bindings are written.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from torch import Tensor

from dlnotes.book import pages
from dlnotes.book.latex import Distribution, ParseError, RandomVariable, Scope
from dlnotes.book.latex.syntax import RELATIONS, Node, statements
from dlnotes.book.latex.tokens import name_of, split

__all__ = ["Distribution", "RandomVariable", "eq"]


class EquationError(Exception):
    """A check that proves nothing, or a label that the book does not have."""


@dataclass(frozen=True)
class Case:
    """One way to bind an equation, for all values of its running indices."""

    latex: str
    bindings: Mapping[str, object]
    definitions: Sequence[tuple[str, str]] = ()
    forall: Mapping[str, Iterable[int]] = field(default_factory=dict)
    ranges: Mapping[str, int | Iterable[int]] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    tolerance: float = 1e-9
    tight: float | Mapping[int, float] | None = None

    def scopes(self) -> Iterator[Scope]:
        """The meaning of the names at every value of the running indices."""
        for values in itertools.product(*self.forall.values()):
            yield Scope(self.bindings, self.definitions, self.ranges, dict(zip(self.forall, values, strict=True)))

    def check(self) -> list["Evaluated"]:
        """Evaluates both sides of every relation, at every value of the running indices."""
        evaluated = [Evaluated(self, scope, scope.parse(self.latex)) for scope in self.scopes()]
        if not all([each.compared() for each in evaluated]) or not evaluated:
            raise EquationError("nothing was compared")
        return evaluated


@dataclass(frozen=True)
class Evaluated:
    """An equation in one scope."""

    case: Case
    scope: Scope
    statements: tuple[Node, ...]

    def compared(self, statements: tuple[Node, ...] | None = None) -> int:
        """How many relations were compared, all of them true; of a mutant, where one is given."""
        case = self.case
        return self.scope.check(statements or self.statements, case.after, case.tolerance, case.tight)


@dataclass
class Check:
    """How a test checked one equation."""

    equation: pages.Equation
    evaluated: list[Evaluated] = field(default_factory=list)
    equivalent: dict[str, str] = field(default_factory=dict)  # mutant -> why it is the same equation
    reason: dict[str, str] = field(default_factory=dict)  # by language: why a program checks it instead

    def holds(
        self,
        bindings: Mapping[str, object],
        *,
        given: Sequence[str] = (),
        forall: Mapping[str, Iterable[int]] | None = None,
        ranges: Mapping[str, int | Iterable[int]] | None = None,
        after: Mapping[str, object] | None = None,
        tolerance: float = 1e-9,
        tight: float | Mapping[int, float] | None = None,
        equivalent: Mapping[str, str] | None = None,
    ) -> None:
        """The equation, evaluated from its LaTeX, holds under these bindings.

        bindings: LaTeX name -> number, tensor, function, list (from 1) or dict of these, or a LaTeX definition.
        given: labels of equations that define further names by their own LaTeX.
        forall: running indices and their values; the equation is checked at each.
        ranges: indices of sums, maxima, … that are written without a range; n means 1 … n.
        after: what stands left of ``\\leftarrow``, after the step.
        tolerance: largest relative difference of the two sides.
        tight: under these bindings the inequalities, or the relations with these numbers, are equalities, up to this
            relative gap. A bound that is reached in one of the cases of a test cannot be loosened unnoticed.
        equivalent: mutants that are the same equation, with the reason.
        """
        _forbid_self_reference(self.equation, bindings, given)
        definitions = [definition for label in given for definition in definitions_in(equation(label).latex)]
        case = Case(
            self.equation.latex, bindings, definitions, forall or {}, ranges or {}, after or {}, tolerance, tight
        )
        self.evaluated += case.check()
        self.equivalent |= equivalent or {}

    def by_program(self, *, en: str, zh: str) -> None:
        """The assertions of this test check the equation; its LaTeX cannot be evaluated, for the reason given."""
        if len(en.split()) < 3 or len(zh) < 4:
            raise EquationError("by_program needs a reason that a reader understands, in both languages")
        self.reason = {"en": en, "zh": zh}


_recorded: dict[str, Check] | None = None  # the checks of the running test


@contextmanager
def recording() -> Iterator[dict[str, Check]]:
    """Collects the checks that a test makes."""
    global _recorded
    _recorded = {}
    try:
        yield _recorded
    finally:
        _recorded = None


def eq(label: str) -> Check:
    """The check of one equation."""
    checks = {} if _recorded is None else _recorded
    if label not in checks:
        checks[label] = Check(equation(label))
    return checks[label]


def equation(label: str) -> pages.Equation:
    book = pages.equations()
    if label not in book:
        topic = label.partition("-")[0]
        near = ", ".join(name for name in book if name.startswith(f"{topic}-")) or "none begins so"
        raise EquationError(f"no equation has the label {label!r}; of {topic}: {near}")
    return book[label]


def definitions_in(latex: str) -> list[tuple[str, str]]:
    """The (name, formula) of every row "name = formula", for use as definitions."""
    found = []
    for statement in statements(latex):
        sides, signs = split(statement, RELATIONS)
        if signs and signs[0].text == "=" and sides[0] and sides[1]:
            found.append(tuple(latex[side[0].start : side[-1].end] for side in sides[:2]))
    if not found:
        raise ParseError("expected a definition, name = formula", latex)
    return found


def _forbid_self_reference(equation: pages.Equation, bindings: Mapping[str, object], given: Sequence[str]) -> None:
    """A check whose bindings repeat the equation would pass whatever the equation says."""
    if equation.label in given:
        raise EquationError(f"{equation.label} cannot be given for its own check")
    sides = {name_of(side) for pair in _defining_rows(equation.latex) for side in pair}
    for name, value in bindings.items():
        if isinstance(value, str) and name_of(value) in sides:
            raise EquationError(f"the binding of {name} repeats a side of {equation.label}: bind something independent")
        for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]:
            if isinstance(member, Tensor) and 1 in member.shape:
                raise EquationError(
                    f"{name} has a dimension of size 1, which hides wrong shapes: {tuple(member.shape)}"
                )


def _defining_rows(latex: str) -> list[tuple[str, str]]:
    try:
        return definitions_in(latex)
    except ParseError:
        return []
