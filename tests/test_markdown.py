"""The book's Markdown: formulas, equation numbers, figures, numbers from runs, the table of topics, all mistakes."""

import re

import markdown
import pytest

from dlnotes import figures, runs
from dlnotes.book import explore_block, npm, pages
from dlnotes.book import katex as katex_module
from dlnotes.book.pages import ROOT, BookError

EXTENSIONS = [
    "admonition",
    "attr_list",
    "footnotes",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.superfences",
]
NAV = "nav:\n  - Home: index.md\n  - First: [alpha.md]\n  - Second: [beta.md]\n"
SNIPPETS = 'markdown_extensions: {pymdownx.snippets: {base_path: ["."]}}\n'
ALPHA = """---
title: Alpha
---

# Alpha

$$
y = x
\\label{alpha-first}
$$

$$
z = y
\\label{alpha-second}
$$
"""


class Book:
    """A book of two chapters in a temporary folder."""

    def __init__(self, root):
        self.root = root
        (root / "mkdocs.yml").write_text(NAV + SNIPPETS, "utf-8")
        for language in pages.LANGUAGES:
            (root / "docs" / language).mkdir(parents=True)
        self.write("alpha", ALPHA)
        self.write("beta", "# Beta\n")

    def write(self, slug, text, language="en"):
        (self.root / "docs" / language / f"{slug}.md").write_text(text, "utf-8")
        pages.forget()

    def render(self, slug, text, language="en"):
        """The HTML of a page; as in MkDocs, its front matter is cut off before Markdown sees it."""
        self.write(slug, text, language)
        body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
        options = {"dlnotes.book.markdown": {"language": language, "page": slug}}
        return markdown.markdown(body, extensions=[*EXTENSIONS, "dlnotes.book.markdown"], extension_configs=options)

    def mistakes(self, slug, text, language="en"):
        with pytest.raises(BookError) as error:
            self.render(slug, text, language)
        return str(error.value)


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    yield Book(tmp_path)
    monkeypatch.undo()
    pages.forget()


def formulas(html):
    """The LaTeX of each formula, as its annotation gives it to assistive technology and to the clipboard."""
    return re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', html, re.S)


# Formulas


def test_inline_formula_has_html_and_mathml_and_stays_out_of_the_search_index(book):
    html = book.render("beta", "Let $x_1$ be.")
    assert formulas(html) == ["x_1"]
    assert re.fullmatch(
        r'<p>Let <bdi class="formula" data-search-exclude=""><span class="katex">.*</bdi> be.</p>', html
    )
    assert "<math" in html
    assert 'class="katex-html" aria-hidden="true"' in html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令$x$为向量，则$f(x)$可微。", ["x", "f(x)"]),
        ("| a | b |\n|---|---|\n| $\\lvert x\\rvert$ | $y$ |", [r"\lvert x\rvert", "y"]),
        ("- one $x$\n- two\n\n    $y$ in its paragraph", ["x", "y"]),
        ('??? solution "S"\n    Inside $x$.', ["x"]),
        ("> quoted $x$", ["x"]),
        ("[link $x$](#y) and *emphasised $y$* and **$z$**", ["x", "y", "z"]),
        ("Text.[^1]\n\n[^1]: Note $x$.", ["x"]),
        ('<div markdown="1">\n\n$x$\n\n</div>', ["x"]),
        ("$a_i b_j$ and $*c*$ and $\\{d\\}$ and $e \\\\ f$", ["a_i b_j", "*c*", r"\{d\}", r"e \\ f"]),
        ("$a\nb$ over two lines", ["a\nb"]),
        ("$a < b$, $c<d$, $p \\& q$", ["a &lt; b", "c&lt;d", r"p \&amp; q"]),
    ],
)
def test_inline_formulas_wherever_they_stand(book, text, expected):
    assert formulas(book.render("beta", text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "`$x$`",
        "```python\ncost = '$x$ {{ y }}'\n```",
        "    $x$ in indented code",
        "a price of \\$5 and \\$6",
        "```\n$$\nx\n$$\n```",
    ],
)
def test_no_formula_in_code_or_behind_a_backslash(book, text):
    html = book.render("beta", text)
    assert "katex" not in html
    assert "$" in html


def test_formulas_are_set_once_though_the_table_of_contents_runs_postprocessors(book):
    katex = katex_module.katex()
    before = katex.set_anew + katex.from_cache
    book.render("beta", "# A\n\n## B\n\n$x$ and $y$\n\n## C\n\n$z$")
    assert katex.set_anew + katex.from_cache == before + 3


# Numbered equations


def test_display_has_number_anchor_permalink_and_height(book):
    html = book.render("alpha", ALPHA)
    assert formulas(html) == ["y = x", "z = y"]
    for number, label in (("1.1", "alpha-first"), ("1.2", "alpha-second")):
        assert f'<div class="equation" data-search-exclude="" id="eq-{label}">' in html
        assert f'href="#eq-{label}">({number})</a>' in html
        assert f'aria-label="Equation {number}"' in html
    assert re.search(r'class="katex-html" style="--h:[\d.]+em"', html)


def test_chinese_page_takes_the_numbers_of_the_english_one(book):
    reordered = "$$\nz = y\n\\label{alpha-second}\n$$\n\n见 \\eqref{alpha-first}。\n"
    html = book.render("alpha", reordered, "zh")
    assert 'href="#eq-alpha-second">(1.2)</a>' in html
    assert 'aria-label="公式 1.2"' in html
    assert '见 <a class="eqref" href="#eq-alpha-first">(1.1)</a>。' in html


@pytest.mark.parametrize(
    "text",
    [
        "Before\n$$\nx\n\\label{beta-it}\n$$\nafter.",
        "- item\n\n    $$\n    x\n    \\label{beta-it}\n    $$\n",
        '!!! mistake "M"\n    Text.\n\n    $$\n    x\n    \\label{beta-it}\n    $$\n',
        '??? solution "S"\n    $$\n    x\n    \\label{beta-it}\n    $$\n',
        "## Heading {#heading}\n$$\nx\n\\label{beta-it}\n$$\n",
    ],
)
def test_displays_wherever_they_stand(book, text):
    html = book.render("beta", text)
    assert formulas(html) == ["x"]
    assert 'href="#eq-beta-it">(2.1)</a>' in html
    assert "$$" not in html


def test_equation_references_within_and_across_pages(book):
    html = book.render("beta", "By \\eqref{alpha-second} and `\\eqref{x}`.")
    assert '<a class="eqref" href="alpha.md#eq-alpha-second">(1.2)</a>' in html
    assert r"<code>\eqref{x}</code>" in html


# Mistakes: file, line of the author's own text, reason


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("ok\n\nbad $\\foo$", 3, r"KaTeX: Undefined control sequence: \foo, in: \foo"),
        ("---\ntitle: T\n---\n\n$\\frac{1$", 5, "KaTeX: Unexpected end of input in a macro argument, expected '}'"),
        ("$$\na &= b\n\\label{beta-it}\n$$", 2, "KaTeX: Expected 'EOF', got '&'"),
        (
            "$$\n\\begin{aligned}\na &= b \\\\\n&= \\foo\n\\end{aligned}\n\\label{beta-it}\n$$",
            4,
            r"sequence: \foo, in: &= \foo",
        ),
        ("x\n\n$中$", 3, "KaTeX:"),
        ("\n\nsee \\eqref{alpha-frist}", 3, "no equation is labelled alpha-frist; did you mean alpha-first"),
        ("a\n\n$x = {{ demo.loss.mean:.2f }}$", 3, "a number from a run stands within a formula"),
        ("a $x b", 1, "this $ opens no formula; write \\$ for a dollar sign"),
        ("a $$x$$ b", 1, "a display's $$ stand alone on their lines"),
        ("a\n\n$$\nx\n\ny\n$$", 3, "this $$ has no closing $$"),
        ("a\n\n/// figre | a/b\n///", 3, "this block is not understood"),
        ("a\n\n/// figure | a/b\n    nope: 1\n///", 3, "this block is not understood"),
        ("- a\n\n    $\\foo$", 3, "Undefined control sequence"),
        ("```\n$\\foo$\n```\n\n$\\foo$", 5, "Undefined control sequence"),
    ],
)
@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_mistake_names_file_line_and_reason(book, text, line, reason, language):
    if "beta-it" in text:
        book.write("beta", text)
    message = book.mistakes("beta", text, language)
    assert f"docs/{language}/beta.md:{line}: " in message
    assert reason in message


def test_display_needs_exactly_one_label(book):
    expected = "docs/zh/beta.md:4: a display equation needs exactly one \\label{...}, found"
    assert f"{expected} 0" in book.mistakes("beta", "a\n\nb\n$$\nx\n$$", "zh")
    assert f"{expected} 2" in book.mistakes("beta", "a\n\nb\n$$\nx \\label{a} \\label{b}\n$$", "zh")
    book.write("beta", "$$\nx\n$$")
    with pytest.raises(BookError, match=r"docs/en/beta\.md:2: a display equation needs exactly one"):
        pages.equations()


def test_labels_are_unique_in_the_book(book):
    message = book.mistakes("beta", "$$\nx\n\\label{alpha-first}\n$$")
    assert "docs/en/beta.md:2: \\label{alpha-first} is already used in docs/en/alpha.md:8" in message


def test_chinese_labels_are_those_of_the_english_twin(book):
    display = "$$\nx\n\\label{%s}\n$$\n\n"
    twice = book.mistakes("alpha", 2 * (display % "alpha-first"), "zh")
    assert "\\label{alpha-first} stands twice on this page" in twice
    unknown = book.mistakes("alpha", "text\n\n" + display % "alpha-third", "zh")
    assert "docs/zh/alpha.md:3: the English page has no equation labelled alpha-third; did you mean" in unknown
    foreign = book.mistakes("beta", display % "alpha-first", "zh")
    assert "docs/zh/beta.md:1: \\label{alpha-first} belongs to alpha.md" in foreign


def test_all_mistakes_of_a_page_are_shown_at_once_in_order(book):
    message = book.mistakes("beta", "$\\foo$\n\n{{ nope }}\n\n\\eqref{nope}\n\n$\\bar$ $x")
    lines = [int(line) for line in re.findall(r"^docs/en/beta\.md:(\d+): ", message, re.M)]
    assert lines == [1, 3, 5, 7, 7]


def test_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language is 'fr'; expected one of en, zh"):
        markdown.markdown(
            "", extensions=["dlnotes.book.markdown"], extension_configs={"dlnotes.book.markdown": {"language": "fr"}}
        )


def test_katex_not_installed(monkeypatch, tmp_path):
    monkeypatch.setattr(npm, "PACKAGES", ROOT / "no-node_modules")
    with pytest.raises(BookError, match="run `npm ci`"):
        katex_module.Katex(tmp_path / "cache.sqlite")


def test_broken_formula_cache_is_named(tmp_path):
    cache = tmp_path / "cache.sqlite"
    cache.write_text("no database " * 100)
    with pytest.raises(BookError, match=r"cache\.sqlite is no formula cache .*: delete it"):
        katex_module.Katex(cache).html([katex_module.Formula("x")])


# Numbers from runs


RUN = runs.Run(
    experiment="demo",
    config={"lr": 0.1, "layers": [784, 10]},
    seeds=(0, 1),
    device="NVIDIA H200",
    started="2026-11-20T07:30:00+00:00",
    seconds=252.4,
    versions={"python": "3.12.1", "torch": "2.13.0", "numpy": "2.4.6", "dlnotes": "0.1.0"},
    code="0",
    data={},
    series={},
    results={"accuracy": [0.5, 0.75]},
)


def load(name):
    if name != "demo":
        raise runs.RecordError(f"{name}: no such record (there are: demo)")
    return RUN


@pytest.fixture
def demo(monkeypatch):
    monkeypatch.setattr(runs, "load", load)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("demo.accuracy.mean:.3f", "0.625"),
        ("demo.accuracy.std:.3f", "0.177"),
        ("demo.accuracy.min", "0.5"),
        ("demo.accuracy.max:.0%", "75%"),
        ("demo.accuracy.median:.2f", "0.62"),
        ("demo.config.lr", "0.1"),
        ("demo.config.layers", "[784, 10]"),
        ("demo.seconds:.0f", "252"),
        ("demo.device", "NVIDIA H200"),
        ("demo.date", "2026-11-20"),
        ("demo.seeds", "2"),
    ],
)
def test_number_from_a_run(book, demo, expression, text):
    assert book.render("beta", f"It is **{{{{ {expression} }}}}** 了。") == f"<p>It is <strong>{text}</strong> 了。</p>"


def test_numbers_stand_in_tables_but_not_in_code_or_formulas(book, demo):
    html = book.render("beta", "| a |\n|---|\n| {{ demo.seeds }} |\n\n`{{ demo.seeds }}` and $x^{{2}}$")
    assert "<td>2</td>" in html
    assert "<code>{{ demo.seeds }}</code>" in html
    assert formulas(html) == ["x^{{2}}"]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("nope.accuracy.mean", "nope: no such record (there are: demo)"),
        ("demo.loss.mean", "record demo has no result 'loss'; it has: accuracy"),
        ("demo.accuracy.mode", "there is no statistic mode; there are: mean, std, min, max, median"),
        ("demo.config.momentum", "the config of record demo has no field momentum; it has: layers, lr"),
        ("demo.device:.3f", "demo.device is 'NVIDIA H200'; the format '.3f' does not fit"),
        ("demo.config.layers:.3f", "the format '.3f' does not fit"),
        ("demo", "demo names no number of a run; write {{ record.result.statistic:format }}"),
        ("", "nothing names no number of a run"),
    ],
)
def test_number_that_no_run_has(book, demo, expression, reason):
    message = book.mistakes("beta", f"a\n\nb {{{{ {expression} }}}}", "zh")
    assert message.startswith("docs/zh/beta.md:3: ")
    assert reason in message


# Figures


@pytest.fixture
def drawn(monkeypatch, tmp_path, demo):
    """Two figures of the topic demo: `curve` from a run, `formula` from none."""
    known = {("demo", "curve"): ("demo",), ("demo", "formula"): (), ("demo", "undrawn"): ()}

    def records(topic, name):
        if (topic, name) not in known:
            raise figures.FigureError(f"no figure {topic}/{name}; there are: demo/curve, demo/formula")
        return known[topic, name]

    monkeypatch.setattr(figures, "records", records)
    monkeypatch.setattr(figures, "path", lambda topic, name, theme: tmp_path / f"{name}.{theme}.svg")
    for name in ("curve", "formula"):
        for theme in figures.THEMES:
            svg = '<svg width="432pt" height="252pt" viewBox="0 0 432 252" xmlns="http://www.w3.org/2000/svg"/>'
            (tmp_path / f"{name}.{theme}.svg").write_text(svg, "utf-8")


FIGURE = "/// figure | demo/%s\n    alt: A curve.\n\nThe caption with $x$, {{ demo.seeds }} seeds.\n///\n"


def test_figure_in_both_themes_with_caption(book, drawn):
    html = book.render("beta", FIGURE % "curve")
    assert '<figure id="fig-demo-curve">' in html
    for theme in figures.THEMES:
        assert (
            f'<img alt="A curve." class="only-{theme}" height="336" loading="lazy" '
            f'src="assets/figures/demo/curve.{theme}.svg" width="576" />'
        ) in html
    caption = re.search(r"<figcaption>(.*)</figcaption>", html, re.S)[1]
    assert formulas(caption) == ["x"]
    assert "2 seeds." in caption


@pytest.mark.parametrize(
    ("language", "name", "line"),
    [
        (
            "en",
            "curve",
            "Recorded on NVIDIA H200, 2026-11-20, in 4 min 12 s, 2 seeds; "
            "dlnotes 0.1.0, PyTorch 2.13.0, NumPy 2.4.6, Python 3.12.1",
        ),
        (
            "zh",
            "curve",
            "记录于 NVIDIA H200，2026-11-20，用时 4 分 12 秒，2 个随机种子；"
            "dlnotes 0.1.0、PyTorch 2.13.0、NumPy 2.4.6、Python 3.12.1",
        ),
        ("en", "formula", "Computed from the formula, no training run: dlnotes/figures/demo.py"),
        ("zh", "formula", "由公式直接计算，不含训练：dlnotes/figures/demo.py"),
    ],
)
def test_figure_says_where_its_data_come_from(book, drawn, language, name, line):
    html = book.render("beta", FIGURE % name, language)
    assert f'<p class="provenance" data-search-exclude="">{line}</p>\n</figcaption>' in html


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FIGURE % "nope", "no figure demo/nope; there are: demo/curve"),
        (FIGURE % "undrawn", "figure demo/undrawn is not drawn: run `python -m dlnotes figures demo`"),
        ("/// figure | demo/curve\n\nCaption.\n///\n", "figure demo/curve needs an alt text"),
    ],
)
def test_figure_with_a_mistake(book, drawn, text, reason):
    message = book.mistakes("beta", f"a\n\nb\n\n{text}")
    assert message.startswith("docs/en/beta.md:5: ")
    assert reason in message


# Explorable figures


@pytest.fixture
def scripted(drawn, monkeypatch, tmp_path):
    """A script that makes demo/formula live, and needs that of another topic."""
    monkeypatch.setattr(explore_block, "SCRIPTS", tmp_path)
    monkeypatch.setattr(explore_block, "ROOT", tmp_path)
    (tmp_path / "demo.js").write_text('// imports: basics\ndefine("demo/formula", {});\n', "utf-8")


EXPLORE = """/// explore | demo/formula
    alt: A curve.
    controls:
        T: Temperature T
    buttons:
        best: Best
    results:
        entropy: Entropy
    words:
        yes_: 收敛

The caption.
///
"""


def test_explorable_figure_is_a_static_one_with_controls_out_of_use(book, scripted):
    html = book.render("beta", EXPLORE)
    assert 'class="explore" data-explore="demo/formula" data-scripts="explore basics demo"' in html
    assert 'data-words="{&quot;yes_&quot;: &quot;收敛&quot;}"' in html
    stage = re.search(r'<div class="explore-stage">(.*?)</div>', html, re.S)[1]
    assert stage.count("<img ") == html.count("<img ") == 2
    controls = re.search(r"<fieldset[^>]* disabled=.*?</fieldset>", html, re.S)[0]
    assert "<legend>Controls of the figure</legend>" in controls
    assert re.search(r'<label><span>Temperature T</span>.*<input [^>]*name="T"[^>]*type="range"', controls, re.S)
    assert '<button name="best" type="button">Best</button>' in controls
    assert '<span>Entropy </span><span data-result="entropy"></span>' in html
    assert "this figure has controls" in html
    assert "此图可以操作" in book.render("beta", EXPLORE, "zh")
    assert "no training run: dlnotes/figures/demo.py; live: docs/theme/assets/explore/demo.js</p>" in html


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("demo/formula", "demo/curve", 'nothing makes demo/curve live: demo.js has no define("demo/curve", …)'),
        ("demo/formula", "demo/nope", "no figure demo/nope"),
        ("    alt: A curve.\n", "", "figure demo/formula needs an alt text"),
        ("T: Temperature T", "- Temperature", "controls of an explorable figure are written {name: label, …}, got ["),
        ("T: Temperature T", "T: 3", "controls of an explorable figure are written {name: label, …}, got {'T': 3}"),
    ],
)
def test_explorable_figure_with_a_mistake(book, scripted, old, new, reason):
    message = book.mistakes("beta", "a\n\nb\n\n" + EXPLORE.replace(old, new))
    assert message.startswith("docs/en/beta.md:5: ")
    assert reason in message


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0.0123, "0.012 s", "0.012 秒"),
        (59.6, "60 s", "60 秒"),
        (61, "1 min 1 s", "1 分 1 秒"),
        (7260, "2 h 1 min", "2 小时 1 分"),
    ],
)
def test_duration(seconds, english, chinese):
    from dlnotes.book.figure_block import duration

    assert duration(seconds, "en") == english
    assert duration(seconds, "zh") == chinese


# What the book covers


COVERAGE = """
parts:
  - en: Basics
    zh: 基础
    chapters:
      - {en: Alpha and its kin, zh: 甲类, slug: alpha, first: T001, last: T004}
      - {en: Beta, zh: 乙类, slug: null, first: T005, last: T006}
items: {T001: alpha#idea, T002: alpha#idea, T004: %s}
"""


def test_coverage_shows_what_is_treated_and_what_is_to_come(book):
    book.write("alpha", "## The idea {#idea}\n\n## Proof {#proof}\n")
    book.write("alpha", "## 想法 {#idea}\n\n## 证明 {#proof}\n", "zh")
    (book.root / "docs/coverage.yml").write_text(COVERAGE % "alpha#proof", "utf-8")
    english = book.render("beta", "/// coverage\n///")
    assert "3 of the 6 topics of the syllabus are treated so far." in english
    assert '<h2 id="part-1">Basics</h2>' in english
    assert (
        '<td><a href="alpha.md#idea">The idea</a> (T001–T002)<br><a href="alpha.md#proof">Proof</a> (T004)</td>'
        in english
    )
    assert "<td>T003</td>" in english
    assert "<td>T005–T006</td>" in english
    chinese = book.render("beta", "/// coverage\n///", "zh")
    assert '<a href="alpha.md#proof">证明</a> (T004)' in chinese
    assert "甲类" in chinese


def test_coverage_of_a_heading_that_does_not_exist(book):
    book.write("alpha", "## The idea {#idea}\n\n## More {#proof-more}\n")
    (book.root / "docs/coverage.yml").write_text(COVERAGE % "alpha#proof", "utf-8")
    message = book.mistakes("beta", "text\n\n/// coverage\n///")
    assert message.startswith(
        "docs/en/beta.md:3: docs/coverage.yml leads to alpha#proof, but docs/en/alpha.md has no heading"
    )


# The glossary


TERMS = """# What it is for.

# Models
softmax regression: {zh: softmax 回归}
neuron: {zh: 神经元, also: [unit], not: [神经细胞]}

# Training
accuracy: {zh: 准确率}
"""


def test_glossary_has_a_table_for_each_subject(book):
    (book.root / "docs/terms.yml").write_text(TERMS, "utf-8")
    english = book.render("beta", "/// glossary\n///")
    assert '<h2 id="subject-1">Models</h2>' in english
    assert "<td>neuron (unit)</td>\n<td>神经元</td>\n<td>神经细胞</td>" in english
    assert english.index("neuron") < english.index("softmax regression") < english.index("accuracy")
    assert '<h2 id="subject-2">训练</h2>' in book.render("beta", "/// glossary\n///", "zh")


def test_glossary_with_an_unknown_subject(book):
    (book.root / "docs/terms.yml").write_text("#\n\n# Cooking\nsalt: {zh: 盐}\n", "utf-8")
    message = book.mistakes("beta", "text\n\n/// glossary\n///")
    assert message.startswith("docs/en/beta.md:3: docs/terms.yml: unknown subject 'Cooking'")


# Tables


def test_rows_have_headers_where_the_corner_is_empty(book):
    html = book.render("beta", "# A\n\n| | b |\n|---|---|\n| c | $d$ |\n\n| e | f |\n|---|---|\n| g | h |\n")
    assert re.findall(r"<(t[hd])(?: [^>]*)?>(\w?)", html) == [
        *(("td", ""), ("th", "b"), ("th", "c"), ("td", "")),
        *(("th", "e"), ("th", "f"), ("td", "g"), ("td", "h")),
    ]
    assert html.count('scope="row"') == 1


# Passages


def test_what_stands_below_a_heading_is_a_passage_of_estimated_height(book):
    html = book.render("beta", "# A\n\nintro\n\n## B\n\n" + "word " * 400 + "\n\n## C\n\n### D\n\nend\n")
    assert re.findall(r'<h\d|class="passage"', html) == [
        "<h1",
        "<h2",
        'class="passage"',
        "<h2",
        "<h3",
        'class="passage"',
    ]
    first, second = re.findall(r"--wide:(\d+)em;--narrow:(\d+)em", html)
    assert 20 < int(first[0]) < int(first[1]) < 100
    assert int(second[0]) == int(second[1]) < 8
