"""The API reference: the public names of dlnotes, read from the source without running it.

A page `api/<module>` exists for every topic and for the other public modules; no file holds it, a hook makes it.
What mkdocstrings shows there is prepared by dlnotes.book.api_docstrings.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from dlnotes.book import pages
from dlnotes.book.blocks import SECTION
from dlnotes.book.page import Page

PACKAGE = pages.ROOT / "dlnotes"
INDEX = "api.md"
OTHERS = ("exercises", "data", "runs", "experiments", "figures")  # what no chapter derives
SIGNATURE_WIDTH = 72  # characters in one line of a signature; a longer one has a line for each argument

LABEL = re.compile(r"(?<![\w-])[a-z][a-z0-9_]*-[a-z0-9-]+(?![\w-])")
ONLY_LABELS = re.compile(rf"\((?P<labels>{LABEL.pattern}(?:,\s+{LABEL.pattern})*)\)")  # (softmax-jacobian)
FENCE_EDGE = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>`{3,})")
EMBED = re.compile(r'^\s*-+8<-+\s+"(?P<file>[\w/]+\.py)(?::(?P<section>[\w-]+))?"\s*$')

TEXTS = {
    "en": {
        "description": "Every public function and class of {path}: signature, arguments, results, errors, an example.",
        "chapter": "Derived in the chapter [{title}](../{slug}.md). [All modules](../api.md)",
        "no chapter": "[All modules](../api.md)",
        "links": "API: ",
    },
    "zh": {
        "description": "{path} 的全部公开函数与类：签名、参数、返回值、异常与示例。",
        "chapter": "推导见[{title}](../{slug}.md)一章。说明文字取自源代码，为英文。[全部模块](../api.md)",
        "no chapter": "说明文字取自源代码，为英文。[全部模块](../api.md)",
        "links": "接口：",
    },
}


@dataclass(frozen=True)
class Field:
    """A field of a dataclass or a NamedTuple: its declaration, and what the comment beside it says."""

    name: str
    declaration: str
    comment: str


@dataclass(frozen=True)
class Symbol:
    """A public function, class or method."""

    module: str  # "softmax"
    name: str  # "softmax_jacobian", "Adam.step"
    node: ast.FunctionDef | ast.ClassDef
    source: str  # of the whole module

    @property
    def path(self) -> str:
        """Its full name, which is also its anchor on the module's page."""
        return f"dlnotes.{self.module}.{self.name}"

    @property
    def page(self) -> str:
        return f"api/{self.module}.md"

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self.node) or ""

    @property
    def summary(self) -> str:
        return first_paragraph(self.docstring)

    @cached_property
    def lines(self) -> list[str]:
        return self.source.split("\n")[self.node.lineno - 1 : self.node.end_lineno]

    @property
    def equations(self) -> list[str]:
        """Labels of the equations that its docstring and its comments name, in order."""
        named = LABEL.findall("\n".join(self.lines))
        return list(dict.fromkeys(label for label in named if label in pages.equations()))

    @property
    def is_property(self) -> bool:
        return any(isinstance(mark, ast.Name) and mark.id == "property" for mark in self.node.decorator_list)

    @property
    def constructor(self) -> ast.FunctionDef | None:
        """What is called: the function itself, or the __init__ of a class or of its bases in the module."""
        if isinstance(self.node, ast.FunctionDef):
            return self.node
        return next((found for node in lineage(self.node, self.module) if (found := method(node, "__init__"))), None)

    @property
    def fields(self) -> list[Field]:
        """The fields of a dataclass or a NamedTuple, in order."""
        if isinstance(self.node, ast.FunctionDef) or self.constructor:
            return []
        found = []
        for node in self.node.body:
            if isinstance(node, ast.AnnAssign):
                comment = self.source.split("\n")[node.end_lineno - 1].partition("  # ")[2]
                found.append(Field(node.target.id, written(self.source, node), comment))
        return found

    @property
    def signature(self) -> str:
        """How it is called, with the annotations as they are written in the source; empty for a property."""
        if self.is_property:
            return ""
        name = self.name.rpartition(".")[2]
        if self.constructor is None:
            return call(name, [field.declaration for field in self.fields], "") if self.fields else ""
        returns = self.constructor.returns if self.constructor is self.node else None
        result = f" -> {written(self.source, returns)}" if returns else ""
        return call(name, list(arguments(self.constructor, self.source)), result)


def call(name: str, arguments: list[str], result: str) -> str:
    """A call in one line, or with a line for each argument."""
    line = f"{name}({', '.join(arguments)}){result}"
    if len(line) <= SIGNATURE_WIDTH:
        return line
    return "\n".join([f"{name}(", *(f"    {argument}," for argument in arguments), f"){result}"])


def arguments(function: ast.FunctionDef, source: str) -> Iterator[str]:
    """The arguments of a function as they are written, without self, with a bare * where keywords begin."""

    def declared(argument: ast.arg, default: ast.expr | None = None, stars: str = "") -> str:
        equals = " = " if argument.annotation else "="
        value = f"{equals}{written(source, default)}" if default else ""
        return f"{stars}{written(source, argument)}{value}"

    given = function.args
    by_place = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(by_place) - len(given.defaults)) + given.defaults
    yield from (declared(*pair) for pair in zip(by_place, defaults, strict=True) if pair[0].arg not in ("self", "cls"))
    if given.vararg:
        yield declared(given.vararg, stars="*")
    elif given.kwonlyargs:
        yield "*"
    yield from (declared(*pair) for pair in zip(given.kwonlyargs, given.kw_defaults, strict=True))
    if given.kwarg:
        yield declared(given.kwarg, stars="**")


def written(source: str, node: ast.AST) -> str:
    """A node as it stands in the source, what `ast.get_source_segment` does, which reads the whole source each time."""
    lines = encoded_lines(source)[node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"\n".join(lines).decode()


@cache
def encoded_lines(source: str) -> list[bytes]:
    return source.encode().split(b"\n")


# ---- Modules and their symbols


def modules() -> list[str]:
    """The modules that have a page, chapters in the order of the book."""
    return [name for name in (*pages.chapter_numbers(), *OTHERS) if source_file(name).is_file()]


def source_file(module: str):
    path = PACKAGE / f"{module}.py"
    return path if path.is_file() else PACKAGE / module / "__init__.py"


@cache
def source_of(module: str) -> tuple[str, ast.Module]:
    source = source_file(module).read_text("utf-8")
    return source, ast.parse(source)


def symbols(module: str) -> list[Symbol]:
    """Public functions and classes of a module in the order of the source, each class followed by its methods."""
    source, tree = source_of(module)
    found = []
    for node in public(tree):
        found.append(Symbol(module, node.name, node, source))
        if isinstance(node, ast.ClassDef):
            methods = [Symbol(module, f"{node.name}.{part.name}", part, source) for part in public(node)]
            found += [symbol for symbol in methods if not is_inherited(symbol, node)]
    return found


def lineage(node: ast.ClassDef, module: str) -> Iterator[ast.ClassDef]:
    """A class and its bases, as far as the module defines them."""
    yield node
    classes = {other.name: other for other in source_of(module)[1].body if isinstance(other, ast.ClassDef)}
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            yield from lineage(classes[base.id], module)


def method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == name), None)


def is_inherited(symbol: Symbol, owner: ast.ClassDef) -> bool:
    """Whether a method without a docstring does for its class what a base of that documents."""
    name = symbol.node.name
    overridden = (method(base, name) for base in lineage(owner, symbol.module) if base is not owner)
    return not symbol.docstring and any(found and ast.get_docstring(found) for found in overridden)


def public(parent: ast.Module | ast.ClassDef) -> list[ast.FunctionDef | ast.ClassDef]:
    return [
        node
        for node in parent.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]


def module_docstring(module: str) -> str:
    return ast.get_docstring(source_of(module)[1]) or ""


def first_paragraph(docstring: str) -> str:
    return " ".join(docstring.partition("\n\n")[0].split())


# ---- Between symbols and chapters


@dataclass(frozen=True)
class Embedding:
    """Where a page embeds a source: under which heading, which file, and which section of it if not all."""

    page: str
    anchor: str
    file: str  # from the root: "dlnotes/softmax.py", "snippets/softmax/jacobian.py"
    section: str


@cache
def module_sections(module: str) -> dict[str, range]:
    """Section -> its lines in the module, counted from 1."""
    starts, found = {}, {}
    for number, line in enumerate(source_of(module)[0].split("\n"), 1):
        if section := SECTION.search(line):
            if section["edge"] == "start":
                starts[section["name"]] = number
            else:
                found[section["name"]] = range(starts[section["name"]], number)
    return found


@cache
def embeddings() -> tuple[Embedding, ...]:
    """Where the English chapters embed code, in the order of the book."""
    found = []
    for slug in pages.chapter_numbers():
        anchor, fenced = "", False
        for line in pages.page_source(slug, "en").read_text("utf-8").split("\n"):
            fenced ^= line.lstrip().startswith("```")
            if not fenced and (heading := pages.HEADING.match(line)):
                anchor = heading["id"] or ""
            elif embed := EMBED.match(line):
                found.append(Embedding(slug, anchor, embed["file"], embed["section"] or ""))
    return tuple(found)


def shown_in(symbol: Symbol) -> Embedding | None:
    """The first place in the book that shows the symbol's code."""
    sections = {name for name, lines in module_sections(symbol.module).items() if symbol.node.lineno in lines}
    file = f"dlnotes/{symbol.module}.py"
    return next((place for place in embeddings() if place.file == file and place.section in sections), None)


def used_in(symbol: Symbol) -> Embedding | None:
    """The first place in the book whose program imports the symbol."""
    return next((place for place in embeddings() if symbol.path in imported(place.file)), None)


@cache
def imported(file: str) -> frozenset[str]:
    """Full names of what a snippet imports from dlnotes."""
    path = pages.ROOT / file
    if not file.startswith("snippets/") or not path.is_file():
        return frozenset()
    nodes = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom))
    return frozenset(f"{node.module}.{alias.name}" for node in nodes for alias in node.names)


def section_symbols(file: str, section: str) -> list[Symbol]:
    """The functions and classes, without their methods, that a section of a topic's module holds."""
    module = next((module for module in modules() if file == f"dlnotes/{module}.py"), None)
    lines = module_sections(module).get(section, ()) if module else ()
    return (
        [symbol for symbol in symbols(module) if "." not in symbol.name and symbol.node.lineno in lines]
        if lines
        else []
    )


def with_equations(text: str) -> str:
    """Prose in which the labels of equations, written (softmax-jacobian), refer to them by their number."""

    def bare(found: re.Match) -> str:
        """Numbers stand in parentheses of their own."""
        return found["labels"] if set(LABEL.findall(found["labels"])) <= set(pages.equations()) else found[0]

    def reference(found: re.Match) -> str:
        return rf"\eqref{{{found[0]}}}" if found[0] in pages.equations() else found[0]

    return LABEL.sub(reference, ONLY_LABELS.sub(bare, text))


def with_links(lines: list[str], page: Page) -> list[str]:
    """A chapter's text with links to the API below each code block; a name is linked below the first that shows it."""
    linked: set[str] = set()
    found, mark, shown = [], "", []
    for line in lines:
        found.append(line)
        fence = FENCE_EDGE.match(line)
        if mark and (embed := EMBED.match(line)):
            shown += section_symbols(embed["file"], embed["section"])
        elif fence and not mark:
            mark, shown = fence["mark"], []
        elif fence and fence["mark"] == mark:
            mark = ""
            new = [symbol for symbol in shown if symbol.path not in linked]
            linked |= {symbol.path for symbol in new}
            if new:
                found += ["", fence["indent"] + api_links(new, page), fence["indent"] + "{: .api-links }", ""]
    return found


def api_links(symbols: list[Symbol], page: Page) -> str:
    links = [f"[`{symbol.name}`]({page.link(f'api/{symbol.module}')}#{symbol.path})" for symbol in symbols]
    return f"{TEXTS[page.language]['links']}{' '.join(links)}"


# ---- Pages


def page_markdown(module: str, language: str) -> str:
    """The page of a module; mkdocstrings fills it."""
    texts, path = TEXTS[language], f"dlnotes.{module}"
    chapter = texts["no chapter"]
    if module in pages.chapter_numbers():
        chapter = texts["chapter"].format(title=pages.heading(module, language), slug=module)
    front_matter = [
        "---",
        f"title: {path}",
        f'description: "{texts["description"].format(path=path)}"',
        "search: {boost: 0.5}  # chapters come first",
        "---",
    ]
    body = [f"# {path} {{#{path}}}", chapter, '<div lang="en" markdown>', f"::: {path}", "</div>"]
    return "\n\n".join(["\n".join(front_matter), *body]) + "\n"


def forget() -> None:
    """Read the sources anew at the next call."""
    for cached in (source_of, module_sections, embeddings, imported):
        cached.cache_clear()
