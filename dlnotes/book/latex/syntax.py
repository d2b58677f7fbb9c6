"""Tokens to a syntax tree.

    display    = statement { "\\\\" | "\\quad" | "," statement }      "&" is layout
    statement  = [ sum ] { ("=" | "\\le" | "\\leftarrow" | …) sum }   no left side: that of the row before
    sum        = [ "-" ] term { ("+" | "-") term }
    term       = product { ("\\cdot" | "\\odot" | "\\oslash" | "/") product }
    product    = factor { factor }                                  juxtaposition binds tighter than \\odot
    factor     = atom { "_{…}" | "^{…}" | "!" }
    atom       = number | name | function factor | "(" sum ")" | \\frac | \\sum term | cases | …

A bracket with all inside is one token, so that a rule splits its tokens at those that separate. A name is the longest
bound sequence of tokens; whether ``f(x)`` is a call or a product is told by the kind of its binding.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from dlnotes.book.latex.errors import ParseError
from dlnotes.book.latex.tokens import CLOSINGS, MAX_DEPTH, Token, split, symbols, tokenize

Key = tuple[str, ...]  # the canonical tokens of a name
Tokens = Sequence[Token]
VALUE, FUNCTION, RANDOM, ENTRIES = "value", "function", "random", "entries"  # kinds of names; last: known by entries

RELATIONS = {
    "=": "=", "\\approx": "≈", "\\leftarrow": "←", "\\propto": "∝", "\\in": "∈", "\\le": "≤", "\\ge": "≥", "<": "<",
    ">": ">", "\\ne": "≠",
}  # fmt: skip
OPERATORS = {"\\cdot": "·", "\\times": "·", "\\odot": "⊙", "\\oslash": "⊘", "/": "/"}
BIG = {
    "\\sum": "sum", "\\prod": "prod", "\\max": "max", "\\min": "min", "\\operatorname{argmax}": "argmax",
    "\\operatorname{argmin}": "argmin",
}  # fmt: skip
EXPECTATIONS = {"\\mathbb{E}": "mean", "\\operatorname{E}": "mean", "\\operatorname{Var}": "variance"}
BRACKETS = {
    "\\lvert": "abs", "\\lVert": "norm", "\\lfloor": "floor", "\\lceil": "ceil", "\\langle": "inner", "\\{": "set",
}  # fmt: skip
COMMANDS = {"\\frac": "frac", "\\binom": "binomial"}
SUPERSCRIPTS = {
    "\\top": ("transpose",), "- 1": ("inverse",), "- \\top": ("inverse", "transpose"), "\\dagger": ("pseudoinverse",),
}  # fmt: skip
PREFIX = re.compile(r"\\(exp|log|sin|cos|tan|sinh|cosh|tanh|det|operatorname)\b")  # takes a factor without parentheses
DIFFERENTIALS = ("\\partial", "\\mathrm{d}")
HINTS = {
    "\\dots": "dots cannot be evaluated; write \\sum, \\prod or a range",
    "\\nabla": "say with respect to what: \\nabla_{\\mathbf{x}}",
    **dict.fromkeys(("|", "\\|"), "write \\lvert…\\rvert or \\lVert…\\rVert for bars, \\mid for a condition"),
    **dict.fromkeys(BIG, "write the range below the operator; arguments of \\max in parentheses"),
    **dict.fromkeys(EXPECTATIONS, "put what is averaged in [brackets]"),
}  # fmt: skip
SEPARATORS = ("\\\\", "\\quad", ",", ";", ".")  # between statements
COMMAS = (",", ";", "\\mid", "\\|", ":")  # between arguments


@dataclass(frozen=True, eq=False)
class Node:
    """An operator on operands, and what no operand can say. Most operators are functions of their operands' values:

    number, name     value: the numeral, the tokens
    index            base, indices; value: how many of these stand above: base^{[l]}_{j,k}
    call             function, arguments
    over             body, then what it runs over, each with the names it gives; value: sum, max, mean, …
                     range: first, last. member: set. declared: none. outcome: distribution. relation: a condition
    derivative       ∂of, ∂by …; value: how often by all of them, 2 for a Hessian
    cases, matrix    rows
    relation         operands of a chain; value: the signs between them
    """

    operator: str
    operands: tuple["Node", ...]
    value: Any
    span: tuple[str, int, int] = field(repr=False)  # source, start, end

    @property
    def source(self) -> str:
        latex, start, end = self.span
        return latex[start:end]

    def walk(self) -> Iterator["Node"]:
        """The node and all nodes below it."""
        yield self
        for operand in self.operands:
            yield from operand.walk()


def statements(latex: str) -> list[Tokens]:
    """The tokens of every statement of a display, without layout and prose."""
    flat: list[Token] = []
    for token in tokenize(latex):
        flat += (*token.inside, Token("\\\\", 0, 0)) if token.opening == "\\begin{aligned}" else (token,)
    flat = [replace(token, text="\\\\") if token.is_prose else token for token in flat if token.text != "&"]
    return [piece for piece in split(flat, SEPARATORS)[0] if piece]


def parse(latex: str, names: Mapping[Key, str], indices: Container[str] = ()) -> tuple[Node, ...]:
    """The statements of a display equation. ``indices``: letters whose ranges the test declares."""
    nodes = [_Parser(latex, names, indices).relation(tokens) for tokens in statements(latex)]
    for node in nodes:
        if node.operator != "relation":
            raise ParseError("expected a relation such as = in this row", *node.span)
    return tuple(nodes)


def parse_expression(latex: str, names: Mapping[Key, str], indices: Container[str] = ()) -> Node:
    return _Parser(latex, names, indices).relation(tokenize(latex))


class _Parser:
    """Rules down to the product read all tokens; those below read the first of them and return the rest."""

    def __init__(self, latex: str, names: Mapping[Key, str], indices: Container[str]):
        self.latex, self.names, self.indices = latex, names, indices
        self.last = Token("", 0, 0)  # where something is missing if nothing is left
        self.depth = 0
        self.locals: set[str] = set()  # indices of the sums around
        self.by_first: dict[str, list[Key]] = {}
        for name in sorted(names, key=len, reverse=True):
            self.by_first.setdefault(unstyled(name[0]), []).append(name)

    def error(self, message: str, token: Token) -> ParseError:
        return ParseError(message, self.latex, token.start, token.end)

    def node(self, tokens: Tokens, rest: Tokens, operator: str, *operands: Node, value: Any = None) -> Node:
        """A node that spans the tokens up to the rest."""
        read = tokens[: len(tokens) - len(rest)]
        span = self.latex, min(token.start for token in read), max(token.end for token in read)
        return Node(operator, operands, value, span)

    def parts(self, tokens: Tokens, separators: Container[str]) -> Iterator[tuple[str, Tokens]]:
        """The pieces between separators, each with the separator before it."""
        pieces, found = split(tokens, separators)
        yield "", pieces[0]
        for self.last, piece in zip(found, pieces[1:], strict=True):
            yield self.last.text, piece

    def sums(self, tokens: Tokens) -> list[Node]:
        return [self.sum(piece) for _, piece in self.parts(tokens, ",")]

    def relation(self, tokens: Tokens) -> Node:
        """A chain of relations; a plain expression where there is none."""
        signs = tuple(RELATIONS[sign.text] for sign in split(tokens, RELATIONS)[1])
        if not signs:
            return self.sum(tokens)
        sides = self.parts(tokens, RELATIONS)
        nodes = [self.sum(s) if sign or s else self.node(tokens[:1], (), "row before") for sign, s in sides]
        return self.node(tokens, (), "relation", *nodes, value=signs)

    def sum(self, tokens: Tokens) -> Node:
        terms = []
        for sign, piece in self.parts(tokens, "+-"):
            if sign or piece or not tokens:
                before, term = self.last, self.term(piece)
                terms.append(self.node([before, *piece], (), "neg", term) if sign == "-" else term)
        return terms[0] if len(terms) == 1 else self.node(tokens, (), "+", *terms)

    def term(self, tokens: Tokens) -> Node:
        """Products between operators; the body of a big operator reaches to the end."""
        big = next((i for i in range(len(tokens)) if self.has_range(tokens[i : i + 2])), len(tokens))
        pieces, operators = split(tokens[:big], OPERATORS)
        pieces[-1] += tokens[big:]
        node, rest = self.product(pieces[0]), tokens[len(pieces[0]) :]
        for self.last, piece in zip(operators, pieces[1:], strict=True):
            operator, rest = OPERATORS[self.last.text], rest[1 + len(piece) :]
            node = self.node(tokens, rest, operator, node, self.product(piece))
        return node

    def has_range(self, tokens: Tokens) -> bool:
        return tokens[0].text in BIG and len(tokens) > 1 and tokens[1].text == "_"

    def product(self, tokens: Tokens) -> Node:
        if not tokens:
            raise self.error("expected an expression in or after this", self.last)
        factors, rest = [], tokens
        while rest:
            factor, rest = self.factor(rest)
            factors.append(factor)
        return factors[0] if len(factors) == 1 else self.node(tokens, (), "product", *factors)

    def factor(self, tokens: Tokens) -> tuple[Node, Tokens]:
        self.last, self.depth = tokens[0], self.depth + 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} deep", self.last)
        key = self.name(tokens)
        rest = tokens[len(key) :]
        node, rest = (self.node(tokens, rest, "name", value=key), rest) if key else self.atom(tokens)
        if self.names.get(key) == FUNCTION:
            while rest and rest[0].text == "'":
                rest = rest[1:]
                node = self.node(tokens, rest, "prime", node)
            node, rest = self.scripts(node, tokens, rest, key[0])
        node, rest = self.scripts(node, tokens, rest)
        if rest and rest[0].text == "!":
            node, rest = self.node(tokens, rest[1:], "!", node), rest[1:]
        if rest and rest[0].text in {"_", "^", "'", "!"}:
            raise self.error("one subscript and one superscript a symbol; put braces around it", rest[0])
        self.depth -= 1
        return node, rest

    def name(self, tokens: Tokens) -> Key:
        """The longest bound name at the start; for z_k with only \\mathbf{z} bound, that. Empty if there is none."""
        first = tokens[0].text
        if first in self.locals or self.has_range(tokens):
            return (first,) if first in self.locals else ()
        namesakes = self.by_first.get(unstyled(first), ())
        for key in namesakes:
            here = tokens[: len(key)]
            if tuple(t.text for t in here) == key and not self.locals & {*symbols(here[1:])}:
                return key
        is_entry = len(tokens) > 1 and tokens[1].text == "_"
        return next((key for key in namesakes if len(key) == 1 and (is_entry or self.names[key] == ENTRIES)), ())

    def scripts(self, node: Node, tokens: Tokens, rest: Tokens, function: str = "") -> tuple[Node, Tokens]:
        """Subscripts and bracketed superscripts are indices. All else above is an operator, on a call of a function."""
        below, above, operators = (), (), ()
        if rest and rest[0].text == "_":
            below, rest = self.sums(rest[1].inside), rest[2:]
        if rest and rest[0].text == "^":
            (above, operators), rest = self.superscript(rest[1].inside), rest[2:]
        if above or below:
            node = self.node(tokens, rest, "index", node, *above, *below, value=len(above))
        if function and rest and rest[0].opening in {"(", "[", "\\{"}:
            arguments, rest = [self.relation(part) for _, part in self.parts(rest[0].inside, COMMAS)], rest[1:]
            node = self.node(tokens, rest, "call", node, *arguments)
        elif PREFIX.match(function) and rest:
            argument, rest = self.factor(rest)
            node = self.node(tokens, rest, "call", node, argument)
        for operator, *operands in operators:
            node = self.node(tokens, rest, operator, node, *operands)
        return node, rest

    def superscript(self, tokens: Tokens) -> tuple[list[Node], list[tuple]]:
        """^{[l]}, ^{(i)}, ^{[l]\\top}: indices in brackets; and operators, each with its further operands."""
        brackets = [token for token in tokens if token.opening in {"(", "["}]
        text = " ".join(token.text for token in tokens[len(brackets) :])
        if brackets and text in {"", "\\top"}:
            return [i for token in brackets for i in self.sums(token.inside)], [("transpose",)] if text else []
        if not brackets and text in SUPERSCRIPTS:
            return [], [(operator,) for operator in SUPERSCRIPTS[text]]
        if text == "T" and ("T",) not in self.names:
            raise self.error("write \\top for the transpose", tokens[0])
        if text.startswith("\\odot "):
            return [], [("elementwise power", self.sum(tokens[1:]))]
        return [], [("power", self.sum(tokens))]

    def atom(self, tokens: Tokens) -> tuple[Node, Tokens]:
        operator, operands, value = "", [], None
        match tokens:
            case [Token(text), *rest] if text[:1].isdigit():
                operator, value = "number", Decimal(text)
            case [Token(inside=inside, opening="(" | "[" | "{" as opening) as bracket, *rest]:
                if not bracket.text.endswith(CLOSINGS[opening][0]):
                    raise self.error(f"expected {CLOSINGS[opening][0]}", bracket)
                operands = [self.relation(inside)]
                if opening != "[" or operands[0].operator != "relation":
                    return operands[0], rest
                operator = "indicator"
            case [Token(inside=[first, *_, Token("\\dots"), Token(","), last], opening="\\{"), *rest]:
                operator, operands = "span", [self.sum([first]), self.sum([last])]
            case [Token(opening="\\lVert") as vector, Token("_"), order, *rest] if order.text != "{F}":
                operator, operands = "norm", [self.sum(vector.inside), self.sum(order.inside)]
            case [Token(opening="\\lVert") as matrix, Token("_"), _, *rest]:
                operator, operands = "norm", [self.sum(matrix.inside)]
            case [Token(opening=opening) as brackets, *rest] if opening in BRACKETS:
                operator, operands = BRACKETS[opening], self.sums(brackets.inside)
            case [Token("\\frac"), above, below, *rest] if all(map(self.is_differential, (above, below))):
                of = above.inside[1:]
                of = of[2:] if of and of[0].text == "^" else of  # the order is told by the denominator
                operator, operands, value = "derivative", [*self.variables(below.inside)], 1
                operands, rest = [self.sum(of) if of else self.term(rest), *operands], rest if of else ()
            case [Token("\\nabla"), Token("_"), by, *body] if body:
                value, body = (2, body[2:]) if body[0].text == "^" else (1, body)  # 2: the Hessian
                of, rest = self.factor(body or [by])
                operator, operands = "derivative", [of, self.sum(by.inside)]
            case [Token(command), above, below, *rest] if command in COMMANDS:
                operator, operands = COMMANDS[command], [self.sum(above.inside), self.sum(below.inside)]
            case [Token("\\sqrt"), radicand, Token(opening="[") as order, *rest]:
                operator, operands = "root", [self.sum(radicand.inside), self.sum(order.inside)]
            case [Token("\\sqrt"), radicand, *rest]:
                operator, operands = "root", [self.sum(radicand.inside)]
            case [Token(opening="\\begin{cases}" | "\\begin{pmatrix}" | "\\begin{bmatrix}" as opening) as table, *rest]:
                operator = "cases" if "cases" in opening else "matrix"
                operands = [self.row(row) for _, row in self.parts(table.inside, ("\\\\",)) if row]
            case [Token(big), Token("_"), below, Token("^"), limit, *body] if big in BIG:
                operator, operands, value, rest = "over", self.over(below, [self.sum(limit.inside)], body), BIG[big], ()
            case [Token(big), Token("_"), below, *body] if big in BIG:
                operator, operands, value, rest = "over", self.over(below, [], body), BIG[big], ()
            case [Token(kind), Token("_"), below, Token(opening="[" | "(") as body, *rest] if kind in EXPECTATIONS:
                operator, operands, value = "over", self.mean(body, below.inside), EXPECTATIONS[kind]
            case [Token(kind), Token(opening="[" | "(") as body, *rest] if kind in EXPECTATIONS:
                operator, operands, value = "over", self.mean(body), EXPECTATIONS[kind]
            case [Token("\\underbrace"), body, Token("_"), label, *rest]:
                if not all(token.is_prose for token in label.inside):
                    raise self.error("only \\text{…} below an underbrace; a formula needs a row of its own", label)
                return self.sum(body.inside), rest
            case [Token("\\mathbb{R}"), Token("^"), shape, *rest]:  # of a member, \mathbb{R}^{m \times n}
                operator = "reals"
                operands = [self.product(size) for _, size in self.parts(shape.inside, ("\\times",))]
            case [Token("\\mathbb{R}"), *rest]:
                operator = "reals"
            case [Token(text) as token, *_] if text in HINTS:
                raise self.error(HINTS[text], token)
            case [Token(text) as token, *_] if re.match(r"\\?[A-Za-z]", text) and text not in COMMAS:
                near = ", ".join(" ".join(name) for name in self.names if text in name)
                raise self.error(f"{text} has no binding; bind it to a value{near and f' (bound are {near})'}", token)
            case _:
                raise self.error(f"expected an expression, found {tokens[0].text}", tokens[0])
        return self.node(tokens, rest, operator, *operands, value=value), rest

    def row(self, tokens: Tokens) -> Node:
        """Cells of a matrix, or a value and its condition."""
        cells, _ = split((t for t in tokens if not t.is_prose and t.text not in ",."), "&")
        return self.node(tokens, (), "row", *(self.relation(cell) for cell in cells if cell))

    def is_differential(self, group: Token) -> bool:
        """Whether \\partial or \\mathrm{d} comes first; \\mathrm{d}\\mathbf{W} may be bound."""
        return bool(group.inside) and group.inside[0].text in DIFFERENTIALS and not self.name(group.inside)

    def variables(self, tokens: Tokens) -> Iterator[Node]:
        """x, y and y of \\partial x \\partial y^2."""
        while tokens:
            if tokens[0].text not in DIFFERENTIALS or not tokens[1:]:
                raise self.error("expected \\partial x", tokens[0])
            variable, tokens = self.factor(tokens[1:])
            if variable.operator == "power" and str(variable.operands[1].value) in {"2", "3"}:
                yield from [variable.operands[0]] * int(variable.operands[1].value)
            else:
                yield variable

    def over(self, below: Token, limit: list[Node], body: Tokens) -> list[Node]:
        """The body of a big operator; its ranges k=1, k \\in S, k as the test declares; and conditions j \\ne k."""
        outer, parts = self.locals, []
        for _, piece in self.parts(below.inside, ","):
            letter, sign = piece[0].text if piece else "", [token.text for token in piece[1:2]]
            has_range = sign == ["\\in"] or (sign == ["="] and bool(limit))  # of its own, whatever the test declares
            free = piece[1:] if has_range else piece
            declared = [token for token in free if token.text in self.indices and token.text not in self.locals]
            parts += [self.node([token], (), "declared", value=((token.text,),)) for token in declared]
            self.locals = self.locals | {token.text for token in declared}
            if sign in (["="], ["\\in"]) and letter not in self.locals:
                if (letter,) in self.names:
                    raise self.error(f"{letter} has a value already; an index needs a letter of its own", piece[0])
                if sign == ["="] and not limit:
                    raise self.error("the upper limit is missing", below)
                ends, operator = ([], "member") if sign == ["\\in"] else (limit, "range")
                parts.append(self.node(piece, (), operator, self.sum(piece[2:]), *ends, value=((letter,),)))
                self.locals = self.locals | {letter}
            elif not declared or split(piece, RELATIONS)[1]:
                parts.append(self.relation(piece))
        if self.locals == outer:
            raise self.error("no index to run over; give it a range, or declare it by ranges={…}", below)
        parts.insert(0, self.term(body))
        self.locals = outer
        return parts

    def mean(self, body: Token, below: Tokens = ()) -> list[Node]:
        """What is averaged, over the outcomes of a distribution x \\sim p, or of the random variables within."""
        (_, outcome), *given = self.parts(below, ("\\sim",))
        names = tuple((s,) for token in outcome for s in symbols(token.inside or (token,)) if s != ",")
        random = dict.fromkeys((s,) for s in symbols(body.inside) if self.names.get((s,)) == RANDOM)
        over = [self.node([body], (), "outcome", value=(key,)) for key in random]
        if given:
            over = [self.node(below, (), "outcome", self.sum(given[0][1]), value=names)]
        if not over:
            raise self.error("an expectation needs x \\sim p, or a RandomVariable within its brackets", body)
        outer, self.locals = self.locals, self.locals | {letter for (letter,) in names if given}
        node = self.relation(body.inside)
        self.locals = outer
        return [node, *over]


def unstyled(text: str) -> str:
    """z of \\mathbf{z}: the letter of the entries."""
    return re.sub(r"\\(?:mathbf|boldsymbol)\{([^{}]*)\}", r"\1", text)
