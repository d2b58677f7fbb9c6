"""A syntax tree to its value, under bindings.

A definition is evaluated when it is asked for, once, so that ``\\partial`` is automatic differentiation of the book's
own formulas. Every relation becomes a comparison, every row of a derivation is compared with the row before it.
"""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from dlnotes.book.latex import operators as op
from dlnotes.book.latex import syntax
from dlnotes.book.latex.bindings import (
    CONSTANTS,
    FUNCTIONS,
    Bindings,
    Distribution,
    Family,
    Key,
    RandomVariable,
    Rule,
    as_bound,
)
from dlnotes.book.latex.errors import EvaluationError, LatexError, ParseError, Refuted
from dlnotes.book.latex.operators import Value
from dlnotes.book.latex.syntax import VALUE, Node
from dlnotes.book.latex.tokens import name_of

MAX_EVALUATION_DEPTH, MAX_TERMS = 80, 100_000


class Scope(Bindings):
    """Evaluates an equation under its bindings."""

    def __init__(self, *bindings: Any, **options: Any):
        super().__init__(*bindings, **options)
        self.locals: dict[Key, Value] = {}
        self.cache: dict[tuple, Any] = {}
        self.entries: dict[Tensor, list[Tensor]] = {}  # of vectors that are defined by their entries
        self.trace: dict[Node, Any] = {}  # the value last seen of every node, for mutation
        self.source = ""
        self.row_before: Value | None = None
        self.depth = self.terms = 0

    def parse(self, latex: str) -> tuple[Node, ...]:
        """The statements of the equation."""
        names = frozenset((self.names | dict.fromkeys(self.running, VALUE)).items())
        return _parse(latex, names, frozenset(self.ranges), True)

    def evaluate(self, node: Node) -> Any:
        self.depth += 1
        try:
            with self._located(node):
                if self.depth > MAX_EVALUATION_DEPTH:
                    raise ValueError("definitions run in a circle, or nest too deeply")
                value = getattr(self, f"_{type(node).__name__.lower()}")(node)
        finally:
            self.depth -= 1
        self.trace[node] = value
        return value

    @contextmanager
    def _located(self, node: Node) -> Iterator[None]:
        """Says where in the formula an operator or a bound function went wrong."""
        source = self.source
        try:
            yield
        except LatexError:
            raise
        except (ValueError, RuntimeError, TypeError, ArithmeticError, LookupError) as error:
            raise EvaluationError(str(error).split("\n")[0], source, node.start, node.end) from error

    @contextmanager
    def _with(self, values: Mapping[Key, Value], source: str | None = None) -> Iterator[None]:
        """Local names on top of those around; with a source, instead of them: the body of a definition."""
        outer = self.locals, self.source
        self.locals = {**({} if source else self.locals), **values}
        self.source = source or self.source
        try:
            yield
        finally:
            self.locals, self.source = outer

    def _number(self, node: syntax.Number) -> Value:
        return node.value

    def _lookup(self, node: Node) -> object:
        if not isinstance(node, syntax.Name):
            return self.evaluate(node)
        for values in (self.locals, self.values, FUNCTIONS, CONSTANTS):
            if node.key in values:
                return values[node.key]
        raise ValueError(f"{' '.join(node.key)} has no value here")

    def _name(self, node: syntax.Name) -> Any:
        value = self._lookup(node)
        if not isinstance(value, Family):
            return value
        if value.arity == 0 or value.is_function:
            return self._member(node.key, value, ())
        return self._stack(node.key, value)

    def _member(self, base: Key, family: Family, indices: tuple[int, ...]) -> Any:
        if indices in family.members:
            return family.members[indices]
        if (base, indices) in self.cache:
            return self.cache[base, indices]
        for rule in family.rules:
            bound = rule.match(indices) if len(indices) == family.arity else None
            if bound is not None:
                if rule.parameters:
                    return self._function(rule, bound)
                return self.cache.setdefault((base, indices), self._body(rule, bound))
        known = ", ".join(str(i[0] if len(i) == 1 else i) for i in family.members)
        raise ValueError(f"{' '.join(base)} has no member {indices}" + (f"; bound are {known}" if known else ""))

    def _body(self, rule: Rule, values: Mapping[Key, Value]) -> Any:
        names = frozenset((self.names | dict.fromkeys(values, VALUE)).items())
        body = _parse(rule.latex, names, frozenset(self.ranges) - {key[0] for key in values}, False)
        with self._with(values, rule.latex):
            return self.evaluate(body)

    def _function(self, rule: Rule, bound: Mapping[Key, Value]) -> Callable[..., Value]:
        def call(*arguments: Value) -> Value:
            if len(arguments) != len(rule.parameters):
                raise ValueError(f"{len(arguments)} arguments, {len(rule.parameters)} expected")
            (parameter, *rest), (argument, *_) = rule.parameters, arguments
            is_scalar_function = not rest and not parameter[0].startswith(("\\mathbf", "\\boldsymbol"))
            if is_scalar_function and not op.is_scalar(argument):  # elementwise
                entries = [op.tensor(call(entry)) for entry in argument.reshape(-1)]
                return torch.stack(entries).reshape(argument.shape)
            return self._body(rule, {**bound, **dict(zip(rule.parameters, arguments, strict=True))})

        return call

    def _stack(self, base: Key, family: Family) -> Tensor:
        """The vector or matrix of a family that is defined by its entries, over their declared ranges."""
        if (base,) not in self.cache:
            slots = family.rules[0].slots if len(family.rules) == 1 else ()
            if not slots or any(isinstance(slot, int) or slot[0] not in self.ranges for slot in slots):
                raise ValueError(f"{' '.join(base)} is a family: it needs an index")
            ranges = [[i + slot[1] for i in self.ranges[slot[0]]] for slot in slots]
            entries = [op.tensor(self._member(base, family, indices)) for indices in itertools.product(*ranges)]
            stacked = torch.stack(entries).reshape([len(r) for r in ranges])
            self.entries[stacked] = entries
            self.cache[base,] = stacked
        return self.cache[base,]

    def _resolve(self, node: Node) -> tuple[Any, tuple[int, ...]]:
        """What an index takes an entry from, and which entry."""
        if not isinstance(node, syntax.Index):
            return self.evaluate(node), ()
        value = self._lookup(node.base)
        upper = [self._integer(index) for index in node.family]
        if isinstance(value, Family):
            key = node.base.key if isinstance(node.base, syntax.Name) else ()
            taken = value.arity - len(upper)  # by the family from the subscript; the rest picks from its member
            lower = self._lower(node, taken) if taken > 0 else []
            member = self._member(key, value, (*upper, *lower)[: value.arity])
            if taken > 0:
                return member, tuple(lower[taken:])
            value, upper = member, upper[value.arity :]
        return value, (*upper, *self._lower(node, len(op.shape_of(value)) - len(upper)))

    def _lower(self, node: syntax.Index, wanted: int) -> list[int]:
        glued = len(node.glued) == wanted > 1
        return [self._integer(index) for index in (node.glued if glued else node.component)]

    def _index(self, node: syntax.Index) -> Any:
        whole, indices = self._resolve(node)
        return _entry(whole, indices)

    def _integer(self, node: Node) -> int:
        value = op.tensor(self.evaluate(node))
        if value.ndim or value.item() != round(value.item()):
            raise ValueError(f"an index must be a whole number, not {value.tolist()}")
        return round(value.item())

    def _call(self, node: syntax.Call) -> Any:
        function = self._callable(node.function)
        arguments = [self.evaluate(argument) for argument in node.arguments]
        if function in FUNCTIONS.values():
            arguments = [op.tensor(a) if op.is_number(a) else a for a in arguments]
        else:
            arguments = [op.tensor(a) if isinstance(a, float) else a for a in arguments]
        return _result(function(*arguments))

    def _callable(self, node: Node) -> Callable:
        if isinstance(node, syntax.Apply) and node.operator == "prime":
            return _derivative_of(self._callable(node.operands[0]))
        function = self._resolve(node)[0] if isinstance(node, syntax.Index) else self.evaluate(node)
        if not callable(function) or isinstance(function, Tensor):
            raise ValueError("this is no function")
        return function

    def _apply(self, node: syntax.Apply) -> Any:
        if node.operator == "prime":
            return self._callable(node)
        if node.operator in {"set", "range", "reals"} or node.operator.startswith("interval"):
            raise ValueError("a set stands to the right of \\in or below a sum only")
        if node.operator == "matrix":
            rows = [torch.stack([op.tensor(self.evaluate(e)) for e in row.operands]) for row in node.operands]
            return op.normal(torch.stack(rows))
        operands = [self.evaluate(operand) for operand in node.operands]
        for operand in operands:
            if not isinstance(operand, (int, float, Tensor)):
                raise ValueError("a function or a distribution stands where a value is expected; give it an argument")
        if node.operator in {"+", "product"}:
            return functools.reduce(op.add if node.operator == "+" else op.multiply, operands)
        return op.OPERATORS[node.operator](*operands)

    def _cases(self, node: syntax.Cases) -> Any:
        holding = [value for value, condition in node.branches if condition is not None and self.truth(condition)]
        holding = holding or [value for value, condition in node.branches if condition is None]
        if len(holding) != 1:
            raise ValueError(f"{len(holding)} of the cases hold; they must be disjoint and exhaustive")
        return self.evaluate(holding[0])

    def _over(self, node: syntax.Over) -> Value:
        indices, values = [], []
        for assignment in self._assignments(node.ranges):
            with self._with(assignment):
                if all(self.truth(condition) for condition in node.conditions):
                    indices.append(tuple(assignment.values()))
                    values.append(self.evaluate(node.body))
        if node.operator in {"sum", "prod"}:
            start, fold = (0, op.add) if node.operator == "sum" else (1, op.multiply)
            return functools.reduce(fold, values) if values else start
        if not values:
            raise ValueError("the range is empty")
        stacked = torch.stack([op.tensor(value) for value in values])
        if node.operator in {"max", "min"}:
            return getattr(stacked, f"a{node.operator}")(dim=0)
        best = stacked.max() if node.operator == "argmax" else stacked.min()
        where = (stacked == best).nonzero().flatten().tolist()
        if len(where) != 1 or len(indices[0]) != 1:
            raise ValueError("the extremum is attained more than once, or runs over several indices")
        return indices[where[0]][0]

    def _assignments(self, ranges: Sequence[syntax.Range]) -> Iterator[dict[Key, int]]:
        if not ranges:
            yield {}
            return
        first, *rest = ranges
        for value in self._members_of(first):
            with self._with({first.name: value}):
                inner = list(self._assignments(rest))
            self.terms += len(inner)
            if self.terms > MAX_TERMS:
                raise ValueError(f"more than {MAX_TERMS} terms")
            yield from ({first.name: value, **assignment} for assignment in inner)

    def _members_of(self, range_: syntax.Range) -> Iterable[int]:
        if range_.members is not None:
            return self._set(range_.members)
        if range_.first is None:
            return self.ranges[range_.name[0]]
        if range_.last is None:
            raise ValueError("the sum has no upper limit")
        return _whole_numbers(self._integer(range_.first), self._integer(range_.last))

    def _set(self, node: Node) -> Sequence[Value]:
        if isinstance(node, syntax.Apply) and node.operator == "range":
            return _whole_numbers(*(self._integer(bound) for bound in node.operands))
        if isinstance(node, syntax.Apply) and node.operator == "set":
            return [self.evaluate(member) for member in node.operands]
        value = self._resolve(node)[0]
        if not isinstance(value, (set, frozenset, range)):
            raise ValueError("expected a set; bind a Python set or range")
        return sorted(value)

    def _expectation(self, node: syntax.Expectation) -> Value:
        if node.distribution is not None:
            distribution = self._resolve(node.distribution)[0]
            if isinstance(distribution, Tensor):  # a vector of probabilities of 1 … K
                distribution = Distribution(range(1, len(distribution) + 1), distribution)
            variables = [(node.names, distribution)]
        else:
            names = {n.key for n in syntax.walk(node.body) if isinstance(n, syntax.Name)}
            variables = [
                ((key,), v) for key, v in self.values.items() if key in names and isinstance(v, RandomVariable)
            ]
        if not variables or not all(isinstance(v, Distribution) for _, v in variables):
            raise ValueError("an expectation needs a Distribution, or RandomVariables within its brackets")
        mean = square = 0
        for outcome in itertools.product(*(zip(v.outcomes, v.probabilities, strict=True) for _, v in variables)):
            assignment, probability = {}, 1
            for (names, _), (values, p) in zip(variables, outcome, strict=True):
                values = values if len(names) > 1 else (values,)
                assignment |= {name: as_bound("", value) for name, value in zip(names, values, strict=True)}
                probability = probability * p
            with self._with(assignment):
                value = self.evaluate(node.body)
            mean = op.add(mean, probability * value)
            if node.operator == "variance":
                square = op.add(square, probability * value**2)
        return mean if node.operator == "mean" else square - mean**2

    def _derivative(self, node: syntax.Derivative) -> Value:
        value = self.evaluate(node.of)
        for variable in (*node.by, *(node.by if node.hessian else ())):
            whole, indices = self._resolve(variable)
            of_shape, by_dimensions = op.shape_of(value), len(op.shape_of(whole)) - len(indices)
            if of_shape and by_dimensions and len(of_shape) + by_dimensions > 2:
                raise ValueError(
                    f"a {op.describe(value)} by a tensor of {by_dimensions} dimensions has no Jacobian matrix"
                )
            value = _entry(self._jacobian(value, whole, variable), indices, leading=len(of_shape))
        return value

    def _jacobian(self, value: Value, by: Value, variable: Node) -> Tensor:
        """The derivatives of every entry of ``value`` by every entry of ``by``."""
        of = op.tensor(value)
        inputs = self.entries.get(by, [by]) if isinstance(by, Tensor) else []
        rows = []
        for entry in of.reshape(-1):
            gradients = [None]
            if inputs and entry.requires_grad and all(i.requires_grad for i in inputs):
                gradients = torch.autograd.grad(entry, inputs, create_graph=True, allow_unused=True)
            if all(g is None for g in gradients):
                name = self.source[variable.start : variable.end]
                raise ValueError(
                    f"what is differentiated does not depend on {name}: define it by LaTeX or given=[…], "
                    "or bind the whole derivative"
                )
            filled = [torch.zeros_like(i) if g is None else g for g, i in zip(gradients, inputs, strict=True)]
            rows.append(torch.stack([f.reshape(()) for f in filled]) if len(filled) > 1 else filled[0])
        return torch.stack(rows).reshape(op.shape_of(of) + op.shape_of(by))

    # truth

    def truth(self, node: Node) -> bool:
        """Whether a condition holds."""
        value = self.evaluate(node)
        if not isinstance(value, bool):
            raise EvaluationError("expected a condition", self.source, node.start, node.end)
        return value

    def _relation(self, node: syntax.Relation) -> bool:
        return not any(self._refutations(node, 1e-9))

    def _refutations(
        self,
        node: syntax.Relation,
        tolerance: float,
        gaps: Sequence[float | None] | None = None,
        after: Mapping[Key, object] = MappingProxyType({}),
    ) -> Iterator[str]:
        """For every relation of a chain, why it does not hold; the empty string where it does."""
        left = self.row_before if node.operands[0] is None else self.evaluate(node.operands[0])
        if left is None:
            raise ValueError("this row has no left side, and there is no row before it")
        for number, operator in enumerate(node.operators):
            previous, right = node.operands[number : number + 2]
            if operator == "∈":
                yield self._outside(left, right)
                continue
            value = self.evaluate(right)
            left = self._stepped(previous, after) if operator == "←" else left
            yield _refutation(left, operator, value, right, tolerance, gaps and gaps[number])
            left = value
        self.row_before = left

    def _stepped(self, node: Node | None, after: Mapping[Key, object]) -> Value:
        """The value of the left side of \\leftarrow after the step."""
        base = node.base if isinstance(node, syntax.Index) else node
        if not isinstance(base, syntax.Name) or base.key not in after:
            raise ValueError("its value after the step is unknown: give after={…}")
        before, self.values = self.values, {**self.values, **after}
        try:
            return self.evaluate(node)
        finally:
            self.values = before

    def _outside(self, value: Value, node: Node) -> str:
        """Why the value is no member of a set."""
        if isinstance(node, syntax.Apply) and node.operator == "reals":
            shape = tuple(self._integer(size) for size in node.operands)
            return "" if op.shape_of(value) == shape else f"{op.describe(value)}, not of shape {shape}"
        if isinstance(node, syntax.Apply) and node.operator.startswith("interval"):
            low, high = (op.tensor(self.evaluate(bound)) for bound in node.operands)
            value = op.tensor(value)
            above = value > low if node.operator[-2] == "(" else value >= low
            below = value < high if node.operator[-1] == ")" else value <= high
            return "" if bool((above & below).all()) else f"{value.tolist()} is not in the interval"
        return "" if any(op.close(value, member, 1e-9) for member in self._set(node)) else f"{value} is not in the set"

    def check(
        self,
        latex: str,
        statements: Sequence[Node],
        after: Mapping[str, object] = MappingProxyType({}),
        tolerance: float = 1e-9,
        tight: float | Mapping[int, float] | None = None,
    ) -> int:
        """Compares both sides of every relation and returns how many; ``Refuted`` at the first that is false.

        With ``tight``, inequalities must be equalities up to this relative gap: the bound is reached. A mapping says
        so of single relations of the equation, numbered from 1.
        """
        self.source, self.row_before, self.terms, compared = latex, None, 0, 0
        after = {name_of(name): as_bound(name, value) for name, value in after.items()}
        for remark in statements:
            if isinstance(remark, syntax.Range):
                self._check_remark(remark)
        for statement in statements:
            refutations: Iterable[str]
            with self._with(self.running):
                if isinstance(statement, syntax.Range):
                    continue
                if isinstance(statement, syntax.Apply):
                    left, right = map(self.truth, statement.operands)
                    implied = left <= right if statement.operator == "⇒" else left == right
                    refutations = ["" if implied else "one side holds and the other does not"]
                else:
                    numbers = range(compared + 1, compared + 1 + len(statement.operators))
                    gaps = [tight.get(n) if isinstance(tight, Mapping) else tight for n in numbers]
                    refutations = self._refutations(statement, tolerance, gaps, after)
                with self._located(statement):
                    for refutation in refutations:
                        compared += 1
                        if refutation:
                            raise Refuted(refutation, latex, statement.start, statement.end)
        return compared

    def _check_remark(self, remark: syntax.Range) -> None:
        """k = 1, …, K beside an equation: the test must run k within it."""
        bounds = sorted((self._integer(remark.first), self._integer(remark.last)))
        if self.running.get(remark.name) not in _whole_numbers(*bounds):
            message = f"the equation holds for these {remark.name[0]}: give values by forall={{{remark.name[0]!r}: …}}"
            raise ParseError(message, self.source, remark.start, remark.end)


def _refutation(left: Any, operator: str, right: Any, right_node: Node, tolerance: float, tight: float | None) -> str:
    """Why a relation between two values does not hold; the empty string where it does."""
    if (callable(left) and not isinstance(left, Tensor)) or (callable(right) and not isinstance(right, Tensor)):
        raise ValueError("a function cannot be compared; give it an argument")
    if op.shape_of(left) != op.shape_of(right):
        return f"{op.describe(left)} on the left, {op.describe(right)} on the right"
    a, b = op.tensor(left).detach(), op.tensor(right).detach()
    if operator == "∝":
        if a.ndim == 0:
            raise ValueError("\\propto compares vectors; a scalar is proportional to everything")
        b = b * (a.sum() / b.sum())
    if operator == "≈" and isinstance(number := _unsigned(right_node), syntax.Number):
        holds = bool((a - b).abs() <= 0.5 * 10.0**-number.decimals * (1 + 1e-9))
    elif operator in "=≈←∝":
        holds = op.close(a, b, tolerance)
    elif operator == "≠":
        holds = not op.close(a, b, tolerance)
    else:
        slack = tolerance * max(1.0, float(b.abs().max())) if operator in "≤≥" else 0.0
        difference = a - b if operator in "≥>" else b - a
        holds = bool((difference >= -slack).all() if operator in "≤≥" else (difference > 0).all())
        if holds and tight is not None and not op.close(a, b, tight):
            return f"the bound is not tight:\n    left  {_show(a)}\n    right {_show(b)}"
    return "" if holds else f"the sides of {operator} differ:\n    left  {_show(a)}\n    right {_show(b)}"


def _unsigned(node: Node) -> Node:
    return node.operands[0] if isinstance(node, syntax.Apply) and node.operator == "neg" else node


def _show(value: Tensor) -> str:
    shown = [f"{entry:.10g}" for entry in value.reshape(-1)[:12].tolist()]
    return ", ".join(shown) + (", …" if value.numel() > 12 else "") + (f"   {tuple(value.shape)}" if value.ndim else "")


def _entry(whole: Any, indices: Sequence[int], leading: int = 0) -> Any:
    """whole[…, i, j] counted from 1; ``leading`` dimensions are kept."""
    if not indices:
        return op.normal(whole) if isinstance(whole, Tensor) and whole.ndim == 2 else whole
    shape = op.shape_of(whole)[leading:]
    if len(indices) != len(shape):
        raise ValueError(f"{len(indices)} indices for a {op.describe(whole)}")
    for index, size in zip(indices, shape, strict=True):
        if not 1 <= index <= size:
            raise ValueError(f"index {index} is out of range 1 … {size}")
    return whole[(..., *(index - 1 for index in indices))]


def _result(value: object) -> Value:
    """What a bound function returned, as a value."""
    if isinstance(value, Tensor):
        return op.normal(value) if value.ndim == 2 else value
    if isinstance(value, (int, float)):
        return value
    raise ValueError(f"the function returned a {type(value).__name__}; expected a number or a tensor")


def _whole_numbers(first: int, last: int) -> range:
    if last - first > MAX_TERMS:
        raise ValueError(f"more than {MAX_TERMS} terms")
    return range(first, last + 1)


def _derivative_of(function: Callable[..., Value]) -> Callable[..., Value]:
    """f′ of a function that acts on every entry by itself."""

    def derivative(argument: Value) -> Value:
        argument = op.tensor(argument)
        argument = argument if argument.requires_grad else argument.clone().requires_grad_()
        return torch.autograd.grad(function(argument).sum(), argument, create_graph=True)[0]

    return derivative


@lru_cache(maxsize=4096)
def _parse(latex: str, names: frozenset, indices: frozenset[str], is_display: bool) -> tuple[Node, ...] | Node:
    return (syntax.parse if is_display else syntax.parse_expression)(latex, dict(names), indices)
