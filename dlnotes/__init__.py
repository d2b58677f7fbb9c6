"""Deep-learning notes whose every equation, output and figure was executed.

One module per chapter, named as the chapter: `from dlnotes.softmax import softmax`. `from dlnotes import check` gives
the function that checks answers to the exercises. Importing `dlnotes` alone loads neither torch nor matplotlib.
"""

__version__ = "0.1.0"


def __getattr__(name: str):
    if name == "check":
        from dlnotes.exercises import check  # loads torch

        return check
    raise AttributeError(f"module 'dlnotes' has no attribute {name!r}")
