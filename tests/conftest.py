"""The built site, for the tests that look at it: built once per session, and only if something has changed."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlnotes.book.pages import ROOT

SOURCES = ("mkdocs.yml", "mkdocs.zh.yml", "package-lock.json", "docs", "dlnotes", "snippets", "tests/equations")
DRAWN_OR_COPIED = (ROOT / "docs/theme/assets/figures", ROOT / "docs/theme/assets/katex")


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder site/, in step with its sources."""
    stamp = ROOT / ".cache/tested-site"
    stamp.parent.mkdir(exist_ok=True)
    with stamp.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # parallel test workers: the first one builds
        digest = sources_digest()
        built = (ROOT / "site/index.html").exists() and stamp.exists() and stamp.read_text() == digest
        if not built:
            command = [sys.executable, "-m", "dlnotes.book", "build"]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                pytest.fail(f"`python -m dlnotes.book build` failed:\n{done.stdout}{done.stderr}", pytrace=False)
            stamp.write_text(digest)
    return ROOT / "site"


@pytest.fixture(scope="session")
def offline_edition(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's offline edition, unpacked into a folder as readers have it."""
    folder = tmp_path_factory.mktemp("下载 (1)")
    shutil.unpack_archive(site / "dlnotes-offline.zip", folder)
    return folder / "dlnotes-offline"


def sources_digest() -> str:
    """A hash of everything that the site is made from."""
    addresses = [os.environ.get(name, "") for name in ("DLNOTES_SITE_URL", "DLNOTES_REPO_URL")]
    digest = hashlib.sha256("\n".join(addresses).encode())
    for name in SOURCES:
        path = ROOT / name
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts and not set(DRAWN_OR_COPIED) & set(file.parents):
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
