"""MkDocs calls these functions. The pages need none of them: a generator without hooks has larger fonts, no preloads."""

import logging
import os
from pathlib import Path

from mkdocs.exceptions import Abort
from mkdocs.utils import get_relative_url

from dlnotes import figures
from dlnotes.book import fonts, pages
from dlnotes.book.katex import katex

log = logging.getLogger("mkdocs.dlnotes")

shown: list[fonts.Characters] = []  # of every formula of the build


def on_config(config):
    base = os.environ.get("DLNOTES_SITE_URL", "http://localhost:8000/")
    config.site_url = f"{base.rstrip('/')}/{config.theme['language']}/"
    return config


def on_pre_build(config):
    shown.clear()
    pages.forget()
    prepare()


def prepare() -> None:
    """Put into the theme what is made: KaTeX's stylesheet and fonts, and the figures that are not up to date."""
    fonts.install()
    log.info(f"Figures drawn: {figures.draw_stale()}")


def on_post_page(output, page, config):
    """Load the fonts of the first formulas at once, so that nothing moves when they arrive."""
    formulas = list(fonts.formula_characters(output))
    shown.extend(formulas)
    folder = get_relative_url("assets/katex/fonts/", page.url)
    links = [
        f'<link rel="preload" href="{folder}{font}" as="font" type="font/woff2" crossorigin>'
        for font in fonts.first_fonts(formulas)
    ]
    return output.replace("</title>", "</title>" + "".join(links), 1)


def on_post_build(config):
    folder = Path(config.site_dir, "assets/katex/fonts")
    for font, characters in fonts.merged(shown).items():
        (folder / font).write_bytes(fonts.subset(font, characters))
    log.info(f"Formulas set: {katex().set_anew}, taken from the cache: {katex().from_cache}")


def on_build_error(error):
    """A mistake in the book is reported as such, not with a traceback."""
    if isinstance(error, pages.BookError | ValueError):
        raise Abort(f"{type(error).__name__}: {error}") from error
