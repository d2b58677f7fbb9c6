"""Tokens to a syntax tree, by recursive descent.

    display    = statement { "\\\\" | "\\quad" | "," statement }      "&" is layout
    statement  = relation [ "\\iff" relation ]
    relation   = [ sum ] { ("=" | "\\le" | "\\leftarrow" | …) sum }   no left side: that of the row before
    sum        = [ "-" ] term { ("+" | "-") term }
    term       = product { ("\\cdot" | "\\odot" | "\\oslash" | "/") product }
    product    = factor { factor }                                  juxtaposition binds tighter than \\odot
    factor     = atom { "_{…}" | "^{…}" | "!" }
    atom       = number | name | function factor | "(" sum ")" | \\frac | \\sum term | cases | …

A name is the longest bound sequence of tokens, so that ``p_{\\text{data}}`` and ``\\Delta t`` are names where they are
bound. Whether ``f(x)`` is a call or a product is told by the kind of the name's binding. The body of ``\\sum`` is one
term.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dlnotes.book.latex.errors import ParseError
from dlnotes.book.latex.tokens import MAX_DEPTH, tokenize

VALUE, FUNCTION, COMPONENTS = "value", "function", "components"
Names = Mapping[tuple[str, ...], str]  # canonical tokens of a name -> its kind; COMPONENTS: known by its entries only

RELATIONS = {
    "=": "=", ":=": "=", "\\equiv": "=", "\\approx": "≈", "\\leftarrow": "←", "\\propto": "∝", "\\in": "∈",
    "\\le": "≤", "\\leq": "≤", "\\ge": "≥", "\\geq": "≥", "<": "<", ">": ">", "\\ne": "≠", "\\neq": "≠",
}  # fmt: skip
IMPLICATIONS = {"\\iff": "⇔", "\\Leftrightarrow": "⇔", "\\implies": "⇒", "\\Rightarrow": "⇒"}
OPERATORS = {"\\cdot": "·", "\\times": "·", "\\odot": "⊙", "\\oslash": "⊘", "/": "/"}
BIG = {
    "\\sum": "sum", "\\prod": "prod", "\\max": "max", "\\min": "min", "\\operatorname{argmax}": "argmax",
    "\\operatorname{argmin}": "argmin", "\\operatorname{mean}": "mean",
}  # fmt: skip
EXPECTATIONS = {"\\mathbb{E}": "mean", "\\operatorname{E}": "mean", "\\operatorname{Var}": "variance"}
BRACKETS = {
    "(": ")", "[": "]", "\\{": "\\}", "{": "}", "\\lVert": "\\rVert", "\\lvert": "\\rvert", "\\lfloor": "\\rfloor",
    "\\lceil": "\\rceil", "\\langle": "\\rangle",
}  # fmt: skip
DIFFERENTIALS = {"\\partial", "\\mathrm{d}"}
DOTS = {"\\dots", "\\ldots", "\\cdots"}
SEPARATORS = {"\\\\", "\\quad", "\\qquad", ",", ";", "."}
FRACTIONS = {"\\frac", "\\dfrac", "\\tfrac"}
PREFIX_FUNCTIONS = {"\\exp", "\\log", "\\ln", "\\sin", "\\cos", "\\tan", "\\tanh", "\\sinh", "\\cosh", "\\det"}
STOPS = {
    *RELATIONS, *IMPLICATIONS, *OPERATORS, *SEPARATORS, *BRACKETS.values(), *DOTS, "+", "-", "&", "\\mid", "\\|", "|",
    "\\sim", ":", "!", "'",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Node:
    start: int = field(repr=False)
    end: int = field(repr=False)


@dataclass(frozen=True, eq=False)
class Number(Node):
    value: int | float
    decimals: int  # digits after the point: \approx 0.69 means half a unit of the last one


@dataclass(frozen=True, eq=False)
class Name(Node):
    key: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Index(Node):
    """base^{[l]}_{j,k}. ``glued`` reads _{jk} as two indices, for a base that wants two."""

    base: Node
    family: tuple[Node, ...]
    component: tuple[Node, ...]
    glued: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Call(Node):
    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Apply(Node):
    """An operator of the evaluator's table on its operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Range(Node):
    """An index and what it runs over: first to last, a set, or (neither) the range that the test declares."""

    name: tuple[str, ...]
    first: Node | None = None
    last: Node | None = None
    members: Node | None = None


@dataclass(frozen=True, eq=False)
class Over(Node):
    """sum, prod, max, … of a body over ranges, where the conditions hold."""

    operator: str
    ranges: tuple[Range, ...]
    conditions: tuple[Node, ...]
    body: Node


@dataclass(frozen=True, eq=False)
class Expectation(Node):
    operator: str
    names: tuple[tuple[str, ...], ...]
    distribution: Node | None
    body: Node


@dataclass(frozen=True, eq=False)
class Derivative(Node):
    """∂of/∂by₁∂by₂…; of a scalar by a tensor in the tensor's shape, of a vector by a vector the Jacobian."""

    of: Node
    by: tuple[Node, ...]
    hessian: bool = False


@dataclass(frozen=True, eq=False)
class Cases(Node):
    branches: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True, eq=False)
class Relation(Node):
    operands: tuple[Node | None, ...]  # the first is None in a row that goes on from the row before
    operators: tuple[str, ...]


def parse(latex: str, names: Names, indices: Iterable[str] = ()) -> tuple[Node, ...]:
    """The statements of a display equation. ``indices``: letters whose ranges the test declares."""
    return _Parser(latex, names, frozenset(indices)).display()


def parse_expression(latex: str, names: Names, indices: Iterable[str] = ()) -> Node:
    parser = _Parser(latex, names, frozenset(indices))
    node = parser.relation()
    parser.expect_end()
    return node


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it."""
    yield node
    for below in children(node):
        yield from walk(below)


def children(node: Node) -> Iterator[Node]:
    for name in node.__dataclass_fields__:
        yield from _nodes_in(getattr(node, name))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


class _Parser:
    def __init__(self, latex: str, names: Names, indices: frozenset[str]):
        self.latex, self.names, self.indices = latex, names, indices
        self.tokens = tokenize(latex)
        self.position = 0
        self.depth = 0
        self.locals: list[tuple[str, ...]] = []  # indices of the sums around
        self.claims: list[Relation] = []  # underbraces: body = label
        self.by_first: dict[str, list[tuple[str, ...]]] = {}
        for name in sorted(names, key=len, reverse=True):
            self.by_first.setdefault(name[0], []).append(name)

    # tokens

    def peek(self, ahead: int = 0) -> str:
        position = self.position + ahead
        return self.tokens[position].text if position < len(self.tokens) else ""

    def accept(self, *texts: str) -> str:
        """Steps over the next token and returns it if it is one of these; else the empty string."""
        text = self.peek()
        if text and text in texts:
            self.position += 1
            return text
        return ""

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.error(f"expected {text}")

    def expect_end(self) -> None:
        if self.peek():
            raise self.error("cannot go on here")

    def error(self, message: str) -> ParseError:
        if self.position < len(self.tokens):
            token = self.tokens[self.position]
            return ParseError(f"{message}, found {token.text}", self.latex, token.start, token.end)
        return ParseError(f"{message}, but the formula ends", self.latex, len(self.latex))

    def span(self, first: int) -> tuple[int, int]:
        """Where the tokens from ``first`` to here stand in the source."""
        consumed = self.tokens[first : self.position]
        return min(token.start for token in consumed), max(token.end for token in consumed)

    # statements

    def display(self) -> tuple[Node, ...]:
        environment = self.peek() if self.peek().startswith("\\begin{") and "aligned" in self.peek() else ""
        if environment:
            self.position += 1
        statements = []
        while True:
            while self.accept(*SEPARATORS, "&") or self.prose():
                pass
            if environment and self.accept(environment.replace("begin", "end")):
                environment = ""
            elif not self.peek():
                break
            else:
                statements.append(self.statement())
                if self.peek() and self.peek() not in SEPARATORS and not self.peek().startswith(("\\end{", "\\text")):
                    raise self.error("cannot go on here")
        if environment:
            raise self.error(f"{environment} is not closed")
        return (*statements, *self.claims)

    def prose(self) -> bool:
        if self.position < len(self.tokens) and self.tokens[self.position].is_prose:
            self.position += 1
            return True
        return False

    def statement(self) -> Node:
        first = self.position
        if note := self.range_note():
            return note
        left = self.relation()
        if operator := self.accept(*IMPLICATIONS):
            right = self.relation()
            return Apply(*self.span(first), IMPLICATIONS[operator], (left, right))
        if not isinstance(left, Relation):
            raise self.error("expected a relation such as = in this row")
        return left

    def range_note(self) -> Range | None:
        """A remark such as "k = 1, \\dots, K": the indices for which the row holds."""
        first, name = self.position, (self.peek(),)
        if self.peek(1) != "=":
            return None
        row = first
        while row < len(self.tokens) and self.tokens[row].text not in {"\\\\", "\\quad", "\\qquad"}:
            row += 1
        if not any(self.tokens[i].text == "," and self.tokens[i + 1].text in DOTS for i in range(first, row - 1)):
            return None
        self.position += 2
        start = end = self.sum()
        while self.accept(","):
            if not self.accept(*DOTS):
                end = self.sum()
        return Range(*self.span(first), name, start, end)

    def relation(self) -> Node:
        """A chain of relations; a plain expression where there is none."""
        first = self.position
        self.accept("&")
        operands: list[Node | None] = [None if self.peek() in RELATIONS else self.sum()]
        operators = []
        self.accept("&")
        while operator := self.accept(*RELATIONS):
            self.accept("&")
            operators.append(RELATIONS[operator])
            operands.append(self.interval() if operators[-1] == "∈" and self.peek() in {"(", "["} else self.sum())
            self.accept("&")
        return Relation(*self.span(first), tuple(operands), tuple(operators)) if operators else operands[0]

    def interval(self) -> Node:
        first, opening = self.position, self.accept("(", "[")
        low = self.sum()
        self.expect(",")
        high = self.sum()
        closing = self.accept(")", "]")
        if not closing:
            raise self.error("expected ) or ]")
        return Apply(*self.span(first), f"interval{opening}{closing}", (low, high))

    # expressions

    def sum(self) -> Node:
        first = self.position
        terms = []
        while not terms or self.peek() in {"+", "-"}:
            sign = self.position
            negative = self.accept("+", "-") == "-"
            term = self.term()
            terms.append(Apply(*self.span(sign), "neg", (term,)) if negative else term)
        return terms[0] if len(terms) == 1 else Apply(*self.span(first), "+", tuple(terms))

    def term(self) -> Node:
        first = self.position
        node = self.product()
        while operator := self.accept(*OPERATORS):
            operands = (node, self.product())
            node = Apply(*self.span(first), OPERATORS[operator], operands)
        return node

    def product(self) -> Node:
        first = self.position
        factors = [self.factor()]
        while self.starts_factor():
            factors.append(self.factor())
        return factors[0] if len(factors) == 1 else Apply(*self.span(first), "product", tuple(factors))

    def starts_factor(self) -> bool:
        text = self.peek()
        if not text or text in STOPS or text.startswith("\\end{"):
            return False
        return not self.tokens[self.position].is_prose

    def factor(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} deep")
        first = self.position
        has_range = self.peek() in BIG and self.peek(1) == "_"
        name = None if has_range else self.name()
        if name and self.names.get(name.key) == FUNCTION:
            node = self.function(name, first)
        else:
            node = self.scripts(name or self.atom(), first)
        self.depth -= 1
        return node

    def scripts(self, node: Node, first: int) -> Node:
        """Subscripts and bracketed superscripts are indices; all other superscripts are operators and powers."""
        node, superscript = self.indices_of(node, first)
        if superscript:
            node = self.superscript(node, first)
            self.expect("}")
        if self.accept("!"):
            node = Apply(*self.span(first), "!", (node,))
        if self.peek() in {"_", "^", "'", "!"}:
            raise self.error("one subscript and one superscript a symbol; put braces around it")
        return node

    def indices_of(self, node: Node, first: int) -> tuple[Node, bool]:
        """The indexed node, and whether a superscript that is no index stands open after it."""
        component, glued = self.subscript() if self.accept("_") else ((), ())
        span = self.span(first)
        family: list[Node] = []
        opened = bool(self.accept("^"))
        if opened:
            self.expect("{")
            while self.bracketed_index_follows():
                closing = BRACKETS[self.accept("(", "[")]
                family.append(self.sum())
                self.expect(closing)
            if self.accept("}"):
                opened = False
                span = self.span(first)
        if component or family:
            node = Index(*span, node, tuple(family), component, glued)
        return node, opened

    def bracketed_index_follows(self) -> bool:
        """^{[l]}, ^{(i)}, ^{[l]\\top}: the bracket is an index; in ^{(a+b)/2} it is not."""
        if self.peek() not in {"(", "["}:
            return False
        level = 0
        for token in self.tokens[self.position :]:
            if level == 0 and token.text not in {"(", "["}:
                return token.text in {"}", "\\top"}
            level += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        return False

    def subscript(self) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """Indices separated by commas; and, for _{jk}, its symbols one by one."""
        self.expect("{")
        first = self.position
        parts = [self.sum()]
        while self.accept(","):
            parts.append(self.sum())
        last = self.position
        self.expect("}")
        glued: tuple[Node, ...] = ()
        if len(parts) == 1 and isinstance(parts[0], Apply) and parts[0].operator == "product":
            glued = parts[0].operands
        elif isinstance(parts[0], Number) and last - first == 1:
            start, digits = self.tokens[first].start, self.tokens[first].text
            glued = tuple(Number(start + i, start + i + 1, int(d), 0) for i, d in enumerate(digits) if d != ".")
        return tuple(parts), glued

    def superscript(self, node: Node, first: int) -> Node:
        negative = self.peek() == "-" and self.peek(1) in {"1", "\\top"}
        if self.accept("\\top"):
            return Apply(*self.span(first), "transpose", (node,))
        if negative and self.peek(1) == "\\top":
            self.position += 2
            inverse = Apply(*self.span(first), "inverse", (node,))
            return Apply(*self.span(first), "transpose", (inverse,))
        if negative and self.peek(2) == "}":
            self.position += 2
            return Apply(*self.span(first), "inverse", (node,))
        if self.accept("\\dagger"):
            return Apply(*self.span(first), "pseudoinverse", (node,))
        if self.peek() == "T" and ("T",) not in self.names:
            raise self.error("write \\top for the transpose")
        operator = "elementwise power" if self.accept("\\odot") else "power"
        exponent = self.sum()
        return Apply(*self.span(first), operator, (node, exponent))

    # names

    def name(self) -> Name | None:
        """The longest bound name here; for z_k with only \\mathbf{z} bound, that."""
        first = self.position
        if (self.peek(),) in self.locals:
            self.position += 1
            return Name(*self.span(first), (self.tokens[first].text,))
        for key in self.by_first.get(self.peek(), ()):
            here = tuple(token.text for token in self.tokens[first : first + len(key)])
            if here == key and not any((text,) in self.locals for text in key[1:]):
                self.position += len(key)
                return Name(*self.span(first), key)
        for key in namesakes(self.peek()) if self.peek() else ():
            bold_component = key in self.names and self.peek(1) == "_"
            if bold_component or (self.names.get(key) == COMPONENTS and self.peek(1) != "_"):
                self.position += 1
                return Name(*self.span(first), key)
        return None

    def function(self, node: Node, first: int) -> Node:
        """A function with its indices and, where they follow, its primes, its power and its arguments."""
        while self.accept("'"):
            node = Apply(*self.span(first), "prime", (node,))
        key = node.key if isinstance(node, Name) else ()
        node, opened = self.indices_of(node, first)
        exponent = None
        if opened:
            exponent = self.sum()
            self.expect("}")
        if self.peek() in {"(", "[", "\\{"}:
            arguments = self.arguments()
            node = Call(*self.span(first), node, arguments)
        elif key and (key[0] in PREFIX_FUNCTIONS or key[0].startswith("\\operatorname")) and self.starts_factor():
            argument = self.factor()
            node = Call(*self.span(first), node, (argument,))
        if exponent is not None:
            return Apply(*self.span(first), "power", (node, exponent))
        return self.scripts(node, first) if isinstance(node, Call) else node

    def arguments(self) -> tuple[Node, ...]:
        closing = BRACKETS[self.accept("(", "[", "\\{")]
        arguments = [self.relation()]
        while self.accept(",", ";", "\\mid", "\\Vert", "\\|", ":"):
            arguments.append(self.relation())
        self.expect(closing)
        return tuple(arguments)

    # atoms

    def atom(self) -> Node:
        first, text = self.position, self.peek()
        if text[:1].isdigit():
            self.position += 1
            decimals = len(text.partition(".")[2])
            return Number(*self.span(first), float(text) if decimals else int(text), decimals)
        if text in {"(", "[", "{", "\\{", "\\lVert", "\\lvert", "\\lfloor", "\\lceil", "\\langle"}:
            return self.bracket()
        if text in FRACTIONS:
            return self.fraction()
        if text in BIG or text == "\\arg":
            return self.big()
        if text in EXPECTATIONS:
            return self.expectation()
        readers = {
            "\\sqrt": self.root, "\\binom": self.binomial, "\\nabla": self.gradient, "\\begin{cases}": self.cases,
            "\\begin{pmatrix}": self.matrix, "\\begin{bmatrix}": self.matrix, "\\underbrace": self.underbrace,
            "\\mathbb{R}": self.reals,
        }  # fmt: skip
        if text in readers:
            return readers[text]()
        if text in DOTS:
            raise self.error("dots cannot be evaluated; write \\sum, \\prod or a range")
        if text in {"|", "\\|"}:
            raise self.error("write \\lvert…\\rvert or \\lVert…\\rVert for bars, \\mid for a condition")
        if text[:1].isalpha() or (text[:1] == "\\" and text not in STOPS):
            raise self.error(f"{text} has no binding; {self.suggestion(text)}")
        raise self.error("expected an expression")

    def suggestion(self, text: str) -> str:
        near = [" ".join(name) for name in self.names if text in name]
        return "bind it to a value" + (f" (bound are {', '.join(near)})" if near else "")

    def group(self) -> Node:
        self.expect("{")
        node = self.sum()
        self.expect("}")
        return node

    def bracket(self) -> Node:
        first, opening = self.position, self.peek()
        self.position += 1
        if opening == "\\{":
            return self.set_of(first)
        inner = self.relation()
        if opening == "\\langle":
            self.expect(",")
            inner = (inner, self.relation())
        self.expect(BRACKETS[opening])
        span = self.span(first)
        if opening == "\\langle":
            return Apply(*span, "inner", inner)
        if opening == "[" and isinstance(inner, Relation):
            return Apply(*span, "indicator", (inner,))
        if opening == "\\lVert":
            order = self.group() if self.peek() == "_" and self.accept("_") and self.peek(1) != "F" else None
            if order is None and self.peek(1) == "F":
                self.position += 3
            return Apply(*self.span(first), "norm", (inner,) if order is None else (inner, order))
        operator = {"\\lvert": "abs", "\\lfloor": "floor", "\\lceil": "ceil"}.get(opening)
        return Apply(*span, operator, (inner,)) if operator else inner

    def set_of(self, first: int) -> Node:
        members, dots = [self.sum()], False
        while self.accept(","):
            if self.accept(*DOTS):
                dots = True
            else:
                members.append(self.sum())
        self.expect("\\}")
        return Apply(
            *self.span(first), "range" if dots else "set", (members[0], members[-1]) if dots else tuple(members)
        )

    def fraction(self) -> Node:
        first = self.position
        self.position += 1
        if self.peek(1) in DIFFERENTIALS and not self.bound_at(1) and self.denominator_is_differential():
            return self.derivative(first)
        operands = (self.group(), self.group())
        return Apply(*self.span(first), "frac", operands)

    def bound_at(self, ahead: int) -> bool:
        """Whether a bound name starts there, as \\mathrm{d}\\mathbf{W} may."""
        self.position += ahead
        start = self.position
        bound = self.name() is not None
        self.position = start - ahead
        return bound

    def denominator_is_differential(self) -> bool:
        level = 0
        for index in range(self.position, len(self.tokens) - 1):
            level += {"{": 1, "}": -1}.get(self.tokens[index].text, 0)
            if level == 0:
                return self.tokens[index + 2].text in DIFFERENTIALS if index + 2 < len(self.tokens) else False
        return False

    def derivative(self, first: int) -> Node:
        self.expect("{")
        self.position += 1
        if self.accept("^"):
            self.group()  # the order is told by the denominator
        of = self.sum() if self.peek() != "}" else None
        self.expect("}")
        self.expect("{")
        by: list[Node] = []
        while self.accept(*DIFFERENTIALS):
            variable = self.factor()
            if (
                isinstance(variable, Apply)
                and variable.operator == "power"
                and isinstance(variable.operands[1], Number)
            ):
                variable, order = variable.operands
                if order.value not in (1, 2, 3):
                    raise self.error("derivatives up to the third order")
                by += [variable] * (order.value - 1)
            by.append(variable)
        self.expect("}")
        of = of or self.term()
        return Derivative(*self.span(first), of, tuple(by))

    def gradient(self) -> Node:
        """\\nabla_x f, \\nabla_x^2 f (the Hessian), \\nabla_x \\cdot f (the divergence)."""
        first = self.position
        self.position += 1
        if not self.accept("_"):
            raise self.error("say with respect to what: \\nabla_{\\mathbf{x}}")
        variable = self.group()
        hessian = self.peek() == "^"
        if self.accept("^"):
            self.group()
        divergence = bool(self.accept("\\cdot"))
        body = self.factor()
        gradient = Derivative(*self.span(first), body, (variable,), hessian)
        return Apply(*self.span(first), "trace", (gradient,)) if divergence else gradient

    def big(self) -> Node:
        first = self.position
        operator = "arg" + self.peek()[1:] if self.accept("\\arg") else BIG[self.peek()]
        if operator not in BIG.values():
            raise self.error("expected \\max or \\min after \\arg")
        self.position += 1
        if not self.accept("_"):
            raise self.error("write the range below the operator; arguments of \\max in parentheses")
        outer = len(self.locals)
        ranges, conditions = self.below()
        del self.locals[outer:]
        if self.accept("^"):
            last = self.group()
            ranges = [replace(r, last=last) if r.first else r for r in ranges]
        self.locals += [r.name for r in ranges]
        body = self.term()
        del self.locals[outer:]
        return Over(*self.span(first), operator, tuple(ranges), tuple(conditions), body)

    def below(self) -> tuple[list[Range], list[Node]]:
        """What stands below a big operator: k=1, k \\in S, j \\ne k, or indices whose ranges are declared."""
        self.expect("{")
        ranges: list[Range] = []
        conditions: list[Node] = []
        while True:
            first, name, relation = self.position, (self.peek(),), self.peek(1)
            piece = self.tokens[first : self.piece_end()]
            declared = [t for t in piece if t.text in self.indices and (t.text,) not in self.locals]
            if relation in {"=", "\\in"} and not declared and name not in self.locals:
                self.check_free(name)
                self.position += 2
                bound = self.sum()
                ranges.append(Range(*self.span(first), name, **{"first" if relation == "=" else "members": bound}))
                self.locals.append(name)
            else:
                ranges += [Range(t.start, t.end, (t.text,)) for t in declared]
                self.locals += [(t.text,) for t in declared]
                if not declared or any(t.text in RELATIONS for t in piece):
                    conditions.append(self.relation())
                else:
                    self.position += len(piece)
            if not self.accept(","):
                break
        self.expect("}")
        if not ranges:
            raise self.error("no index to run over; give it a range, or declare it by ranges={…}")
        return ranges, conditions

    def check_free(self, name: tuple[str, ...]) -> None:
        if name in self.names:
            raise self.error(f"{name[0]} has a value already; an index needs a letter of its own")

    def piece_end(self) -> int:
        """Where this part of a subscript ends: at a comma or the closing brace."""
        end, level = self.position, 0
        while end < len(self.tokens) and not (level == 0 and self.tokens[end].text in {",", "}"}):
            level += {"{": 1, "}": -1}.get(self.tokens[end].text, 0)
            end += 1
        return end

    def expectation(self) -> Node:
        """\\mathbb{E}_{x \\sim p}[…], or \\mathbb{E}[…] over the random variables within."""
        first, operator = self.position, EXPECTATIONS[self.peek()]
        self.position += 1
        names: list[tuple[str, ...]] = []
        distribution = None
        if self.accept("_"):
            self.expect("{")
            while self.peek() not in {"\\sim", "}", ""}:
                if not self.accept(",", "(", ")"):
                    names.append((self.peek(),))
                    self.position += 1
            if self.accept("\\sim"):
                distribution = self.sum()
            self.expect("}")
        opening = self.accept("[", "(")
        if not opening:
            raise self.error("put what is averaged in [brackets]")
        outer = len(self.locals)
        self.locals += names if distribution else []
        body = self.relation()
        del self.locals[outer:]
        self.expect(BRACKETS[opening])
        return Expectation(*self.span(first), operator, tuple(names), distribution, body)

    def root(self) -> Node:
        first = self.position
        self.position += 1
        if self.accept("["):
            order = self.sum()
            self.expect("]")
        else:
            order = None
        radicand = self.group()
        return Apply(*self.span(first), "root", (radicand,) if order is None else (radicand, order))

    def binomial(self) -> Node:
        first = self.position
        self.position += 1
        operands = (self.group(), self.group())
        return Apply(*self.span(first), "binomial", operands)

    def cases(self) -> Node:
        first = self.position
        self.position += 1
        branches = []
        while not self.accept("\\end{cases}"):
            value, condition = self.sum(), None
            self.accept(",")
            if self.accept("&"):
                while self.prose():
                    pass
                if self.peek() not in {"\\\\", "\\end{cases}", ".", ","}:
                    condition = self.relation()
            while self.prose() or self.accept(",", "."):
                pass
            branches.append((value, condition))
            if not self.accept("\\\\") and self.peek() != "\\end{cases}":
                raise self.error("expected \\\\ or \\end{cases}")
        return Cases(*self.span(first), tuple(branches))

    def matrix(self) -> Node:
        first = self.position
        closing = self.peek().replace("begin", "end")
        self.position += 1
        rows: list[list[Node]] = [[]]
        while not self.accept(closing):
            rows[-1].append(self.sum())
            if self.accept("\\\\") and self.peek() != closing:
                rows.append([])
            elif self.peek() != closing and not self.accept("&"):
                raise self.error(f"expected & or {closing}")
        if len({len(row) for row in rows}) != 1 or not rows[0]:
            raise self.error("the rows of the matrix differ in length")
        span = self.span(first)
        return Apply(*span, "matrix", tuple(Apply(*span, "row", tuple(row)) for row in rows))

    def underbrace(self) -> Node:
        """The body; a label that is a formula is a claim that the body equals it."""
        first = self.position
        self.position += 1
        body = self.group()
        if self.accept("_"):
            self.expect("{")
            while self.prose():
                pass
            if self.peek() != "}":
                self.accept("=")
                label = self.sum()
                if self.locals:
                    raise self.error("an underbrace with a formula below it cannot stand within a sum")
                self.claims.append(Relation(*self.span(first), (body, label), ("=",)))
            self.expect("}")
        return body

    def reals(self) -> Node:
        """\\mathbb{R}, \\mathbb{R}^n, \\mathbb{R}^{m \\times n}: the shape of a member."""
        first = self.position
        self.position += 1
        sizes: list[Node] = []
        if self.accept("^"):
            self.expect("{")
            sizes.append(self.product())
            while self.accept("\\times"):
                sizes.append(self.product())
            self.expect("}")
        return Apply(*self.span(first), "reals", tuple(sizes))


def namesakes(text: str) -> Iterable[tuple[str, ...]]:
    """The vector whose component a letter with a subscript is: z_k of \\mathbf{z}; and the letter of a vector."""
    accent, _, letter = text.rstrip("}").rpartition("{")
    if accent.endswith(("\\mathbf", "\\boldsymbol")):  # \hat{\mathbf{y}} -> \hat{y}
        outer = accent.removesuffix("\\mathbf").removesuffix("\\boldsymbol")
        yield (f"{outer}{letter}}}" if outer else letter,)
    elif accent:
        yield from ((f"{accent}{{\\{style}{{{letter}}}}}",) for style in ("mathbf", "boldsymbol"))
    else:
        yield from ((f"\\{style}{{{text}}}",) for style in ("mathbf", "boldsymbol"))
