"""The mutation engine on equations whose mutants are known."""

import pytest
import torch

from dlnotes.book import pages
from dlnotes.book.equations import Case, Check
from dlnotes.book.latex import LatexError
from dlnotes.book.mutation import SurvivingMutants, mutants, refute_mutants, survives

A = torch.tensor([[1.0, 2.0, -3.0], [4.0, 0.5, 7.0]], dtype=torch.float64)
V = torch.tensor([1.5, -2.0, 3.0], dtype=torch.float64)
U = torch.tensor([0.3, -0.7], dtype=torch.float64)


def evaluated(latex, bindings, **options):
    (each,) = Case(latex, bindings, **options).check()
    return each


def names(latex, bindings, **options):
    return {mutant.name for mutant in mutants(evaluated(latex, bindings, **options))}


def checked(latex, *cases, equivalent=None, **options):
    check = Check(pages.Equation("test-equation", "0.1", "test", latex, 1), equivalent=equivalent or {})
    for bindings in cases:
        check.evaluated += Case(latex, bindings, **options).check()
    return check


@pytest.mark.parametrize(
    ("latex", "bindings", "options", "expected"),
    [
        ("x = -y + z", {"x": 2.0, "y": 1.0, "z": 3.0}, {}, {"change sign 1: -y + z", "change sign 2: -y + z"}),
        ("x = -y", {"x": -1.0, "y": 1.0}, {}, {"drop minus: -y"}),
        ("s = \\mathbf{v}^\\top \\mathbf{v}", {"s": V @ V, r"\mathbf{v}": V}, {},
         {"drop transpose: \\mathbf{v}^\\top"}),
        ("\\mathbf{u} = \\mathbf{A}\\mathbf{v}", {r"\mathbf{u}": A @ V, r"\mathbf{A}": A, r"\mathbf{v}": V}, {},
         {"transpose: \\mathbf{A}", "swap factors 1 and 2: \\mathbf{A}\\mathbf{v}"}),
        ("x = 2 y", {"x": 6.0, "y": 3.0}, {}, {"raise the numeral: 2", "drop factor 1: 2 y", "y in place of: x"}),
        ("s = \\sum_{k=1}^{n} v_k", {"s": V.sum(), "v": V, "n": 3}, {},
         {"raise the numeral: 1", "stop one earlier: k=1", "shift index 1 by -1: v_k"}),
        ("x = y^2", {"x": 9.0, "y": 3.0}, {}, {"drop exponent: y^2", "raise the numeral: 2"}),
        ("x = \\exp(y)", {"x": 1.0, "y": 0.0}, {},
         {"\\log in place of \\exp: \\exp(y)", "drop the function: \\exp(y)"}),
        ("x = \\hat{y}", {"x": 1.0, "y": 0.0, r"\hat{y}": 1.0}, {}, {"y in place of: \\hat{y}"}),
        ("x \\le y", {"x": 1.0, "y": 2.0}, {}, {"≥ in place of ≤: x \\le y"}),
        ("x = \\frac{y}{z}", {"x": 2.0, "y": 6.0, "z": 3.0}, {}, {"invert: \\frac{y}{z}", "z in place of: y"}),
        ("x = \\lfloor y \\rfloor", {"x": 2, "y": 2.5}, {}, {"floor for ceil or back: \\lfloor y \\rfloor"}),
        ("a_{jk} = B_{kj}", {"a": A, "B": A.T}, {"forall": {"j": [1], "k": [2]}},
         {"swap indices: a_{jk}", "k in place of: j", "shift index 2 by +1: a_{jk}"}),
        ("x = f'(y)", {"x": 6.0, "y": 3.0, "f": torch.square}, {}, {"drop prime: f'"}),
        ("x = \\max_k v_k", {"x": V.max(), "v": V}, {"ranges": {"k": 3}}, {"min in place of max: \\max_k v_k"}),
    ],
)  # fmt: skip
def test_slips_of_the_pen(latex, bindings, options, expected):
    assert expected <= names(latex, bindings, **options)


def test_no_mutant_passes_good_bindings():
    latex = r"\mathbf{u} = \mathbf{A} (\mathbf{v} \odot \mathbf{v}) - 2 c \mathbf{w}"
    w = torch.tensor([5.0, 1.1], dtype=torch.float64)
    bindings = {r"\mathbf{A}": A, r"\mathbf{v}": V, "c": 0.4, r"\mathbf{w}": w, r"\mathbf{u}": A @ V**2 - 0.8 * w}
    outcome = refute_mutants(checked(latex, bindings))
    assert outcome.tried > 20
    assert outcome.equivalent == 0


def test_survivors_are_shown_with_a_caret():
    neutral = {"x": 1.0, "y": 1.0}  # 1² = 1 hides the exponent
    with pytest.raises(SurvivingMutants) as caught:
        refute_mutants(checked("x = y^2", neutral))
    text = str(caught.value)
    assert "'drop exponent: y^2'" in text
    assert "    x = y^2\n        ^^^" in text


def test_one_good_case_refutes_what_another_lets_pass():
    neutral, good = {"x": 1.0, "y": 1.0}, {"x": 9.0, "y": 3.0}
    assert refute_mutants(checked("x = y^2", neutral, good)).tried > 0


def test_equivalent_mutants_are_declared():
    latex = r"\mathbf{w} = \mathbf{S}^\top \mathbf{u}"
    S = torch.tensor([[2.0, 1.0], [1.0, 4.0]], dtype=torch.float64)
    bindings = {r"\mathbf{S}": S, r"\mathbf{u}": U, r"\mathbf{w}": S @ U}
    name = r"drop transpose: \mathbf{S}^\top"
    assert refute_mutants(checked(latex, bindings, equivalent={name: "S is symmetric"})).equivalent == 1
    with pytest.raises(SurvivingMutants, match="no mutant"):
        refute_mutants(checked(latex, bindings, equivalent={name: "S is symmetric", "drop it": "why not"}))


def test_a_tight_bound_cannot_be_loosened():
    loose = [{"x": 1.0, "y": 3.0}, {"x": 2.0, "y": 4.0}]
    with pytest.raises(SurvivingMutants):
        refute_mutants(checked(r"x \le \frac{1}{2} y", *loose))
    check = checked(r"x \le \frac{1}{2} y", *loose)
    check.evaluated += Case(check.equation.latex, {"x": 2.5, "y": 5.0}, tight=1e-6).check()
    assert refute_mutants(check).tried > 0


def test_the_equation_itself_is_left_as_it_was():
    each = evaluated("x = y^2", {"x": 9.0, "y": 3.0})
    before = each.statements
    assert not any(survives(mutant, each) for mutant in mutants(each))
    assert each.statements is before
    assert each.compared() == 1


@pytest.mark.parametrize("factor", ["W^{[l+1]\\top}", "\\delta^{[l+1]}", "h'(z)"])
def test_a_mutant_of_the_tree_is_a_mutant_of_the_source(factor):
    """Dropping a factor in the LaTeX itself is refused as dropping it in the tree is."""
    latex = "\\delta^{[l]} = W^{[l+1]\\top} \\delta^{[l+1]} \\odot h'(z)"
    z = torch.tensor([0.2, -0.5, 1.0], dtype=torch.float64)
    delta = A.T @ U * (1 - z.tanh() ** 2)
    bindings = {"W": {2: A}, r"\delta": {1: delta, 2: U}, "h": torch.tanh, "z": z}
    Case(latex, bindings, forall={"l": [1]}).check()
    with pytest.raises(LatexError):
        Case(latex.replace(factor, "").replace("= \\odot", "="), bindings, forall={"l": [1]}).check()
