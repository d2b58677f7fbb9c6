"""What mkdocstrings shows of a public name: a griffe extension that prepares signatures and docstrings.

A docstring's example becomes a program that runs as it is copied, `(softmax-jacobian)` becomes a link to the
equation, and the chapter's section that shows the code is named.
"""

import ast
import doctest
import re

import griffe
from griffe import DocstringSection, DocstringSectionKind

from dlnotes.book import api, pages
from dlnotes.book.api import Symbol

CODE_SPAN = re.compile(r"(?<!`)`(\w+)`(?!`)")
TITLES = {
    "en": {
        "parameters": "Arguments",
        "returns": "Returns",
        "yields": "Yields",
        "raises": "Raises",
        "examples": "Example",
    },
    "zh": {"parameters": "参数", "returns": "返回值", "yields": "产出", "raises": "异常", "examples": "示例"},
}
ORIGIN = {
    "en": {
        "shown": "Derived in [{title}]({link}). ",
        "used": "Used in [{title}]({link}). ",
        "equations": "Computes {equations}. ",
        "and": ", ",
    },
    "zh": {
        "shown": "推导与代码见[{title}]({link})。",
        "used": "用法见[{title}]({link})。",
        "equations": "计算公式 {equations}。",
        "and": "、",
    },
}


class ApiDocstrings(griffe.Extension):
    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def on_package(self, *, pkg: griffe.Module, **kwargs) -> None:
        """All modules are loaded: prepare those that have a page."""
        for module in api.modules():
            found = pkg[module]
            found.docstring.parsed = self.sections(found.docstring, module)
            for symbol in api.symbols(module):
                shown = found[symbol.name]
                shown.extra["dlnotes"]["signature"] = symbol.signature
                if shown.docstring:
                    shown.docstring.parsed = self.sections(shown.docstring, module, symbol)

    def sections(
        self, docstring: griffe.Docstring, module: str, symbol: Symbol | None = None
    ) -> list[DocstringSection]:
        """The parts of a docstring in the order of the page."""
        prose, example = divided(docstring.value, module)
        docstring.value = linked(prose, module, symbol)
        found = docstring.parse("google", returns_multiple_items=False, warn_missing_types=False)
        if symbol and (text := origin(symbol, self.language)):
            found.insert(1, griffe.DocstringSectionText(text))
        if symbol and symbol.fields:
            found.append(fields_section(symbol))
        if example:
            fence = f"```python\n{example}```"
            found.append(griffe.DocstringSectionExamples([(DocstringSectionKind.text, fence)]))
        for part in found:
            part.title = TITLES[self.language].get(part.kind.value, part.title)
        return found


def fields_section(symbol: Symbol) -> griffe.DocstringSectionParameters:
    """The fields of a dataclass or NamedTuple as the comments beside them explain them."""
    return griffe.DocstringSectionParameters(
        [griffe.DocstringParameter(field.name, description=field.comment) for field in symbol.fields]
    )


# ---- Links


def linked(text: str, module: str, symbol: Symbol | None) -> str:
    """Prose whose equations and names of the same module are links."""
    own = {symbol.name, *argument_names(symbol)} if symbol else set()
    names = {other.name for other in api.symbols(module)} - own

    def to_name(found: re.Match) -> str:
        return f"[{found[0]}]({module}.md#dlnotes.{module}.{found[1]})" if found[1] in names else found[0]

    return CODE_SPAN.sub(to_name, api.with_equations(text))


def argument_names(symbol: Symbol) -> set[str]:
    if symbol.constructor is None:
        return {field.name for field in symbol.fields}
    return {node.arg for node in ast.walk(symbol.constructor.args) if isinstance(node, ast.arg)}


def origin(symbol: Symbol, language: str) -> str:
    """Which equations a symbol computes, and which section of the book shows its code or else uses it."""
    texts, parts = ORIGIN[language], []
    if symbol.equations:
        references = texts["and"].join(rf"\eqref{{{label}}}" for label in symbol.equations)
        parts.append(texts["equations"].format(equations=references))
    if "." not in symbol.name:  # a method stands where its class does
        shown = api.shown_in(symbol)
        if place := shown or api.used_in(symbol):
            title = pages.heading(place.page, language, place.anchor)
            link = f"../{place.page}.md" + (f"#{place.anchor}" if place.anchor else "")
            parts.append(texts["shown" if shown else "used"].format(title=title, link=link))
    return f"{''.join(parts).strip()}\n{{: .api-origin lang={language} }}" if parts else ""


# ---- Examples


def divided(docstring: str, module: str) -> tuple[str, str]:
    """A docstring's prose, and its examples as one program with what they print as `#>` lines; empty without any."""
    parts = doctest.DocTestParser().parse(docstring)
    prose = "".join(part for part in parts if isinstance(part, str)).strip()
    body = "".join(statement(part) for part in parts if isinstance(part, doctest.Example))
    program = "\n".join([*imports(body, module), body]) if body else ""
    return prose, re.sub(r"\n{4,}", "\n\n\n", program)


def statement(example: doctest.Example) -> str:
    """An example in which a value is printed, as the interpreter does by itself."""
    source = example.source.rstrip("\n")
    value = ast.parse(source).body[-1]
    if isinstance(value, ast.FunctionDef | ast.ClassDef):
        source = f"\n\n{source}\n\n"
    elif example.want and isinstance(value, ast.Expr) and not is_print(value.value):
        source = printed(source, value.value, example.want)
    return "\n".join([source, *(f"#> {line}".rstrip() for line in example.want.splitlines())]) + "\n"


def is_print(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"


def printed(source: str, value: ast.expr, want: str) -> str:
    """The same source with the value within print(); a comment behind it stays."""
    expression = ast.get_source_segment(source, value)
    whole = f"({expression})" if is_bare_tuple(expression) else expression
    return source.replace(expression, f"print(repr({whole}))" if want[0] in "'\"" else f"print({whole})")


def is_bare_tuple(expression: str) -> bool:
    return len(ast.parse(f"f({expression})").body[0].value.args) > 1


def imports(body: str, module: str) -> list[str]:
    """The import statements for the names of the module that a program uses, in groups with a blank line after each."""
    tree = api.source_of(module)[1]
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    used -= imported_names(ast.parse(body))
    lines: dict[str, set[str]] = {}  # "from torch" -> the names from there; "import torch" -> nothing
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) in used:
                    as_written = ast.unparse(alias)
                    if isinstance(node, ast.Import):
                        lines[f"import {as_written}"] = set()
                    else:
                        lines.setdefault(f"from {node.module}", set()).add(as_written)
        elif defined := used & set(names_defined(node)):
            lines.setdefault(f"from dlnotes.{module}", set()).update(defined)
    ordered = sorted(lines, key=lambda line: ("dlnotes" in line, line.startswith("from"), line))
    written = [f"{line} import {', '.join(sorted(lines[line]))}" if lines[line] else line for line in ordered]
    groups = [[line for line in written if ("dlnotes" in line) is own] for own in (False, True)]
    return [line for group in groups if group for line in [*group, ""]]


def imported_names(tree: ast.AST) -> set[str]:
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    return {alias.asname or alias.name for node in nodes for alias in node.names}


def names_defined(node: ast.stmt) -> list[str]:
    """What a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    return [name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)]
