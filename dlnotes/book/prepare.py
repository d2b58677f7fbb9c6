"""What is made before the pages; it needs no MkDocs, which is slow to import."""

from dlnotes import figures
from dlnotes.book import fonts, labs
from dlnotes.book.katex import katex
from dlnotes.book.mathematics import set_ahead


def prepare() -> str:
    """Make what all pages need: KaTeX's stylesheet and fonts, formulas, and the figures and labs not up to date."""
    fonts.install()
    set_ahead()
    drawn, run = figures.draw_stale(), labs.run_all()
    return f"Formulas set ahead: {katex().set_anew}, figures drawn: {drawn}, labs run: {run}"
