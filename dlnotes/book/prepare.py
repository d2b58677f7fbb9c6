"""What is made before the pages; it needs no MkDocs, which is slow to import."""

from dlnotes import figures
from dlnotes.book import fonts
from dlnotes.book.katex import katex
from dlnotes.book.mathematics import set_ahead


def prepare() -> str:
    """Make what all pages need: KaTeX's stylesheet and fonts, the formulas, the figures that are not up to date."""
    fonts.install()
    set_ahead()
    return f"Formulas set ahead: {katex().set_anew}, figures drawn: {figures.draw_stale()}"
