"""Small wrong changes of an equation. A check that lets one of them pass would let the same misprint pass.

A mutant changes one node of the syntax tree, as one slip of the pen changes the LaTeX: a sign, a transpose, a factor, a
numeral, an index, a limit, a function, a symbol. It is evaluated under the bindings of the equation's own test.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from torch import Tensor

from dlnotes.book.equations import Check, Evaluated
from dlnotes.book.latex import EvaluationError, LatexError, Refuted, Scope
from dlnotes.book.latex import operators as op
from dlnotes.book.latex.syntax import (
    Apply,
    Call,
    Cases,
    Derivative,
    Expectation,
    Index,
    Name,
    Node,
    Number,
    Over,
    Range,
    Relation,
    children,
    walk,
)

Statements = tuple[Node, ...]
OPPOSITE = {"≤": "≥", "≥": "≤", "<": ">", ">": "<"}
OTHER_RANGE = {"max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
OTHER_FUNCTION = {
    r"\exp": r"\log", r"\log": r"\exp", r"\ln": r"\exp", r"\sin": r"\cos", r"\cos": r"\sin", r"\max": r"\min",
    r"\min": r"\max", r"\tanh": r"\sinh",
}  # fmt: skip
ACCENTS = ("hat", "bar", "tilde")


@dataclass(frozen=True)
class Mutant:
    name: str  # what was changed where: "drop transpose: \\mathbf{W}^\\top"
    original: Statements
    node: Node
    changed: Node

    @property
    def statements(self) -> Statements:
        return tuple(_substitute(statement, self.node, self.changed) for statement in self.original)


def mutants(evaluated: Evaluated) -> Iterator[Mutant]:
    """All mutants of an equation that was evaluated."""
    latex, scope = evaluated.case.latex, evaluated.scope
    statements = tuple(_settle(statement, scope) for statement in evaluated.statements)
    evaluated.compared(statements)  # for the values of the settled nodes
    mutations = _Mutations(statements, scope)
    seen: dict[str, int] = {}
    for node, local in _with_locals(statements, frozenset(scope.running)):
        for change, changed in mutations.of(node, local):
            name = f"{change}: {' '.join(latex[node.start : node.end].split())}"
            seen[name] = seen.get(name, 0) + 1
            name += f" ({seen[name]})" if seen[name] > 1 else ""
            yield Mutant(name, statements, node, changed)


def _settle(tree: Node, scope: Scope) -> Node:
    """The tree with each _{jk} read as the evaluation read it: as two indices or as a product."""
    settled = _rebuild(tree, lambda node: _settle(node, scope))
    if isinstance(settled, Index) and settled.glued:
        was_glued = all(index in scope.trace for index in tree.glued)
        return replace(settled, component=settled.glued if was_glued else settled.component, glued=())
    return settled


@dataclass(frozen=True)
class Outcome:
    tried: int  # mutants that say something else than the equation
    equivalent: int  # mutants that say the same, declared with a reason


def refute_mutants(check: Check) -> Outcome:
    """Evaluates all mutants of an equation under all bindings of its test; ``SurvivingMutants`` if any passes them."""
    survivors: dict[str, Mutant] = {}
    refuted: set[str] = set()
    for evaluated in check.evaluated:
        for mutant in mutants(evaluated):
            if mutant.name not in refuted:
                if survives(mutant, evaluated):
                    survivors[mutant.name] = mutant
                else:
                    refuted.add(mutant.name)
    survivors = {name: mutant for name, mutant in survivors.items() if name not in refuted}
    undeclared = [mutant for name, mutant in survivors.items() if name not in check.equivalent]
    unused = [name for name in check.equivalent if name not in survivors]
    if undeclared or unused:
        raise SurvivingMutants(check, undeclared, unused)
    return Outcome(len(refuted), len(survivors))


class SurvivingMutants(AssertionError):
    def __init__(self, check: Check, undeclared: list[Mutant], unused: list[str]):
        label, latex = check.equation.label, check.equation.latex
        lines = []
        if undeclared:
            lines += [
                f"{label}: the bindings pass {len(undeclared)} wrong equations. Bind other or more values so that they",
                "differ; where a mutant says the same as the equation, declare equivalent={name: reason}:",
                *(
                    f"{mutant.name!r}\n{LatexError('', latex, mutant.node.start, mutant.node.end)}"
                    for mutant in undeclared
                ),
            ]
        if unused:
            lines += [f"{label}: declared equivalent, but refuted or no mutant: {', '.join(map(repr, unused))}"]
        super().__init__("\n".join(lines))


def survives(mutant: Mutant, evaluated: Evaluated) -> bool:
    """Whether the bindings pass the mutant as they pass the equation."""
    try:
        evaluated.compared(mutant.statements)
    except (Refuted, EvaluationError):
        return False
    return True


def _with_locals(statements: Sequence[Node], local: frozenset) -> Iterator[tuple[Node, frozenset]]:
    """Every node with the indices that have a value there."""
    for node in statements:
        yield node, local
        inner = local
        if isinstance(node, Over):
            inner = local | {range_.name for range_ in node.ranges}
        elif isinstance(node, Expectation) and node.distribution is not None:
            inner = local | set(node.names)
        yield from _with_locals(tuple(children(node)), inner)


def _substitute(tree: Node, old: Node, new: Node) -> Node:
    """The tree with one node replaced."""
    return new if tree is old else _rebuild(tree, lambda node: _substitute(node, old, new))


def _rebuild(tree: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with its children changed; itself if none was."""
    values = {field.name: _changed(getattr(tree, field.name), change) for field in fields(tree)}
    return tree if all(values[name] is getattr(tree, name) for name in values) else replace(tree, **values)


def _changed(value: object, change: Callable[[Node], Node]) -> object:
    if isinstance(value, Node):
        return change(value)
    if isinstance(value, tuple):
        items = tuple(_changed(item, change) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    return value


class _Mutations:
    def __init__(self, statements: Statements, scope: Scope):
        self.scope = scope
        nodes = [node for statement in statements for node in walk(statement)]
        self.names = {node.key: node for node in nodes if isinstance(node, Name)}
        self.transposed = {id(n.operands[0]) for n in nodes if isinstance(n, Apply) and n.operator == "transpose"}
        self.indexed = {id(n.base) for n in nodes if isinstance(n, Index)}
        self.indices = {id(i) for n in nodes if isinstance(n, Index) for i in (*n.family, *n.component)}
        self.arguments = {id(a) for n in nodes if isinstance(n, Call) for a in n.arguments}
        self.normed = {id(n.operands[0]) for n in nodes if isinstance(n, Apply) and n.operator == "norm"}
        self.top = {id(statement) for statement in statements}

    def of(self, node: Node, local: frozenset) -> Iterator[tuple[str, Node]]:
        """What was changed, and the changed node."""
        kinds = {
            Number: self.number, Apply: self.apply, Index: self.index, Call: self.call, Over: self.over,
            Relation: self.relation, Cases: self.cases, Range: self.range,
        }  # fmt: skip
        if isinstance(node, Name):
            yield from self.name(node, local)
        elif type(node) in kinds:
            yield from kinds[type(node)](node)
        if (
            isinstance(node, (Name, Index, Derivative, Call))
            and id(node) not in self.transposed | self.indexed | self.normed
        ):
            yield from self.insert_transpose(node)

    def number(self, node: Number) -> Iterator[tuple[str, Node]]:
        if id(node) in self.indices:
            return  # is shifted
        step = 10.0**-node.decimals if node.decimals else 1
        yield "raise the numeral", replace(node, value=node.value + step)

    def name(self, node: Name, local: frozenset) -> Iterator[tuple[str, Node]]:
        for key, other in self.names.items():
            if key != node.key and not _are_namesakes(key, node.key) and self.alike(node, other, local):
                yield f"{' '.join(key)} in place of", replace(node, key=key)
        for key in self.scope.values:
            if key not in self.names and _differ_by_accent(key, node.key):
                yield f"{' '.join(key)} in place of", replace(node, key=key)

    def alike(self, node: Name, other: Name, local: frozenset) -> bool:
        """Whether one name could stand in the place of the other: indices, or values of one shape."""
        if node.key in local or other.key in local:
            return node.key in local and other.key in local
        if other.key not in self.scope.names or self.scope.names[node.key] != self.scope.names[other.key]:
            return False
        families = [self.scope.values.get(n.key) for n in (node, other)]
        if any(hasattr(family, "members") for family in families):
            return all(hasattr(f, "members") for f in families) and families[0].arity == families[1].arity
        values = [self.value(n) for n in (node, other)]
        return all(v is not None for v in values) and op.shape_of(values[0]) == op.shape_of(values[1])

    def value(self, node: Node) -> object:
        value = self.scope.trace.get(node, self.scope.values.get(getattr(node, "key", None)))
        return value if isinstance(value, (int, float, Tensor)) else None

    def insert_transpose(self, node: Node) -> Iterator[tuple[str, Node]]:
        value = self.value(node)
        if isinstance(value, Tensor) and value.ndim == 1 and id(node) in self.arguments:
            return  # what a function does with a row is not the equation's business
        if isinstance(value, Tensor) and value.ndim in (1, 2) and not _is_symmetric(value):
            yield "transpose", Apply(node.start, node.end, "transpose", (node,))

    def apply(self, node: Apply) -> Iterator[tuple[str, Node]]:
        operator, operands = node.operator, node.operands
        first, *_ = operands or (None,)
        if operator == "+":
            for i, term in enumerate(operands):
                yield (
                    f"change sign {i + 1}",
                    replace(node, operands=(*operands[:i], _negated(term), *operands[i + 1 :])),
                )
                yield f"drop term {i + 1}", _fewer(node, i)
        elif operator == "product":
            for i in range(len(operands)):
                yield f"drop factor {i + 1}", _fewer(node, i)
            for i, (a, b) in enumerate(itertools.pairwise(operands)):
                if not any(op.is_scalar(self.scope.trace.get(factor, 0)) for factor in (a, b)):
                    swapped = (*operands[:i], b, a, *operands[i + 2 :])
                    yield f"swap factors {i + 1} and {i + 2}", replace(node, operands=swapped)
        elif operator in {"⊙", "⊘", "·", "/", "frac"}:
            yield "drop left operand", operands[1]
            yield "drop right operand", first
            if operator in {"⊘", "/", "frac"}:
                yield "invert", replace(node, operands=operands[::-1])
            if operator in {"⊙", "⊘"}:
                yield "⊙ for ⊘ or back", replace(node, operator="⊘" if operator == "⊙" else "⊙")
        elif operator == "norm" and len(operands) == 2 and len(op.shape_of(self.scope.trace.get(first, 0))) == 2:
            yield "Frobenius in place of", replace(node, operands=(first,))
        elif operator in {"floor", "ceil"}:
            yield "floor for ceil or back", replace(node, operator="ceil" if operator == "floor" else "floor")
        elif operator in DROPPED:
            yield f"drop {DROPPED[operator]}", first
        elif operator in {"set", "range", "reals"} and operands:
            last = operands[-1]
            one_more = Apply(last.start, last.end, "+", (last, Number(last.end, last.end, 1, 0)))
            yield "raise the last", replace(node, operands=(*operands[:-1], one_more))

    def index(self, node: Index) -> Iterator[tuple[str, Node]]:
        for part in ("family", "component"):
            indices = getattr(node, part)
            for i, index in enumerate(indices):
                for shift in (1, -1):
                    changed = {part: (*indices[:i], _shifted(index, shift), *indices[i + 1 :])}
                    yield f"shift index {i + 1} by {shift:+}", replace(node, **changed)
        if len(node.component) == 2:
            yield "swap indices", replace(node, component=node.component[::-1])

    def call(self, node: Call) -> Iterator[tuple[str, Node]]:
        if len(node.arguments) == 1 and not isinstance(node.arguments[0], Relation):
            yield "drop the function", node.arguments[0]
        if len(node.arguments) == 2:
            yield "swap arguments", replace(node, arguments=node.arguments[::-1])
        key = node.function.key if isinstance(node.function, Name) else ()
        if len(key) == 1 and key[0] in OTHER_FUNCTION:
            other = replace(node.function, key=(OTHER_FUNCTION[key[0]],))
            yield f"{other.key[0]} in place of {key[0]}", replace(node, function=other)

    def over(self, node: Over) -> Iterator[tuple[str, Node]]:
        if node.operator in OTHER_RANGE:
            yield (
                f"{OTHER_RANGE[node.operator]} in place of {node.operator}",
                replace(node, operator=OTHER_RANGE[node.operator]),
            )

    def range(self, node: Range) -> Iterator[tuple[str, Node]]:
        if id(node) not in self.top and node.first is not None and node.last is not None:
            if not isinstance(node.first, Number):
                yield "start one later", replace(node, first=_shifted(node.first, 1))
            yield "stop one earlier", replace(node, last=_shifted(node.last, -1))

    def relation(self, node: Relation) -> Iterator[tuple[str, Node]]:
        for i, operator in enumerate(node.operators):
            others = OPPOSITE if id(node) in self.top else {**OPPOSITE, "=": "≠", "≠": "="}
            if operator in others:
                changed = (*node.operators[:i], others[operator], *node.operators[i + 1 :])
                yield f"{others[operator]} in place of {operator}", replace(node, operators=changed)
            if id(node) in self.top and operator in "=≈←":
                operands = (*node.operands[: i + 1], _negated(node.operands[i + 1]), *node.operands[i + 2 :])
                if not _is_zero(self.scope.trace.get(node.operands[i + 1])):
                    yield f"minus before side {i + 2}", replace(node, operands=operands)

    def cases(self, node: Cases) -> Iterator[tuple[str, Node]]:
        for i in range(len(node.branches) - 1):
            (a, if_a), (b, if_b) = node.branches[i : i + 2]
            yield (
                f"swap cases {i + 1} and {i + 2}",
                replace(node, branches=(*node.branches[:i], (b, if_a), (a, if_b), *node.branches[i + 2 :])),
            )


DROPPED = {
    "neg": "minus", "power": "exponent", "elementwise power": "exponent", "transpose": "transpose",
    "inverse": "inverse", "root": "root", "abs": "absolute value", "prime": "prime", "trace": "trace", "!": "factorial",
    "pseudoinverse": "inverse", "norm": "norm",
}  # fmt: skip


def _negated(node: Node) -> Node:
    if isinstance(node, Apply) and node.operator == "neg":
        return node.operands[0]
    return Apply(node.start, node.end, "neg", (node,))


def _fewer(node: Apply, i: int) -> Node:
    left = (*node.operands[:i], *node.operands[i + 1 :])
    return left[0] if len(left) == 1 else replace(node, operands=left)


def _shifted(node: Node, by: int) -> Node:
    if isinstance(node, Number):
        return replace(node, value=node.value + by)
    return Apply(node.start, node.end, "+", (node, Number(node.end, node.end, by, 0)))


def _is_symmetric(value: Tensor) -> bool:
    return value.ndim == 2 and value.shape[0] == value.shape[1] and op.close(value, value.T, 1e-12)


def _is_zero(value: object) -> bool:
    return isinstance(value, (int, float, Tensor)) and op.close(value, 0 * op.tensor(value), 1e-12)


def _are_namesakes(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """z and \\mathbf{z}: the entries and the vector."""
    return _unstyled(one) == _unstyled(other)


def _unstyled(key: tuple[str, ...]) -> str:
    return re.sub(r"\\(mathbf|boldsymbol)\{([^{}]*)\}", r"\2", " ".join(key))


def _differ_by_accent(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(one) != 1 or len(other) != 1:
        return False
    plain = [text[len(a) + 2 : -1] for text in (one[0], other[0]) for a in ACCENTS if text.startswith(f"\\{a}{{")]
    return one[0] in plain or other[0] in plain or (len(plain) == 2 and plain[0] == plain[1])
