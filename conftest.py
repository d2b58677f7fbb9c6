"""Collects the Python of the pages, the README and the docstrings as tests."""

import os
import tempfile

import pytest
from sybil.sybil import Sybil, SybilCollection

os.environ["MPLBACKEND"] = "Agg"  # before matplotlib is imported: figures need no screen

from dlnotes.book.examples import Docstrings, OutputUpdates, Page

EXAMPLES = {"parsers": [], "fixtures": ["output_updates"], "document_types": {".md": Page, ".py": Docstrings}}
UPDATES = pytest.StashKey[OutputUpdates | None]()

pytest_collect_file = SybilCollection(
    [
        Sybil(path="docs", patterns=["*.md"], **EXAMPLES),
        Sybil(path=".", patterns=["README.md"], **EXAMPLES),
        Sybil(path="dlnotes", patterns=["*.py"], **EXAMPLES),
    ]
).pytest()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-outputs", action="store_true", help="rewrite the #> lines of the pages' snippets")


def pytest_configure(config: pytest.Config) -> None:
    update = config.getoption("--update-outputs")
    if update and config.getoption("numprocesses", None):
        raise pytest.UsageError("--update-outputs writes files when all examples have run: use it without -n")
    config.stash[UPDATES] = OutputUpdates() if update else None
    if "DLNOTES_FRESH_RUNS" not in os.environ:  # the workers of pytest-xdist inherit it
        folder = tempfile.TemporaryDirectory(prefix="dlnotes-")
        config.add_cleanup(folder.cleanup)
        config.add_cleanup(lambda: os.environ.pop("DLNOTES_FRESH_RUNS"))
        os.environ["DLNOTES_FRESH_RUNS"] = folder.name


@pytest.fixture(scope="session")
def output_updates(pytestconfig: pytest.Config) -> OutputUpdates | None:
    """Where --update-outputs gathers the new #> lines; None without that option."""
    return pytestconfig.stash[UPDATES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if updates := config.stash[UPDATES]:
        for path in updates.write():
            terminalreporter.write_line(f"wrote {path}")
