"""The evaluator of LaTeX: what it reads, with which precedence, and what it says about what it cannot read."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlnotes.book.latex import Distribution, EvaluationError, LatexError, ParseError, RandomVariable, Refuted, Scope
from dlnotes.book.latex.tokens import name_of, tokenize

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]], dtype=torch.float64)
S = torch.tensor([[2.0, 1.0], [1.0, 4.0]], dtype=torch.float64)
V = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64)
U = torch.tensor([3.0, 5.0], dtype=torch.float64)
BINDINGS = {
    "x": 3.0, "y": 2.0, "n": 4, "K": 3, r"\mathbf{A}": A, r"\mathbf{S}": S, r"\mathbf{v}": V, r"\mathbf{u}": U,
    "f": lambda value: value**2 + 1, "g": lambda a, b: a - 2 * b, "h": torch.tanh, r"\hat{x}": 10.0, "x_1": 7.0,
    r"p_{\text{data}}": 0.25, r"\Delta t": 0.5, r"\mathbf{W}": {1: A, 2: S}, "a": [5.0, 6.0, 8.0],
}  # fmt: skip


def scope(bindings=None, **options):
    return Scope(BINDINGS if bindings is None else bindings, **options)


def value(latex, bindings=None, **options):
    """The value of an expression, as the left side of a relation."""
    here = scope(bindings, **options)
    (relation,) = here.parse(f"{latex} = 0")
    with here.local(here.running):
        return here.evaluate(relation.operands[0])


def holds(latex, bindings=None, tolerance=1e-9, tight=None, after=None, **options):
    here = scope(bindings, **options)
    return here.check(here.parse(latex), after or {}, tolerance, tight)


def close(found, expected):
    found, expected = (torch.as_tensor(each, dtype=torch.float64) for each in (found, expected))
    assert found.shape == expected.shape
    torch.testing.assert_close(found.detach(), expected)


# Grammar


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("1 + 2 \\cdot 3", 7),
        ("2 x y", 12),
        ("2 x^2", 18),
        ("-x^2", -9),
        ("x - y - 1", 0),
        ("1 / 2 x", 1 / 6),  # juxtaposition binds tighter than the slash
        ("\\frac12 x", 1.5),
        ("\\frac{x}{y}", 1.5),
        ("x^{-1}", 1 / 3),
        ("2^{x}", 8),
        ("2^23", 12),  # as TeX reads it: 2²·3
        ("(x + y)^2", 25),
        ("{x + y}^2", 25),
        ("\\left( x + y \\right) x", 15),
        ("\\sqrt{x + 6}", 3),
        ("\\sqrt[3]{27}", 3),
        ("n!", 24),
        ("\\binom{n}{2}", 6),
        ("\\lvert -x \\rvert", 3),
        ("\\lfloor \\frac{x}{y} \\rfloor + \\lceil \\frac{x}{y} \\rceil", 3),
        ("e^0 + \\exp(0) + \\log e", 3),
        ("\\log x y", 2 * math.log(3)),  # a function without parentheses takes one atom
        ("\\log_2 n", 2),
        ("\\sin^2(x) + \\cos^2(x)", 1),
        ("f(x)^2", 100),
        ("f^2(x)", 100),
        ("2 f(x) y", 40),
        ("x (y + 1)", 9),  # a product: x is no function
        ("g(x, y)", -1),
        ("g(x \\mid y)", -1),
        ("f'(x)", 6),
        ("f''(x)", 2),
        ("\\max(x, y) - \\min(x, y)", 1),
        ("\\hat{x} - x", 7),
        ("\\hat x + x_1", 17),  # x_1 is bound as a whole
        ("p_{\\text{data}} \\Delta t", 0.125),
        ("a_2 + a_{K}", 14),
        ("\\pi", math.pi),
        ("\\sum_{k=1}^{3} k^2", 14),
        ("\\sum_{k=1}^{3} k + 1", 7),  # the body of a sum is one term
        ("2 \\sum_{k=1}^{3} k \\cdot 2", 24),
        ("\\sum_{k=1}^{3} \\sum_{j=1}^{k} j", 10),
        ("\\sum_{k=1,k \\ne 2}^{3} k", 4),
        ("\\sum_{k \\in \\{1, 3\\}} k", 4),
        ("\\sum_{k \\in \\{1, \\dots, n\\}} k", 10),
        ("\\sum_{k=2}^{1} k", 0),
        ("\\prod_{k=1}^{4} k", 24),
        ("\\sum_{k=1}^{3} [k = 2] k", 2),
        ("\\mathbb{1}[x > y]", 1),
        ("\\begin{cases} 1 & x > y \\\\ 2 & \\text{otherwise} \\end{cases}", 1),
        ("\\underbrace{x + y}_{\\text{sum}} y", 10),
    ],
)
def test_scalars(latex, expected):
    close(value(latex), expected)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("\\mathbf{A}\\mathbf{v}", A @ V),
        ("\\mathbf{v}^\\top \\mathbf{v}", V @ V),
        ("\\mathbf{u}\\mathbf{v}^\\top", torch.outer(U, V)),
        ("\\mathbf{u}^\\top \\mathbf{A}", (U @ A)[None, :]),
        ("\\mathbf{A}^\\top", A.T),
        ("\\mathbf{S}^{-1}\\mathbf{u}", torch.linalg.solve(S, U)),
        ("\\mathbf{S}^2", S @ S),
        ("\\mathbf{W}^{[1]\\top}\\mathbf{u}", A.T @ U),
        ("\\mathbf{W}^{[3-1]}", S),
        ("\\mathbf{v} \\odot \\mathbf{v}", V * V),
        ("\\mathbf{v}^{\\odot 2}", V**2),
        ("\\mathbf{v} \\oslash \\mathbf{v}", V / V),
        ("\\mathbf{A}\\mathbf{v} \\odot \\mathbf{u}", (A @ V) * U),  # juxtaposition binds tighter than ⊙
        ("2 \\mathbf{v} + 1", 2 * V + 1),
        ("\\frac{\\mathbf{v}}{2}", V / 2),
        ("\\operatorname{diag}(\\mathbf{u})", torch.diag(U)),
        ("\\operatorname{tr}(\\mathbf{S})", S.trace()),
        ("\\exp(\\mathbf{u})", U.exp()),
        ("\\lVert \\mathbf{v} \\rVert", V.norm()),
        ("\\lVert \\mathbf{v} \\rVert_1", V.abs().sum()),
        ("\\lVert \\mathbf{v} \\rVert_2^2", V @ V),
        ("\\lVert \\mathbf{v} \\rVert_\\infty", V.abs().max()),
        ("\\lVert \\mathbf{A} \\rVert_F", A.norm()),
        ("\\lVert \\mathbf{A} \\rVert_2", torch.linalg.matrix_norm(A, 2)),
        ("\\langle \\mathbf{v}, \\mathbf{v} \\rangle", V @ V),
        ("v_2 + A_{2,3} + A_{2,1} + (\\mathbf{A}\\mathbf{v})_1", -2.0 + 7 + 4 + (A @ V)[0]),
        ("\\max_{k \\in \\{1, 2, 3\\}} v_k", 3.0),
        ("\\operatorname{argmax}_{k \\in \\{1, 2, 3\\}} v_k", 3.0),
        ("\\operatorname{argmin}_{k \\in \\{1, 2, 3\\}} v_k", 2.0),
        ("\\begin{pmatrix} 1 & x \\\\ 0 & y \\end{pmatrix} \\mathbf{u}", torch.tensor([18.0, 10.0])),
        ("h'(\\mathbf{v})", 1 - V.tanh() ** 2),
    ],
)
def test_vectors_and_matrices(latex, expected):
    close(value(latex), expected)


def test_declared_ranges():
    close(value("\\sum_k v_k", ranges={"k": 3}), V.sum())
    close(value("\\sum_{j \\ne k} v_j", ranges={"j": 3}, running={"k": 2}), 4.0)
    close(value("\\sum_{i < j} v_i v_j", ranges={"i": 3, "j": 3}), -5.0)


def test_a_range_in_the_equation_goes_before_a_declared_one():
    close(value(r"\prod_{j=1}^{3} a_j", ranges={"j": 2}), 240.0)
    close(value("p", BINDINGS | {"p": r"\prod_{j=1}^{3} a_j"}, ranges={"j": 2}), 240.0)
    close(value(r"\sum_{j=1}^{2} \sum_{k \ne j} a_k", ranges={"j": 3, "k": 3}), 14.0 + 13.0)


def test_families_by_step_and_sample():
    path = {t: torch.tensor([float(t), 2.0 * t]) for t in range(4)}
    bindings = {r"\boldsymbol{\theta}": path, "X": [[1.0, 2.0], [3.0, 4.0]]}
    close(value(r"\boldsymbol{\theta}_{t-1}", bindings, running={"t": 3}), path[2].double())
    close(value(r"\theta_{2, 1} + X_{2,1}", bindings), 5.0)


def test_expectations():
    die = {"p": Distribution(range(1, 7), [1 / 6] * 6), r"\mathbf{a}": torch.tensor([0.25, 0.75])}
    close(value(r"\mathbb{E}_{x \sim p}[x]", die), 3.5)
    close(value(r"\operatorname{Var}_{x \sim p}[x]", die), 35 / 12)
    close(value(r"\mathbb{E}_{k \sim \mathbf{a}}[k^2]", die), 3.25)
    coins = {"X": RandomVariable([0.0, 1.0], [0.5, 0.5]), "Y": RandomVariable([1.0, 3.0], [0.25, 0.75])}
    close(value(r"\mathbb{E}[X + X Y]", coins), 0.5 + 1.25)


# Definitions and derivatives


def test_definitions_are_differentiated():
    network = {
        r"\mathbf{x}": V, r"\mathbf{W}": A, r"\mathbf{z}": r"\mathbf{W}\mathbf{x}", r"\mathbf{a}": r"h(\mathbf{z})",
        "h": torch.tanh, r"\mathcal{L}": r"\frac{1}{2} \lVert \mathbf{a} \rVert^2",
    }  # fmt: skip
    slope = (A @ V).tanh() * (1 - (A @ V).tanh() ** 2)
    close(value(r"\frac{\partial \mathcal{L}}{\partial \mathbf{z}}", network), slope)
    close(value(r"\frac{\partial \mathcal{L}}{\partial \mathbf{W}}", network), torch.outer(slope, V))
    close(value(r"\frac{\partial \mathcal{L}}{\partial W_{2,3}}", network), slope[1] * V[2])
    close(value(r"\frac{\partial \mathbf{z}}{\partial \mathbf{x}}", network), A)
    close(value(r"\nabla_{\mathbf{x}} \mathcal{L}", network), A.T @ slope)


def test_components_define_a_vector():
    softmax = {r"\mathbf{z}": V, "K": 3, "a_k": r"\frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}}"}
    probabilities = torch.softmax(V, 0)
    close(value(r"\mathbf{a}", softmax, ranges={"k": 3}), probabilities)
    jacobian = torch.diag(probabilities) - torch.outer(probabilities, probabilities)
    close(value(r"\frac{\partial \mathbf{a}}{\partial \mathbf{z}}", softmax, ranges={"k": 3}), jacobian)
    close(value(r"\frac{\partial a_1}{\partial z_2}", softmax), jacobian[0, 1])


def test_higher_derivatives():
    bindings = {r"\mathbf{x}": U, "s": 2.0, "f(u)": "u^3", r"q(\mathbf{u})": r"\mathbf{u}^\top \mathbf{S} \mathbf{u}"}
    bindings[r"\mathbf{S}"] = S
    close(value(r"\frac{\mathrm{d} f(s)}{\mathrm{d} s}", bindings), 12.0)
    close(value(r"\frac{\partial^2}{\partial s^2} f(s)", bindings), 12.0)
    close(value(r"\nabla_{\mathbf{x}}^2 q(\mathbf{x})", bindings), 2 * S)


def test_recursion_with_a_base_case():
    bindings = {"s_0": 1.0, "s_t": "2 s_{t-1} + t"}
    close(value("s_3", bindings), 19.0)
    shifted = {"s_0": 1.0, "s_{t+1}": "2 s_t"}
    close(value("s_3", shifted), 8.0)
    with pytest.raises(EvaluationError, match="circle"):
        value("s_t", {"s_t": "s_t + 1"}, running={"t": 3})


# Relations


def test_rows_are_compared_with_the_row_before():
    right = r"\begin{aligned} x + y &= 5 \\ &= 2 + x \\ &\le 6, \\ y &= 2 \end{aligned}"
    assert holds(right) == 4
    for wrong in (right.replace("2 + x", "3 + x"), right.replace("6", "4"), right.replace("y &= 2", "y &= 3")):
        with pytest.raises(Refuted):
            holds(wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("x > y", "x < y"),
        ("x \\ne y", "x \\ne 3"),
        ("\\log y \\approx 0.69", "\\log y \\approx 0.70"),
        ("\\mathbf{v} \\propto 2 \\mathbf{v}", "\\mathbf{v} \\propto \\mathbf{v} + 1"),
        ("\\mathbf{A} \\in \\mathbb{R}^{2 \\times K}", "\\mathbf{A} \\in \\mathbb{R}^{K \\times 2}"),
        ("n \\in \\{1, \\dots, 4\\}", "n \\in \\{1, \\dots, 3\\}"),
        ("x = 3, \\quad y = 2", "x = 3, \\quad y = 3"),
        ("x = 3 \\quad \\text{for all } n", "x = 4 \\quad \\text{for all } n"),
    ],
)
def test_relations(right, wrong):
    right, wrong = (latex.replace(" \\quad \\text{for all } n", " \\quad \\text{always}") for latex in (right, wrong))
    assert holds(right) >= 1
    with pytest.raises(Refuted):
        holds(wrong)


def test_update_compares_with_the_value_after_the_step():
    step = r"x \leftarrow x - \frac{1}{2} y"
    assert holds(step, after={"x": 2.0}) == 1
    with pytest.raises(Refuted):
        holds(step, after={"x": 2.5})
    with pytest.raises(EvaluationError, match="after="):
        holds(step)


def test_bounds_can_be_asked_to_be_tight():
    assert holds("x \\le 3", tight=1e-6) == 1
    with pytest.raises(Refuted, match="not tight"):
        holds("x \\le 4", tight=1e-6)


def test_shapes_must_be_equal():
    with pytest.raises(Refuted, match=r"column vector \(3,\) on the left, scalar on the right"):
        holds(r"0 \mathbf{v} = 0")
    with pytest.raises(Refuted, match="matrix"):
        holds(r"\mathbf{v} = \mathbf{v}^\top")


def test_nothing_equals_nan():
    with pytest.raises(Refuted):
        holds(r"\log(0 - x) = \log(0 - x)")


# Messages


def test_the_caret_stands_under_the_place():
    with pytest.raises(ParseError) as caught:
        value("x + \\zeta y")
    message, line, caret = str(caught.value).split("\n")
    assert "\\zeta has no binding; bind it to a value" in message
    assert line[caret.index("^") : caret.rindex("^") + 1] == "\\zeta"


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        ("x + )", r"\) closes nothing"),
        ("(x", r"\( is not closed"),
        ("{x", "not closed"),
        ("x }", "closes nothing"),
        ("x # y", "cannot read '#'"),
        ("x % y", "no comments"),
        ("\\mathbf{A}^T", r"write \\top"),
        ("\\lvert x", "not closed"),
        ("| x |", r"write \\lvert"),
        ("x + \\dots + y", "dots cannot be evaluated"),
        ("\\sum k", "range below"),
        ("\\sum_k k", "k has no binding"),
        ("\\sum_{n=1}^{3} n", "n has a value already"),
        ("y_1^2_3", "one subscript"),
        ("\\nabla x", "with respect to what"),
        ("\\begin{aligned} x", "not closed"),
        ("\\mathbb{E} x", "brackets"),
        ("\\textrmx", "no binding"),
        ("\\underbrace{x}_{y}", "row of its own"),
        ("\\sum_{k=1} k", "upper limit"),
        ("\\lvert x", "not closed"),
        ("\\frac{}{x}", "in or after"),
        ("[2, 3)", "expected"),
    ],
)
def test_what_cannot_be_read_is_said(latex, message):
    with pytest.raises(ParseError, match=message):
        holds(f"{latex} = 0")


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        ("x = y + ", "expected an expression in or after this"),
        ("x = y ^", "needs an argument"),
        ("x", "expected a relation"),
        ("= x", "no left side"),
    ],
)
def test_what_is_missing_is_said(latex, message):
    with pytest.raises(LatexError, match=message):
        holds(latex)


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        ("\\mathbf{v}\\mathbf{v}", "column times a column"),
        ("\\mathbf{A}\\mathbf{u}", "inner dimensions differ"),
        ("\\mathbf{v} + \\mathbf{u}", "only scalars broadcast"),
        ("\\frac{x}{\\mathbf{v}}", "oslash"),
        ("\\mathbf{v}^2", "odot"),
        ("v_4", "out of range"),
        ("v_0", "out of range"),
        ("A_1", "indices"),
        ("\\mathbf{W}^{[3]}", "no member"),
        ("\\mathbf{W} + 1", "needs an index"),
        ("a_{x / 2}", "whole number"),
        ("f + 1", "give it an argument"),
        ("g(x)", "missing 1 required"),
        ("\\frac{\\partial x}{\\partial y}", "does not depend"),
        ("\\begin{cases} 1 & x > 1 \\\\ 2 & x > 2 \\end{cases}", "disjoint"),
        ("\\sum_{k=1}^{10^9} k", "more than"),
        ("\\sum_{k=1, k < 0}^{10^9} k", "more than"),
        ("(x!)", "integer"),
        ("(0 - x)^{\\frac12}", "nan|not real"),
    ],
)
def test_what_has_no_value_is_said(latex, message):
    with pytest.raises((EvaluationError, Refuted), match=message):
        value(latex)
        holds(f"{latex} = {latex}")


def test_bad_bindings_are_said():
    with pytest.raises(ParseError, match="running index"):
        scope({"x_i": 1.0}, running={"i": 1})
    with pytest.raises(ParseError, match="bind a number"):
        scope({"x": object()})
    with pytest.raises(ParseError, match="float64"):
        scope({"x": torch.zeros(2, requires_grad=True)})
    with pytest.raises(ValueError, match="summing to one"):
        Distribution([1, 2], [0.5, 0.6])


# Tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\\mathbf W", "\\mathbf{W}"),
        ("W_1^2", "W^2_1"),
        ("W_{1}", "W_1"),
        ("\\hat \\mathbf{v}", "\\hat{\\mathbf{v}}"),
        ("\\operatorname*{arg\\,max}", "\\operatorname{argmax}"),
        ("\\left( x \\right)", "(x)"),
        ("\\frac12", "\\frac{1}{2}"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert name_of(one) == name_of(other)


def test_unknown_commands_are_not_split():
    assert [token.text for token in tokenize("\\textrmx \\logx")] == ["\\textrmx", "\\logx"]


# Fuzzing

PIECES = [
    r"x", r"y", r"n", r"k", r"\mathbf{v}", r"\mathbf{A}", r"\mathbf{W}^{[1]}", r"v_2", r"f(", r"g(x,", r"(",
    r")", r"{", r"}", r"[", r"]", r"+", r"-", r"=", r"\cdot", r"\odot", r"/", r"^", r"_", r"^{2}", r"_{k}",
    r"\frac", r"\frac{x}{y}", r"\sqrt", r"\sum_{k=1}^{3}", r"\sum", r"\max_k", r"\partial",
    r"\frac{\partial{x}}{\partial{y}}", r"\nabla_{x}", r"\log", r"\exp", r"'", r"!", r"&", r"\\",
    r"\begin{cases}", r"\end{cases}", r"\begin{aligned}", r"\end{aligned}", r"\mathbb{E}", r"\sim", r"\in",
    r"\dots", r",", r"\underbrace", r"\text{if}", r"\lVert", r"\rVert", r"\{", r"\}", r"\top", r"\mid", r"9",
    r"0.5", r"\hat", r"\mathbb{R}", r"\leftarrow", r"\iff", r"\quad", r"|", r"~", r"%", r"α",
]  # fmt: skip


def check_only_own_errors(latex):
    try:
        holds(latex, ranges={"k": 2})
    except LatexError as error:
        assert str(error)


@settings(max_examples=400, deadline=5000)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_pieces_of_formulas_raise_only_own_errors(pieces):
    check_only_own_errors(" ".join(pieces))


@settings(max_examples=200, deadline=5000)
@given(st.text(alphabet="xynk\\{}()[]^_+-=&,.'!|0123456789fsqrtacdmuepil ", max_size=60))
def test_random_text_raises_only_own_errors(latex):
    check_only_own_errors(latex)


@pytest.mark.parametrize(
    "piece", ["(", "{", "\\sqrt{", "-", "x^{", "\\log ", "\\hat{", "\\frac{1}{", "f(", "\\sum_{k=1}^{2} "]
)
@pytest.mark.parametrize("times", [50, 2000])
def test_deep_nesting_is_refused(piece, times):
    with pytest.raises(LatexError):
        holds(piece * times + "x = x")


@pytest.mark.parametrize(
    "latex", ["x" + " + x" * 3000 + " = 9003", "9^{9^{9^9}} = 1", "x = x'''''''''''", "n!!!!!! = 1"]
)
def test_long_and_large_do_not_hang(latex):
    check_only_own_errors(latex)
