"""LaTeX source to tokens.

What TeX sees as one symbol is one token: ``\\mathbf{W}``, ``\\hat{\\mathbf{v}}``, ``\\operatorname{softmax}`` and
``\\text{data}`` count like the letter ``W``. Spacing and the size of brackets are dropped. The arguments of ``_``,
``^``, ``\\frac`` and ``\\sqrt`` always come out in braces, subscripts before superscripts, so that ``W^2_1`` and
``W_{1}^{2}`` are the same tokens; the name of a binding is compared as such a tuple.
"""

import re
from dataclasses import dataclass

from dlnotes.book.latex.errors import ParseError

MAX_LENGTH, MAX_DEPTH = 20_000, 40

STYLES = {"mathbf", "boldsymbol", "mathrm", "mathcal", "mathbb", "mathsf", "mathit", "operatorname", "operatorname*"}
ACCENTS = {"hat", "bar", "tilde", "dot", "ddot", "vec", "check", "widehat", "widetilde", "overline"}
PROSE = {"text", "textrm", "textbf", "textit"}
SPACING = (
    "left right bigl bigr Bigl Bigr biggl biggr Biggl Biggr big Big bigg Bigg displaystyle textstyle limits nolimits"
)
ARGUMENTS = {"\\frac": 2, "\\dfrac": 2, "\\tfrac": 2, "\\binom": 2, "\\sqrt": 1, "_": 1, "^": 1}

TOKEN = re.compile(
    rf"""(?P<space>\s+|~|\\[,;:!>\s]|\\(?:{SPACING.replace(" ", "|")})(?![A-Za-z]))
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<command>\\operatorname\*|\\[A-Za-z]+|\\[\\{{}}|])
    |(?P<character>:=|[A-Za-z+\-*/=<>()\[\]{{}}|,;:.!'^_&])""",
    re.X,
)


@dataclass(frozen=True)
class Token:
    text: str  # canonical: \mathbf W and \mathbf{W} both read \mathbf{W}
    start: int
    end: int

    @property
    def is_prose(self) -> bool:
        return self.text.startswith(tuple(f"\\{command}{{" for command in PROSE))


def tokenize(latex: str) -> list[Token]:
    """The tokens of a formula, arguments in braces; ``ParseError`` for what the dialect does not know."""
    if len(latex) > MAX_LENGTH:
        raise ParseError(f"a formula of {len(latex)} characters is too long (limit {MAX_LENGTH})")
    tokens = _scan(latex, 0, len(latex), 0)
    _check_braces(latex, tokens)
    return _brace_arguments(latex, tokens)


def name_of(latex: str) -> tuple[str, ...]:
    """The canonical name that a binding's key stands for."""
    return tuple(token.text for token in tokenize(latex))


def _scan(latex: str, position: int, end: int, depth: int) -> list[Token]:
    tokens: list[Token] = []
    single_digits = 0  # \frac12 and x^23 take one digit an argument
    while position < end:
        token = _read(latex, position, end, depth, one_digit=single_digits > 0)
        position = token.end
        if not token.text:
            continue
        tokens.append(token)
        if token.text in ARGUMENTS:
            single_digits = ARGUMENTS[token.text]
        else:
            single_digits = 0 if token.text == "{" else max(0, single_digits - 1)
    return tokens


def _read(latex: str, position: int, end: int, depth: int, one_digit: bool = False) -> Token:
    """The token at a position; spacing is a token without text."""
    match = TOKEN.match(latex, position, end)
    if match is None:
        hint = " (no comments in the dialect)" if latex[position] == "%" else ""
        raise ParseError(f"cannot read {latex[position]!r}{hint}", latex, position)
    if match["space"]:
        return Token("", position, match.end())
    if match["number"] and one_digit:
        return Token(match[0][0], position, position + 1)
    if match["command"] and match[0][1:] in STYLES | ACCENTS | PROSE | {"begin", "end"}:
        return _read_styled(latex, match[0], position, match.end(), end, depth)
    return Token(match[0], position, match.end())


def _read_styled(latex: str, command: str, start: int, position: int, end: int, depth: int) -> Token:
    """A command and its argument as one token with canonical text."""
    if depth == MAX_DEPTH:
        raise ParseError(f"nested more than {MAX_DEPTH} deep", latex, start)
    while position < end and latex[position].isspace():
        position += 1
    if position == end:
        raise ParseError(f"{command} needs an argument", latex, start, position)
    if latex[position] != "{":
        argument = _read(latex, position, end, depth + 1, one_digit=True)
        return Token(f"{command}{{{argument.text}}}", start, argument.end)
    close = _closing_brace(latex, position, end)
    inner = latex[position + 1 : close]
    if command[1:] in STYLES | ACCENTS:
        inner = "".join(token.text for token in _scan(latex, position + 1, close, depth + 1))
    return Token(f"{command.rstrip('*')}{{{inner}}}", start, close + 1)


def _closing_brace(latex: str, position: int, end: int) -> int:
    level = 0
    for brace in re.compile(r"(?<!\\)[{}]").finditer(latex, position, end):
        level += 1 if brace[0] == "{" else -1
        if level == 0:
            return brace.start()
    raise ParseError("this brace is not closed", latex, position)


def _check_braces(latex: str, tokens: list[Token]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.text == "{":
            opened.append(token)
        elif token.text == "}":
            if not opened:
                raise ParseError("this brace closes nothing", latex, token.start)
            opened.pop()
        if len(opened) > MAX_DEPTH:
            raise ParseError(f"nested more than {MAX_DEPTH} deep", latex, token.start)
    if opened:
        raise ParseError("this brace is not closed", latex, opened[-1].start)


def _brace_arguments(latex: str, tokens: list[Token]) -> list[Token]:
    result: list[Token] = []
    position = 0

    def argument(of: Token) -> list[Token]:
        nonlocal position
        if position == len(tokens) or tokens[position].text in {"}", "&", "\\\\"}:
            raise ParseError(f"{of.text} needs an argument", latex, of.start, of.end)
        first = tokens[position]
        if first.text != "{":
            position += 1
            return [Token("{", first.start, first.start), first, Token("}", first.end, first.end)]
        start, level = position, 0
        while True:
            level += {"{": 1, "}": -1}.get(tokens[position].text, 0)
            position += 1
            if level == 0:
                return [first, *_brace_arguments(latex, tokens[start + 1 : position - 1]), tokens[position - 1]]

    while position < len(tokens):
        token = tokens[position]
        position += 1
        if token.text == "^":
            superscript = [token, *argument(token)]
            if position < len(tokens) and tokens[position].text == "_":
                position += 1
                result += [tokens[position - 1], *argument(tokens[position - 1])]
            result += superscript
            continue
        result.append(token)
        if token.text == "\\sqrt" and position < len(tokens) and tokens[position].text == "[":
            continue
        for _ in range(ARGUMENTS.get(token.text, 0)):
            result += argument(token)
    return result
