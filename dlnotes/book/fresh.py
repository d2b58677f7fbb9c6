"""Runs a whole program in an interpreter of its own, as a reader does who has copied it."""

import hashlib
import os
import subprocess
import sys
import tempfile
import textwrap
from functools import cache
from pathlib import Path
from uuid import uuid4


def run_fresh(source: str) -> str:
    """What a program prints in a fresh interpreter, in an empty folder; a failure shows its traceback.

    Runs are shared by the workers of a test session through the folder that DLNOTES_FRESH_RUNS names.
    """
    source = source.strip("\n") + "\n"
    shared = os.environ.get("DLNOTES_FRESH_RUNS")
    if not shared:
        return _run_fresh(source)
    stored = Path(shared, hashlib.sha256(source.encode()).hexdigest())
    if not stored.exists():
        partial = stored.with_suffix(f".{uuid4().hex}")
        partial.write_text(_run_fresh(source), "utf-8")
        partial.replace(stored)
    return stored.read_text("utf-8")


@cache
def _run_fresh(source: str) -> str:
    with tempfile.TemporaryDirectory() as place:
        folder, output, errors = Path(place, "folder"), Path(place, "output"), Path(place, "errors")
        folder.mkdir()
        Path(folder, "program.py").write_text(source, "utf-8")
        server = _server()
        print(folder, output, errors, sep="\t", file=server.stdin, flush=True)
        status = server.stdout.readline().strip()
        if status != "0":
            shown = errors.read_text("utf-8") if errors.exists() else "(nothing: the server of forks has ended)"
            raise RuntimeError(f"exit status {status or '?'} of\n{textwrap.indent(source, '    ')}\n{shown}")
        return output.read_text("utf-8")


@cache
def _server() -> subprocess.Popen:
    """The process that runs programs in forks of itself; it ends with this one, whose pipe it reads."""
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", str(Path(__file__).with_name("fork_server.py"))],
        env={**os.environ, "MPLBACKEND": "Agg"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
