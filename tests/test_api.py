"""The API reference: every public name is documented whole, its example runs as copied, its chapter is named."""

import ast
import re

import griffe
import pytest
from griffe import DocstringSectionKind as Kind

from dlnotes.book import api, pages
from dlnotes.book.api import Symbol
from dlnotes.book.api_docstrings import argument_names, divided, origin
from dlnotes.book.blocks import Block, SourceLine, undefined_names
from dlnotes.book.examples import check_block
from dlnotes.book.page import Page

SYMBOLS = [symbol for module in api.modules() for symbol in api.symbols(module)]


# ---- Docstrings


def omissions(symbol: Symbol) -> list[str]:
    """What the docstring of a public name leaves out."""
    docstring = griffe.Docstring(symbol.docstring)
    sections = {section.kind: section for section in docstring.parse("google", warnings=False)}
    documented = {item.name for item in sections[Kind.parameters].value} if Kind.parameters in sections else set()
    documented |= {field.name for field in symbol.fields if field.comment}
    raised = {item.annotation for item in sections[Kind.raises].value} if Kind.raises in sections else set()
    found = [] if symbol.summary.endswith((".", "…")) else ["a first sentence"]
    found += [f"argument {name}" for name in sorted(argument_names(symbol) - {"self", "cls"} - documented)]
    found += [f"exception {name}" for name in sorted(exceptions(symbol) - raised)]
    if returns_something(symbol) and not {Kind.returns, Kind.yields} & set(sections):
        found.append("what is returned")
    if symbol.module in pages.chapter_numbers() and "." not in symbol.name and ">>>" not in symbol.docstring:
        found.append("an example")
    return found


def exceptions(symbol: Symbol) -> set[str]:
    """Names of the exceptions that a function raises itself; an abstract method's NotImplementedError is none."""
    raises = [node.exc for node in ast.walk(symbol.constructor or ast.Module([])) if isinstance(node, ast.Raise)]
    names = {ast.unparse(exc.func if isinstance(exc, ast.Call) else exc) for exc in raises if exc}
    return names - {"NotImplementedError"}


def returns_something(symbol: Symbol) -> bool:
    node = symbol.node
    if isinstance(node, ast.ClassDef) or symbol.is_property:
        return False
    return node.returns is None or ast.unparse(node.returns) != "None"


@pytest.mark.parametrize("module", api.modules())
def test_docstrings_are_complete(module: str) -> None:
    found = {symbol.name: omissions(symbol) for symbol in api.symbols(module)}
    assert {name: missing for name, missing in found.items() if missing} == {}


WHOLE = '''
def half(number: float) -> float:
    """Half of a number.

    Args:
        number: an even one.

    Returns:
        Its half.

    Raises:
        ValueError: it is odd.

    >>> half(2)
    1.0
    """
    if number % 2:
        raise ValueError("odd")
    return number / 2
'''


def planted(source: str) -> Symbol:
    return Symbol("softmax", "half", ast.parse(source).body[0], source)


def test_a_whole_docstring_passes() -> None:
    assert omissions(planted(WHOLE)) == []
    assert planted(WHOLE).signature == "half(number: float) -> float"


@pytest.mark.parametrize(
    ("old", "new", "omission"),
    [
        ("Half of a number.", "Half of a number", "a first sentence"),
        ("number: an even", "numbers: an even", "argument number"),
        ("number: float)", "number: float, *, digits: int)", "argument digits"),
        ("Returns:\n        Its half.\n", "", "what is returned"),
        ("ValueError: it", "TypeError: it", "exception ValueError"),
        (">>> half(2)", "half(2)", "an example"),
    ],
)
def test_an_omission_is_found(old: str, new: str, omission: str) -> None:
    assert old in WHOLE
    assert omissions(planted(WHOLE.replace(old, new))) == [omission]


def test_fields_without_a_comment_are_found() -> None:
    source = 'class Pair(NamedTuple):\n    """Two."""\n\n    first: int  # one\n    second: int\n'
    assert "argument second" in omissions(planted(source)) and "argument first" not in omissions(planted(source))


# ---- Examples


def example_block(module: str, docstring: str) -> Block:
    """The example of a docstring as the page shows it; empty if there is none."""
    path = api.source_file(module)
    lines = divided(docstring, module)[1].splitlines()
    numbered = tuple(SourceLine(line, path, number) for number, line in enumerate(lines, 1))
    return Block(SourceLine("```python", path, 0), numbered)


DOCSTRINGS = {symbol.path: (symbol.module, symbol.docstring) for symbol in SYMBOLS}
DOCSTRINGS |= {f"dlnotes.{module}": (module, api.module_docstring(module)) for module in api.modules()}
EXAMPLES = {path: example_block(*docstring) for path, docstring in DOCSTRINGS.items() if ">>>" in docstring[1]}


@pytest.mark.parametrize("path", EXAMPLES)
def test_example_runs_alone_and_prints_what_it_says(path: str) -> None:
    block = EXAMPLES[path]
    assert undefined_names(block.source) == []
    assert check_block(block) == []


def test_an_example_becomes_a_program() -> None:
    docstring = """Prose.

    >>> def double(x):
    ...     return 2 * x
    >>> z = torch.zeros(2)  # a comment
    >>> double(z), z.shape  # two values
    (tensor([0., 0.]), torch.Size([2]))
    >>> str(softmax)[:9]
    '<function'
    >>> print("a")
    a
    """
    assert divided(docstring, "softmax") == (
        "Prose.",
        """import torch

from dlnotes.softmax import softmax


def double(x):
    return 2 * x


z = torch.zeros(2)  # a comment
print((double(z), z.shape))  # two values
#> (tensor([0., 0.]), torch.Size([2]))
print(repr(str(softmax)[:9]))
#> '<function'
print("a")
#> a
""",
    )


# ---- Links between chapters and reference


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_name_of_a_topic_leads_to_its_chapter(language: str) -> None:
    derived = [symbol for symbol in SYMBOLS if symbol.module in pages.chapter_numbers() and "." not in symbol.name]
    assert [symbol.path for symbol in derived if not origin(symbol, language)] == []


def test_every_section_that_a_chapter_shows_leads_back() -> None:
    """What stands below the code blocks of a page names all functions and classes in them, each once."""
    for slug in pages.chapter_numbers():
        text = pages.page_source(slug, "en").read_text("utf-8").split("\n")
        linked = "\n".join(api.with_links(text, Page("en", slug, "")))
        links = re.findall(r"\]\(api/\w+\.md#([\w.]+)\)", linked)
        shown = [s.path for s in SYMBOLS if "." not in s.name and (place := api.shown_in(s)) and place.page == slug]
        assert len(links) == len(set(links))
        assert set(shown) <= set(links), slug


def test_labels_refer_to_equations() -> None:
    text = (
        "By (softmax-jacobian), (Bridle 1990; softmax-definition) and (softmax-lse,\nsoftmax-log), log-odds (no-label)."
    )
    assert api.with_equations(text) == (
        r"By \eqref{softmax-jacobian}, (Bridle 1990; \eqref{softmax-definition}) and \eqref{softmax-lse},"
        "\n"
        r"\eqref{softmax-log}, log-odds (no-label)."
    )


def test_signatures_are_as_written() -> None:
    signatures = {symbol.path: symbol.signature for symbol in SYMBOLS}
    assert signatures["dlnotes.softmax.softmax_jacobian"] == (
        'softmax_jacobian(\n    input: Float[Tensor, "*batch K"],\n) -> Float[Tensor, "*batch K K"]'
    )
    assert '    *,\n    reduction: str = "mean",\n' in signatures["dlnotes.softmax.cross_entropy"]
    assert signatures["dlnotes.gradient_descent.Standardized"].startswith(
        'Standardized(\n    features: Float[Tensor, "N d"],'
    )
    assert "self" not in signatures["dlnotes.adam.Adam"]
    assert "num_features: int" in signatures["dlnotes.normalization.BatchNorm2d"]  # of a base class
