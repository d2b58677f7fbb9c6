"""The translation gate: a Chinese page carries the same mathematics, code, figures and links as its English twin.

Prose is free; all that a machine can compare is compared, and what differs is listed. The glossary docs/terms.yml says
how terms are translated.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path

import yaml

from dlnotes.book.lab_pages import plain_markdown
from dlnotes.book.mathematics import EQREF, INLINE
from dlnotes.book.numbers import PATTERN as NUMBER_FROM_RUN
from dlnotes.book.pages import DISPLAY, FENCE, LABEL, LABS, ROOT, BookError, blank_fences
from dlnotes.book.translated import FRONT_MATTER, blob_hash

TERMS = ROOT / "docs/terms.yml"

TRANSLATED_FROM = re.compile(r"^translated_from:[ \t]*(?P<hash>[0-9a-f]*)[ \t]*$", re.M)
CODE_SPAN = re.compile(r"(?P<mark>`+)(?!`).+?(?<!`)(?P=mark)(?!`)", re.S)
HEADING = re.compile(r"^[ \t]*(?P<level>#{1,6})[ \t]+(?P<title>.*?)[ \t]*(?:\{(?P<attributes>[^}\n]*)\})?[ \t]*$", re.M)
HEADING_ID = re.compile(r"#(\S+)")
BOX = re.compile(r"^[ \t]*(?P<mark>!!!|\?\?\?\+?)[ \t]+(?P<kind>[\w-]+)", re.M)
BLOCK = re.compile(r"^[ \t]*/// +(?P<block>\w.*?)[ \t]*$", re.M)
EXPLORE = re.compile(r"^[ \t]*/// +explore\b.*\n(?P<options>(?:[ \t]+\S.*\n)*)", re.M)
OPTION = re.compile(r"^[ \t]+(\w+):", re.M)
EMBED = re.compile(r'^[ \t]*-+8<-+[ \t]+"(?P<source>[^"\n]+)"', re.M)
TITLE_OPTION = re.compile(r"""\btitle=("[^"]*"|'[^']*')""")
LINK = re.compile(
    r"""\]\((?P<target>[^)\s]+)[^)]*\)|^[ \t]*\[[^\]]+\]:[ \t]*(?P<reference>\S+)|<(?P<auto>https?://[^>\s]+)>""", re.M
)
HTML = re.compile(r"<[^>\n]+>")
LATEX_TEXT = re.compile(r"\\(?:text|textrm|textit|textbf|mbox)\s*\{(?:[^{}]|\{[^{}]*\})*\}")
LATEX_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\S", re.S)
NUMBER = re.compile(r"\d+(?:,\d{3})+|\d+\.\d+|\d{3,}")  # those that no language spells out


# ---- Mathematics, code, figures, links


def differences(english: Path, chinese: Path) -> list[str]:
    """What a Chinese page has otherwise than its English twin, one line each; empty if nothing."""
    found = _outdated(english, chinese)
    wanted, present = _carried(markdown_of(english)), _carried(markdown_of(chinese))
    for kind, in_english in wanted.items():
        found += [f"{_name(chinese)}: {kind}: {text}" for text in _compare(in_english, present[kind], kind in ORDERED)]
    return found


def markdown_of(page: Path) -> str:
    """The text of a page, or of a lab, whose code cells are fences."""
    return plain_markdown(page) if page.suffix == ".py" else page.read_text("utf-8")


def _outdated(english: Path, chinese: Path) -> list[str]:
    front = FRONT_MATTER.match(markdown_of(chinese))
    noted = TRANSLATED_FROM.search(front["fields"]) if front else None
    actual = blob_hash(english.read_bytes())
    if noted and noted["hash"] == actual:
        return []
    slug = f"{LABS if english.suffix == '.py' else ''}{english.stem}"
    what = f"was translated from {noted['hash'] or 'nothing'}" if noted else "does not say what it was translated from"
    return [
        f"{_name(chinese)} {what}, but {_name(english)} is {actual}. Bring the translation up to date, "
        f"then run `python -m dlnotes.book translated {slug}`"
    ]


def _name(page: Path) -> str:
    return "/".join(page.parts[-3:])


ORDERED = ("headings", "equations", "code", "embeds", "blocks", "labels of explorable figures", "boxes")


def _carried(markdown: str) -> dict[str, list[str]]:
    """All that both languages must have in common, by kind, in the order of the page."""
    markdown = FRONT_MATTER.sub("", markdown)
    text = blank_fences(markdown)  # what the reader does not see as code
    prose = CODE_SPAN.sub("", text)
    outside_displays = DISPLAY.sub("", prose)
    return {
        "headings": list(_headings(text)),
        "equations": [_equation(match["latex"]) for match in DISPLAY.finditer(text)],
        "inline formulas": [f"${_normalised(match[1])}$" for match in re.finditer(INLINE, outside_displays)],
        "references to equations": [match[1].strip() for match in re.finditer(EQREF, outside_displays)],
        "code": [_fence(match) for match in FENCE.finditer(markdown)],
        "embeds": [match["source"] for match in EMBED.finditer(markdown)],
        "blocks": [match["block"] for match in BLOCK.finditer(text)],
        "labels of explorable figures": [
            ", ".join(OPTION.findall(match["options"])) for match in EXPLORE.finditer(text)
        ],
        "boxes": [f"{match['mark']} {match['kind']}" for match in BOX.finditer(text)],
        "links": [match["target"] or match["reference"] or match["auto"] for match in LINK.finditer(prose)],
        "numbers from runs": [match[1].strip() for match in re.finditer(NUMBER_FROM_RUN, prose)],
        "numbers in words": NUMBER.findall(_prose(markdown)),
    }


def _headings(text: str) -> Iterator[str]:
    """Level and id of every heading; the title without its id is prose, and free."""
    for match in HEADING.finditer(text):
        anchor = HEADING_ID.search(match["attributes"] or "")
        yield f"{match['level']} {{#{anchor[1]}}}" if anchor else match["level"]


def _equation(latex: str) -> str:
    labels = ", ".join(LABEL.findall(latex))
    return f"({labels}) {_normalised(LABEL.sub('', latex))}"


def _normalised(latex: str) -> str:
    """LaTeX with the words of \\text{} left out and one space between its tokens."""
    return " ".join(LATEX_TOKEN.findall(LATEX_TEXT.sub(r"\\text{}", latex)))


def _fence(match: re.Match) -> str:
    """A code fence without its indentation; its title is prose, and free."""
    lines = [line.removeprefix(match["indent"]).rstrip() for line in match[0].splitlines()]
    return "\n    ".join([TITLE_OPTION.sub("title=", lines[0]), *lines[1:]])


def _compare(english: list[str], chinese: list[str], ordered: bool) -> list[str]:
    missing, surplus = Counter(english) - Counter(chinese), Counter(chinese) - Counter(english)
    found = [f"missing: {item}" for item in missing.elements()] + [
        f"not in English: {item}" for item in surplus.elements()
    ]
    if not found and ordered:
        pairs = zip_longest(english, chinese)
        found = [f"order: {there} stands where English has {here}" for here, there in pairs if here != there][:1]
    return found


# ---- Terms


@cache
def glossary(path: Path = TERMS) -> dict[str, dict]:
    """English term -> its Chinese term `zh`, further English spellings `also`, Chinese words not to use `not`."""
    terms = yaml.safe_load(path.read_text("utf-8"))
    for term, entry in terms.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("zh"), str) or set(entry) - {"zh", "also", "not"}:
            raise BookError(
                f"docs/terms.yml: {term}: expected {{zh: term}} with, if needed, `also` and `not`, got {entry}"
            )
        for word in entry.get("not", []):
            if word in entry["zh"] or not word:
                raise BookError(f"docs/terms.yml: {term}: {word!r} is forbidden, but {entry['zh']} contains it")
    return terms


def wrong_terms(english: str, chinese: str, terms: dict[str, dict]) -> list[str]:
    """Terms that a Chinese page translates otherwise than the glossary says."""
    english, chinese = _prose(english), _prose(chinese)
    found = []
    for term, entry in terms.items():
        without_right_ones = chinese.replace(entry["zh"], "")
        found += [
            f"{word} is used for {term}; the glossary says {entry['zh']}"
            for word in entry.get("not", [])
            if word in without_right_ones
        ]
        if _uses(english, [term, *entry.get("also", [])]) and entry["zh"].lower() not in chinese.lower():
            found.append(f"the English page speaks of {term}, the Chinese one nowhere of {entry['zh']}")
    return found


def _prose(markdown: str) -> str:
    """The words of a page: no front matter, code, formulas, addresses or tags; lines joined as the reader sees them."""
    text = DISPLAY.sub("", blank_fences(FRONT_MATTER.sub("", markdown)))
    text = re.sub(INLINE, "", CODE_SPAN.sub("", text))
    text = LINK.sub("]", re.sub(EQREF, "", re.sub(NUMBER_FROM_RUN, "", text)))
    return " ".join(HTML.sub("", re.sub(r"\{[^}\n]*\}", "", text)).split())


def _uses(english: str, spellings: list[str]) -> bool:
    """Whether a text has one of the words, in the singular or the plural."""
    words = "|".join(re.sub("y$", "(?:y|ie)", re.escape(spelling).replace(r"\ ", "[ -]")) for spelling in spellings)
    return bool(re.search(rf"(?<![\w-])(?:{words})(?:s|es)?(?![\w-])", english, re.I))
