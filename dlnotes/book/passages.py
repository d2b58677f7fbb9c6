"""A page in passages: what stands between two headings is laid out by the browser when it comes near the screen.

A chapter has up to thirty thousand elements, most of them in formulas. A browser that skips passages out of sight
(`content-visibility: auto` in site.css) must know about how high they are, or the scroll bar would mislead: it is told
an estimate for a wide screen and one for a phone. Headings stay outside, so that their place is known.
"""

import math
import re
import xml.etree.ElementTree as etree
from collections.abc import Callable
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from dlnotes.book.pages import chapter_numbers

if TYPE_CHECKING:
    from dlnotes.book.markdown import BookExtension

HEADINGS = {"h2", "h3"}
BLOCKS = {"p", "ul", "ol", "li", "dl", "dt", "dd", "div", "blockquote", "figure", "figcaption", "details", "table"}
BLOCKS |= {"fieldset", "label"}  # of explorable figures
INDENTED = {"ul", "ol", "dd", "blockquote"}

# Lengths in em.
TEXT_WIDTHS = {"wide": 41, "narrow": 20}  # on a screen of 1280 px, and of 390 px, less what stays empty at line ends
SPARE, SHARE = 1.5, 1.06  # rather too high: what turns out higher reaches into the next passage for a moment
LINE, MARGIN, INDENT, LETTER, IDEOGRAPH = 1.65, 1.0, 1.6, 0.45, 1.0
CODE_LINE, CODE_PADDING = 1.16, 1.6
ROW_PADDING = 1.0
FORMULA = 1.21  # the size of its letters
TALL = 50.0  # of a passage to which nothing is added: a screen and a half
FOLDED = 2.5  # a box of which the title alone shows
PIXEL = 1 / 16

DISPLAY_HEIGHT = re.compile(r'style="--h:([\d.]+)em"')
TAG = re.compile(r"<[^>]*>")
SYMBOL = re.compile(r"\\[A-Za-z]+")
UNSEEN = re.compile(r"\\(?:mathbf|boldsymbol|mathcal|mathbb|mathrm|operatorname|left|right)\b|[{}^_ ]")


def divide(root: etree.Element, height: Callable[[etree.Element, float], float]) -> None:
    """Put what stands below each heading into boxes, each with its estimated heights for a wide screen and a phone."""
    content, box, heights = list(root), root, {}
    root[:] = []
    for element in content:
        if element.tag in HEADINGS:
            root.append(element)
            box = None
            continue
        if box is None or (box is not root and heights["wide"] > TALL):
            box, heights = etree.SubElement(root, "div", {"class": "passage"}), dict.fromkeys(TEXT_WIDTHS, 0.0)
        box.append(element)
        if box is not root:
            heights = {name: heights[name] + height(element, width) for name, width in TEXT_WIDTHS.items()}
            box.set("style", ";".join(f"--{name}:{SPARE + SHARE * tall:.0f}em" for name, tall in heights.items()))


class Passages(Treeprocessor):
    """Divides chapters. The ledger divides itself; other pages are short, or tables of unknown height."""

    def __init__(self, md: Markdown, book: "BookExtension"):
        super().__init__(md)
        self.book = book

    def run(self, root: etree.Element) -> None:
        if self.book.page.slug in chapter_numbers():
            divide(root, self.height)

    def height(self, element: etree.Element, width: float) -> float:
        """About how high a block is where a line is as wide as this."""
        if element.get("class") == "equation":
            formula = self.stashed(element.find("span").text)
            return MARGIN + FORMULA * float(DISPLAY_HEIGHT.search(formula)[1])
        if element.tag == "details" and "open" not in element.attrib:
            return FOLDED
        if element.tag == "table":
            return MARGIN + sum(self.row_height(row, width) for row in element.iter("tr"))
        blocks = [part for part in element if part.tag in BLOCKS]
        image = element.find("img")  # of a figure, whose other one is for the other theme
        if blocks or image is not None:
            inner = width - INDENT if element.tag in INDENTED else width
            above = 0 if image is None else self.image_height(image, width)
            return above + sum(self.height(part, inner) for part in blocks)
        text = self.stashed("".join(element.itertext()))
        if "<pre>" in text:
            return MARGIN + CODE_PADDING + CODE_LINE * text.count("\n")
        return MARGIN + LINE * math.ceil(text_width(text) / width)

    def row_height(self, row: etree.Element, width: float) -> float:
        """As if the cells shared the width equally."""
        longest = max(text_width(self.stashed("".join(cell.itertext()))) for cell in row)
        return ROW_PADDING + LINE * math.ceil(longest * len(row) / width)

    def image_height(self, image: etree.Element, width: float) -> float:
        pixels_wide, pixels_high = int(image.get("width")), int(image.get("height"))
        return pixels_high * PIXEL * min(1, width / (pixels_wide * PIXEL))

    def stashed(self, text: str) -> str:
        """A text with what the stash holds of it; an inline formula as its LaTeX."""
        formulas, stash, late = self.book.page.formulas, self.md.htmlStash.rawHtmlBlocks, self.book.late

        def content(place: re.Match) -> str:
            formula, _ = formulas.get(int(place[1]), (None, ""))
            if formula and not formula.display:
                return SYMBOL.sub("x", UNSEEN.sub("", formula.latex))
            html = str(stash[int(place[1])])
            return late.filled(html) if late else html

        return HTML_PLACEHOLDER_RE.sub(content, text)


def text_width(text: str) -> float:
    return sum(IDEOGRAPH if east_asian_width(letter) in "WF" else LETTER for letter in TAG.sub("", text))
