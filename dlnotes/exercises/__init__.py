"""Checks a reader's answer to an exercise of the book, offline, and says in words what is wrong with it.

    >>> from dlnotes import check
    >>> check("softmax.2", lambda t: 1 / (2 - t))
    softmax.2: not yet. With t = 4.85027: the answer is 0.498051, yours is -0.350845.
    False

`dlnotes/exercises/<topic>.py` holds `EXERCISES`, the `Exercise` of each number: what is asked for, a
reference, random inputs, and the wrong answers that are given often, each with its hint.
"""

import inspect
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dlnotes.exercises._texts import TEXTS
from dlnotes.exercises._timing import TookTooLong, within

TRIALS = 20  # random inputs on which a function is tried
SECONDS = 10.0  # that all of them together may take


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is given often, and what to say to those who give it."""

    answer: Any  # of the same kind as the exercise's reference: a function of its inputs, or a value
    en: str  # the hint in English
    zh: str  # the hint in Chinese


@dataclass(frozen=True)
class Exercise:
    """What an exercise asks for.

    The reference is a function of the inputs; its parameters name them. Without inputs the answer is a value, and the
    reference, called without arguments, computes it.
    """

    en: str  # what is to be handed in, for example "f(t): the largest eigenvalue of J at z = (0, 0, -t)"
    zh: str  # the same in Chinese
    reference: Callable[..., Any]  # computes the answer in another way than the book's solution does
    mistakes: tuple[Mistake, ...]  # at least three
    inputs: Callable[[torch.Generator], tuple] | None = None  # random arguments
    extremes: tuple[tuple, ...] = ()  # arguments that are always tried as well
    tolerance: float | None = None  # relative; by default 1e-5 for functions and 5e-3 for values

    @property
    def parameters(self) -> list[str]:
        """The names of the inputs; a value has none."""
        return [] if self.inputs is None else list(inspect.signature(self.reference).parameters)

    def trials(self) -> Iterator[tuple]:
        """The arguments of each trial.

        Yields:
            Arguments for the reference and for the answer; none, once, if the answer is a value.
        """
        if self.inputs is None:
            yield ()
            return
        for seed in range(TRIALS):
            yield self.inputs(torch.Generator().manual_seed(seed))
        yield from self.extremes

    def same(self, first: Any, second: Any) -> bool:
        """Whether two answers are equal within the tolerance, in shape as well.

        Args:
            first: One answer.
            second: The other.

        Returns:
            Whether they are equal.
        """
        tolerance = self.tolerance or (5e-3 if self.inputs is None else 1e-5)
        one, other = _parts(first), _parts(second)
        return len(one) == len(other) and all(
            a.shape == b.shape and torch.allclose(a, b, rtol=tolerance, atol=1e-8, equal_nan=True)
            for a, b in zip(one, other, strict=True)
        )


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and the words for it."""

    right: bool  # whether the answer is right
    text: str  # what is said of it, in the language that was asked for


def check(name: str, answer: Any, lang: str = "en", seconds: float = SECONDS) -> bool:
    """Say whether an answer to an exercise is right, and if not, on which input and, where it is known, why.

    Args:
        name: The exercise, `"<topic>.<number>"`: `"softmax.2"` is exercise 2 of the chapter on softmax.
        answer: What the exercise asks for: a function, which is tried on random inputs; a number or a tensor; or a
            formula as text, such as `"1 / (2 + exp(-t))"`.
        lang: The language of the answer, `"en"` or `"zh"`.
        seconds: How long a function may take for all inputs together.

    Returns:
        Whether the answer is right; the words are printed.

    Raises:
        ValueError: There is no such exercise or language.

    Example:
        >>> check("softmax.2", "1 / (2 + exp(-t))")
        softmax.2: right. It agrees with the reference on all 20 inputs.
        True
    """
    verdict = judge(name, answer, lang, seconds)
    print(verdict.text)
    return verdict.right


def judge(name: str, answer: Any, lang: str = "en", seconds: float = SECONDS) -> Verdict:
    """What `check` prints, as a value.

    Args:
        name: The exercise, as for `check`.
        answer: What it asks for.
        lang: The language of the words, `"en"` or `"zh"`.
        seconds: How long a function may take for all inputs together.

    Returns:
        Whether the answer is right, and the words for it.

    Raises:
        ValueError: There is no such exercise or language.
    """
    if lang not in TEXTS:
        raise ValueError(f"lang is {lang!r}, expected one of {', '.join(map(repr, TEXTS))}")
    exercise, say = find(name), TEXTS[lang]
    try:
        tried = _examine(exercise, answer, say, seconds)
        right, text = True, say["right"] if exercise.inputs is None else say["agrees"](tried)
    except _Wrong as wrong:
        right, text = False, say["wrong"](str(wrong))
        if wrong.asks:
            text += say["asks"](exercise.en if lang == "en" else exercise.zh)
    return Verdict(right, f"{name}: {text}")


def find(name: str) -> Exercise:
    """The exercise of a name.

    Args:
        name: For example `"softmax.2"`.

    Returns:
        What it asks for, with its reference and the mistakes that are known.

    Raises:
        ValueError: There is no such exercise; the message lists those that there are.
    """
    topic, _, number = name.rpartition(".")
    if topic not in topics():
        raise ValueError(f"{name!r}: no such exercise; write check('softmax.2', …), with one of {', '.join(topics())}")
    exercises = import_module(f"dlnotes.exercises.{topic}").EXERCISES
    if not number.isdecimal() or int(number) not in exercises:
        raise ValueError(f"{name!r}: no such exercise; the chapter has {', '.join(f'{topic}.{n}' for n in exercises)}")
    return exercises[int(number)]


@cache
def topics() -> tuple[str, ...]:
    """The chapters that have exercises.

    Returns:
        Their names, sorted.
    """
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py")))


# ---- Why an answer is wrong


class _Wrong(Exception):
    """An answer is not right; the message says why."""

    def __init__(self, reason: str, asks: bool = False):
        super().__init__(reason)
        self.asks = asks  # whether it helps to repeat what is asked for


def _examine(exercise: Exercise, answer: Any, say: dict, seconds: float) -> int:
    """Raise _Wrong unless the answer is right; returns on how many inputs it was tried."""
    function = _as_function(exercise, answer, say)
    trials = list(exercise.trials())
    expected = [exercise.reference(*_copies(arguments)) for arguments in trials]
    given = []
    try:
        for result in within(seconds, lambda arguments: function(*_copies(arguments)), trials):
            given.append(result)
    except TookTooLong:
        raise _Wrong(_with(exercise, trials[len(given)], say) + say["too long"](seconds)) from None
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        reason = say["raises"](f"{type(error).__name__}: {error}", line)
        raise _Wrong(_with(exercise, trials[len(given)], say) + reason) from None
    for arguments, right, got in zip(trials, expected, given, strict=True):
        _refuse_other_kinds(right, got, _with(exercise, arguments, say), say)
    failing = [n for n in range(len(trials)) if not exercise.same(expected[n], given[n])]
    if failing:
        shown = _shown_difference(exercise, expected[failing[0]], given[failing[0]])
        if exercise.inputs is None:
            reason = say["not the value"](shown[1])
        else:
            reason = _with(exercise, trials[failing[0]], say) + say["differs"](*shown)
        if len(failing) < len(trials):
            reason += say["partly"](len(trials) - len(failing), len(trials))
        raise _Wrong(reason + _hint(exercise, trials, expected, given, say))
    return len(trials)


def _as_function(exercise: Exercise, answer: Any, say: dict) -> Callable[..., Any]:
    """The answer as a function of the exercise's inputs."""
    if isinstance(answer, str):
        return _formula(exercise, answer, say)
    if exercise.inputs is None:
        return answer if callable(answer) else lambda: answer
    if not callable(answer):
        raise _Wrong(say["no function"](", ".join(exercise.parameters), type(answer).__name__), asks=True)
    try:
        inspect.signature(answer).bind(*exercise.parameters)
    except TypeError:
        theirs = str(inspect.signature(answer))
        raise _Wrong(say["signature"](", ".join(exercise.parameters), theirs), asks=True) from None
    except ValueError:
        pass  # a function in C does not tell its parameters
    return answer


def _formula(exercise: Exercise, text: str, say: dict) -> Callable[..., Any]:
    """A formula written as text, as a function of the inputs that it names."""
    import sympy

    letters = {name: sympy.Symbol(name) for name in exercise.parameters}
    try:
        formula = sympy.sympify(text, locals=letters)
        unknown = {str(letter) for letter in formula.free_symbols} - set(letters)
    except (sympy.SympifyError, TypeError, AttributeError, SyntaxError):
        raise _Wrong(say["no formula"](text), asks=True) from None
    if unknown:
        raise _Wrong(say["letters"](", ".join(sorted(unknown)), ", ".join(letters)), asks=True)
    return sympy.lambdify(list(letters.values()), formula, "math")


def _refuse_other_kinds(expected: Any, given: Any, inputs: str, say: dict) -> None:
    """An answer must consist of numbers, as many and in the same shape as expected."""
    if given is None:
        raise _Wrong(inputs + say["none"], asks=True)
    try:
        ours, theirs = _parts(expected), _parts(given)
    except (TypeError, ValueError, RuntimeError):
        raise _Wrong(inputs + say["type"](type(given).__name__), asks=True) from None
    if len(ours) != len(theirs):
        raise _Wrong(inputs + say["count"](len(ours), len(theirs)), asks=True)
    for right, got in zip(ours, theirs, strict=True):
        if right.shape != got.shape:
            hint = say["transposed"] if right.dim() == 2 and right.T.shape == got.shape else ""
            raise _Wrong(inputs + say["shape"](tuple(right.shape), tuple(got.shape)) + hint, asks=not hint)


def _hint(exercise: Exercise, trials: list, expected: list, given: list, say: dict) -> str:
    """What the answer looks like, if it is known: a mistake of this exercise, or one that is made everywhere."""
    for mistake in exercise.mistakes:
        if all(_is_the_mistake(exercise, mistake, a, g) for a, g in zip(trials, given, strict=True)):
            return say["hint"](mistake.en if say is TEXTS["en"] else mistake.zh)
    right = torch.cat([part.flatten() for value in expected for part in _parts(value)])
    got = torch.cat([part.flatten() for value in given for part in _parts(value)])
    if not got.isfinite().all() and right.isfinite().all():
        return say["unstable"]
    if all(_is_transposed(exercise, e, g) for e, g in zip(expected, given, strict=True)):
        return say["transposed"]
    ratio = (got / right)[right.abs() > 1e-6 * right.abs().max()]
    if right.numel() > 1 and len(ratio) and torch.allclose(ratio, ratio[0], rtol=1e-5) and ratio[0] != 0:
        return say["sign"] if abs(ratio[0] + 1) < 1e-5 else say["factor"](f"{ratio[0]:.4g}")
    return ""


def _is_transposed(exercise: Exercise, expected: Any, given: Any) -> bool:
    pairs = zip(_parts(expected), _parts(given), strict=True)
    return all(right.dim() == 2 and exercise.same(right.T, got) for right, got in pairs)


def _is_the_mistake(exercise: Exercise, mistake: Mistake, arguments: tuple, given: Any) -> bool:
    try:
        wrong = mistake.answer(*_copies(arguments)) if callable(mistake.answer) else mistake.answer
        return exercise.same(wrong, given)
    except (ArithmeticError, ValueError, RuntimeError):
        return False


# ---- Values


def _parts(value: Any) -> list[Tensor]:
    """A number, an array, a tensor, or several of them, as tensors in float64."""
    if isinstance(value, tuple) or (isinstance(value, list) and any(isinstance(part, Tensor) for part in value)):
        return [part for element in value for part in _parts(element)]
    return [torch.as_tensor(value).detach().to(torch.float64)]


def _copies(arguments: tuple) -> tuple:
    """The arguments, with tensors copied: a function may change its own."""
    return tuple(a.clone() if isinstance(a, Tensor) else a for a in arguments)


def _with(exercise: Exercise, arguments: tuple, say: dict) -> str:
    """The words that name the inputs; none for a value, which has none."""
    inputs = [f"{name} = {_shown(value)}" for name, value in zip(exercise.parameters, arguments, strict=True)]
    return say["with"](", ".join(inputs)) if inputs else ""


def _shown(value: Any) -> str:
    """A number or a small tensor in few digits, a large one by its shape."""
    if isinstance(value, Tensor) and value.dim():
        if value.numel() > 12:
            return f"{type(value).__name__}{tuple(value.shape)}"
        return str([_shown_nested(row) for row in value]).replace("'", "")
    if isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, (float, Tensor)):
        return f"{float(value):.6g}"
    return getattr(value, "__name__", None) or str(value)


def _shown_nested(value: Tensor) -> Any:
    return [_shown_nested(row) for row in value] if value.dim() else f"{float(value):.4g}"


def _shown_difference(exercise: Exercise, expected: Any, given: Any) -> tuple[str, str]:
    """What was expected and what came, in the part where they differ; of large tensors one entry."""
    for right, got in zip(_parts(expected), _parts(given), strict=True):
        if not exercise.same(right, got):
            if right.numel() <= 12:
                return _shown(right), _shown(got)
            flat = int((right - got).abs().nan_to_num(torch.inf).argmax())
            place = ", ".join(str(int(i)) for i in torch.unravel_index(torch.tensor(flat), right.shape))
            return f"{right.flatten()[flat]:.6g} at [{place}]", f"{got.flatten()[flat]:.6g}"
    raise AssertionError("the answers do not differ")
