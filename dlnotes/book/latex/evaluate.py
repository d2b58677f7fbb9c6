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
from torch.autograd.functional import vjp

from dlnotes.book.latex import operators as op
from dlnotes.book.latex import syntax
from dlnotes.book.latex.bindings import BUILTINS, Bindings, Definition, Distribution, Indices, as_bound
from dlnotes.book.latex.errors import EvaluationError, LatexError, Refuted
from dlnotes.book.latex.operators import Value
from dlnotes.book.latex.syntax import ENTRIES, VALUE, Key, Node
from dlnotes.book.latex.tokens import name_of

MAX_EVALUATION_DEPTH, MAX_TERMS, TOLERANCE = 80, 100_000, 1e-9


class Scope(Bindings):
    """Evaluates an equation under its bindings."""

    def __init__(self, *bindings: Any, **options: Any):
        super().__init__(*bindings, **options)
        self.locals: Mapping[Key, Value] = {}
        self.after: Mapping[Key, dict[Indices, object]] = {}  # what stands left of \leftarrow, after the step
        self.cache: dict[tuple[Key, Indices], Any] = {}
        self.trace: dict[Node, Any] = {}  # the value last seen of every node, for mutation
        self.readings: dict[Node, list[Node]] = {}  # the nodes that an index was found by, _{jk} being one or two
        self.row_before: Value | None = None
        self.depth = self.terms = 0

    def parse(self, latex: str, parse: Callable = syntax.parse, local: Mapping[Key, Value] | None = None) -> Any:
        """The statements of the equation."""
        local = self.running if local is None else local
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
                return _entry(*self._resolve(node))
            case "prime" | "call", (function, *arguments):
                function = self.evaluate(function)
                if not callable(function) or isinstance(function, Tensor):
                    raise ValueError("this is no function")
                if node.operator == "prime":  # of a function that acts on every entry by itself
                    return lambda x: vjp(function, op.tensor(x), torch.ones_like(op.tensor(x)), create_graph=True)[1]
                values = [self.evaluate(argument) for argument in arguments]
                value = function(*(op.tensor(v) if isinstance(v, float) else v for v in values))
                if not isinstance(value, Value):
                    raise ValueError(f"the function returned a {type(value).__name__}; expected a number or a tensor")
                return op.normal(value) if isinstance(value, Tensor) else value
            case "row before", _:
                if self.row_before is None:
                    raise ValueError("this row has no left side, and there is no row before it")
                return self.row_before
            case "relation", _:
                return not any(self._refutations(node))
            case "cases", rows:
                holding = [row for row in rows if len(row.operands) == 2 and self.evaluate(row.operands[1]) is True]
                holding = holding or [row for row in rows if len(row.operands) == 1]
                if len(holding) != 1:
                    raise ValueError(f"{len(holding)} of the cases hold; they must be disjoint and exhaustive")
                return self.evaluate(holding[0].operands[0])
            case "over", (body, *parts):
                return self._over(node.value, body, parts)
            case "derivative", (of, *by):
                return reduce(self._derivative, by * node.value, self.evaluate(of))
            case operator, operands if operator in op.OPERATORS:
                values = [self.evaluate(operand) for operand in operands]
                if not all(isinstance(value, Value) for value in values):
                    raise ValueError("a function or distribution stands where a value is expected; give it an argument")
                return op.OPERATORS[operator](*values)
        raise ValueError("a set stands to the right of \\in or below a sum only")

    def _integer(self, node: Node) -> int:
        value = op.tensor(self.evaluate(node))
        if value.ndim or value.item() != round(value.item()):
            raise ValueError(f"an index must be a whole number, not {value.tolist()}")
        return round(value.item())

    # names

    def _resolve(self, node: Node) -> tuple[Any, Indices]:
        """What a name with its indices takes an entry from, and which; of a family that is first the member."""
        base, *nodes = node.operands if node.operator == "index" else (node,)
        is_glued = nodes and nodes[-1].operator == "product"  # _{jk} is one index, or two
        readings = [nodes, [*nodes[:-1], *nodes[-1].operands]] if is_glued else [nodes]
        for self.readings[node] in readings:
            indices = tuple(map(self._integer, self.readings[node]))
            is_name = base.operator == "name"
            whole, left = self.member(base.value, indices) if is_name else (self.evaluate(base), indices)
            if whole is not None and len(left) in {0, len(op.shape_of(whole))}:
                return whole, left
        if whole is not None:
            raise ValueError(f"{len(left)} indices for a {op.describe(whole)}")
        known = ", ".join(str(i[0] if len(i) == 1 else i) for i in self.values.get(base.value, ()))
        problem = f"has no member {', '.join(map(str, indices))}" if indices else "is a family: it needs an index"
        raise ValueError(f"{' '.join(base.value)} {problem}{known and f'; bound are {known}'}")

    def member(self, key: Key, indices: Indices) -> tuple[Any, Indices]:
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
        if self.names.get(key) == ENTRIES:
            return self.cache.setdefault((key, ()), self._stack(definitions[0])) if not indices else None
        for definition in definitions:
            letters = definition.match(indices) if len(definition.slots) == len(indices) else None
            if letters is not None and definition.parameters:
                return self._function(definition, letters)
            if letters is not None:
                return self.cache.setdefault((key, indices), self._body(definition, letters))
        return None if indices or values or definitions else BUILTINS.get(key)

    def _body(self, definition: Definition, values: Mapping[Key, Value]) -> Any:
        body = self.parse(definition.latex, syntax.parse_expression, values)
        with self.local(values):
            return self.evaluate(body)

    def _function(self, definition: Definition, letters: Mapping[Key, Value]) -> Callable[..., Value]:
        """The function that a definition with parameters is; one of a scalar acts on every entry of a tensor."""
        parameters = definition.parameters
        is_elementwise = len(parameters) == 1 and not parameters[0][0].startswith(("\\mathbf", "\\boldsymbol"))

        def function(*arguments: Value) -> Value:
            if is_elementwise and not op.is_scalar(arguments[0]):
                entries = [op.tensor(function(entry)) for entry in arguments[0].reshape(-1)]
                return torch.stack(entries).reshape(arguments[0].shape)
            return self._body(definition, {**letters, **dict(zip(parameters, arguments, strict=True))})

        return function

    def _stack(self, definition: Definition) -> Tensor:
        """The vector or matrix that is defined by its entries, over their declared ranges."""
        ranges = [self.ranges[letter] for letter, _ in definition.slots]
        letters = [(letter,) for letter, _ in definition.slots]
        choices = (dict(zip(letters, choice, strict=True)) for choice in itertools.product(*ranges))
        entries = [op.tensor(self._body(definition, choice)) for choice in choices]
        return torch.stack(entries).reshape([len(r) for r in ranges])

    # sums, extrema, expectations, derivatives

    def _over(self, kind: str, body: Node, parts: Sequence[Node]) -> Value:
        found: list[tuple[Mapping[Key, Value], Value, Value]] = []  # local names, weight, value
        for local, weight in self._choices(parts, self.locals, 1):
            with self.local(local):
                found.append((local, weight, self.evaluate(body)))
        values = [value for _, _, value in found]
        if kind in {"sum", "prod"}:
            return reduce(op.add, values or [0]) if kind == "sum" else reduce(op.multiply, values or [1])
        if not values:
            raise ValueError("the range is empty")
        if kind in {"mean", "variance"}:
            mean = reduce(op.add, (weight * value for _, weight, value in found))
            return mean if kind == "mean" else reduce(op.add, (p * (value - mean) ** 2 for _, p, value in found))
        stacked = torch.stack([op.tensor(value) for value in values])
        best = stacked.amax(dim=0) if kind.endswith("max") else stacked.amin(dim=0)
        if not kind.startswith("arg"):
            return best
        where = (stacked == best).nonzero().flatten().tolist()
        if len(where) != 1:
            raise ValueError("the extremum is attained more than once")
        return found[where[0]][0][parts[0].value[0]]

    def _choices(self, parts: Sequence[Node], local: Mapping[Key, Value], weight: Value) -> Iterator[tuple]:
        """The local names, and their probability, at every choice below a big operator for which conditions hold."""
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise ValueError(f"more than {MAX_TERMS} terms")
        if not parts:
            yield local, weight
            return
        first, *rest = parts
        with self.local(local):
            if first.operator == "relation":
                choices = [({}, 1)] if self.evaluate(first) else []
            elif first.operator == "outcome":
                choices = list(self._outcomes(first))
            else:
                choices = (({first.value[0]: value}, 1) for value in self._members(first))
        for names, probability in choices:
            yield from self._choices(rest, {**local, **names}, weight * probability)

    def _outcomes(self, node: Node) -> Iterator[tuple[Mapping[Key, Value], Value]]:
        """What a random variable or several can be, and with which probability."""
        distribution = self.evaluate(node.operands[0]) if node.operands else self.values[node.value[0]][()]
        if isinstance(distribution, Tensor):  # a vector of probabilities of 1 … K
            distribution = Distribution(range(1, len(distribution) + 1), distribution)
        if not isinstance(distribution, Distribution):
            raise ValueError("an expectation needs a Distribution")
        for outcome, probability in zip(distribution.outcomes, distribution.probabilities, strict=True):
            values = outcome if len(node.value) > 1 else (outcome,)
            yield {key: as_bound("", v)[()] for key, v in zip(node.value, values, strict=True)}, probability

    def _members(self, node: Node) -> Sequence[Value]:
        """What an index runs over, or the members of a set."""
        match node.operator, node.operands:
            case "declared", _:
                return self.ranges[node.value[0][0]]
            case "member", (members,):
                return self._members(members)
            case "range" | "span", (first, last):
                return range(self._integer(first), self._integer(last) + 1)
            case "set", members:
                return [self.evaluate(member) for member in members]
        value = self.evaluate(node)
        if not isinstance(value, (set, frozenset, range)):
            raise ValueError("expected a set; bind a Python set or range")
        return sorted(value)

    def _derivative(self, value: Value, variable: Node) -> Value:
        """Of a scalar by a tensor in the tensor's shape, of a vector by a vector the Jacobian."""
        of, (by, indices) = op.tensor(value), self._resolve(variable)
        dimensions = len(op.shape_of(by)) - len(indices)
        if of.ndim and dimensions and of.ndim + dimensions > 2:
            raise ValueError(f"a {op.describe(of)} by a tensor of {dimensions} dimensions has no Jacobian matrix")
        gradients = []
        for entry in of.reshape(-1):
            gradient = None
            if isinstance(by, Tensor) and by.requires_grad and entry.requires_grad:
                (gradient,) = torch.autograd.grad(entry, by, create_graph=True, allow_unused=True)
            if gradient is None:
                missing = f"what is differentiated does not depend on {variable.source}"
                raise ValueError(f"{missing}: define it by LaTeX or given=[…], or bind the whole derivative")
            gradients.append(_entry(gradient, indices))
        return torch.stack(gradients).reshape(of.shape + gradients[0].shape)

    # relations

    def _refutations(
        self, node: Node, tolerance: float = TOLERANCE, gaps: Sequence[float | None] = ()
    ) -> Iterator[str]:
        """For every relation of a chain, why it does not hold; the empty string where it does."""
        left = self.evaluate(node.operands[0])
        for sign, before, after, gap in itertools.zip_longest(node.value, node.operands[:-1], node.operands[1:], gaps):
            if sign == "∈":
                yield self._outside(left, after)
            else:
                right = self.evaluate(after)
                left = self._stepped(before) if sign == "←" else left
                number = after.operands[0] if after.operator == "neg" else after
                digit = 10.0 ** number.value.as_tuple().exponent if number.operator == "number" else None
                yield op.refutation(left, sign, right, tolerance, digit, gap)
                left = right
        self.row_before = left

    def _outside(self, value: Value, node: Node) -> str:
        """Why the value is no member of a set; the empty string where it is."""
        if node.operator == "reals":
            shape = tuple(map(self._integer, node.operands))
            return "" if op.shape_of(value) == shape else f"{op.describe(value)}, not of shape {shape}"
        is_member = any(op.close(value, member, TOLERANCE) for member in self._members(node))
        return "" if is_member else f"{value} is not in the set"

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
        for node in statements:
            numbers = range(compared + 1, compared + 1 + len(node.value))
            gaps = [tight.get(n) if isinstance(tight, Mapping) else tight for n in numbers]
            with self.local(self.running), _located(node):
                for refutation in self._refutations(node, tolerance, gaps):
                    compared += 1
                    if refutation:
                        raise Refuted(refutation, *node.span)
        return compared


@contextmanager
def _located(node: Node) -> Iterator[None]:
    """Says where in the formula an operator or a bound function went wrong."""
    try:
        yield
    except LatexError:
        raise
    except (ValueError, RuntimeError, TypeError, ArithmeticError, LookupError) as error:
        raise EvaluationError(str(error).split("\n")[0], *node.span) from error


def _entry(whole: Any, indices: Indices) -> Any:
    """whole[i, j] counted from 1; without indices the whole."""
    for index, size in zip(indices, op.shape_of(whole), strict=False):
        if not 1 <= index <= size:
            raise ValueError(f"index {index} is out of range 1 … {size}")
    return whole[tuple(i - 1 for i in indices)] if indices else op.normal(whole) if isinstance(whole, Tensor) else whole


@lru_cache(maxsize=4096)
def _parse(parse: Callable, latex: str, names: frozenset, indices: frozenset[str]) -> tuple[Node, ...] | Node:
    return parse(latex, dict(names), indices)
