"""Evaluates the LaTeX of a display equation: tokens, syntax tree, value in float64 under bindings."""

from dlnotes.book.latex.bindings import Distribution, RandomVariable
from dlnotes.book.latex.errors import EvaluationError, LatexError, ParseError, Refuted
from dlnotes.book.latex.evaluate import Scope

__all__ = ["Distribution", "EvaluationError", "LatexError", "ParseError", "RandomVariable", "Refuted", "Scope"]
