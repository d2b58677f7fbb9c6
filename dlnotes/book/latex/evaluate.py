"""A syntax tree to its value, under bindings.

A definition is evaluated when it is asked for, once, so that ``\\partial`` is automatic differentiation of the book's
own formulas. Every relation becomes a comparison, every row of a derivation is compared with the row before it.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, reduce
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from dlnotes.book.latex import operators as op
from dlnotes.book.latex import syntax
from dlnotes.book.latex.bindings import BUILTINS, Bindings, Definition, Distribution, Indices, RandomVariable, as_bound
from dlnotes.book.latex.errors import EvaluationError, LatexError, ParseError, Refuted
from dlnotes.book.latex.operators import Value
from dlnotes.book.latex.syntax import COMPONENTS, VALUE, Key, Node
from dlnotes.book.latex.tokens import name_of

MAX_EVALUATION_DEPTH, MAX_TERMS, TOLERANCE = 80, 100_000, 1e-9


class Scope(Bindings):
    """Evaluates an equation under its bindings."""

    def __init__(self, *bindings: Any, **options: Any):
        super().__init__(*bindings, **options)
        self.locals: Mapping[Key, Value] = {}
        self.after: Mapping[Key, dict[Indices, object]] = {}  # what stands left of \leftarrow, after the step
        self.cache: dict[tuple, Any] = {}
        self.entries: dict[Tensor, list[Tensor]] = {}  # of vectors that are defined by their entries
        self.readings: dict[Node, list[Node]] = {}  # the nodes that an index was found by, _{jk} being one or two
        self.trace: dict[Node, Any] = {}  # the value last seen of every node, for mutation
        self.row_before: Value | None = None
        self.depth = self.terms = 0

    def parse(self, latex: str) -> tuple[Node, ...]:
        """The statements of the equation."""
        return self._parsed(syntax.parse, latex, self.running)

    def _parsed(self, parse: Callable, latex: str, local: Mapping[Key, Value]) -> Any:
        names = self.names | dict.fromkeys(local, VALUE)
        return _parse(parse, latex, frozenset(names.items()), frozenset(self.ranges) - {key[0] for key in local})

    @contextmanager
    def local(self, values: Mapping[Key, Value]) -> Iterator[None]:
        """These local names only."""
        outer, self.locals = self.locals, values
        try:
            yield
        finally:
            self.locals = outer

    def evaluate(self, node: Node) -> Any:
        self.depth += 1
        with _located(node):
            if self.depth > MAX_EVALUATION_DEPTH:
                raise ValueError("definitions run in a circle, or nest too deeply")
            value = self.trace[node] = self._value(node)
        self.depth -= 1
        return value

    def _value(self, node: Node) -> Any:
        match node.operator, node.operands:
            case "number", _:
                return int(node.value) if node.value.as_tuple().exponent == 0 else float(node.value)
            case "name" | "index", _:
                whole, indices = self._resolve(node)
                return _entry(whole, indices)
            case "prime" | "call", (function, *arguments):
                function = self.evaluate(function)
                if not callable(function) or isinstance(function, Tensor):
                    raise ValueError("this is no function")
                if node.operator == "prime":
                    return _derivative_of(function)
                values = [self.evaluate(argument) for argument in arguments]
                return _result(function(*(op.tensor(v) if isinstance(v, float) else v for v in values)))
            case "row before", _:
                if self.row_before is None:
                    raise ValueError("this row has no left side, and there is no row before it")
                return self.row_before
            case "relation", _:
                return not any(self._refutations(node))
            case "implication", (left, right):
                left, right = self.truth(left), self.truth(right)
                return left <= right if node.value == "⇒" else left == right
            case "cases", rows:
                holding = [row for row in rows if len(row.operands) == 2 and self.truth(row.operands[1])]
                holding = holding or [row for row in rows if len(row.operands) == 1]
                if len(holding) != 1:
                    raise ValueError(f"{len(holding)} of the cases hold; they must be disjoint and exhaustive")
                return self.evaluate(holding[0].operands[0])
            case "over", (body, *parts):
                return self._over(node.value, body, parts)
            case "expectation", (body, *distribution):
                return self._expectation(*node.value, body, distribution)
            case "derivative", (of, *by):
                return self._derivative(of, by * node.value)
            case operator, operands if operator in op.OPERATORS:
                values = [self.evaluate(operand) for operand in operands]
                if not all(isinstance(value, Value) for value in values):
                    raise ValueError("a function or distribution stands where a value is expected; give it an argument")
                return op.OPERATORS[operator](*values)
        raise ValueError("a set stands to the right of \\in or below a sum only")

    def truth(self, node: Node) -> bool:
        """Whether a condition holds."""
        value = self.evaluate(node)
        if not isinstance(value, bool):
            raise EvaluationError("expected a condition", *node.span)
        return value

    def _integer(self, node: Node) -> int:
        value = op.tensor(self.evaluate(node))
        if value.ndim or value.item() != round(value.item()):
            raise ValueError(f"an index must be a whole number, not {value.tolist()}")
        return round(value.item())

    # names

    def _resolve(self, node: Node) -> tuple[Any, Indices]:
        """What a name with its indices takes an entry from, and which; of a family that is first the member."""
        base, *nodes = node.operands if node.operator == "index" else (node,)
        readings = [nodes]
        if nodes and nodes[-1].operator in {"product", "number"} and nodes[-1].operands:  # _{jk}, _{23}
            readings.append([*nodes[:-1], *nodes[-1].operands])
        for reading in readings:
            indices = tuple(map(self._integer, reading))
            if base.operator == "name":
                whole, indices = self._member(base.value, indices)
            else:
                whole = self.evaluate(base)
            if whole is not None and len(indices) in {0, len(op.shape_of(whole))}:
                self.readings[node] = reading
                return whole, indices
        if whole is not None:
            raise ValueError(f"{len(indices)} indices for a {op.describe(whole)}")
        known = ", ".join(str(i[0] if len(i) == 1 else i) for i in self.values.get(base.value, ()))
        problem = f"has no member {', '.join(map(str, indices))}" if indices else "is a family: it needs an index"
        raise ValueError(f"{' '.join(base.value)} {problem}{known and f'; bound are {known}'}")

    def _member(self, key: Key, indices: Indices) -> tuple[Any, Indices]:
        """What is bound to a name with the most of the indices, and the indices that are left."""
        if key in self.locals:
            return self.locals[key], indices
        for count in range(len(indices), -1, -1):
            if (value := self._bound(key, indices[:count])) is not None:
                return value, indices[count:]
        return None, indices

    def _bound(self, key: Key, indices: Indices) -> Any:
        values, definitions = self.values.get(key, {}), self.definitions.get(key, [])
        if indices in values:
            return values[indices]
        if (key, indices) in self.cache:
            return self.cache[key, indices]
        for definition in definitions:
            letters = definition.match(indices) if len(definition.slots) == len(indices) else None
            if letters is not None and definition.parameters:
                return self._defined(definition, letters)
            if letters is not None:
                return self.cache.setdefault((key, indices), self._body(definition, letters))
        if not indices and self.names.get(key) == COMPONENTS and len(definitions) == 1:
            return self.cache.setdefault((key, indices), self._stack(key, definitions[0]))
        return None if indices or values or definitions else BUILTINS.get(key)

    def _body(self, definition: Definition, values: Mapping[Key, Value]) -> Any:
        body = self._parsed(syntax.parse_expression, definition.latex, values)
        with self.local(values):
            return self.evaluate(body)

    def _defined(self, definition: Definition, letters: Mapping[Key, Value]) -> Callable[..., Value]:
        """The function that a definition with parameters is; one of a scalar acts on every entry of a tensor."""
        parameters = definition.parameters
        is_elementwise = len(parameters) == 1 and not parameters[0][0].startswith(("\\mathbf", "\\boldsymbol"))

        def function(*arguments: Value) -> Value:
            if is_elementwise and not op.is_scalar(arguments[0]):
                entries = [op.tensor(function(entry)) for entry in arguments[0].reshape(-1)]
                return torch.stack(entries).reshape(arguments[0].shape)
            if len(arguments) != len(parameters):
                raise ValueError(f"{len(arguments)} arguments, {len(parameters)} expected")
            return self._body(definition, {**letters, **dict(zip(parameters, arguments, strict=True))})

        return function

    def _stack(self, key: Key, definition: Definition) -> Tensor:
        """The vector or matrix that is defined by its entries, over their declared ranges."""
        ranges = [[index + offset for index in self.ranges[letter]] for letter, offset in definition.slots]
        entries = [op.tensor(self._bound(key, indices)) for indices in itertools.product(*ranges)]
        stacked = torch.stack(entries).reshape([len(r) for r in ranges])
        self.entries[stacked] = entries
        return stacked

    # sums, expectations, derivatives

    def _choices(self, parts: Sequence[Node], local: Mapping[Key, Value]) -> Iterator[Mapping[Key, Value]]:
        """The local names at every choice of the indices below a big operator for which the conditions hold."""
        if not parts:
            self.terms += 1
            yield local
            return
        first, *rest = parts
        with self.local(local):
            if first.operator in {"range", "member", "declared"}:
                choices = [{**local, first.value: value} for value in self._members(first)]
            else:
                choices = [local] if self.truth(first) else []
        if self.terms + len(choices) > MAX_TERMS:
            raise ValueError(f"more than {MAX_TERMS} terms")
        for choice in choices:
            yield from self._choices(rest, choice)

    def _members(self, node: Node) -> Sequence[Value]:
        """What an index runs over, or the members of a set."""
        match node.operator, node.operands:
            case "declared", _:
                return self.ranges[node.value[0]]
            case "member", (members,):
                return self._members(members)
            case "range" | "span", (first, last):
                numbers = range(self._integer(first), self._integer(last) + 1)
                return numbers[: MAX_TERMS + 1]
            case "set", members:
                return [self.evaluate(member) for member in members]
        value = self.evaluate(node)
        if not isinstance(value, (set, frozenset, range)):
            raise ValueError("expected a set; bind a Python set or range")
        return sorted(value)

    def _over(self, kind: str, body: Node, parts: Sequence[Node]) -> Value:
        indices, values = [], []
        for local in self._choices(parts, self.locals):
            with self.local(local):
                indices.append(local[parts[0].value])
                values.append(self.evaluate(body))
        if kind in {"sum", "prod"}:
            return reduce(op.add, values or [0]) if kind == "sum" else reduce(op.multiply, values or [1])
        if not values:
            raise ValueError("the range is empty")
        stacked = torch.stack([op.tensor(value) for value in values])
        best = stacked.amax(dim=0) if kind.endswith("max") else stacked.amin(dim=0)
        if not kind.startswith("arg"):
            return best
        where = (stacked == best).nonzero().flatten().tolist()
        if len(where) != 1:
            raise ValueError("the extremum is attained more than once")
        return indices[where[0]]

    def _expectation(self, kind: str, names: tuple[Key, ...], body: Node, given: Sequence[Node]) -> Value:
        if given:
            distribution = self.evaluate(given[0])
            if isinstance(distribution, Tensor):  # a vector of probabilities of 1 … K
                distribution = Distribution(range(1, len(distribution) + 1), distribution)
            variables = [(names, distribution)]
        else:
            keys = {node.value for node in body.walk() if node.operator == "name"} & self.values.keys()
            variables = [((key,), self.values[key].get(())) for key in sorted(keys)]
            variables = [(key, value) for key, value in variables if isinstance(value, RandomVariable)]
        if not variables or not all(isinstance(v, Distribution) for _, v in variables):
            raise ValueError("an expectation needs a Distribution, or RandomVariables within its brackets")
        mean = square = 0
        for outcome in itertools.product(*(zip(v.outcomes, v.probabilities, strict=True) for _, v in variables)):
            local, probability = dict(self.locals), 1
            for (keys, _), (values, p) in zip(variables, outcome, strict=True):
                values = values if len(keys) > 1 else (values,)
                local |= {key: as_bound("", value)[()] for key, value in zip(keys, values, strict=True)}
                probability = probability * p
            with self.local(local):
                value = self.evaluate(body)
            mean = op.add(mean, probability * value)
            square = op.add(square, probability * value**2) if kind == "variance" else 0
        return mean if kind == "mean" else square - mean**2

    def _derivative(self, of: Node, by: Sequence[Node]) -> Value:
        value = self.evaluate(of)
        for variable in by:
            whole, indices = self._resolve(variable)
            of_shape, by_dimensions = op.shape_of(value), len(op.shape_of(whole)) - len(indices)
            if of_shape and by_dimensions and len(of_shape) + by_dimensions > 2:
                message = f"a {op.describe(value)} by a tensor of {by_dimensions} dimensions has no Jacobian matrix"
                raise ValueError(message)
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
                latex, start, end = variable.span
                raise ValueError(
                    f"what is differentiated does not depend on {latex[start:end]}: define it by LaTeX or given=[…], "
                    "or bind the whole derivative"
                )
            filled = [torch.zeros_like(i) if g is None else g for g, i in zip(gradients, inputs, strict=True)]
            rows.append(torch.stack(filled) if len(filled) > 1 else filled[0])
        return torch.stack(rows).reshape(op.shape_of(of) + op.shape_of(by))

    # relations

    def _refutations(
        self, node: Node, tolerance: float = TOLERANCE, gaps: Sequence[float | None] = ()
    ) -> Iterator[str]:
        """For every relation of a chain, why it does not hold; the empty string where it does."""
        left = self.evaluate(node.operands[0])
        for sign, before, after, gap in itertools.zip_longest(node.value, node.operands, node.operands[1:], gaps):
            if sign == "∈":
                yield self._outside(left, after)
            elif sign:
                right = self.evaluate(after)
                left = self._stepped(before) if sign == "←" else left
                number = after.operands[0] if after.operator == "neg" else after
                unit = 10.0 ** number.value.as_tuple().exponent if number.operator == "number" else None
                yield op.refutation(left, sign, right, tolerance, unit, gap)
                left = right
        self.row_before = left

    def _stepped(self, node: Node) -> Value:
        """The value of the left side of \\leftarrow after the step."""
        base = node.operands[0] if node.operator == "index" else node
        if base.value not in self.after:
            raise ValueError("its value after the step is unknown: give after={…}")
        before, self.values = self.values, {**self.values, **self.after}
        try:
            return self.evaluate(node)
        finally:
            self.values = before

    def _outside(self, value: Value, node: Node) -> str:
        """Why the value is no member of a set."""
        if node.operator == "reals":
            shape = tuple(self._integer(size) for size in node.operands)
            return "" if op.shape_of(value) == shape else f"{op.describe(value)}, not of shape {shape}"
        if node.operator == "interval":
            value, low, high = (op.tensor(v) for v in (value, *map(self.evaluate, node.operands)))
            above = value > low if node.value[0] == "(" else value >= low
            below = value < high if node.value[1] == ")" else value <= high
            return "" if bool((above & below).all()) else f"{value.tolist()} is not in the interval"
        return (
            ""
            if any(op.close(value, member, TOLERANCE) for member in self._members(node))
            else f"{value} is not in the set"
        )

    def check(
        self,
        statements: Sequence[Node],
        after: Mapping[str, object] = MappingProxyType({}),
        tolerance: float = TOLERANCE,
        tight: float | Mapping[int, float] | None = None,
    ) -> int:
        """Compares both sides of every relation and returns how many; ``Refuted`` at the first that is false.

        With ``tight``, inequalities must be equalities up to this relative gap: the bound is reached. A mapping says
        so of single relations of the equation, numbered from 1.
        """
        self.row_before, self.depth, self.terms, compared = None, 0, 0, 0
        self.after = {name_of(name): as_bound(name, value) for name, value in after.items()}
        for node in sorted(statements, key=lambda node: node.operator != "range"):
            with self.local(self.running), _located(node):
                if node.operator == "range":
                    self._check_remark(node)
                    continue
                if node.operator == "implication":
                    refutations = ["" if self.truth(node) else "one side holds and the other does not"]
                else:
                    numbers = range(compared + 1, compared + 1 + len(node.value))
                    gaps = [tight.get(n) if isinstance(tight, Mapping) else tight for n in numbers]
                    refutations = self._refutations(node, tolerance, gaps)
                for refutation in refutations:
                    compared += 1
                    if refutation:
                        raise Refuted(refutation, *node.span)
        return compared

    def _check_remark(self, node: Node) -> None:
        """k = 1, …, K beside an equation: the test must run k within it."""
        first, last = sorted(map(self._integer, node.operands))
        if not first <= self.running.get(node.value, first - 1) <= last:
            message = f"the equation holds for these {node.value[0]}: give values by forall={{{node.value[0]!r}: …}}"
            raise ParseError(message, *node.span)


@contextmanager
def _located(node: Node) -> Iterator[None]:
    """Says where in the formula an operator or a bound function went wrong."""
    try:
        yield
    except LatexError:
        raise
    except (ValueError, RuntimeError, TypeError, ArithmeticError, LookupError) as error:
        raise EvaluationError(str(error).split("\n")[0], *node.span) from error


def _entry(whole: Any, indices: Indices, leading: int = 0) -> Any:
    """whole[…, i, j] counted from 1; ``leading`` dimensions are kept."""
    if not indices:
        return op.normal(whole) if isinstance(whole, Tensor) and whole.ndim == 2 else whole
    for index, size in zip(indices, op.shape_of(whole)[leading:], strict=True):
        if not 1 <= index <= size:
            raise ValueError(f"index {index} is out of range 1 … {size}")
    return whole[(..., *(index - 1 for index in indices))]


def _result(value: object) -> Value:
    """What a bound function returned, as a value."""
    if not isinstance(value, Value):
        raise ValueError(f"the function returned a {type(value).__name__}; expected a number or a tensor")
    return op.normal(value) if isinstance(value, Tensor) and value.ndim == 2 else value


def _derivative_of(function: Callable[..., Value]) -> Callable[..., Value]:
    """f′ of a function that acts on every entry by itself."""

    def derivative(argument: Value) -> Value:
        argument = op.tensor(argument)
        argument = argument if argument.requires_grad else argument.clone().requires_grad_()
        return torch.autograd.grad(function(argument).sum(), argument, create_graph=True)[0]

    return derivative


@lru_cache(maxsize=4096)
def _parse(parse: Callable, latex: str, names: frozenset, indices: frozenset[str]) -> tuple[Node, ...] | Node:
    return parse(latex, dict(names), indices)
