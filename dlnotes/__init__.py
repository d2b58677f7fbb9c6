"""Deep-learning notes whose every equation, output and figure was executed.

One module per chapter, named as the chapter: `from dlnotes.softmax import softmax`.
Importing `dlnotes` alone loads neither torch nor matplotlib.
"""

__version__ = "0.1.0"
