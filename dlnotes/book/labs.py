"""The labs: notebooks in which the reader trains what a part of the book derives.

A lab is ``docs/<language>/labs/<slug>.py``, a notebook in Jupytext's percent format; its code cells are the same in
both languages. The build runs them once, in a fresh kernel, and both languages show what came out. What a run gave is
kept in .cache/labs until the cells, the modules of dlnotes that they use, or the versions of Python and torch change.
"""

import hashlib
import json
import os
import platform
import re
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from dlnotes import runs
from dlnotes.book.pages import ROOT, BookError, lab_slugs, page_source

if TYPE_CHECKING:
    from nbformat import NotebookNode

CACHE = ROOT / ".cache/labs"
SECONDS_ALLOWED = 120  # for one cell; a lab is meant to take ten in all

MODULE = re.compile(r"\bdlnotes\.\w+")
COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")

# Read by the kernel: figures as SVG in the book's light palette, on white as a notebook may be opened anywhere.
KERNEL_CONFIG = """
from dlnotes.figures import style

c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": None, "metadata": {"Date": None, "Creator": None}}
c.InlineBackend.rc = style("light") | {"axes.facecolor": "none"}
"""

# The first code cell of every notebook.
INSTALL = """\
# Elsewhere than in a copy of the book, install its package.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("dlnotes") is None:
    {remedy}"""
FROM_REPOSITORY = 'subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "git+{}"], check=True)'
BY_HAND = 'sys.exit("This lab needs the package dlnotes: run `pip install .` in a copy of the book, then start again.")'


def repository() -> str:
    """The address of the book's repository, empty if none is configured."""
    return os.environ.get("DLNOTES_REPO_URL", "").rstrip("/")


def read(slug: str, language: str) -> "NotebookNode":
    """A lab as it was written."""
    return notebook_of(page_source(slug, language))


def notebook_of(path: Path) -> "NotebookNode":
    """A lab that was not run: a raw cell with its front matter, a cell that installs dlnotes, the lab's own cells."""
    import jupytext  # slow to import, as are the other parts of Jupyter below
    from nbformat.v4 import new_code_cell

    if not path.exists():
        raise BookError(f"{path} is missing: a lab exists in both languages")
    notebook = jupytext.reads(path.read_text("utf-8"), fmt="py:percent")
    if not notebook.cells or notebook.cells[0].cell_type != "raw":
        raise BookError(f"{path}:1: a lab begins with front matter between two lines `# ---`")
    remedy = FROM_REPOSITORY.format(repository()) if repository() else BY_HAND
    notebook.cells.insert(1, new_code_cell(INSTALL.format(remedy=remedy)))
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # Jupytext's own are random
    return notebook


def code_cells(notebook: "NotebookNode") -> list["NotebookNode"]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def place(slug: str, language: str, number: int, cell: "NotebookNode") -> str:
    """File, line and number of a code cell."""
    path = page_source(slug, language)
    text = path.read_text("utf-8")
    line = text.count("\n", 0, max(text.find(cell.source), 0)) + 1
    return f"{path.relative_to(ROOT)}:{line}: code cell {number}"


def run_all() -> int:
    """Run the labs that have no kept run, side by side on all cores; returns how many."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sum(pool.map(_run_if_stale, lab_slugs()))


def _run_if_stale(slug: str) -> bool:
    notebook = read(slug, "en")
    if kept(slug, notebook) is not None:
        return False
    ran = run(slug, notebook)
    CACHE.mkdir(parents=True, exist_ok=True)
    runs.write_atomically(_cache_file(slug), json.dumps(ran, ensure_ascii=False))
    return True


def kept(slug: str, notebook: "NotebookNode") -> dict | None:
    """The kept run of a lab, None if there is none of today's code."""
    file = _cache_file(slug)
    ran = json.loads(file.read_text("utf-8")) if file.exists() else None
    return ran if ran and ran["key"] == key(notebook) else None


def _cache_file(slug: str) -> Path:
    return CACHE / f"{Path(slug).name}.json"


def key(notebook: "NotebookNode") -> str:
    """Hash of all that decides what a lab's cells put out, but for the machine."""
    sources = [cell.source for cell in code_cells(notebook)]
    modules = {module for source in sources for module in MODULE.findall(source)}
    code = runs.code_hash("dlnotes.data", "dlnotes.figures", *modules)
    versions = [platform.python_version(), *map(metadata.version, ("torch", "numpy", "matplotlib"))]
    parts = [*sources, code, *versions, KERNEL_CONFIG]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def run(slug: str, notebook: "NotebookNode") -> dict:
    """Run a lab's code cells in a fresh kernel: the outputs of each, and when, where and how long it ran."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    started = time.time()
    client = NotebookClient(notebook, timeout=SECONDS_ALLOWED, kernel_name="python3", coalesce_streams=True)
    client.extra_arguments = ["--log-level=ERROR"]
    with tempfile.TemporaryDirectory() as folder, client.setup_kernel(**_kernel(folder)):
        for number, cell in enumerate(code_cells(notebook), 1):
            where = place(slug, "en", number, cell)
            try:
                client.execute_cell(cell, notebook.cells.index(cell))
            except CellExecutionError as error:
                raise BookError(f"{where} failed: {COLOUR_CODES.sub('', str(error))}") from None
            except (CellTimeoutError, DeadKernelError) as error:
                reason = "died" if isinstance(error, DeadKernelError) else f"took more than {SECONDS_ALLOWED} s"
                raise BookError(f"{where} {reason}") from error
            refuse_warnings(where, cell)
    return {
        "key": key(notebook),
        "outputs": [cell.outputs for cell in code_cells(notebook)],
        "seconds": time.time() - started,
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "device": _device(),
        "versions": {"python": platform.python_version(), "torch": metadata.version("torch")},
    }


def _kernel(folder: str) -> dict:
    """How a lab's kernel starts: in an empty folder, with no one's configuration but the book's, on one core."""
    config = Path(folder, "ipython/profile_default/ipython_kernel_config.py")
    config.parent.mkdir(parents=True)
    config.write_text(KERNEL_CONFIG, "utf-8")
    environment = {
        "IPYTHONDIR": str(Path(folder, "ipython")),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OMP_NUM_THREADS": "1",
    }
    return {"env": os.environ | environment, "cwd": folder}


def refuse_warnings(where: str, cell: "NotebookNode") -> None:
    """A lab's page is as quiet as the other pages."""
    for output in cell.outputs:
        if output.get("name") == "stderr":
            raise BookError(f"{where} writes to stderr, where warnings go: {output['text'].strip()}")


@cache
def _device() -> str:
    from dlnotes.experiments import cpu_model

    return f"{cpu_model()}, 1 thread"


def executed(slug: str, language: str) -> tuple["NotebookNode", dict]:
    """A lab in one language with the outputs of its run, and that run."""
    english, notebook = read(slug, "en"), read(slug, language)
    ran = kept(slug, english)
    if ran is None:
        raise BookError(f"{page_source(slug, 'en').relative_to(ROOT)} has not been run; the build does it")
    require_same_code(slug, english, notebook)
    for number, (cell, outputs) in enumerate(zip(code_cells(notebook), ran["outputs"], strict=True), 1):
        cell.execution_count, cell.outputs = number, outputs
    return notebook, ran


def require_same_code(slug: str, english: "NotebookNode", other: "NotebookNode") -> None:
    """One run serves both languages only if their code cells are the same."""
    here, there = ([cell.source for cell in code_cells(notebook)] for notebook in (english, other))
    if len(here) != len(there):
        raise BookError(f"{slug}: the English lab has {len(here)} code cells, the Chinese one {len(there)}")
    for number, (cell, source) in enumerate(zip(code_cells(other), here, strict=True), 1):
        if cell.source != source:
            raise BookError(f"{place(slug, 'zh', number, cell)} is not that of the English lab")
