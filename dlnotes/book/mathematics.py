"""Formulas in Markdown: $…$, numbered displays between lines of $$, and \\eqref{…}."""

import difflib
import re
import xml.etree.ElementTree as etree
from typing import TYPE_CHECKING

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from dlnotes.book import api, ledger, pages
from dlnotes.book.katex import Formula, LatexError, katex
from dlnotes.book.pages import LABEL, Equation, equations

if TYPE_CHECKING:
    from dlnotes.book.markdown import BookExtension
    from dlnotes.book.page import Page

INLINE = r"(?<!\\)\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?!\$)"
CLOSING = tuple("，。；：、！？）」』”’》,.;:!?)]")
WORD_JOINER = "\u2060"
STRAY_DOLLAR = r"(?<!\\)\$+[^$\n]{0,40}"
RUN_IN_FORMULA = re.compile(r"\{\{\s*\w+\.\w")  # {{ record.result.mean }} would be typeset as letters
EQREF = r"\\eqref\{([^{}]*)\}"
DISPLAY = re.compile(r"^ {0,3}\$\$ *\n(?P<latex>.*?)\n {0,3}\$\$ *$", re.M | re.S)
AWAITED = re.compile(r"<!--formula (\d+)-->")
OUTLINE = re.compile(r'<path d="([^"]{60,})"/>')
OPENING = re.compile(r"^ {0,3}\$\$", re.M)

EQUATION = {"en": "Equation {}", "zh": "公式 {}"}
PERMALINK = {"en": "Link to equation {}", "zh": "公式 {} 的链接"}


def register(md: Markdown, book: "BookExtension") -> None:
    # Below code spans (190), above backslash escapes (180): a formula keeps its backslashes, code its dollars.
    md.inlinePatterns.register(InlineFormula(INLINE, md, book), "book-formula", 189)
    md.inlinePatterns.register(EquationReference(EQREF, md, book), "book-eqref", 188)
    md.inlinePatterns.register(StrayDollar(STRAY_DOLLAR, md, book), "book-stray-dollar", 187)
    md.ESCAPED_CHARS.append("$")
    # Below indented code (80), above headings, tables and paragraphs.
    md.parser.blockprocessors.register(DisplayedEquation(md, book), "book-display", 79)
    # Just below inline patterns (20), so that all formulas are known.
    md.treeprocessors.register(SetFormulas(md, book), "book-set-formulas", 19)


def stash(md: Markdown, page: "Page", formula: Formula, source: str) -> AtomicString:
    """A placeholder for the formula; all formulas of a page are set together at its end."""
    page.formulas[md.htmlStash.html_counter] = formula, source
    return AtomicString(md.htmlStash.store(""))


class BookPattern(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, book: "BookExtension"):
        super().__init__(pattern, md)
        self.book = book


class InlineFormula(BookPattern):
    def handleMatch(self, m, data):
        # <bdi>, as no formula holds one: Material's search ends an excluded element at the first end tag of its name.
        element = etree.Element("bdi", {"class": "formula", "data-search-exclude": ""})
        if RUN_IN_FORMULA.search(m[1]):
            self.book.page.mistake(m[0], "a number from a run stands within a formula; end the formula before it")
        formula = stash(self.md, self.book.page, Formula(m[1]), m[0])
        # Browsers would break the line between a formula, which is a box to them, and the punctuation after it.
        closes = data.startswith(CLOSING, m.end())
        element.text = AtomicString(formula + WORD_JOINER) if closes else formula
        return element, m.start(), m.end()


class EquationReference(BookPattern):
    def handleMatch(self, m, data):
        page, equation = self.book.page, equations().get(m[1])
        if equation is None:
            page.mistake(m[0], f"no equation is labelled {m[1]}{similar(m[1])}")
            return AtomicString(m[0]), m.start(), m.end()
        path = "" if equation.page == page.slug else page.link(equation.page)
        link = etree.Element("a", {"class": "eqref", "href": f"{path}#{equation.anchor}"})
        link.text = AtomicString(f"({equation.number})")
        return link, m.start(), m.end()


class StrayDollar(BookPattern):
    """A dollar sign that opens no formula is a formula gone wrong."""

    def handleMatch(self, m, data):
        remedy = "a display's $$ stand alone on their lines" if m[0].startswith("$$") else "write \\$ for a dollar sign"
        self.book.page.mistake(m[0].strip(), f"this $ opens no formula; {remedy}")
        return AtomicString(m[0]), m.start(), m.end()


class DisplayedEquation(BlockProcessor):
    def __init__(self, md: Markdown, book: "BookExtension"):
        super().__init__(md.parser)
        self.md = md
        self.book = book

    def test(self, parent, block):
        return OPENING.search(block) is not None

    def run(self, parent, blocks):
        block = blocks.pop(0)
        display = DISPLAY.search(block)
        if display is None:
            source = block[OPENING.search(block).start() :]
            remedy = "both stand alone on their lines, without a blank line between"
            self.book.page.mistake(source, f"this $$ has no closing $$; {remedy}")
            return
        self.parser.parseBlocks(parent, [block[: display.start()].rstrip()])
        self.add_equation(parent, display["latex"])
        if rest := block[display.end() :].strip("\n"):
            blocks.insert(0, rest)

    def add_equation(self, parent: etree.Element, source: str) -> None:
        page = self.book.page
        equation = labelled(page, source)
        if equation is None:
            return
        attributes = {"class": "equation", "id": equation.anchor, "data-search-exclude": ""}
        element = etree.SubElement(parent, "div", attributes)
        name = EQUATION[page.language].format(equation.number)
        body = etree.SubElement(element, "span", {"class": "equation-body", "role": "group", "aria-label": name})
        formula = Formula(display_latex(source), display=True)
        body.text = stash(self.md, page, formula, opened(source))
        permalink = PERMALINK[page.language].format(equation.number)
        number = etree.SubElement(
            element, "a", {"class": "equation-number", "href": f"#{equation.anchor}", "aria-label": permalink}
        )
        number.text = AtomicString(f"({equation.number})")
        attributes = {"class": "equation-check", "href": f"ledger.md#{ledger.anchor(equation.label)}"}
        sign, attributes["title"] = ledger.mark(equation.label, page.language)
        mark = etree.SubElement(element, "a", attributes | {"aria-label": attributes["title"]})
        mark.text = AtomicString(sign)


def labelled(page: "Page", source: str) -> Equation | None:
    """The book's equation of this display; a display without a label of its own is a mistake of the page."""
    labels = LABEL.findall(source)
    if len(labels) != 1:
        page.mistake(opened(source), f"a display equation needs exactly one \\label{{...}}, found {len(labels)}")
        return None
    label = labels[0]
    equation = equations().get(label)
    if label in page.labels:
        page.mistake(opened(source), f"\\label{{{label}}} stands twice on this page")
    elif equation is None:
        page.mistake(opened(source), f"the English page has no equation labelled {label}{similar(label)}")
    elif page.slug not in ("", equation.page):
        other = f"{equation.page}.md; labels must be unique in the book"
        page.mistake(opened(source), f"\\label{{{label}}} belongs to {other}")
    else:
        page.labels.add(label)
        return equation
    return None


def opened(source: str) -> str:
    """A display's source from its opening $$ on, by which it is found in the file."""
    return f"$$\n{source}"


def similar(label: str) -> str:
    near = difflib.get_close_matches(label, equations(), n=3)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def set_ahead() -> None:
    """Set the formulas of all English pages and docstrings in one batch, as far as a glance at the text finds them.

    Other pages and languages then find them in the cache; mistakes are left to the pages themselves.
    """
    sources = [pages.page_source(slug, "en") for slug in pages.page_slugs()]
    texts = [pages.blank_fences(path.read_text("utf-8")) for path in sources]
    texts += [symbol.docstring for module in api.modules() for symbol in api.symbols(module)]
    inline = [Formula(found[1]) for text in texts for found in re.finditer(INLINE, text)]
    displays = [
        Formula(display_latex(found["latex"]), display=True) for text in texts for found in DISPLAY.finditer(text)
    ]
    katex().html([*dict.fromkeys(inline + displays)])


def display_latex(source: str) -> str:
    """A display's LaTeX without its label, which is the book's own; lines stay where they are."""
    return LABEL.sub("", source).rstrip()


class LateFormulas:
    """Formulas of finished pages, each behind a comment, so that the search index need not read through all of them."""

    def __init__(self):
        self.html: list[str] = []

    def place(self, html: str) -> str:
        self.html.append(html)
        return f"<!--formula {len(self.html) - 1}-->"

    def filled(self, page: str) -> str:
        """A page with its formulas, in which the outline of a root or brace is written once and then referred to."""
        names: dict[str, str] = {}

        def outline(path: re.Match) -> str:
            if path[1] in names:
                return f'<use href="#{names[path[1]]}"/>'
            names[path[1]] = f"outline-{len(names)}"
            return f'<path id="{names[path[1]]}" stroke="none" d="{path[1]}"/>'

        return AWAITED.sub(lambda awaited: OUTLINE.sub(outline, self.html[int(awaited[1])]), page)


class SetFormulas(Treeprocessor):
    """Sets all formulas of the page at once, then reports all that is wrong with the page."""

    def __init__(self, md: Markdown, book: "BookExtension"):
        super().__init__(md)
        self.book = book

    def run(self, root: etree.Element) -> None:
        page = self.book.page
        results = katex().html([formula for formula, _ in page.formulas.values()]) if page.formulas else []
        for (place, (formula, source)), result in zip(page.formulas.items(), results, strict=True):
            if isinstance(result, LatexError):
                within = formula.latex.count("\n", 0, result.position)
                line = formula.latex.splitlines()[within].strip()
                page.mistake(source, f"KaTeX: {result.reason}, in: {line}", within + formula.display)
            else:
                self.md.htmlStash.rawHtmlBlocks[place] = self.book.late.place(result) if self.book.late else result
        page.raise_mistakes()
