"""What the names of an equation mean: numbers, tensors, functions, families by index, distributions, definitions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from dlnotes.book.latex import operators as op
from dlnotes.book.latex.errors import ParseError
from dlnotes.book.latex.syntax import COMPONENTS, FUNCTION, VALUE, Key
from dlnotes.book.latex.tokens import ARGUMENTS, Token, name_of, split, symbols, tokenize

Indices = tuple[int, ...]
BUILTINS = {name_of(name): value for name, value in (op.FUNCTIONS | op.CONSTANTS).items()}
Slot = tuple[str, int]  # an index in a name, a letter and an offset: t+1 is ("t", 1), 3 is ("", 3)


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
        self.bound = {name_of(name) for name in bindings}
        for name, value in bindings.items():
            if not isinstance(value, str):
                self._bind(name, value)
        for name, latex in (*definitions, *(item for item in bindings.items() if isinstance(item[1], str))):
            self._define(name, latex)

    def _bind(self, name: str, value: object) -> None:
        tokens = tokenize(name)
        base, slots = self._split(tokens, set())
        if not tokens:
            raise ParseError("the name of a binding is empty")
        if running := [s for s in symbols(tokens[1:]) if self._runs(s)]:
            message = f"{name} contains the running index {running[0]}: bind a family, {tokens[0].text}: {{1: …, 2: …}}"
            raise ParseError(message)
        is_member = slots and base not in self.bound  # where x is bound too, x_1 is a name of its own
        indices = tuple(number for _, number in slots) if is_member else ()
        self.values.setdefault(base if is_member else name_of(name), {}).update(as_bound(name, value, indices))

    def _define(self, name: str, latex: str) -> None:
        tokens, parameters = tokenize(name), ()
        if tokens and tokens[-1].opening == "(":
            parameters = tuple((token.text,) for token in tokens[-1].inside[::2])
            tokens = tokens[:-1]
        base, slots = self._split(tokens, {s for s in symbols(tokenize(latex)) if len(s) == 1 and s.islower()})
        scripts_only = all(text in {"_", "^", "'"} or text.startswith("{") for text in base[1:])
        if not base or not re.match(r"\\?[A-Za-z]", base[0]) or base[0] in ARGUMENTS or not scripts_only:
            raise ParseError(f"cannot define {name}: expected a name with indices or parameters")
        self.definitions.setdefault(base, []).append(Definition(slots, parameters, latex))

    def _runs(self, letter: str) -> bool:
        return (letter,) in self.running or letter in self.ranges

    def _split(self, tokens: Sequence[Token], letters: set[str]) -> tuple[Key, tuple[Slot, ...]]:
        """A name into base and indices, those above first; scripts that are no indices belong to the base."""
        base, above, below, rest = (), (), (), tokens
        while rest:
            match rest:
                case [Token("_"), script, *after] if slots := self._slots(script.inside, letters):
                    below, rest = slots, after
                case [Token("^"), Token(inside=[bracket]), *after] if slots := self._slots(bracket.inside, letters):
                    above, rest = slots, after
                case [token, *rest]:
                    base += (token.text,)
        return base, above + below

    def _slots(self, script: Sequence[Token], letters: set[str]) -> tuple[Slot, ...]:
        slots = [self._slot([token.text for token in piece], letters) for piece in split(script, ",")[0]]
        if slots == [None]:  # _{jk}
            slots = [self._slot([token.text], letters) for token in script]
        return () if None in slots else tuple(slots)

    def _slot(self, script: list[str], letters: set[str]) -> Slot | None:
        match script:
            case [letter]:
                offset = 0
            case [letter, "+" | "-" as sign, number] if number.isdigit():
                offset = int(sign + number)
            case _:
                return None
        value = int(letter) if letter.isdigit() else self.values.get((letter,), {}).get(())
        if isinstance(value, int) and not self._runs(letter):
            return "", value + offset
        return (letter, offset) if self._runs(letter) or letter in letters else None

    @cached_property
    def names(self) -> dict[Key, str]:
        """The kind of every name."""
        return {key: self._kind(key) for key in (*BUILTINS, *self.values, *self.definitions)}

    def arities(self, key: Key) -> set[int]:
        """With how many indices a family's name is bound; empty for other names."""
        indices = (*self.values.get(key, ()), *(definition.slots for definition in self.definitions.get(key, ())))
        return {len(each) for each in indices if each}

    def _kind(self, key: Key) -> str:
        values, definitions = self.values.get(key, {}), self.definitions.get(key, [])
        builtin = [] if values or definitions else [BUILTINS[key]]
        if any(d.parameters for d in definitions) or any(map(_is_function, (*values.values(), *builtin))):
            return FUNCTION
        letters = {letter for definition in definitions for letter, _ in definition.slots}
        return COMPONENTS if letters and letters <= {*self.ranges} and not values else VALUE


def _is_function(value: object) -> bool:
    return callable(value) and not isinstance(value, (Tensor, RandomVariable))


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
