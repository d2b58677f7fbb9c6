"""What can go wrong with an equation, said so that its author can mend it."""


class LatexError(Exception):
    """An equation that cannot be read or evaluated; the message shows the LaTeX with a caret under the place."""

    def __init__(self, message: str, latex: str = "", start: int = 0, end: int | None = None):
        self.message, self.latex, self.start, self.end = message, latex, start, end or start + 1
        super().__init__(message)

    def __str__(self) -> str:
        if not self.latex:
            return self.message
        line_start = self.latex.rfind("\n", 0, self.start) + 1
        line = self.latex[line_start:].split("\n", 1)[0]
        width = max(1, min(self.end, line_start + len(line)) - self.start)
        return f"{self.message}\n    {line}\n    {' ' * (self.start - line_start)}{'^' * width}"


class ParseError(LatexError):
    """The LaTeX is outside the dialect, or names something that has no binding."""


class EvaluationError(LatexError):
    """The LaTeX was read, but has no value: shapes do not fit, an index is out of range, …"""


class Refuted(LatexError, AssertionError):
    """Both sides have a value, and the relation between them is false."""
