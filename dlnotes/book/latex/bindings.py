"""What the names of an equation mean: numbers, tensors, functions, families by index, distributions, definitions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from dlnotes.book.latex import operators as op
from dlnotes.book.latex.errors import ParseError
from dlnotes.book.latex.operators import Value
from dlnotes.book.latex.syntax import COMPONENTS, FUNCTION, VALUE
from dlnotes.book.latex.tokens import name_of, tokenize

Key = tuple[str, ...]

FUNCTIONS = {name_of(name): function for name, function in op.FUNCTIONS.items()}
CONSTANTS = {name_of(name): value for name, value in op.CONSTANTS.items()}


@dataclass(frozen=True)
class Distribution:
    """A finite distribution: outcomes and their probabilities. Also a random variable, within an expectation."""

    outcomes: Sequence
    probabilities: Sequence[float] | Tensor

    def __post_init__(self):
        if len(self.outcomes) != len(self.probabilities) or abs(sum(map(float, self.probabilities)) - 1) > 1e-9:
            raise ValueError("a distribution needs one probability an outcome, summing to one")

    def __call__(self, outcome: Value) -> Value:
        return sum(p for x, p in zip(self.outcomes, self.probabilities, strict=True) if op.close(x, outcome, 1e-12))


class RandomVariable(Distribution):
    """A distribution whose name stands for its outcome within \\mathbb{E}[…]."""


@dataclass
class Rule:
    """base^{[slots]}(parameters) = body, e.g. \\mathbf{a}^{[l]} = f(\\mathbf{z}^{[l]}) or \\sigma(x) = …"""

    slots: tuple[int | tuple[str, int], ...]  # an index, or (letter, offset): t+1 is ("t", 1)
    parameters: tuple[Key, ...]
    latex: str

    def match(self, indices: Sequence[int]) -> dict[Key, int] | None:
        bound: dict[Key, int] = {}
        for slot, index in zip(self.slots, indices, strict=True):
            if isinstance(slot, int):
                if slot != index:
                    return None
            elif bound.setdefault((slot[0],), index - slot[1]) != index - slot[1]:
                return None
        return bound


@dataclass
class Family:
    """Values by index, given one by one or by rules."""

    arity: int
    members: dict[tuple[int, ...], object] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    @property
    def is_function(self) -> bool:
        return any(rule.parameters for rule in self.rules) or any(callable(m) for m in self.members.values())


class Bindings:
    """The names of one equation and what they are bound to."""

    def __init__(
        self,
        bindings: Mapping[str, object],
        definitions: Iterable[tuple[str, str]] = (),
        ranges: Mapping[str, int | Iterable[int]] | None = None,
        running: Mapping[str, int] | None = None,
    ):
        self.ranges = {letter: _range(values) for letter, values in (ranges or {}).items()}
        self.running = {(letter,): value for letter, value in (running or {}).items()}
        self.values: dict[Key, object] = {}
        self.bound = {name_of(name) for name in bindings}
        for name, value in bindings.items():
            if isinstance(value, str):
                definitions = [*definitions, (name, value)]
            else:
                self._bind(name, value)
        for name, latex in definitions:
            self._define(name, latex)

    def _bind(self, name: str, value: object) -> None:
        tokens = name_of(name)
        if not tokens:
            raise ParseError("the name of a binding is empty")
        running = [text for text in tokens[1:] if (text,) in self.running or text in self.ranges]
        if running and len(tokens) > 1:
            raise ParseError(
                f"{name} contains the running index {running[0]}: bind a family, {tokens[0]}: {{1: …, 2: …}}"
            )
        base, slots, parameters = self._split(tokens, ())
        is_member = slots and not parameters and all(isinstance(slot, int) for slot in slots)
        if is_member and base not in self.bound:  # where x is bound too, x_1 is a name of its own
            self._family(base, len(slots)).members[slots] = as_bound(name, value)
        else:
            self.values[tokens] = as_bound(name, value)

    def _define(self, name: str, latex: str) -> None:
        base, slots, parameters = self._split(name_of(name), tuple(token.text for token in tokenize(latex)))
        self._family(base, len(slots)).rules.append(Rule(slots, parameters, latex))

    def _family(self, base: Key, arity: int) -> Family:
        family = self.values.setdefault(base, Family(arity))
        if not isinstance(family, Family) or family.arity != arity:
            raise ParseError(f"{' '.join(base)} is bound twice, with different indices")
        return family

    def _split(self, tokens: Key, body: Key) -> tuple[Key, tuple, tuple[Key, ...]]:
        """A name into base, indices and parameters; scripts that are no indices belong to the base."""
        position = 1
        while position < len(tokens) and tokens[position] == "'":
            position += 1
        base, lower, upper = tokens[:position], (), ()
        while position < len(tokens) and tokens[position] in {"_", "^"}:
            end = _closing(tokens, position + 1)
            slots = self._slots(tokens[position + 2 : end], body)
            if slots is None:
                base += tokens[position : end + 1]
            elif tokens[position] == "_":
                lower = slots
            else:
                upper = slots
            position = end + 1
        if position == len(tokens):
            return base, upper + lower, ()
        inside = tokens[position + 1 : -1]
        if body and tokens[position] == "(" and tokens[-1] == ")":
            parameters = tuple((text,) for text in inside if text not in {",", ";", "\\mid"})
            if len(parameters) == (len(inside) + 1) / 2:
                return base, upper + lower, parameters
        if body:
            raise ParseError(f"cannot define {' '.join(tokens)}: expected a name with indices or parameters")
        return tokens, (), ()

    def _slots(self, script: Key, body: Key) -> tuple | None:
        if len(script) > 2 and (script[0], script[-1]) in {("[", "]"), ("(", ")")}:
            script = script[1:-1]
        groups = " ".join(script).split(" , ") if "," in script else [" ".join(script)]
        parsed = [self._slot(group.split(), body) for group in groups]
        if None in parsed and len(groups) == 1:
            parsed = [self._slot([text], body) for text in script]
        return None if None in parsed else tuple(parsed)

    def _slot(self, script: list[str], body: Key) -> int | tuple[str, int] | None:
        letter = script[0]
        if len(script) == 1 and letter.isdigit():
            return int(letter)
        runs = (letter,) in self.running or letter in self.ranges
        if not runs and isinstance(self.values.get((letter,)), int):
            number = self.values[letter,]
            offset = _offset(script)
            return None if offset is None else number + offset
        if runs or (body.count(letter) and len(letter) == 1 and letter.islower()):
            offset = _offset(script)
            return None if offset is None else (letter, offset)
        return None

    @property
    def names(self) -> dict[Key, str]:
        if not hasattr(self, "_names"):
            kinds = dict.fromkeys(FUNCTIONS, FUNCTION) | dict.fromkeys(CONSTANTS, VALUE)
            self._names = kinds | {name: self._kind(value) for name, value in self.values.items()}
        return self._names

    def _kind(self, value: object) -> str:
        if isinstance(value, Family):
            letters = {slot[0] for rule in value.rules for slot in rule.slots if not isinstance(slot, int)}
            components = value.rules and not value.members and letters and letters <= set(self.ranges)
            return FUNCTION if value.is_function else COMPONENTS if components else VALUE
        return FUNCTION if callable(value) and not isinstance(value, (Tensor, RandomVariable)) else VALUE


def as_bound(name: str, value: object) -> object:
    """A binding as the evaluator keeps it: numbers and tensors as float64 that can be differentiated by."""
    if isinstance(value, dict):
        members = {index: as_bound(name, member) for index, member in value.items()}
        return _flattened(name, members)
    if isinstance(value, (list, tuple)):
        return as_bound(name, dict(enumerate(value, 1)))
    if isinstance(value, Tensor):
        if value.requires_grad and value.dtype == torch.float64:
            return value
        if value.requires_grad or value.is_complex():
            raise ParseError(f"{name} is {value.dtype}; equations are evaluated in torch.float64")
        return value.detach().to(torch.float64).clone().requires_grad_()
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64, requires_grad=True)
    if isinstance(value, (int, set, frozenset, range, Distribution)) or callable(value):
        return value
    raise ParseError(f"{name} is a {type(value).__name__}; bind a number, tensor, function, list, dict or LaTeX string")


def _flattened(name: str, members: dict) -> Family:
    if not all(isinstance(index, int) for index in members) or not members:
        raise ParseError(f"the family {name} needs whole numbers as indices")
    inner = {member.arity for member in members.values() if isinstance(member, Family)}
    if not inner:
        return Family(1, {(index,): member for index, member in members.items()})
    if len(inner) > 1 or not all(isinstance(member, Family) for member in members.values()):
        raise ParseError(f"the members of {name} have different numbers of indices")
    nested = {(i, *rest): m for i, member in members.items() for rest, m in member.members.items()}
    return Family(1 + inner.pop(), nested)


def _range(values: int | Iterable[int]) -> Sequence[int]:
    return range(1, values + 1) if isinstance(values, int) else tuple(values)


def _closing(tokens: Key, opening: int) -> int:
    level = 0
    for position in range(opening, len(tokens)):
        level += {"{": 1, "}": -1}.get(tokens[position], 0)
        if level == 0:
            return position
    raise ParseError(f"{' '.join(tokens)}: a brace is not closed")


def _offset(script: Sequence[str]) -> int | None:
    """0 for l, 1 for l+1, -2 for l-2."""
    if len(script) == 1:
        return 0
    if len(script) == 3 and script[1] in "+-" and script[2].isdigit():
        return int(script[1] + script[2])
    return None
