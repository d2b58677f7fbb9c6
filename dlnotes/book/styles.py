"""One stylesheet for the pages of a language, of the theme's, KaTeX's and the book's own the rules that can apply.

A browser draws nothing before it has all stylesheets, which come after the page. Six of them, of which the pages use
half, would cost a reader with a phone half a second at every first visit.
"""

import json
import re
import subprocess
from pathlib import Path
from posixpath import dirname, relpath

from dlnotes.book.katex import node_program
from dlnotes.book.npm import package_file
from dlnotes.book.pages import BookError

ASSETS, NAME = "assets/", "assets/style.css"
SCRIPT = Path(__file__).with_suffix(".js")

LINK = re.compile(rf'<link rel="stylesheet" href="((?:[^"]*/)?)({ASSETS}[^"]+)">\s*')
TAG = re.compile(r"<[a-z][^<>]*>")
WORD = re.compile(r"[^\s\"'=<>/]+")  # names of elements, attributes and classes, also md-nav__item--active
WORD_OF_SCRIPT = re.compile(r"[\w-]+")
VARIABLE = re.compile(r"--[\w-]+")


class Styles:
    """The stylesheets that the pages of a site ask for, and what stands on the pages."""

    def __init__(self):
        self.sheets: list[str] = []  # below the site, in the order in which they apply
        self.tags: set[str] = set()

    def joined(self, html: str) -> str:
        """A page that asks for one stylesheet instead of many."""
        self.tags.update(TAG.findall(html))
        links = list(LINK.finditer(html))
        self.sheets += [link[2] for link in links if link[2] not in self.sheets]
        for link in links[:0:-1]:
            html = html[: link.start()] + html[link.end() :]
        return LINK.sub(rf'<link rel="stylesheet" href="\1{NAME}">', html)

    def write(self, site: Path) -> None:
        """Put the one stylesheet into a built site, in place of the many."""
        scripts = [file.read_text("utf-8") for file in (site / ASSETS).rglob("*.js") if "lunr" not in file.parts]
        words = set(WORD.findall("".join(self.tags))).union(*map(WORD_OF_SCRIPT.findall, scripts))
        asked = {
            "sheets": [
                {"css": (site / name).read_text("utf-8"), "folder": relpath(dirname(name), ASSETS) + "/"}
                for name in self.sheets
            ],
            "words": sorted(words),
            "variables": sorted(set(VARIABLE.findall("".join([*self.tags, *scripts])))),
        }
        command = [node_program(), str(SCRIPT), str(package_file("purgecss"))]
        done = subprocess.run(command, input=json.dumps(asked), capture_output=True, encoding="utf-8")
        if done.returncode:
            raise BookError(f"the stylesheets {', '.join(self.sheets)} cannot be joined:\n{done.stderr[-2000:]}")
        for unused in (site / ASSETS).rglob("*.css*"):
            unused.unlink()
        (site / NAME).write_text(done.stdout, "utf-8")
