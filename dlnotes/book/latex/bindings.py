"""What the names of an equation mean: numbers, tensors, functions, families by index, distributions, definitions."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from dlnotes.book.latex import operators as op
from dlnotes.book.latex.errors import ParseError
from dlnotes.book.latex.syntax import ENTRIES, FUNCTION, RANDOM, VALUE, Key
from dlnotes.book.latex.tokens import name_of, symbols, tokenize

Indices = tuple[int, ...]
Slot = tuple[str, int]  # an index in a name, a letter and an offset: t+1 is ("t", 1), 3 is ("", 3)
BUILTINS = {name_of(name): value for name, value in op.BUILTINS.items()}
NAME = re.compile(r".+?(?P<below> _ \{[^{}]*\})?(?P<above> \^ \{[\[(][^{}]*[\])]\})?")  # of canonical tokens


@dataclass(frozen=True)
class Distribution:
    """A finite distribution: outcomes and their probabilities; as a function, the probability of an outcome."""

    outcomes: Sequence
    probabilities: Sequence[float] | Tensor

    def __post_init__(self):
        total = sum(op.tensor(probability).item() for probability in self.probabilities)
        if len(self.outcomes) != len(self.probabilities) or abs(total - 1) > 1e-9:
            raise ValueError("a distribution needs one probability an outcome, summing to one")

    def __call__(self, outcome: op.Value) -> op.Value:
        return sum(p for x, p in zip(self.outcomes, self.probabilities, strict=True) if op.close(x, outcome, 1e-12))


class RandomVariable(Distribution):
    """A distribution whose name stands for its outcome within \\mathbb{E}[…]."""


@dataclass(frozen=True)
class Definition:
    """base^{[slots]}(parameters) = latex, e.g. \\mathbf{a}^{[l]} = f(\\mathbf{z}^{[l]}) or \\sigma(x) = …"""

    slots: tuple[Slot, ...]
    parameters: tuple[Key, ...]
    latex: str

    def match(self, indices: Indices) -> dict[Key, int] | None:
        """What the letters stand for where the slots are these indices; nothing if they cannot be."""
        letters = {("",): 0}
        for (letter, offset), index in zip(self.slots, indices, strict=True):
            if letters.setdefault((letter,), index - offset) != index - offset:
                return None
        return letters


class Bindings:
    """The names of one equation and what they are bound to."""

    def __init__(
        self,
        bindings: Mapping[str, object],
        definitions: Iterable[tuple[str, str]] = (),
        ranges: Mapping[str, int | Iterable[int]] | None = None,
        running: Mapping[str, int] | None = None,
    ):
        self.ranges = {i: range(1, n + 1) if isinstance(n, int) else tuple(n) for i, n in (ranges or {}).items()}
        self.running = {(letter,): value for letter, value in (running or {}).items()}
        self.values: dict[Key, dict[Indices, object]] = {}  # by index; a value without an index has the index ()
        self.definitions: dict[Key, list[Definition]] = {}
        bound = {name_of(name) for name in bindings}
        for name, value in bindings.items():
            if not isinstance(value, str):
                self._bind(name, value, bound)
        for name, latex in (*definitions, *(item for item in bindings.items() if isinstance(item[1], str))):
            self._define(name, latex)

    def _bind(self, name: str, value: object, bound: Container[Key]) -> None:
        key = name_of(name)
        if not key:
            raise ParseError("the name of a binding is empty")
        if running := [s for s in symbols(tokenize(name)[1:]) if self._runs(s)]:
            raise ParseError(f"{name} contains the running index {running[0]}: bind a family, {key[0]}: {{1: …, 2: …}}")
        base, slots = self._split(key, ())
        if base in bound:  # where x is bound too, x_1 is a name of its own
            base, slots = key, ()
        self.values.setdefault(base, {}).update(as_bound(name, value, tuple(number for _, number in slots)))

    def _define(self, name: str, latex: str) -> None:
        key, tokens, parameters = name_of(name), tokenize(name), ()
        if tokens and tokens[-1].opening == "(":
            key, parameters = key[:-1], tuple((token.text,) for token in tokens[-1].inside[::2])
        letters = [symbol for symbol in symbols(tokenize(latex)) if len(symbol) == 1 and symbol.islower()]
        base, slots = self._split(key, letters)
        if not re.fullmatch(r"\\?[A-Za-z]\S*( '| [_^] \{.*\})*", " ".join(base)):
            raise ParseError(f"cannot define {name}: expected a name with indices or parameters")
        self.definitions.setdefault(base, []).append(Definition(slots, parameters, latex))

    def _runs(self, letter: str) -> bool:
        return (letter,) in self.running or letter in self.ranges

    def _split(self, key: Key, letters: Container[str]) -> tuple[Key, tuple[Slot, ...]]:
        """A name into base and indices, those above first; a name with other scripts is all base."""
        match = NAME.fullmatch(" ".join(key))
        scripts = [script for script in match.group("above", "below") if script] if match else []
        slots = [slot for script in scripts for slot in self._slots(script[4:].strip("{[()]}"), letters)]
        return (key, ()) if None in slots else (key[: len(key) - 2 * len(scripts)], tuple(slots))

    def _slots(self, script: str, letters: Container[str]) -> list[Slot | None]:
        """The indices in a script: t - 1, or j , k, or j k."""
        slots = [self._slot(index, letters) for index in script.split(" , ")]
        return [self._slot(index, letters) for index in script.split()] if slots == [None] else slots

    def _slot(self, index: str, letters: Container[str]) -> Slot | None:
        match = re.fullmatch(r"(\S+)(?: ([+-]) (\d+))?", index)
        if not match:
            return None
        letter, sign, number = match.groups("")
        offset = int(sign + number or 0)
        value = int(letter) if letter.isdigit() else self.values.get((letter,), {}).get(())
        if isinstance(value, int) and not self._runs(letter):
            return "", value + offset
        return (letter, offset) if self._runs(letter) or letter in letters else None

    @cached_property
    def names(self) -> dict[Key, str]:
        """The kind of every name."""
        return {key: self._kind(key) for key in (*BUILTINS, *self.values, *self.definitions)}

    def _kind(self, key: Key) -> str:
        values, definitions = self.values.get(key, {}), self.definitions.get(key, [])
        one, *_ = [*values.values(), *definitions] or [BUILTINS[key]]
        if isinstance(one, RandomVariable):
            return RANDOM
        if one.parameters if isinstance(one, Definition) else callable(one) and not isinstance(one, Tensor):
            return FUNCTION
        slots = [slot for definition in definitions for slot in definition.slots]
        is_tensor = len(definitions) == 1 and slots and all(i in self.ranges and not offset for i, offset in slots)
        return ENTRIES if is_tensor and not values else VALUE


def as_bound(name: str, value: object, indices: Indices = ()) -> dict[Indices, object]:
    """A binding by index, as the evaluator keeps it: numbers and tensors as float64 that can be differentiated by."""
    if isinstance(value, (list, tuple)):
        value = dict(enumerate(value, 1))
    if isinstance(value, dict) and value and all(isinstance(index, int) for index in value):
        return {key: v for i, member in value.items() for key, v in as_bound(name, member, (*indices, i)).items()}
    if isinstance(value, float):
        value = torch.tensor(value, dtype=torch.float64)
    if isinstance(value, Tensor):
        if value.is_complex() or (value.requires_grad and value.dtype != torch.float64):
            raise ParseError(f"{name} is {value.dtype}; equations are evaluated in torch.float64")
        value = value if value.requires_grad else value.to(torch.float64).clone().requires_grad_()
    elif not (isinstance(value, (int, set, frozenset, range, Distribution)) or callable(value)):
        expected = "bind a number, tensor, function, LaTeX string, or a list or dict by whole numbers of these"
        raise ParseError(f"{name} is a {type(value).__name__}; {expected}")
    return {indices: value}
