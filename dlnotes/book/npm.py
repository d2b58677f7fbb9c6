"""Files of the packages that `npm ci` installed."""

from pathlib import Path

from dlnotes.book.pages import ROOT, BookError

PACKAGES = ROOT / "node_modules"


def package_file(name: str) -> Path:
    """A file or folder of an installed package, e.g. katex/dist/katex.min.css."""
    path = PACKAGES / name
    if not path.exists():
        raise BookError(f"{path.relative_to(ROOT)} is missing: run `npm ci` in {ROOT}")
    return path
