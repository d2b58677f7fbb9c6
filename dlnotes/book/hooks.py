"""MkDocs calls these functions."""

import logging
import os
import re
import sys
from pathlib import Path

from mkdocs.exceptions import Abort
from mkdocs.structure.files import File

from dlnotes import figures, runs
from dlnotes.book import api, fonts, lab_pages, pages
from dlnotes.book.katex import katex
from dlnotes.book.mathematics import LateFormulas
from dlnotes.book.prepare import prepare
from dlnotes.book.styles import Styles

log = logging.getLogger("mkdocs.dlnotes")

UNCOLOURED = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')  # names, operators, spaces: most of all code
INVALID = re.compile(r'(<input class="md-toggle"[^>]*) autocomplete="off"')  # the theme's: no such thing in a checkbox
KEPT_OR_INDENT = re.compile(r"<(pre|script|style|textarea)\b.*?</\1>|\n\s+", re.S)

late = LateFormulas()
styles = Styles()


def on_config(config):
    base = os.environ.get("DLNOTES_SITE_URL", "http://localhost:8000/")
    config.site_url = f"{base.rstrip('/')}/{config.theme['language']}/"
    config.mdx_configs["dlnotes.book.markdown"]["late"] = late
    add_reference(config)
    return config


def add_reference(config):
    """Put a page for each module below the index of the API reference, where the navigation has that."""
    config.extra_css.remove("assets/_mkdocstrings.css")  # colours for what these pages do not show
    for entry in config.nav:
        for title, page in entry.items():
            if page == api.INDEX:
                entry[title] = [page, *({f"dlnotes.{module}": f"api/{module}.md"} for module in api.modules())]
                config.mdx_configs["dlnotes.book.markdown"]["api"] = True


def on_pre_build(config):
    late.html.clear()
    pages.forget()
    api.forget()
    if "DLNOTES_PREPARED" in os.environ:
        sys.stdin.read()  # ends when the parent, which prepares for both languages, has done so
        return
    try:
        log.info(prepare())
    except (pages.BookError, figures.FigureError, runs.RecordError) as error:
        raise Abort(str(error)) from error


def on_files(files, config):
    """The pages of the API reference; in place of the labs' sources their pages, figures and notebooks."""
    if api.INDEX in files.src_uris:
        for module in api.modules():
            text = api.page_markdown(module, config.theme["language"])
            files.append(File.generated(config, f"api/{module}.md", content=text))
    for slug in pages.lab_slugs():
        try:
            made = lab_pages.site_files(slug, config.theme["language"], config.site_url)
        except pages.BookError as error:
            raise Abort(str(error)) from error
        files.remove(files.get_file_from_path(f"{slug}.py"))
        for uri, content in made.items():
            files.append(File.generated(config, uri, content=content))
    return files


def on_post_page(output, page, config):
    """Put in the formulas, and leave out what only costs time."""
    output = KEPT_OR_INDENT.sub(lambda part: part[0] if part[1] else "\n", UNCOLOURED.sub(r"\1", output))
    return styles.joined(late.filled(INVALID.sub(r"\1", output)))


def on_post_template(output, template_name, config):
    """The same repair and stylesheet of the theme's own 404 page."""
    return styles.joined(INVALID.sub(r"\1", output)) if template_name.endswith(".html") else output


def on_post_build(config):
    site = Path(config.site_dir)
    formulas = site / fonts.STYLESHEET
    formulas.write_text(fonts.embedded(formulas.read_text("utf-8"), fonts.characters(late.html)), "utf-8")
    try:
        styles.write(site)
    except pages.BookError as error:
        raise Abort(str(error)) from error
    log.info(f"Formulas set: {katex().set_anew}, taken from the cache: {katex().from_cache}")


def on_build_error(error):
    """A mistake on a page, which MkDocs has printed by now, needs no traceback."""
    if isinstance(error, pages.BookError):
        raise Abort("A page has mistakes, see above.") from error
