"""Tokens to a syntax tree.

    display    = statement { "\\\\" | "\\quad" | "," statement }      "&" is layout
    statement  = relation [ "\\iff" relation ]
    relation   = [ sum ] { ("=" | "\\le" | "\\leftarrow" | …) sum }   no left side: that of the row before
    sum        = [ "-" ] term { ("+" | "-") term }
    term       = product { ("\\cdot" | "\\odot" | "\\oslash" | "/") product }
    product    = factor { factor }                                  juxtaposition binds tighter than \\odot
    factor     = atom { "_{…}" | "^{…}" | "!" }
    atom       = number | name | function factor | "(" sum ")" | \\frac | \\sum term | cases | …

A bracket with all inside is one token, so that a rule splits its tokens at those that separate. A name is the longest
bound sequence of tokens; whether ``f(x)`` is a call or a product is told by the kind of its binding.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from dlnotes.book.latex.errors import ParseError
from dlnotes.book.latex.tokens import ARGUMENTS, CLOSINGS, MAX_DEPTH, Token, split, symbols, tokenize

Key = tuple[str, ...]  # the canonical tokens of a name
Tokens = Sequence[Token]
VALUE, FUNCTION, COMPONENTS = "value", "function", "components"  # kinds of names; the last: known by its entries only

RELATIONS = {
    "=": "=", "\\approx": "≈", "\\leftarrow": "←", "\\propto": "∝", "\\in": "∈", "\\le": "≤", "\\ge": "≥", "<": "<",
    ">": ">", "\\ne": "≠",
}  # fmt: skip
IMPLICATIONS = {"\\iff": "⇔", "\\implies": "⇒"}
OPERATORS = {"\\cdot": "·", "\\times": "·", "\\odot": "⊙", "\\oslash": "⊘", "/": "/"}
BIG = {
    "\\sum": "sum", "\\prod": "prod", "\\max": "max", "\\min": "min", "\\operatorname{argmax}": "argmax",
    "\\operatorname{argmin}": "argmin",
}  # fmt: skip
EXPECTATIONS = {"\\mathbb{E}": "mean", "\\operatorname{E}": "mean", "\\operatorname{Var}": "variance"}
FORMS = {  # operators on what is inside brackets, or on the arguments of a command
    "\\lVert": "norm", "\\lvert": "abs", "\\lfloor": "floor", "\\lceil": "ceil", "\\langle": "inner", "\\{": "set",
    "\\frac": "frac", "\\binom": "binomial", "\\sqrt": "root",
}  # fmt: skip
SUPERSCRIPTS = {
    "\\top": ("transpose",), "- 1": ("inverse",), "- \\top": ("inverse", "transpose"), "\\dagger": ("pseudoinverse",),
}  # fmt: skip
PREFIX_FUNCTIONS = (
    "\\exp",
    "\\log",
    "\\sin",
    "\\cos",
    "\\tan",
    "\\sinh",
    "\\cosh",
    "\\tanh",
    "\\det",
    "\\operatorname",
)
DIFFERENTIALS = ("\\partial", "\\mathrm{d}")
SEPARATORS = (",", ";", ".")  # between statements
COMMAS = (",", ";", "\\mid", "\\|", ":")  # between arguments


@dataclass(frozen=True, eq=False)
class Node:
    """An operator on operands, and what no operand can say. Most operators are functions of their operands' values:

    number        value: the numeral
    name          value: its tokens
    index         base, indices; value: how many of these stand above: base^{[l]}_{j,k}
    call          function, arguments
    over          body, ranges, conditions; value: sum, prod, max, …
    range         first, last; value: the index. member: set. declared: nothing, its range is told by the test
    expectation   body, distribution if any; value: mean or variance, names of the outcome
    derivative    ∂of, ∂by …; value: how often by all of them, 2 for a Hessian
    cases         value, condition, value, condition, …
    relation      operands of a chain; value: the signs between them
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


def rows(tokens: Tokens) -> list[list[Token]]:
    """The rows of a display, without layout and prose."""
    flat: list[Token] = []
    for token in tokens:
        flat += (*token.inside, Token("\\\\", 0, 0)) if token.opening == "\\begin{aligned}" else (token,)
    flat = [replace(token, text="\\\\") if token.is_prose else token for token in flat if token.text != "&"]
    return split(flat, ("\\\\", "\\quad"))[0]


def parse(latex: str, names: Mapping[Key, str], indices: Iterable[str] = ()) -> tuple[Node, ...]:
    """The statements of a display equation. ``indices``: letters whose ranges the test declares."""
    parser = _Parser(latex, names, frozenset(indices))
    return (*parser.display(tokenize(latex)), *parser.claims)


def parse_expression(latex: str, names: Mapping[Key, str], indices: Iterable[str] = ()) -> Node:
    return _Parser(latex, names, frozenset(indices)).relation(tokenize(latex))


class _Parser:
    """Rules down to the product read all tokens they are given; those below read the first of ``self.rest``."""

    def __init__(self, latex: str, names: Mapping[Key, str], indices: frozenset[str]):
        self.latex, self.names, self.indices = latex, names, indices
        self.rest: Tokens = ()
        self.last = Token("", 0, 0)  # where something is missing if nothing is left
        self.depth = 0
        self.locals: list[Key] = []  # indices of the sums around
        self.claims: list[Node] = []  # underbraces: body = label
        self.by_first: dict[str, list[Key]] = {}
        for name in sorted(names, key=len, reverse=True):
            self.by_first.setdefault(unstyled(name[0]), []).append(name)

    def error(self, message: str, token: Token) -> ParseError:
        return ParseError(message, self.latex, token.start, token.end)

    def node(self, tokens: Tokens, operator: str, *operands: Node, value: Any = None) -> Node:
        """A node that spans the tokens."""
        start, end = min(token.start for token in tokens), max(token.end for token in tokens)
        return Node(operator, operands, value, (self.latex, start, end))

    def parts(self, tokens: Tokens, separators: Container[str]) -> Iterator[tuple[str, Tokens]]:
        """The pieces between separators, each with the separator before it."""
        pieces, found = split(tokens, separators)
        yield "", pieces[0]
        for self.last, piece in zip(found, pieces[1:], strict=True):
            yield self.last.text, piece

    def sums(self, tokens: Tokens) -> list[Node]:
        return [self.sum(piece) for _, piece in self.parts(tokens, ",")]

    # statements

    def display(self, tokens: Tokens) -> Iterator[Node]:
        for row in rows(tokens):
            pieces = [piece for piece in split(row, SEPARATORS)[0] if piece]
            if any(piece[0].text == "\\dots" for piece in pieces) and [t.text for t in pieces[0][1:2]] == ["="]:
                bounds = self.sum(pieces[0][2:]), self.sum(pieces[-1])  # a remark: k = 1, \dots, K
                yield self.node(row, "range", *bounds, value=(row[0].text,))
            else:
                yield from map(self.statement, pieces)

    def statement(self, tokens: Tokens) -> Node:
        (_, left), *right = self.parts(tokens, IMPLICATIONS)
        node = self.relation(left)
        for sign, side in right:
            node = self.node(tokens, "implication", node, self.relation(side), value=IMPLICATIONS[sign])
        if node.operator not in {"relation", "implication"}:
            raise self.error("expected a relation such as = in this row", tokens[-1])
        return node

    def relation(self, tokens: Tokens) -> Node:
        """A chain of relations; a plain expression where there is none."""
        nodes, signs = [], []
        for sign, side in self.parts(tokens, RELATIONS):
            signs.append(RELATIONS.get(sign))
            if sign == "\\in" and len(side) == 1 and side[0].opening in {"(", "["}:
                ends = side[0].text[0] + side[0].text[-1]
                nodes.append(self.node(side, "interval", *self.sums(side[0].inside), value=ends))
            else:
                nodes.append(self.sum(side) if sign or side else self.node(tokens[:1] or [self.last], "row before"))
        return self.node(tokens, "relation", *nodes, value=tuple(signs[1:])) if signs[1:] else nodes[0]

    # expressions

    def sum(self, tokens: Tokens) -> Node:
        terms = []
        for sign, piece in self.parts(tokens, ("+", "-")):
            if sign or piece or not tokens:
                before, term = self.last, self.term(piece)
                terms.append(self.node([before, *piece], "neg", term) if sign == "-" else term)
        return terms[0] if len(terms) == 1 else self.node(tokens, "+", *terms)

    def term(self, tokens: Tokens) -> Node:
        """Products between operators; what follows a big operator is its body."""
        big = next((i + 1 for i in range(len(tokens)) if self.has_range(tokens[i:])), len(tokens))
        pieces, operators = split(tokens[:big], OPERATORS)
        pieces[-1] += tokens[big:]
        node, end = self.product(pieces[0]), len(pieces[0])
        for self.last, piece in zip(operators, pieces[1:], strict=True):
            operator, end = OPERATORS[self.last.text], end + 1 + len(piece)
            right = self.product(piece)
            node = self.node(tokens[:end], operator, node, right)
        return node

    def has_range(self, tokens: Tokens) -> bool:
        """Whether an operator follows whose operand is the term from there on."""
        texts = [token.text for token in tokens[:4]]
        is_divergence = texts[0] == "\\nabla" and texts[3:] == ["\\cdot"]
        return is_divergence or texts[0] == "\\arg" or (texts[0] in BIG and texts[1:2] == ["_"])

    def product(self, tokens: Tokens) -> Node:
        outer, self.rest, factors = self.rest, tokens, []
        while self.rest or not factors:
            factors.append(self.factor())
        self.rest = outer
        return factors[0] if len(factors) == 1 else self.node(tokens, "product", *factors)

    # factors: what self.rest starts with

    def take(self) -> Token:
        if not self.rest:
            raise self.error("expected an expression in or after this", self.last)
        self.last, self.rest = self.rest[0], self.rest[1:]
        return self.last

    def follows(self, *texts: str) -> bool:
        return bool(self.rest) and (self.rest[0].opening or self.rest[0].text) in texts

    def script(self, sign: str) -> Tokens | None:
        """What stands in a subscript or superscript, if there is one."""
        return self.take().inside if self.follows(sign) and self.take() else None

    def since(self, tokens: Tokens) -> Tokens:
        """Of tokens whose rest is left, those that were read."""
        return tokens[: len(tokens) - len(self.rest)]

    def factor(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} deep", self.last)
        tokens, key = self.rest, self.name(self.rest)
        self.rest = self.rest[len(key) :]
        node = self.node(self.since(tokens), "name", value=key) if key else self.atom()
        if self.names.get(key) == FUNCTION:
            while self.follows("'") and self.take():
                node = self.node(self.since(tokens), "prime", node)
            node = self.scripts(node, tokens, key)
        node = self.scripts(node, tokens)
        if self.follows("!") and self.take():
            node = self.node(self.since(tokens), "!", node)
        if self.follows("_", "^", "'", "!"):
            raise self.error("one subscript and one superscript a symbol; put braces around it", self.rest[0])
        self.depth -= 1
        return node

    def name(self, tokens: Tokens) -> Key:
        """The longest bound name at the start; for z_k with only \\mathbf{z} bound, that. Empty if there is none."""
        if not tokens or (tokens[0].text,) in self.locals or self.has_range(tokens):
            return tuple(token.text for token in tokens[:1] if (token.text,) in self.locals)
        namesakes = self.by_first.get(unstyled(tokens[0].text), ())
        for key in namesakes:
            here = tokens[: len(key)]
            if tuple(t.text for t in here) == key and not any((s,) in self.locals for s in symbols(here[1:])):
                return key
        has_index = len(tokens) > 1 and tokens[1].text == "_"
        return next((k for k in namesakes if len(k) == 1 and (has_index or self.names[k] == COMPONENTS)), ())

    def scripts(self, node: Node, tokens: Tokens, function: Key = ()) -> Node:
        """Subscripts and bracketed superscripts are indices. All else above is an operator, on a call of a function."""
        below, superscript = self.script("_"), self.script("^")
        above, operators = self.superscript(superscript) if superscript is not None else ([], [])
        if above or below is not None:
            indices = *above, *(() if below is None else self.subscript(below))
            node = self.node(self.since(tokens), "index", node, *indices, value=len(above))
        if function and self.follows("(", "[", "\\{"):
            arguments = [self.relation(argument) for _, argument in self.parts(self.take().inside, COMMAS)]
            node = self.node(self.since(tokens), "call", node, *arguments)
        elif function and self.rest and function[0].startswith(PREFIX_FUNCTIONS):
            argument = self.factor()
            node = self.node(self.since(tokens), "call", node, argument)
        for operator, *operands in operators:
            node = self.node(self.since(tokens), operator, node, *operands)
        return node

    def subscript(self, tokens: Tokens) -> list[Node]:
        """Indices between commas. A product or numeral that stands alone may mean several: _{jk}, _{23}."""
        indices = self.sums(tokens)
        if len(tokens) == 1 and tokens[0].text.isdigit():
            digits = (self.node(tokens, "number", value=Decimal(digit)) for digit in tokens[0].text)
            return [replace(indices[0], operands=tuple(digits))]
        return indices

    def superscript(self, tokens: Tokens) -> tuple[list[Node], list[tuple]]:
        """^{[l]}, ^{(i)}, ^{[l]\\top}: indices in brackets; and operators, each with its further operands."""
        brackets = [token for token in tokens if token.opening in {"(", "["}]
        text = " ".join(token.text for token in tokens[len(brackets) :])
        if brackets and text in {"", "\\top"}:
            indices = [index for token in brackets for index in self.sums(token.inside)]
            return indices, [("transpose",)] if text else []
        if not brackets and text in SUPERSCRIPTS:
            return [], [(operator,) for operator in SUPERSCRIPTS[text]]
        if text == "T" and ("T",) not in self.names:
            raise self.error("write \\top for the transpose", tokens[0])
        is_elementwise = tokens and tokens[0].text == "\\odot"
        return [], [("elementwise power", self.sum(tokens[1:])) if is_elementwise else ("power", self.sum(tokens))]

    def atom(self) -> Node:
        tokens, token = self.rest, self.take()
        text = token.opening or token.text
        if text in {"(", "[", "{"}:
            if not token.text.endswith(CLOSINGS[text][0]):
                raise self.error(f"expected {CLOSINGS[text][0]}", token)
            node = self.relation(token.inside)
            return self.node([token], "indicator", node) if text == "[" and node.operator == "relation" else node
        if text[:1].isdigit():
            return self.node([token], "number", value=Decimal(text))
        if text == "\\frac" and all(t.inside and t.inside[0].text in DIFFERENTIALS for t in self.rest[:2]):
            if not self.name(self.rest[0].inside):  # \mathrm{d}\mathbf{W} may be bound
                return self.derivative(tokens)
        if text in FORMS:
            return self.form(tokens, token)
        if text.startswith("\\begin{") and token.inside:
            return self.table(token)
        readers = {
            **dict.fromkeys((*BIG, "\\arg"), self.big), **dict.fromkeys(EXPECTATIONS, self.expectation),
            "\\nabla": self.gradient, "\\underbrace": self.underbrace, "\\mathbb{R}": self.reals,
        }  # fmt: skip
        if text in readers:
            return readers[text](tokens)
        if text == "\\dots":
            raise self.error("dots cannot be evaluated; write \\sum, \\prod or a range", token)
        if text in {"|", "\\|"}:
            raise self.error("write \\lvert…\\rvert or \\lVert…\\rVert for bars, \\mid for a condition", token)
        if re.match(r"[A-Za-z]|\\[A-Za-z]", text) and text not in COMMAS:
            near = ", ".join(" ".join(name) for name in self.names if text in name)
            raise self.error(f"{text} has no binding; bind it to a value{near and f' (bound are {near})'}", token)
        raise self.error(f"expected an expression, found {text}", token)

    def form(self, tokens: Tokens, token: Token) -> Node:
        """An operator that has brackets or a command of its own."""
        operator = FORMS[token.opening or token.text]
        if operator == "set" and any(t.text == "\\dots" for t in token.inside):
            ends, _ = split(token.inside, ",")
            return self.node([token], "span", self.sum(ends[0]), self.sum(ends[-1]))
        if token.opening:
            operands = self.sums(token.inside)
        else:
            count = ARGUMENTS[token.text] + (operator == "root" and [t.opening for t in self.rest[1:2]] == ["["])
            operands = [self.sum(self.take().inside) for _ in range(count)]
        if operator == "norm" and (order := self.script("_")) and order[0].text != "F":  # Frobenius: no order
            operands.append(self.sum(order))
        return self.node(self.since(tokens), operator, *operands)

    def table(self, token: Token) -> Node:
        """cases or a matrix: rows of cells."""
        rows = []
        for _, row in self.parts(token.inside, ("\\\\",)):
            cells, _ = split((t for t in row if not t.is_prose and t.text not in {",", "."}), "&")
            if any(cells):
                rows.append(self.node(row, "row", *(self.relation(cell) for cell in cells if cell)))
        return self.node([token], "cases" if "cases" in token.opening else "matrix", *rows)

    def derivative(self, tokens: Tokens) -> Node:
        above, below = self.take().inside[1:], self.take().inside
        above = above[2:] if above and above[0].text == "^" else above  # the order is told by the denominator
        rest, self.rest, by = self.rest, below, []
        while self.follows(*DIFFERENTIALS) and self.take():
            variable, order = self.factor(), 1
            if variable.operator == "power" and variable.operands[1].operator == "number":
                variable, order = variable.operands[0], variable.operands[1].value
            if (self.rest and not self.follows(*DIFFERENTIALS)) or order not in (1, 2, 3):
                raise self.error("expected \\partial x, \\partial x^2 or \\partial x^3", self.last)
            by += [variable] * int(order)
        self.rest = rest if above else ()
        of = self.sum(above) if above else self.term(rest)
        return self.node(self.since(tokens), "derivative", of, *by, value=1)

    def gradient(self, tokens: Tokens) -> Node:
        """\\nabla_x f, \\nabla_x^2 f (the Hessian), \\nabla_x \\cdot f (the divergence)."""
        variable = self.script("_")
        if variable is None:
            raise self.error("say with respect to what: \\nabla_{\\mathbf{x}}", tokens[0])
        by, times = self.sum(variable), 1 if self.script("^") is None else 2
        is_divergence = self.follows("\\cdot") and self.take()
        body = self.factor()
        gradient = self.node(self.since(tokens), "derivative", body, by, value=times)
        return self.node(self.since(tokens), "trace", gradient) if is_divergence else gradient

    def big(self, tokens: Tokens) -> Node:
        kind = (
            BIG["\\operatorname{arg" + self.take().text[1:] + "}"] if tokens[0].text == "\\arg" else BIG[tokens[0].text]
        )
        below = self.script("_")
        if below is None:
            raise self.error("write the range below the operator; arguments of \\max in parentheses", tokens[0])
        outer = len(self.locals)
        parts = self.below(below)
        inner, self.locals[outer:] = self.locals[outer:], []
        limit = self.script("^")
        last = [] if limit is None else [self.sum(limit)]
        parts = [replace(p, operands=(*p.operands, *last)) if p.operator == "range" else p for p in parts]
        if any(p.operator == "range" and len(p.operands) < 2 for p in parts):
            raise self.error("the upper limit is missing", tokens[0])
        self.locals += inner
        body = self.term(self.rest)
        self.rest = ()
        del self.locals[outer:]
        return self.node(tokens, "over", body, *parts, value=kind)

    def below(self, tokens: Tokens) -> list[Node]:
        """What stands below a big operator: k=1, k \\in S, j \\ne k, or indices whose ranges are declared."""
        parts = []
        for _, piece in self.parts(tokens, ","):
            texts = [token.text for token in piece]
            for token in piece:
                if token.text in self.indices and (token.text,) not in self.locals:
                    parts.append(self.node([token], "declared", value=(token.text,)))
                    self.locals.append((token.text,))
            letter = tuple(texts[:1])
            if texts[1:2] in (["="], ["\\in"]) and letter not in self.locals:
                if letter in self.names:
                    raise self.error(f"{letter[0]} has a value already; an index needs a letter of its own", piece[0])
                operator = "range" if texts[1] == "=" else "member"
                parts.append(self.node(piece, operator, self.sum(piece[2:]), value=letter))
                self.locals.append(letter)
            elif RELATIONS.keys() & set(texts) or not set(texts) & self.indices:
                parts.append(self.relation(piece))
        if all(part.operator == "relation" for part in parts):
            raise self.error("no index to run over; give it a range, or declare it by ranges={…}", self.last)
        return parts

    def expectation(self, tokens: Tokens) -> Node:
        """\\mathbb{E}_{x \\sim p}[…], or \\mathbb{E}[…] over the random variables within."""
        outer, names, distribution = len(self.locals), (), ()
        if (below := self.script("_")) is not None:
            (_, outcome), *given = self.parts(below, ("\\sim",))
            names = tuple((s,) for t in outcome for s in symbols(t.inside or (t,)) if s != ",")
            distribution = [self.sum(piece) for _, piece in given]
        if not self.follows("[", "("):
            raise self.error("put what is averaged in [brackets]", tokens[0])
        self.locals += names if distribution else ()
        body = self.relation(self.take().inside)
        del self.locals[outer:]
        value = EXPECTATIONS[tokens[0].text], names
        return self.node(self.since(tokens), "expectation", body, *distribution, value=value)

    def underbrace(self, tokens: Tokens) -> Node:
        """The body; a label that is a formula is a claim that the body equals it."""
        body = self.sum(self.take().inside)
        label = [token for token in self.script("_") or () if not token.is_prose]
        if label and self.locals:
            raise self.error("an underbrace with a formula below it cannot stand within a sum", tokens[0])
        if label:
            label = self.sum(label[label[0].text == "=" :])
            self.claims.append(self.node(self.since(tokens), "relation", body, label, value=("=",)))
        return body

    def reals(self, tokens: Tokens) -> Node:
        """\\mathbb{R}, \\mathbb{R}^n, \\mathbb{R}^{m \\times n}: the shape of a member."""
        shape = self.script("^")
        sizes = [] if shape is None else [self.product(size) for _, size in self.parts(shape, ("\\times",))]
        return self.node(self.since(tokens), "reals", *sizes)


def unstyled(text: str) -> str:
    """z of \\mathbf{z}: the letter of the entries."""
    return re.sub(r"\\(?:mathbf|boldsymbol)\{([^{}]*)\}", r"\1", text)
