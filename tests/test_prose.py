"""The decimals in the words of a page are what its programs print, or what is computed here."""

import math
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import torch

from dlnotes import runs
from dlnotes.book import labs
from dlnotes.book.numbers import PATTERN as NUMBER_FROM_RUN
from dlnotes.book.pages import DISPLAY, ROOT, blank_fences, lab_slugs
from dlnotes.book.translation import CODE_SPAN
from dlnotes.data import penguins
from dlnotes.figures.introduction import TOP5_ERRORS

PAGES = sorted(ROOT.glob("docs/en/*.md"))  # the Chinese pages have the same numbers: tests/test_translation.py
DECIMAL = re.compile(r"(?<![\d.])\d+\.\d{2,}(?!\.?\d)")  # with one digit it would agree with something by chance
NUMBER = re.compile(r"\d+\.?\d*(?:e[+-]?\d+)?")
SNIPPET = re.compile(r'--8<-- "(snippets/[^"]+)"')
OUTPUT = re.compile(r"^[ \t]*#>(.*)$", re.M)


def decimals_without_origin(words: str, known: Iterable[float]) -> list[str]:
    """The decimals in a text that are not a known number, rounded to the digits shown."""
    known = list(known)
    digits = {decimal: len(decimal.partition(".")[2]) for decimal in DECIMAL.findall(words)}
    return [decimal for decimal, shown in digits.items() if decimal not in {f"{n:.{shown}f}" for n in known}]


def words_of(page: str) -> str:
    """The text of a page without code, displays, numbers from records and its list of sources."""
    page = page.partition("{#sources}")[0]
    return re.sub(NUMBER_FROM_RUN, "", DISPLAY.sub("", blank_fences(page)))


def printed_numbers(page: str) -> list[float]:
    """All numbers in the outputs of the snippets that a page embeds."""
    outputs = [line for source in SNIPPET.findall(page) for line in OUTPUT.findall((ROOT / source).read_text("utf-8"))]
    return [float(number) for number in NUMBER.findall(" ".join(outputs))]


def graph_numbers() -> list[float]:
    """In the caption of figure backpropagation/graph: the value of p, and the adjoints of u, v and w, without sign."""
    w, x, y = torch.tensor(1.2, requires_grad=True), 0.5, 0.9
    u = w * x
    p = torch.tanh(u)
    v = w * p
    loss = 0.5 * (torch.tanh(v) - y) ** 2
    return [p.item(), *(adjoint.abs().item() for adjoint in torch.autograd.grad(loss, [u, v, w]))]


def penguins_residual() -> float:
    """In the caption of figure linear_regression/noise: standard deviation of the masses around the line, in kg."""
    measurements, _ = penguins()
    flipper, mass = measurements[:, 2].numpy(), measurements[:, 3].numpy() / 1000
    return np.std(mass - np.polyval(np.polyfit(flipper, mass, 1), flipper))


def computed_numbers(topic: str) -> list[float]:
    """What a page says without a snippet that prints it."""
    match topic:
        case "introduction":  # the errors that the winners reported, in a figure
            return list(TOP5_ERRORS)
        case "softmax":  # the first hundredth at which exp overflows
            return [math.ceil(100 * math.log(torch.finfo(torch.float32).max)) / 100]
        case "backpropagation":
            return [*graph_numbers(), 2 - 1 / runs.load("backpropagation_cost").config["depth"]]
        case "linear_regression":
            return [penguins_residual()]
        case "gradient_descent":  # minus the mean of log|x| for standard normal x
            return [(np.euler_gamma + math.log(2)) / 2]
        case "index":
            requirement = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
            return [float(requirement.removeprefix(">="))]
    return []


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_decimals_in_the_text_are_printed_or_computed(path: Path) -> None:
    page = path.read_text("utf-8")
    known = printed_numbers(page) + computed_numbers(path.stem)
    found = decimals_without_origin(words_of(page), known)
    assert not found, f"no snippet of the page prints {', '.join(found)}; print it, or compute it in this test"


@pytest.mark.parametrize("slug", lab_slugs())
def test_decimals_in_the_text_of_a_lab_are_those_of_its_code(slug: str) -> None:
    """What it measures differs between machines: the text says it in words, and the lab's last cell asserts it."""
    notebook = labs.read(slug, "en")
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = " ".join(cell.source for cell in labs.code_cells(notebook))
    assert not decimals_without_origin(CODE_SPAN.sub("", words_of(text)), map(float, NUMBER.findall(code)))
    assert "assert " in labs.code_cells(notebook)[-1].source


def test_a_wrong_decimal_is_found() -> None:
    words = words_of("It is $0.6532$ or 0.653.\n\n```python\n0.1234\n```\n\n## Sources {#sources}\n\narXiv:1708.07747")
    assert decimals_without_origin(words, [0.65323]) == []
    assert decimals_without_origin(words, [0.65331]) == ["0.6532"]
    assert decimals_without_origin(words, []) == ["0.6532", "0.653"]
