"""LaTeX source to tokens.

What TeX sees as one symbol is one token: ``\\mathbf{W}``, ``\\hat{\\mathbf{v}}``, ``\\operatorname{softmax}`` and
``\\text{data}`` count like the letter ``W``. So is a pair of brackets with all that is inside. Spacing and the size of
brackets are dropped, synonyms are made one. The arguments of ``_``, ``^``, ``\\frac`` and ``\\sqrt`` always come out in
braces, subscripts before superscripts, so that ``W^2_1`` and ``W_{1}^{2}`` are the same tokens.
"""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from dlnotes.book.latex.errors import ParseError

MAX_LENGTH, MAX_DEPTH = 20_000, 40

STYLES = "mathbf boldsymbol mathrm mathcal mathbb mathsf mathit operatorname operatorname*"
ACCENTS = "hat bar tilde dot ddot vec check widehat widetilde overline"
SYMBOLS = {f"\\{command}" for command in f"{STYLES} {ACCENTS}".split()}
ARGUMENTS = {"\\frac": 2, "\\binom": 2, "\\sqrt": 1, "\\underbrace": 1, "_": 1, "^": 1}
CLOSINGS = {
    "{": ("}",), "(": (")", "]"), "[": ("]", ")"), "\\{": ("\\}",), "\\langle": ("\\rangle",), "\\lvert": ("\\rvert",),
    "\\lVert": ("\\rVert",), "\\lfloor": ("\\rfloor",), "\\lceil": ("\\rceil",),
    **{f"\\begin{{{e}}}": (f"\\end{{{e}}}",) for e in ("aligned", "cases", "pmatrix", "bmatrix")},
}  # fmt: skip
ALL_CLOSINGS = {closing for closings in CLOSINGS.values() for closing in closings}
SYNONYMS = {
    "\\dfrac": "\\frac", "\\tfrac": "\\frac", "\\leq": "\\le", "\\geq": "\\ge", "\\neq": "\\ne", ":=": "=",
    "\\equiv": "=", "\\Leftrightarrow": "\\iff", "\\Rightarrow": "\\implies", "\\ldots": "\\dots",
    "\\cdots": "\\dots", "\\ln": "\\log", "\\qquad": "\\quad", "\\Vert": "\\|",
}  # fmt: skip

TOKEN = re.compile(
    r"""(?P<space>\s+|~|\\[,;:!>\s]|\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|(?:no)?limits)(?![A-Za-z]))
    |(?P<number>\d+(?:\.\d+)?)
    |\\(?:begin|end)\{[a-z]+\} | \\text(?:rm|bf|it)?\{[^{}]*\}
    |\\operatorname\*? | \\[A-Za-z]+ | \\[\\{}|]
    |:=|[A-Za-z+\-*/=<>()\[\]{}|,;:.!'^_&]""",
    re.X,
)


@dataclass(frozen=True)
class Token:
    text: str  # canonical: \mathbf W and \mathbf{W} both read \mathbf{W}
    start: int
    end: int
    inside: tuple["Token", ...] = ()
    opening: str = ""  # of a pair of brackets

    @property
    def is_prose(self) -> bool:
        return self.text.startswith("\\text") and self.text.endswith("}")


@lru_cache(maxsize=4096)
def tokenize(latex: str) -> tuple[Token, ...]:
    """The tokens of a formula; ``ParseError`` for what the dialect does not know."""
    if len(latex) > MAX_LENGTH:
        raise ParseError(f"a formula of {len(latex)} characters is too long (limit {MAX_LENGTH})")
    return tuple(_Reader(latex).tokens(None))


def name_of(latex: str) -> tuple[str, ...]:
    """The canonical name that a binding's key stands for."""
    return tuple(token.text for token in tokenize(latex))


def split(tokens: Iterable[Token], separators: Container[str]) -> tuple[list[list[Token]], list[Token]]:
    """The pieces between separators, and the separators."""
    pieces, found = [[]], []
    for token in tokens:
        if token.text in separators:
            found.append(token)
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces, found


def symbols(tokens: Iterable[Token]) -> Iterator[str]:
    """The texts of all tokens, those inside brackets too."""
    for token in tokens:
        yield token.text
        yield from symbols(token.inside)


class _Reader:
    def __init__(self, latex: str):
        self.latex, self.position, self.depth = latex, 0, 0

    def error(self, message: str, token: Token) -> ParseError:
        return ParseError(message, self.latex, token.start, token.end)

    def tokens(self, opening: Token | None) -> list[Token]:
        """The tokens up to the bracket that closes the opening one, that included; without one up to the end."""
        closings = CLOSINGS[opening.text] if opening else ("",)
        found: list[Token] = []
        while (token := self.next()).text not in closings:
            if opening and not token.text:
                raise self.error(f"{opening.text} is not closed", opening)
            if token.text in ALL_CLOSINGS:
                raise self.error(f"expected {closings[0]}" if opening else f"{token.text} closes nothing", token)
            found += self.symbol(token)
        return [*found, token] if opening else found

    def next(self, one_digit: bool = False) -> Token:
        """The next token; at the end of the formula one without text."""
        while match := TOKEN.match(self.latex, self.position):
            start, self.position = match.span()
            if match["number"] and one_digit:  # \frac12 and x^23 take one digit an argument
                self.position = start + 1
            if not match["space"]:
                text = self.latex[start : self.position]
                return Token(SYNONYMS.get(text, text), start, self.position)
        if self.position < len(self.latex):
            unknown = self.latex[self.position]
            hint = " (no comments in the dialect)" if unknown == "%" else ""
            raise ParseError(f"cannot read {unknown!r}{hint}", self.latex, self.position)
        return Token("", self.position, self.position)

    def follows(self, text: str) -> bool:
        return self.latex[self.position :].lstrip().startswith(text)

    def symbol(self, token: Token) -> list[Token]:
        """A token with what belongs to it: what is inside the bracket that it opens, or its arguments."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested more than {MAX_DEPTH} deep", token)
        found = [token]
        if token.text in CLOSINGS:
            *inside, closing = self.tokens(token)
            text = f"{token.text}{' '.join(t.text for t in inside)}{closing.text}"
            found = [Token(text, token.start, closing.end, tuple(inside), token.text)]
        elif token.text in SYMBOLS:
            symbols = "".join(part.text for part in self.argument(token).inside)
            found = [Token(f"{token.text.rstrip('*')}{{{symbols}}}", token.start, self.position)]
        else:
            option = self.symbol(self.next()) if token.text == "\\sqrt" and self.follows("[") else []
            found += [*(self.argument(token) for _ in range(ARGUMENTS.get(token.text, 0))), *option]
            if token.text == "^" and self.follows("_"):
                found = [*self.symbol(self.next()), *found]
        self.depth -= 1
        return found

    def argument(self, of: Token) -> Token:
        """What follows, in braces."""
        token = self.next(one_digit=True)
        if token.text in {"", "}", "&", "\\\\"}:
            raise self.error(f"{of.text} needs an argument", of)
        found = self.symbol(token)
        if token.text == "{":
            return found[0]
        return Token(f"{{{' '.join(t.text for t in found)}}}", token.start, self.position, tuple(found), "{")
