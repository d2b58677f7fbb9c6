"""The layout of the repository: who may import what, and that all that belongs to a topic carries its name."""

import ast
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from textwrap import dedent

import pathspec
import pytest
from packaging.requirements import Requirement

from dlnotes.book.pages import ROOT, chapter_numbers, equations

CHAPTERS = tuple(chapter_numbers())
SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

TOP_LEVEL = {
    *(".ci", ".github", ".gitignore", ".htmlvalidate.json", ".npmrc"),
    *("benchmarks", "dlnotes", "docs", "snippets", "tests"),
    *("CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "conftest.py", "constraints.txt", "pyproject.toml"),
    *("mkdocs.yml", "mkdocs.zh.yml", "package-lock.json", "package.json"),
}


# ---- Imports


@dataclass(frozen=True)
class Rule:
    """What the files of one place may import: packages by name, parts of dlnotes by their place."""

    packages: set[str]
    places: set[str]


STANDARD = set(sys.stdlib_module_names)
WITHOUT_IO = {"__future__", "abc", "collections", "contextlib", "dataclasses", "enum", "functools", "itertools"}
WITHOUT_IO |= {"math", "operator", "typing", "warnings", "weakref"}

RULES = {
    "package": Rule(set(), set()),
    "topic": Rule(WITHOUT_IO | {"torch", "numpy", "jaxtyping"}, {"topic"}),
    "data": Rule(STANDARD | {"torch", "numpy", "jaxtyping", "tqdm"}, {"package"}),
    "runs": Rule(STANDARD | {"numpy"}, {"package", "runs"}),
    "experiments": Rule(
        STANDARD | {"torch", "numpy", "jaxtyping", "tqdm"}, {"package", "topic", "data", "runs", "experiments"}
    ),
    "figures": Rule(STANDARD | {"torch", "numpy", "matplotlib", "cycler"}, {"package", "topic", "runs", "figures"}),
    "command": Rule(STANDARD, {"package", "topic", "data", "runs", "experiments", "figures"}),
    "snippets": Rule(STANDARD | {"torch", "numpy", "matplotlib"}, {"package", "topic", "data", "runs", "figures"}),
}


def module_place(module: str) -> str:
    """Which of the places a module of dlnotes belongs to."""
    _, _, inside = module.partition(".")
    part = inside.split(".")[0]
    if part in ("data", "runs", "experiments", "figures", "book"):
        return part
    return {"": "package", "__main__": "command"}.get(part, "topic")


def file_place(path: Path) -> str:
    """Which of the places a file (relative to the root) belongs to."""
    if path.parts[0] == "snippets":
        return "snippets"
    return module_place(".".join(path.with_suffix("").parts).removesuffix(".__init__"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every import in a file, also within functions: its line and the module's full name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if module == "dlnotes":  # from dlnotes import runs
                yield from ((node.lineno, f"dlnotes.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def forbidden_imports(root: Path, chapters: tuple[str, ...]) -> list[str]:
    """Imports that the rules do not allow."""
    found = []
    for path in sorted([*root.glob("dlnotes/**/*.py"), *root.glob("snippets/**/*.py")]):
        relative = path.relative_to(root)
        place = file_place(relative)
        if place == "book":
            continue
        for line, module in imports(path):
            top = module.split(".")[0]
            allowed = module_place(module) in RULES[place].places if top == "dlnotes" else top in RULES[place].packages
            if place == "topic" and top == "dlnotes" and not _is_earlier(module, path.stem, chapters):
                allowed = False
            if not allowed:
                found.append(f"{relative.as_posix()}:{line}: {place} must not import {module}")
    return found


def _is_earlier(module: str, topic: str, chapters: tuple[str, ...]) -> bool:
    other = module.split(".")[1]
    return other in chapters and topic in chapters and chapters.index(other) < chapters.index(topic)


def impure_topics(root: Path) -> list[str]:
    """Places where a topic's module does input or output or keeps global state."""
    found = []
    for path in sorted(root.glob("dlnotes/*.py")):
        if module_place(f"dlnotes.{path.stem}") != "topic":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Global):
                found.append(f"dlnotes/{path.name}:{node.lineno}: a topic keeps no global state")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "print"):
                found.append(f"dlnotes/{path.name}:{node.lineno}: a topic does no {node.func.id}()")
    return found


# ---- Names


def topic_of(name: str, chapters: tuple[str, ...]) -> str | None:
    """The topic that `<topic>` or `<topic>_<name>` belongs to: the longest that fits."""
    fitting = [chapter for chapter in chapters if name == chapter or name.startswith(f"{chapter}_")]
    return max(fitting, key=len, default=None)


def missing_files(root: Path, chapters: tuple[str, ...]) -> list[str]:
    """What a chapter of the nav lacks."""
    found = []
    for topic in chapters:
        needed = [f"docs/en/{topic}.md", f"docs/zh/{topic}.md", f"dlnotes/{topic}.py"]
        needed += [f"tests/test_{topic}.py", f"tests/equations/test_{topic}.py"]
        found += [f"{topic}: {path} is missing" for path in needed if not (root / path).is_file()]
        if not list(root.glob(f"snippets/{topic}/*.py")):
            found.append(f"{topic}: snippets/{topic}/ has no snippet")
    return found


def misnamed_files(root: Path, chapters: tuple[str, ...]) -> list[str]:
    """Files that are named after no chapter of the nav, or whose name is no slug."""

    def files(pattern: str) -> list[Path]:
        return sorted(path for path in root.glob(pattern) if not path.name.startswith("__"))

    not_topics = [path for path in files("dlnotes/*.py") if path.stem not in (*chapters, "data")]
    not_topics += [path for path in files("dlnotes/figures/*.py") if path.stem not in chapters]
    not_topics += [path for path in files("tests/equations/test_*.py") if path.stem[5:] not in chapters]
    not_topics += [path for path in files("snippets/*") if not (root / f"docs/en/{path.name}.md").exists()]
    experiments = files("dlnotes/experiments/[!_]*.py")  # what several of them share begins with an underscore
    named_after_topics = [*experiments, *files("dlnotes/runs/*.json")]
    not_topics += [path for path in named_after_topics if topic_of(path.stem, chapters) is None]
    found = [
        f"{path.relative_to(root).as_posix()} is named after no chapter (its folder after no page)"
        for path in not_topics
    ]

    strays = [path for path in files("snippets/**/*") if path.is_file() and not _is_snippet(path.relative_to(root))]
    found += [f"{path.relative_to(root).as_posix()} is not snippets/<topic>/<name>.py" for path in strays]
    utils = [path for place in ("dlnotes", "tests", "snippets") for path in files(f"{place}/**/utils.py")]
    found += [f"{path.relative_to(root).as_posix()}: name a module by what it holds, not utils" for path in utils]
    return found


def _is_snippet(path: Path) -> bool:
    return len(path.parts) == 3 and path.suffix == ".py" and bool(SLUG.fullmatch(path.stem))


def pages_without_twin(root: Path) -> list[str]:
    """Pages that one language has and the other has not."""
    names = {language: {path.name for path in root.glob(f"docs/{language}/*.md")} for language in ("en", "zh")}
    return [
        f"docs/{'zh' if name in names['en'] else 'en'}/{name} is missing: its twin exists"
        for name in sorted(names["en"] ^ names["zh"])
    ]


def stray_top_level(root: Path) -> list[str]:
    """Files and folders at the top that the layout does not name and git does not ignore."""
    ignored = pathspec.GitIgnoreSpec.from_lines((root / ".gitignore").read_text("utf-8").splitlines())
    entries = (path for path in root.iterdir() if path.name != ".git")
    names = {path.name for path in entries if not ignored.match_file(f"{path.name}/" if path.is_dir() else path.name)}
    return sorted(names - TOP_LEVEL)


def unknown_equations(root: Path, topics: Collection[str], labels: Collection[str]) -> list[str]:
    """Equations that the code names, as in `# (softmax-jacobian)`, and no page has."""
    named = re.compile(rf"\(((?:{'|'.join(topics)})-[a-z0-9-]+)\)")
    sources = [path for place in ("dlnotes", "snippets") for path in sorted(root.glob(f"{place}/**/*.py"))]
    return [
        f"{path.relative_to(root).as_posix()}:{number}: no page has the equation {label}"
        for path in sources
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for label in named.findall(line)
        if label not in labels
    ]


# ---- The book


def test_imports() -> None:
    assert forbidden_imports(ROOT, CHAPTERS) == []


def test_topics_are_pure() -> None:
    assert impure_topics(ROOT) == []


def test_every_chapter_is_whole() -> None:
    assert CHAPTERS, "the nav of mkdocs.yml has no chapter"
    assert missing_files(ROOT, CHAPTERS) == []


def test_names() -> None:
    assert misnamed_files(ROOT, CHAPTERS) == []


def test_pages_are_twins() -> None:
    assert pages_without_twin(ROOT) == []


def test_top_level() -> None:
    assert stray_top_level(ROOT) == []


def test_equations_named_in_code_exist() -> None:
    assert unknown_equations(ROOT, CHAPTERS, equations()) == []


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("snippets/*/*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_snippet_is_formatted(path: Path) -> None:
    """`ruff format` would turn `#> 1` into `# > 1`, so it is shown `#: 1`, which it leaves alone."""
    source = re.sub(r"^([ \t]*)#>", r"\1#:", path.read_text("utf-8"), flags=re.M)
    command = [sys.executable, "-m", "ruff", "format", "--config", str(ROOT / "pyproject.toml"), "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    assert done.stdout == source


# ---- What an import loads


def python(program: str) -> str:
    command = [sys.executable, "-c", dedent(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


HEAVY = ("torch", "numpy", "matplotlib", "jaxtyping")


def test_import_dlnotes_is_light() -> None:
    assert python(f"import sys, dlnotes; print([name for name in {HEAVY} if name in sys.modules])") == "[]\n"


def test_records_are_read_without_torch_and_matplotlib() -> None:
    program = """
        import sys
        from dlnotes import runs
        assert [runs.load(name) for name in runs.names()]
        print([name for name in ("torch", "matplotlib") if name in sys.modules])
    """
    assert python(program) == "[]\n"


def test_figures_of_records_alone_are_drawn_without_torch() -> None:
    """The engine and every figure module that asks for no formula, by what they import."""
    modules = [path for path in sorted(ROOT.glob("dlnotes/figures/*.py")) if not _needs_formulas(path)]
    names = [f"dlnotes.figures.{path.stem}".removesuffix(".__init__") for path in modules]
    assert names[0] == "dlnotes.figures"
    assert python(f"import sys, {', '.join(names)}; print('torch' in sys.modules)") == "False\n"


def _needs_formulas(path: Path) -> bool:
    modules = {name for _, name in imports(path)}
    return "torch" in modules or any(name.startswith("dlnotes.") and module_place(name) == "topic" for name in modules)


def requirements_of(*names: str) -> set[str]:
    """Distributions that an installation of `names` brings, themselves included."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            needed = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:  # an optional part of another platform
            continue
        found.add(name)
        waiting += [need.name for need in needed if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def test_experiments_need_only_torch_numpy_jaxtyping_tqdm() -> None:
    present = requirements_of("torch", "numpy", "jaxtyping", "tqdm")
    absent = {
        module
        for module, distributions in packages_distributions().items()
        if not present & {name.lower().replace("_", "-") for name in distributions} and module != "dlnotes"
    }
    assert {"matplotlib", "sybil", "mkdocs", "scipy"} <= absent
    modules = sorted(f"dlnotes.experiments.{path.stem}" for path in ROOT.glob("dlnotes/experiments/[!_]*.py"))
    assert modules
    program = f"""
        import sys
        from importlib import import_module
        from importlib.machinery import PathFinder

        class SmallInstallation(PathFinder):
            @classmethod
            def find_spec(cls, name, path=None, target=None):
                return None if name.split(".")[0] in {absent} else super().find_spec(name, path, target)

        sys.meta_path[:] = [SmallInstallation if finder is PathFinder else finder for finder in sys.meta_path]
        for module in {modules}:
            import_module(module)
        print("imported")
    """
    assert python(program) == "imported\n"


# ---- Each rule can fail, on planted trees


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A whole book of two chapters."""
    for topic in ("first", "second"):
        for path in (
            *(f"docs/en/{topic}.md", f"docs/zh/{topic}.md", f"dlnotes/{topic}.py", f"snippets/{topic}/a_b.py"),
            *(f"dlnotes/experiments/{topic}.py", f"dlnotes/figures/{topic}.py", f"dlnotes/runs/{topic}_long.json"),
            *(f"tests/test_{topic}.py", f"tests/equations/test_{topic}.py"),
        ):
            plant(tmp_path, path, "")
    for path in ("__init__.py", "__main__.py", "data.py", "runs/__init__.py", "book/pages.py"):
        plant(tmp_path, f"dlnotes/{path}", "")
    plant(tmp_path, ".gitignore", "site/\n*.log\n")
    return tmp_path


def plant(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")


PLANTED = ("first", "second")


def test_a_whole_tree_passes(tree: Path) -> None:
    assert forbidden_imports(tree, PLANTED) == impure_topics(tree) == missing_files(tree, PLANTED) == []
    assert misnamed_files(tree, PLANTED) == pages_without_twin(tree) == stray_top_level(tree) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("dlnotes/__init__.py", "import torch"),
        ("dlnotes/first.py", "import matplotlib.pyplot as plt"),
        ("dlnotes/first.py", "import os"),
        ("dlnotes/first.py", "from pathlib import Path"),
        ("dlnotes/first.py", "from dlnotes.second import f"),
        ("dlnotes/first.py", "from dlnotes import runs"),
        ("dlnotes/first.py", "from dlnotes.data import digits"),
        ("dlnotes/first.py", "from . import second"),
        ("dlnotes/second.py", "def f():\n    import dlnotes.book"),
        ("dlnotes/data.py", "import sklearn"),
        ("dlnotes/data.py", "from dlnotes.first import f"),
        ("dlnotes/runs/__init__.py", "import torch"),
        ("dlnotes/experiments/first.py", "import matplotlib"),
        ("dlnotes/experiments/first.py", "from dlnotes.figures import style"),
        ("dlnotes/figures/first.py", "from dlnotes.experiments import first"),
        ("dlnotes/figures/first.py", "import scipy"),
        ("dlnotes/figures/first.py", "from dlnotes.book.pages import ROOT"),
        ("dlnotes/__main__.py", "from dlnotes.book import pages"),
        ("dlnotes/__main__.py", "import torch"),
        ("snippets/first/a_b.py", "import pandas"),
        ("snippets/first/a_b.py", "from snippets.second import a_b"),
        ("snippets/first/a_b.py", "from dlnotes.book import pages"),
        ("snippets/first/a_b.py", "from dlnotes.experiments import first"),
    ],
)
def test_a_forbidden_import_is_found(tree: Path, path: str, source: str) -> None:
    plant(tree, path, f"\n{source}\n")
    (complaint,) = forbidden_imports(tree, PLANTED)
    assert complaint.startswith(f"{path}:{3 if 'def' in source else 2}: ")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("dlnotes/second.py", "import math\nimport torch\nfrom jaxtyping import Float\nfrom dlnotes.first import f"),
        (
            "dlnotes/experiments/first.py",
            "from tqdm import tqdm\nfrom dlnotes import runs\nfrom dlnotes.second import f",
        ),
        (
            "dlnotes/figures/first.py",
            "import matplotlib.pyplot\nfrom dlnotes import runs, second",
        ),
        ("dlnotes/book/pages.py", "import mkdocs\nfrom dlnotes import experiments, figures"),
        ("snippets/first/a_b.py", "import math\nimport torch\nfrom dlnotes.first import f"),
    ],
)
def test_an_allowed_import_is_let_through(tree: Path, path: str, source: str) -> None:
    plant(tree, path, source)
    assert forbidden_imports(tree, PLANTED) == []


@pytest.mark.parametrize("source", ["print(1)", "f = open('x')", "def f():\n    global x\n    x = 1"])
def test_an_impure_topic_is_found(tree: Path, source: str) -> None:
    plant(tree, "dlnotes/first.py", source)
    assert len(impure_topics(tree)) == 1


@pytest.mark.parametrize(
    "path",
    [
        *("docs/en/first.md", "docs/zh/first.md", "dlnotes/first.py", "snippets/first/a_b.py"),
        *("tests/test_first.py", "tests/equations/test_first.py"),
    ],
)
def test_an_incomplete_chapter_is_found(tree: Path, path: str) -> None:
    (tree / path).unlink()
    (complaint,) = missing_files(tree, PLANTED)
    assert complaint.startswith("first: ")


@pytest.mark.parametrize(
    "path",
    [
        *("dlnotes/third.py", "dlnotes/figures/third.py", "dlnotes/experiments/third.py", "dlnotes/runs/firstly.json"),
        *("tests/equations/test_third.py", "snippets/third/a.py", "snippets/first/A.py", "snippets/first/a.txt"),
        *("snippets/first/deep/a.py", "dlnotes/book/utils.py"),
    ],
)
def test_a_misnamed_file_is_found(tree: Path, path: str) -> None:
    plant(tree, path, "")
    assert len(misnamed_files(tree, PLANTED)) == 1


@pytest.mark.parametrize("path", ["docs/en/third.md", "docs/zh/third.md"])
def test_a_page_without_twin_is_found(tree: Path, path: str) -> None:
    plant(tree, path, "")
    assert len(pages_without_twin(tree)) == 1


def test_a_stray_file_is_found_and_an_ignored_one_is_not(tree: Path) -> None:
    plant(tree, "notes.txt", "")
    plant(tree, "a.log", "")
    plant(tree, "site/index.html", "")
    assert stray_top_level(tree) == ["notes.txt"]


def test_an_unknown_equation_in_the_code_is_found(tree: Path) -> None:
    path = tree / "dlnotes/softmax.py"
    path.write_text("a = 1  # (softmax-odds)\nb = 2  # (softmax-ods), (no-equation)\n")
    found = unknown_equations(tree, ["softmax", "backpropagation"], ["softmax-odds"])
    assert found == ["dlnotes/softmax.py:2: no page has the equation softmax-ods"]
