"""Collects the Python of the pages, the README and the docstrings as tests; checks annotated shapes while they run."""

import os
import tempfile
from pathlib import Path

import pytest
from jaxtyping import install_import_hook
from sybil.sybil import Sybil, SybilCollection

os.environ["MPLBACKEND"] = "Agg"  # before matplotlib is imported: figures need no screen

# Before anything of dlnotes is imported. dlnotes.book has no tensors to check, and evaluates equations many times.
PARTS = Path(__file__).with_name("dlnotes").glob("[!_]*")
CHECKED = [part.stem for part in PARTS if part.name != "book" and (part.is_dir() or part.suffix == ".py")]
install_import_hook(
    [f"dlnotes.{name}" for name in CHECKED],
    "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))",
)

from dlnotes.book.examples import Docstrings, OutputUpdates, Page  # noqa: E402

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
