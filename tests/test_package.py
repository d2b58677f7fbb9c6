"""The wheel holds what a reader needs, and what is installed from it imports and works."""

import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import dlnotes
from dlnotes.book.pages import ROOT


def run(*command: str, cwd: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy, so that nothing of an earlier build gets into it."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "dlnotes", source / "dlnotes", ignore=shutil.ignore_patterns("__pycache__"))
    pip_wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    run(*pip_wheel, "--wheel-dir", "wheels", ".", cwd=source)
    (path,) = (source / "wheels").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which nothing but the wheel is installed."""
    target = tmp_path_factory.mktemp("installed")
    pip_install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
    ]
    run(*pip_install, str(wheel), cwd=target)
    return target


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    files = {path.relative_to(ROOT) for path in ROOT.glob("dlnotes/**/*") if path.is_file()}
    wanted = {path.as_posix() for path in files if path.suffix in (".py", ".js", ".json", ".npz", ".typed")}
    assert {"dlnotes/py.typed", "dlnotes/digits.npz", "dlnotes/softmax.py", "dlnotes/runs/softmax.json"} <= wanted
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wanted <= names
    assert {name.split("/")[0] for name in names} == {"dlnotes", f"dlnotes-{dlnotes.__version__}.dist-info"}


def test_wheel_describes_itself(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    folder = f"dlnotes-{dlnotes.__version__}.dist-info"
    metadata = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
    assert metadata["Version"] == dlnotes.__version__
    assert metadata["License-Expression"] == "MIT"
    assert f"{folder}/licenses/LICENSE" in archive.namelist()
    needed = {line.split(">")[0] for line in metadata.get_all("Requires-Dist") if "extra ==" not in line}
    assert needed == {"torch", "numpy", "matplotlib", "jaxtyping", "tqdm"}


def test_installed_package_works(installed: Path, tmp_path: Path) -> None:
    program = """
import dlnotes, torch
from dlnotes import runs
from dlnotes.data import digits
from dlnotes.softmax import softmax
print(dlnotes.__file__)
print(softmax(torch.zeros(4), dim=0).tolist())
print(all(runs.load(name).seeds for name in runs.names()), len(runs.names()) > 0, len(digits("train")[0]) > 0)
"""
    printed = run(sys.executable, "-c", program, cwd=tmp_path, environment={"PYTHONPATH": str(installed)})
    assert printed.splitlines() == [
        str(installed / "dlnotes/__init__.py"),
        "[0.25, 0.25, 0.25, 0.25]",
        "True True True",
    ]


def test_installed_command_lists_the_runs(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dlnotes", "runs"]
    assert "softmax" in run(*command, cwd=tmp_path, environment={"PYTHONPATH": str(installed)})
