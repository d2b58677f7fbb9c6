"""Small wrong changes of an equation. A check that lets one of them pass would let the same misprint pass.

A mutant changes one node of the syntax tree, as one slip of the pen changes the LaTeX: a sign, a transpose, a factor, a
numeral, an index, a limit, a function, a symbol. It is evaluated under the bindings of the equation's own test.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from torch import Tensor

from dlnotes.book.equations import Check, Evaluated
from dlnotes.book.latex import EvaluationError, LatexError, Refuted, Scope
from dlnotes.book.latex import operators as op
from dlnotes.book.latex.syntax import Node, unstyled

Statements = tuple[Node, ...]
OPPOSITE = {"≤": "≥", "≥": "≤", "<": ">", ">": "<"}
OTHER_RANGE = {"max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax"}
OTHER_FUNCTION = {
    r"\exp": r"\log", r"\log": r"\exp", r"\sin": r"\cos", r"\cos": r"\sin", r"\max": r"\min",
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
    scope = evaluated.scope
    statements = tuple(_settle(statement, scope) for statement in evaluated.statements)
    evaluated.compared(statements)  # for the values of the settled nodes
    mutations = _Mutations(statements, scope)
    seen: dict[str, int] = {}
    for node, local in _with_locals(statements, frozenset(scope.running)):
        for change, changed in mutations.of(node, local):
            name = f"{change}: {' '.join(node.source.split())}"
            seen[name] = seen.get(name, 0) + 1
            name += f" ({seen[name]})" if seen[name] > 1 else ""
            yield Mutant(name, statements, node, changed)


def _settle(tree: Node, scope: Scope) -> Node:
    """The tree with each _{jk} read as the evaluation read it: as two indices or as a product."""
    settled = _rebuild(tree, lambda node: _settle(node, scope))
    reading = scope.readings.get(tree, ())
    if len(reading) >= len(settled.operands) > 0:
        return replace(settled, operands=(settled.operands[0], *reading))
    return replace(settled, operands=()) if settled.operator == "number" and settled.operands else settled


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
        label, lines = check.equation.label, []
        if undeclared:
            lines += [
                f"{label}: the bindings pass {len(undeclared)} wrong equations. Bind other or more values so that they",
                "differ; where a mutant says the same as the equation, declare equivalent={name: reason}:",
                *(f"{mutant.name!r}\n{LatexError('', *mutant.node.span)}" for mutant in undeclared),
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


def _with_locals(nodes: Sequence[Node], local: frozenset) -> Iterator[tuple[Node, frozenset]]:
    """Every node with the indices that have a value there."""
    for node in nodes:
        yield node, local
        inner = local
        if node.operator == "over":
            ranges = [part for part in node.operands if part.operator in {"range", "member", "declared", "outcome"}]
            inner = local | {key for part in ranges for key in part.value}
        yield from _with_locals(node.operands, inner)


def _substitute(tree: Node, old: Node, new: Node) -> Node:
    """The tree with one node replaced."""
    return new if tree is old else _rebuild(tree, lambda node: _substitute(node, old, new))


def _rebuild(tree: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with its operands changed; itself if none was."""
    operands = tuple(change(operand) for operand in tree.operands)
    unchanged = all(a is b for a, b in zip(operands, tree.operands, strict=True))
    return tree if unchanged else replace(tree, operands=operands)


class _Mutations:
    def __init__(self, statements: Statements, scope: Scope):
        self.scope = scope
        nodes = [node for statement in statements for node in statement.walk()]
        self.names = {node.value: node for node in nodes if node.operator == "name"}
        self.indices = {id(i) for node in nodes if node.operator == "index" for i in node.operands[1:]}
        self.arguments = {id(a) for node in nodes if node.operator == "call" for a in node.operands[1:]}
        self.not_transposed = {id(n.operands[0]) for n in nodes if n.operator in {"transpose", "index", "norm"}}
        self.top = {id(statement) for statement in statements}

    def of(self, node: Node, local: frozenset) -> Iterator[tuple[str, Node]]:
        """What was changed, and the changed node."""
        kinds = {
            "number": self.number, "index": self.index, "call": self.call, "over": self.over, "cases": self.cases,
            "relation": self.relation, "range": self.range, "+": self.sum, "product": self.product,
        }  # fmt: skip
        if node.operator == "name":
            yield from self.name(node, local)
        else:
            yield from kinds.get(node.operator, self.apply)(node)
        is_tensor = node.operator in {"name", "index", "derivative", "call"}
        if is_tensor and id(node) not in self.not_transposed:
            yield from self.insert_transpose(node)

    def number(self, node: Node) -> Iterator[tuple[str, Node]]:
        if id(node) not in self.indices:  # which are shifted
            yield (
                "raise the numeral",
                replace(node, value=node.value + Decimal(1).scaleb(node.value.as_tuple().exponent)),
            )

    def name(self, node: Node, local: frozenset) -> Iterator[tuple[str, Node]]:
        for key, other in self.names.items():
            if key != node.value and not _are_namesakes(key, node.value) and self.alike(node, other, local):
                yield f"{' '.join(key)} in place of", replace(node, value=key)
        for key in (*self.scope.values, *self.scope.definitions):
            if key not in self.names and _differ_by_accent(key, node.value):
                yield f"{' '.join(key)} in place of", replace(node, value=key)

    def alike(self, node: Node, other: Node, local: frozenset) -> bool:
        """Whether one name could stand in the place of the other: indices, or values of one shape."""
        if node.value in local or other.value in local:
            return node.value in local and other.value in local
        kinds = [self.scope.names.get(n.value) for n in (node, other)]
        arities = [self.arities(n.value) for n in (node, other)]
        shapes = [self.shape(n) for n in (node, other)]
        if kinds[0] != kinds[1]:
            return False
        return (arities[0] == arities[1] != set()) or (shapes[0] == shapes[1] is not None)

    def arities(self, key: tuple[str, ...]) -> set[int]:
        """With how many indices members of a family, or definitions, are bound; empty for other names."""
        scope = self.scope
        bound = (*scope.values.get(key, ()), *(definition.slots for definition in scope.definitions.get(key, ())))
        return {len(indices) for indices in bound} if bound != ((),) or key in scope.definitions else set()

    def value(self, node: Node) -> object:
        value = self.scope.trace.get(node)
        if value is None and node.operator == "name":
            value, _ = self.scope.member(node.value, ())
        return value if isinstance(value, op.Value) else None

    def shape(self, node: Node) -> tuple[int, ...] | None:
        value = self.value(node)
        return None if value is None else op.shape_of(value)

    def insert_transpose(self, node: Node) -> Iterator[tuple[str, Node]]:
        value = self.value(node)
        if isinstance(value, Tensor) and value.ndim == 1 and id(node) in self.arguments:
            return  # what a function does with a row is not the equation's business
        if isinstance(value, Tensor) and value.ndim in (1, 2) and not _is_symmetric(value):
            yield "transpose", _apply("transpose", node)

    def sum(self, node: Node) -> Iterator[tuple[str, Node]]:
        for i, term in enumerate(node.operands):
            yield f"change sign {i + 1}", _with_operand(node, i, _negated(term))
            yield f"drop term {i + 1}", _fewer(node, i)

    def product(self, node: Node) -> Iterator[tuple[str, Node]]:
        for i in range(len(node.operands)):
            yield f"drop factor {i + 1}", _fewer(node, i)
        for i, (a, b) in enumerate(itertools.pairwise(node.operands)):
            if not any(op.is_scalar(self.scope.trace.get(factor, 0)) for factor in (a, b)):
                swapped = _with_operand(_with_operand(node, i, b), i + 1, a)
                yield f"swap factors {i + 1} and {i + 2}", swapped

    def apply(self, node: Node) -> Iterator[tuple[str, Node]]:
        operator, operands = node.operator, node.operands
        if operator in {"⊙", "⊘", "·", "/", "frac"}:
            yield "drop left operand", operands[1]
            yield "drop right operand", operands[0]
            if operator in {"⊘", "/", "frac"}:
                yield "invert", replace(node, operands=operands[::-1])
            if operator in {"⊙", "⊘"}:
                yield "⊙ for ⊘ or back", replace(node, operator="⊘" if operator == "⊙" else "⊙")
        elif operator == "norm" and len(operands) == 2 and len(op.shape_of(self.scope.trace.get(operands[0], 0))) == 2:
            yield "Frobenius in place of", replace(node, operands=operands[:1])
        elif operator in {"floor", "ceil"}:
            yield "floor for ceil or back", replace(node, operator="ceil" if operator == "floor" else "floor")
        elif operator in DROPPED:
            yield f"drop {DROPPED[operator]}", operands[0]
        elif operator in {"set", "span", "reals"} and operands:
            yield "raise the last", _with_operand(node, len(operands) - 1, _apply("+", operands[-1], _number(node, 1)))

    def index(self, node: Node) -> Iterator[tuple[str, Node]]:
        _, *indices = node.operands
        for i, index in enumerate(indices):
            for shift in (1, -1):
                number = i + 1 if i < node.value else i + 1 - node.value  # counted above and below by itself
                yield f"shift index {number} by {shift:+}", _with_operand(node, i + 1, _shifted(index, shift))
        if len(indices) - node.value == 2:
            yield "swap indices", replace(node, operands=(*node.operands[:-2], *indices[:-3:-1]))

    def call(self, node: Node) -> Iterator[tuple[str, Node]]:
        function, *arguments = node.operands
        if len(arguments) == 1 and arguments[0].operator != "relation":
            yield "drop the function", arguments[0]
        if len(arguments) == 2:
            yield "swap arguments", replace(node, operands=(function, *arguments[::-1]))
        name = function.value[0] if function.operator == "name" and len(function.value) == 1 else ""
        if other := OTHER_FUNCTION.get(name):
            yield f"{other} in place of {name}", _with_operand(node, 0, replace(function, value=(other,)))

    def over(self, node: Node) -> Iterator[tuple[str, Node]]:
        if other := OTHER_RANGE.get(node.value):
            yield f"{other} in place of {node.value}", replace(node, value=other)

    def range(self, node: Node) -> Iterator[tuple[str, Node]]:
        first, last = node.operands
        if first.operator != "number":
            yield "start one later", _with_operand(node, 0, _shifted(first, 1))
        yield "stop one earlier", _with_operand(node, 1, _shifted(last, -1))

    def relation(self, node: Node) -> Iterator[tuple[str, Node]]:
        others = OPPOSITE if id(node) in self.top else {**OPPOSITE, "=": "≠", "≠": "="}
        for i, sign in enumerate(node.value):
            if other := others.get(sign):
                changed = replace(node, value=(*node.value[:i], other, *node.value[i + 1 :]))
                yield f"{other} in place of {sign}", changed
            side = node.operands[i + 1]
            if id(node) in self.top and sign in "=≈←" and not _is_zero(self.scope.trace.get(side)):
                yield f"minus before side {i + 2}", _with_operand(node, i + 1, _negated(side))

    def cases(self, node: Node) -> Iterator[tuple[str, Node]]:
        for i, (a, b) in enumerate(itertools.pairwise(node.operands)):
            a, b = (_with_operand(row, 0, other.operands[0]) for row, other in ((a, b), (b, a)))
            yield f"swap cases {i + 1} and {i + 2}", _with_operand(_with_operand(node, i, a), i + 1, b)


DROPPED = {
    "neg": "minus", "power": "exponent", "elementwise power": "exponent", "transpose": "transpose",
    "inverse": "inverse", "root": "root", "abs": "absolute value", "prime": "prime", "trace": "trace", "!": "factorial",
    "pseudoinverse": "inverse", "norm": "norm",
}  # fmt: skip


def _apply(operator: str, *operands: Node) -> Node:
    return Node(operator, operands, None, operands[0].span)


def _number(node: Node, value: int) -> Node:
    return Node("number", (), Decimal(value), node.span)


def _with_operand(node: Node, i: int, operand: Node) -> Node:
    return replace(node, operands=(*node.operands[:i], operand, *node.operands[i + 1 :]))


def _negated(node: Node) -> Node:
    return node.operands[0] if node.operator == "neg" else _apply("neg", node)


def _fewer(node: Node, i: int) -> Node:
    left = (*node.operands[:i], *node.operands[i + 1 :])
    return left[0] if len(left) == 1 else replace(node, operands=left)


def _shifted(node: Node, by: int) -> Node:
    return replace(node, value=node.value + by) if node.operator == "number" else _apply("+", node, _number(node, by))


def _is_symmetric(value: Tensor) -> bool:
    return value.ndim == 2 and value.shape[0] == value.shape[1] and op.close(value, value.T, 1e-12)


def _is_zero(value: object) -> bool:
    return isinstance(value, op.Value) and op.close(value, 0 * op.tensor(value), 1e-12)


def _are_namesakes(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """z and \\mathbf{z}: the entries and the vector."""
    return unstyled(" ".join(one)) == unstyled(" ".join(other))


def _differ_by_accent(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(one) != 1 or len(other) != 1:
        return False
    plain = [text[len(a) + 2 : -1] for text in (one[0], other[0]) for a in ACCENTS if text.startswith(f"\\{a}{{")]
    return one[0] in plain or other[0] in plain or (len(plain) == 2 and plain[0] == plain[1])
