"""Exercises: each of the book's answers right answers with "right" and its known mistakes with their hints."""

import contextlib
import math
import re

import pytest
import torch

import dlnotes
from dlnotes.book import pages
from dlnotes.book.check_block import asked, invitation
from dlnotes.exercises import Exercise, Mistake, check, find, judge, topics

CHAPTERS = tuple(pages.chapter_numbers())
HEADING = re.compile(r"^### .*\{#exercise-(\d+)\}", re.M)
BLOCK = re.compile(r"^/// check \| (\S+)$", re.M)
EMBED = re.compile(r'--8<-- "(snippets/\S+\.py)"')
HAN = re.compile("[\u4e00-\u9fff]")


def numbers(topic: str) -> list[str]:
    """The exercises of a chapter by the headings of its page."""
    return HEADING.findall(pages.page_source(topic, "en").read_text("utf-8"))


NAMES = [f"{topic}.{number}" for topic in CHAPTERS for number in numbers(topic)]


# ---- Every exercise of the book


@pytest.mark.parametrize("topic", CHAPTERS)
def test_the_exercises_are_those_of_the_page(topic):
    assert topic in topics() and numbers(topic)
    for number in numbers(topic):
        find(f"{topic}.{number}")
    with pytest.raises(ValueError, match="no such exercise"):
        find(f"{topic}.{len(numbers(topic)) + 1}")


@pytest.mark.parametrize("language", pages.LANGUAGES)
@pytest.mark.parametrize("topic", CHAPTERS)
def test_each_exercise_says_how_to_check_it_and_its_solution_does(topic, language):
    text = pages.page_source(topic, language).read_text("utf-8")
    for task in re.split(r"^(?=#{2,3} )", text, flags=re.M):
        if heading := HEADING.match(task):
            name = f"{topic}.{heading[1]}"
            statement, _, solution = task.partition("??? solution")
            assert BLOCK.findall(statement) == [name]
            snippets = [(pages.ROOT / path).read_text("utf-8") for path in EMBED.findall(solution)]
            (checked,) = [snippet for snippet in snippets if f'check("{name}", ' in snippet]
            assert f"#> {name}: right" in checked and f"#> {name}: not yet" not in checked


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_is_right_and_the_mistakes_are_refused_with_their_hints(name):
    exercise = find(name)
    answer = exercise.reference() if exercise.inputs is None else exercise.reference
    for language in pages.LANGUAGES:
        assert judge(name, answer, language).right, name
    assert len(exercise.mistakes) >= 3
    for language in pages.LANGUAGES:
        hints = [getattr(mistake, language) for mistake in exercise.mistakes]
        assert len(set(hints)) == len(hints)
        assert all(bool(HAN.search(text)) == (language == "zh") for text in [*hints, getattr(exercise, language)])
        for mistake, hint in zip(exercise.mistakes, hints, strict=True):
            verdict = judge(name, mistake.answer, language)
            assert not verdict.right and verdict.text.endswith(hint), verdict.text


@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_for_names_the_inputs_in_both_languages(name):
    exercise = find(name)
    for language in pages.LANGUAGES:
        words = asked(name)[language]
        assert words == getattr(exercise, language)
        assert words.startswith(f"f({', '.join(exercise.parameters)})") == (exercise.inputs is not None), words
        assert f'check("{name}", ' in invitation(name, language)


@pytest.mark.parametrize("name", NAMES)
def test_inputs_differ_and_so_do_the_answers(name):
    """An exercise whose answer never changes could be passed by a constant."""
    exercise = find(name)
    if exercise.inputs is not None:
        answers = [exercise.reference(*arguments) for arguments in exercise.trials()]
        assert not all(exercise.same(answers[0], answer) for answer in answers[1:])


# ---- What is said of other answers


def halve(t: float) -> float:
    return t / 2


TASK = Exercise(
    en="f(t): half of t",
    zh="f(t)：t 的一半",
    reference=halve,
    inputs=lambda generator: (1 + float(torch.rand((), generator=generator)),),
    mistakes=(Mistake(lambda t: t**2 / 2, "that is the integral.", "这是积分。"),),
)
MATRIX = Exercise(
    en="f(A): A",
    zh="f(A)：A",
    reference=lambda A: A,
    inputs=lambda generator: (torch.randn(3, 3, generator=generator, dtype=torch.float64),),
    mistakes=(),
)
WIDE = Exercise(
    en="f(A): A",
    zh="f(A)：A",
    reference=lambda A: A,
    inputs=lambda generator: (torch.randn(4, 5, generator=generator, dtype=torch.float64),),
    mistakes=(),
)
NUMBER = Exercise(en="one third", zh="三分之一", reference=lambda: 1 / 3, mistakes=())


@pytest.fixture(autouse=True)
def tasks(monkeypatch):
    from dlnotes.exercises import softmax

    monkeypatch.setattr(softmax, "EXERCISES", softmax.EXERCISES | {91: TASK, 92: MATRIX, 93: WIDE, 94: NUMBER})


def forever(t):
    while True:
        with contextlib.suppress(Exception):
            pass


@pytest.mark.parametrize(
    ("number", "answer", "right", "words"),
    [
        (91, lambda t: t / 2, True, "right. It agrees with the reference on all 20 inputs."),
        (91, "t / 2", True, "right."),
        (91, lambda t: torch.tensor(t / 2, dtype=torch.float32), True, "right."),
        (91, lambda t: -t / 2, False, "everything has the wrong sign."),
        (91, lambda t: 3 * t, False, "yours is always 6 times the answer."),
        (91, lambda t: t * t / 2, False, "that is the integral."),
        (91, lambda t: float("inf"), False, "it overflows or divides by zero"),
        (91, lambda t: t / 2 if t < 1.5 else 0, False, "of 20 inputs yours is right.)"),
        (91, lambda t: None, False, "is a `return` missing? The exercise asks for f(t): half of t."),
        (91, lambda t: "half", False, "yours is of type str; a number or a tensor was expected."),
        (91, lambda t: [t, t], False, "the shape of the answer is (), that of yours (2,)."),
        (91, lambda t: (t, t), False, "the answer has 1 parts, yours has 2."),
        (91, lambda: 1, False, "A function of (t) was expected; yours takes ()."),
        (91, 0.5, False, "A function of (t) was expected, and float came."),
        (91, lambda t: 1 / 0, False, "your function raised ZeroDivisionError: division by zero (line "),
        (91, "t / u", False, "The formula names u; known are t."),
        (91, "t /", False, "'t /' cannot be read as a formula"),
        (91, forever, False, "after 0.5 seconds it had not returned: does a loop in it never end?"),
        (92, lambda A: A.T, False, "it is transposed."),
        (92, lambda A: A.numpy(), True, "right."),
        (92, lambda A: A.zero_() + 1, False, "the answer is"),
        (93, lambda A: A.T, False, "the shape of the answer is (4, 5), that of yours (5, 4). Hint: it is transposed."),
        (93, lambda A: A + 1, False, "], yours is "),
        (94, 0.333, True, "right."),
        (94, "1/3", True, "right."),
        (94, lambda: 1 / 3, True, "right."),
        (94, 0.3, False, "Yours is 0.3, which is not the answer."),
        (94, [0.3], False, "the shape of the answer is (), that of yours (1,)."),
        (94, None, False, "yours is None"),
        (94, math.nan, False, "Yours is nan, which is not the answer."),
    ],
)
def test_answers_in_words(number, answer, right, words):
    verdict = judge(f"softmax.{number}", answer, seconds=0.5)
    assert verdict.right == right
    assert words in verdict.text
    assert verdict.text.startswith(f"softmax.{number}: right" if right else f"softmax.{number}: not yet. ")
    chinese = judge(f"softmax.{number}", answer, "zh", seconds=0.5)
    assert chinese.right == right and HAN.search(chinese.text)


def test_the_failing_input_and_both_results_are_shown():
    t = next(TASK.trials())[0]
    text = judge("softmax.91", lambda t: 1.0).text
    assert f"With t = {t:.6g}: the answer is {t / 2:.6g}, yours is 1." in text


def test_check_prints_and_returns(capsys):
    assert dlnotes.check is check
    assert check("softmax.91", halve) is True
    assert check("softmax.91", 1.0, lang="zh") is False
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and "right" in lines[0] and "还不对" in lines[1]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("softmax", "'softmax': no such exercise; write check"),
        ("softmax.0", "the chapter has softmax.1, softmax.2"),
        ("softmax.one", "the chapter has softmax.1"),
        ("texts.1", "no such exercise"),
    ],
)
def test_unknown_exercises_are_answered_with_the_known(name, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        check(name, 1)


def test_unknown_language():
    with pytest.raises(ValueError, match="lang is 'fr', expected one of 'en', 'zh'"):
        check("softmax.91", halve, lang="fr")


def test_unknown_attribute():
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        dlnotes.chek  # noqa: B018
