"""KaTeX's fonts, cut down to the characters that the site shows, and put into its stylesheet.

A font in a file of its own is fetched after the stylesheet that names it: formulas would appear late, and what stands
around them would move.
"""

import hashlib
import logging
import os
import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path

from dlnotes.book.npm import package_file
from dlnotes.book.pages import ROOT

STYLESHEET = "assets/katex/katex.min.css"  # below the theme, and below the site
SUBSETS = ROOT / ".cache/fonts"

OTHER_FORMATS = re.compile(r',url\([^)]*\) format\("(?:woff|truetype)"\)')
FONT_FACE = re.compile(r"@font-face\{[^}]*url\((?P<url>fonts/(?P<font>[^)]*))\)[^}]*\}")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
VISIBLE = '<span class="katex-html"'
TOKEN = re.compile(r'<(?P<end>/)?\w+(?: class="(?P<classes>[^"]*)")?[^>]*?(?P<empty>/)?>|(?P<text>[^<]+)')

CJK = re.compile("[\u2e80-\ud7ff\uf900-\uffff]")  # no KaTeX font has these: the page's own font shows them

Characters = dict[str, set[str]]  # font -> the characters it shows


def install() -> None:
    """Copy KaTeX's stylesheet into the theme, without the older font formats."""
    stylesheet = package_file("katex/dist/katex.min.css").read_text("utf-8")
    write_if_changed(ROOT / "docs/theme" / STYLESHEET, OTHER_FORMATS.sub("", stylesheet).encode())


def embedded(stylesheet: str, shown: Characters) -> str:
    """KaTeX's stylesheet with the fonts in it that are shown, and without the others."""

    def face(rule: re.Match) -> str:
        if rule["font"] not in shown:
            return ""
        data = b64encode(subset(rule["font"], shown[rule["font"]])).decode()
        return rule[0].replace(rule["url"], f"data:font/woff2;base64,{data}")

    return FONT_FACE.sub(face, stylesheet)


def write_if_changed(path: Path, content: bytes) -> None:
    """Replace a file in one step, as builds run in parallel, and only if need be, as `mkdocs serve` watches it."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    os.replace(temporary, path)


@cache
def font_rules() -> list[tuple[frozenset[str], dict[str, str]]]:
    """What KaTeX's stylesheet says of fonts: classes of an element -> family, style and weight, in order."""
    rules = []
    for selectors, body in RULE.findall(package_file("katex/dist/katex.min.css").read_text("utf-8")):
        declared = {
            "family": re.findall(r"font-family:\"?KaTeX_(\w+)", body),
            "style": re.findall(r"font-style:(\w+)", body),
            "weight": re.findall(r"font-weight:(\w+)", body),
        }
        declared = {name: values[-1] for name, values in declared.items() if values}
        if declared and not selectors.startswith("@"):
            for selector in selectors.split(","):
                last = [part for part in re.split(r"[ >]", selector) if "." in part][-1]
                rules.append((frozenset(last.split(".")[1:]), declared))
    return rules


@cache
def styled(parent: tuple[str, str, str], classes: str) -> tuple[str, str, str]:
    """Family, style and weight of an element of these classes."""
    style = dict(zip(("family", "style", "weight"), parent, strict=True))
    for selected, declared in font_rules():
        if selected <= set(classes.split()):
            style |= declared
    return style["family"], style["style"], style["weight"]


@cache
def font_file(family: str, style: str, weight: str) -> str:
    """Name of the font that a browser takes: the family's own variant, or its regular one."""
    variant = ("Bold" if weight == "700" else "") + ("Italic" if style == "italic" else "") or "Regular"
    fonts = package_file("katex/dist/fonts")
    names = [f"KaTeX_{family}-{variant}.woff2", f"KaTeX_{family}-Regular.woff2"]
    return next((name for name in names if (fonts / name).exists()), names[-1])


@cache
def formula_characters(formula: str) -> Characters:
    """The fonts that a formula shows, and of each the characters; from the formula's HTML."""
    shown: Characters = {}
    styles = [("Main", "normal", "400")]
    for token in TOKEN.finditer(formula, formula.index(VISIBLE)):
        if token["text"]:
            visible = CJK.sub("", unescape(token["text"]))
            shown.setdefault(font_file(*styles[-1]), set()).update(visible)
        elif token["end"]:
            styles.pop()
            if len(styles) == 1:
                break
        elif not token["empty"]:
            styles.append(styled(styles[-1], token["classes"] or ""))
    return shown


def characters(formulas: Iterable[str]) -> Characters:
    """The same for several formulas together."""
    union: Characters = {}
    for formula in formulas:
        for font, shown in formula_characters(formula).items():
            union.setdefault(font, set()).update(shown)
    return union


def subset(font: str, characters: set[str]) -> bytes:
    """A KaTeX font with these characters alone; made once and kept."""
    original = package_file("katex/dist/fonts") / Path(font).with_suffix(".ttf")  # read much faster than woff2
    text = "".join(sorted(characters))
    kept = SUBSETS / f"{hashlib.sha256(original.read_bytes() + text.encode()).hexdigest()}.woff2"
    if not kept.exists():
        write_if_changed(kept, _subset(original, text))
    return kept.read_bytes()


def _subset(original: Path, text: str) -> bytes:
    from fontTools import subset as tools  # slow to import, and seldom needed

    # KaTeX's fonts carry no date, which is no matter.
    logging.getLogger("fontTools.ttLib.tables._h_e_a_d").setLevel(logging.ERROR)
    options = tools.Options(flavor="woff2", layout_features=["*"], notdef_outline=True, hinting=False)
    font = tools.load_font(original, options)
    subsetter = tools.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    content = BytesIO()
    tools.save_font(font, content, options)
    return content.getvalue()
