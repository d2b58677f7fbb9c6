"""The translation gate on the book's pages, and that it refuses what it should."""

from pathlib import Path
from textwrap import dedent

import pytest

from dlnotes.book.pages import BookError, page_slugs, page_source
from dlnotes.book.translated import blob_hash
from dlnotes.book.translation import differences, glossary, markdown_of, wrong_terms

TWINS = [(page_source(slug, "en"), page_source(slug, "zh")) for slug in page_slugs()]
IDS = page_slugs()  # tests/test_layout.py finds pages that have no twin


@pytest.mark.parametrize(("english", "chinese"), TWINS, ids=IDS)
def test_languages_carry_the_same(english: Path, chinese: Path) -> None:
    found = differences(english, chinese)
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(("english", "chinese"), TWINS, ids=IDS)
def test_terms_are_those_of_the_glossary(english: Path, chinese: Path) -> None:
    found = wrong_terms(markdown_of(english), markdown_of(chinese), glossary())
    assert not found, "\n".join(["", *found])


# ---- Planted differences

ENGLISH = r"""
    ---
    title: Softmax
    ---

    # Softmax

    The model $\mathbf{z}$ of \eqref{softmax-model} and $a_k$, see [notation](notation.md#vectors) and
    [Bridle](https://example.org/bridle).

    ## The Jacobian {#jacobian}

    $$
    \begin{aligned}
    x &= 1 && \text{by definition} \\
    y &= -x
    \end{aligned}
    \label{softmax-model}
    $$

    $$
    \mathbf{J} = \mathbf{1}
    \label{softmax-second}
    $$

    ```python title="Run it"
    --8<-- "snippets/softmax/jacobian.py"
    ```

    ```bash
    make test
    ```

    /// figure | softmax/simplex
        alt: Words.

    Caption.
    ///

    /// explore | softmax/live
        alt: Words.
        controls:
            T: Words
            z1: Words

    Caption.
    ///

    Accuracy {{ softmax.test_accuracy.mean:.3f }} on 10,000 photographs; 0.6652 for the first.

    !!! mistake "It enlarges"
        Words.

    ### Exercise 1 {#exercise-1}

    Words.

    ??? solution "Solution"
        Words.
    """

CHINESE = (
    ENGLISH.replace("title: Softmax", "title: Softmax\n    translated_from: HASH")
    .replace(
        "The model $\\mathbf{z}$ of \\eqref{softmax-model} and $a_k$",
        "由 $a_k$，模型 \\eqref{softmax-model} 的 $\\mathbf{ z }$",
    )
    .replace("The Jacobian", "雅可比矩阵")
    .replace("by definition", "由定义")
    .replace("Run it", "运行")
    .replace(" on 10,000 photographs; 0.6652 for the first.", "，共 10,000 张照片；第一张 0.6652。")
    .replace("Words.", "文字。")
    .replace("It enlarges", "它放大差距")
)


def planted(tmp_path: Path, chinese: str = CHINESE, english: str = ENGLISH) -> list[str]:
    for language, text in (("en", english), ("zh", chinese)):
        path = tmp_path / language / "softmax.md"
        path.parent.mkdir()
        path.write_text(dedent(text).lstrip().replace("HASH", blob_hash(dedent(ENGLISH).lstrip().encode())), "utf-8")
    return differences(tmp_path / "en/softmax.md", tmp_path / "zh/softmax.md")


def test_a_true_translation_passes(tmp_path: Path) -> None:
    assert planted(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("{#jacobian}", "{#jacobi}", "headings"),
        ("## 雅可比矩阵", "### 雅可比矩阵", "headings"),
        ("y &= -x", "y &= x", "equations"),
        ("x &= 1", "x &= \\mathbf{1}", "equations"),
        ("\\label{softmax-second}", "\\label{softmax-other}", "equations"),
        ("$a_k$", "$a_j$", "inline formulas"),
        ("$a_k$", "$a_k$ $a_k$", "inline formulas"),
        ("\\eqref{softmax-model}", "", "references to equations"),
        ("            z1: Words\n", "", "labels of explorable figures"),
        ("            T: Words", "            t: Words", "labels of explorable figures"),
        ("softmax/jacobian.py", "softmax/other.py", "embeds"),
        ("make test", "make serve", "code"),
        ("```bash", "```text", "code"),
        ("softmax/simplex", "softmax/other", "blocks"),
        ("!!! mistake", "!!! note", "boxes"),
        ("??? solution", "???+ solution", "boxes"),
        ("notation.md#vectors", "notation.md#matrices", "links"),
        ("https://example.org/bridle", "https://example.org/", "links"),
        ("test_accuracy.mean", "test_accuracy.std", "numbers from runs"),
        ("{{ softmax.test_accuracy.mean:.3f }}", "0.832", "numbers from runs"),
        ("0.6652", "0.6625", "numbers in words"),
        ("10,000", "1000", "numbers in words"),
    ],
)
def test_a_difference_is_listed(tmp_path: Path, old: str, new: str, kind: str) -> None:
    assert old in CHINESE
    found = planted(tmp_path, CHINESE.replace(old, new))
    assert found and any(line.partition(": ")[2].startswith(f"{kind}: ") for line in found), found


def test_another_order_is_listed(tmp_path: Path) -> None:
    first, second = "x &= 1", r"\mathbf{J} = \mathbf{1}"
    blocks = CHINESE.split("    $$\n")
    blocks[1], blocks[3] = blocks[3], blocks[1]
    swapped = "    $$\n".join(blocks)
    assert swapped.index(second) < swapped.index(first)
    (complaint,) = planted(tmp_path, swapped)
    assert ": equations: order: (softmax-second)" in complaint


def test_an_outdated_translation_is_listed(tmp_path: Path) -> None:
    (complaint,) = planted(tmp_path, english=ENGLISH.replace("Words.", "Other words."))
    assert (
        "zh/softmax.md was translated from " in complaint and "python -m dlnotes.book translated softmax" in complaint
    )


def test_a_translation_of_unknown_origin_is_listed(tmp_path: Path) -> None:
    (complaint,) = planted(tmp_path, CHINESE.replace("    translated_from: HASH\n", ""))
    assert "does not say what it was translated from" in complaint


LAB = """
    # ---
    # title: Lab
    # ---

    # %% [markdown]
    # ## Question {#question}
    #
    # Is $a$ as in [softmax](../softmax.md)?

    # %% alt="A line."
    print(1)
    """


def planted_lab(tmp_path: Path, chinese: str) -> list[str]:
    english = tmp_path / "en/labs/first.py"
    for path, text in ((english, LAB), (tmp_path / "zh/labs/first.py", chinese)):
        path.parent.mkdir(parents=True)
        path.write_text(dedent(text).lstrip(), "utf-8")
    return differences(english, tmp_path / "zh/labs/first.py")


CHINESE_LAB = LAB.replace(
    "title: Lab", f"title: 实验\n    # translated_from: {blob_hash(dedent(LAB).lstrip().encode())}"
).replace("A line.", "一条直线。")


def test_a_true_translation_of_a_lab_passes(tmp_path: Path) -> None:
    assert planted_lab(tmp_path, CHINESE_LAB) == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("print(1)", "print(2)", "code"),
        ("{#question}", "{#questions}", "headings"),
        ("$a$", "$b$", "inline formulas"),
        ("../softmax.md", "../adam.md", "links"),
    ],
)
def test_a_difference_between_labs_is_listed(tmp_path: Path, old: str, new: str, kind: str) -> None:
    found = planted_lab(tmp_path, CHINESE_LAB.replace(old, new))
    assert found and all(line.startswith(f"zh/labs/first.py: {kind}: ") for line in found), found


def test_an_outdated_translation_of_a_lab_is_listed(tmp_path: Path) -> None:
    (complaint,) = planted_lab(tmp_path, LAB)
    assert complaint.endswith("then run `python -m dlnotes.book translated labs/first`")


TERMS = {
    "cross entropy": {"zh": "交叉熵", "also": ["cross-entropy"], "not": ["互熵"]},
    "hyperparameter": {"zh": "超参数", "not": ["超参"]},
}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Cross entropies and hyperparameters", "交叉熵与超参数"),
        ("The cross entropy.", "交叉熵。"),
        ("Cross-entropy", "交叉熵"),
        ("`cross entropy` and $cross entropy$", "代码"),
        ("```python\ncross entropy\n```", "代码"),
        ("Nothing", "`互熵` 与 https"),
        ("hyperparameters", "超参数"),
    ],
)
def test_right_terms_pass(english: str, chinese: str) -> None:
    assert wrong_terms(english, chinese, TERMS) == []


UNSPOKEN = "the English page speaks of cross entropy, the Chinese one nowhere of 交叉熵"


@pytest.mark.parametrize(
    ("english", "chinese", "complaint"),
    [
        ("The cross\nentropy.", "熵。", "the English page speaks of cross entropy, the Chinese one nowhere of 交叉熵"),
        (
            "Two **cross-entropies**",
            "熵",
            "the English page speaks of cross entropy, the Chinese one nowhere of 交叉熵",
        ),
        ("Nothing", "交叉熵即互熵", "互熵 is used for cross entropy; the glossary says 交叉熵"),
        ("Nothing", "超参数与超参", "超参 is used for hyperparameter; the glossary says 超参数"),
    ],
)
def test_wrong_terms_are_listed(english: str, chinese: str, complaint: str) -> None:
    assert wrong_terms(english, chinese, TERMS) == [complaint]


@pytest.mark.parametrize(
    "entry",
    ["梯度", "{en: gradient}", "{zh: 梯度, nto: [坡度]}", "{zh: 梯度, not: [梯]}"],
    ids=["word", "no zh", "typo", "clash"],
)
def test_a_broken_glossary_is_refused(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "terms.yml"
    path.write_text(f"gradient: {entry}\n", "utf-8")
    with pytest.raises(BookError, match="gradient"):
        glossary(path)
