"""The Python on the pages: nothing escapes, each block runs alone, and the machinery that checks this can fail."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from textwrap import dedent

import markdown
import pytest
import torch
from mkdocs.config import load_config

from dlnotes.book.blocks import PYTHON, blocks_to_run, pages, python_blocks, undefined_names, unused_sources
from dlnotes.book.examples import Docstrings, OutputUpdates, Page, check_block
from dlnotes.book.fresh import run_fresh
from dlnotes.book.outputs import expected_output, outputs_match
from dlnotes.book.pages import ROOT, BookError

BLOCKS = {
    f"{path.relative_to(ROOT).as_posix()}:{block.fence.number}": block
    for path in pages()
    for block in python_blocks(path)
}
PROGRAMS = {block.source.strip(): place for place, block in BLOCKS.items()}
PROGRAMS |= {path.read_text("utf-8").strip(): str(path.relative_to(ROOT)) for path in ROOT.glob("snippets/*/*.py")}


# ---- The book


@pytest.mark.parametrize("program", PROGRAMS, ids=PROGRAMS.values())
def test_program_runs_alone_and_prints_what_it_says(program: str) -> None:
    expected, printed = expected_output(program), run_fresh(program)
    assert outputs_match(expected, printed), f"#> lines:\n{expected}\nprinted:\n{printed}"


@pytest.mark.parametrize("place", BLOCKS)
def test_functions_of_a_block_find_what_they_call(place: str) -> None:
    assert undefined_names(BLOCKS[place].source) == [], f"{place}: embed the section that defines it before it is used"


def test_every_source_is_shown() -> None:
    assert unused_sources() == []


class _PythonHighlights(HTMLParser):
    """Counts the elements that the site marks as Python."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.count = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        self.count += "highlight" in classes and any(f"language-{name}" in classes for name in PYTHON)


def python_highlights(path: Path, config_file: Path) -> int:
    """How many Python blocks the page has as MkDocs renders it."""
    config = load_config(str(config_file))
    extensions = [name for name in config.markdown_extensions if name != "dlnotes.book.markdown"]  # equations take long
    options = {name: config.mdx_configs[name] for name in extensions if name in config.mdx_configs}
    renderer = markdown.Markdown(extensions=extensions, extension_configs=options)
    return _PythonHighlights(renderer.convert(path.read_text("utf-8"))).count


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_block_of_a_rendered_page_escapes(path: Path) -> None:
    assert len(python_blocks(path)) == python_highlights(path, ROOT / "mkdocs.yml")


# ---- The machinery, on planted books


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of one page that embeds one snippet."""
    monkeypatch.chdir(tmp_path)  # pymdownx.snippets looks from there when MkDocs renders
    write(
        tmp_path / "mkdocs.yml",
        """\
        site_name: Planted
        docs_dir: docs/en
        markdown_extensions:
          admonition: {}
          pymdownx.details: {}
          pymdownx.superfences: {}
          pymdownx.highlight: {pygments_lang_class: true}
          pymdownx.snippets: {base_path: ["."], check_paths: true, restrict_base_path: true, dedent_subsections: true}
        """,
    )
    write(tmp_path / "snippets/topic/half.py", "x = 0.5\nprint(x)\n#> 0.5\n")
    write(tmp_path / "docs/en/topic.md", fence("snippets/topic/half.py"))
    (tmp_path / "dlnotes").mkdir()
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dedent(text).encode())
    return path


def fence(*embeds: str, opening: str = "```python", indent: str = "") -> str:
    lines = [opening, *(f'--8<-- "{embed}"' for embed in embeds), "```"]
    return "".join(f"{indent}{line}\n" for line in lines)


def complaints(book: Path, page: str = "docs/en/topic.md") -> list[str]:
    return [line for block in blocks_to_run(book / page) for line in check_block(block)]


def test_a_right_page_passes(book: Path) -> None:
    assert complaints(book) == []
    assert unused_sources(book) == []


def test_a_wrong_output_is_reported_where_it_was_written(book: Path) -> None:
    write(book / "snippets/topic/half.py", "x = 0.25\nprint(x)\n#> 0.5\n")
    (complaint,) = complaints(book)
    assert complaint.startswith("snippets/topic/half.py:3: the page says\n    0.5\nbut the program prints\n    0.25")


@pytest.mark.parametrize("source", ["print(1)\n", "x = 1\n#> 1\n", "print(1)\nprint(2)\n#> 1\n#> 2\n"])
def test_missing_and_surplus_outputs_are_reported(book: Path, source: str) -> None:
    write(book / "snippets/topic/half.py", source)
    assert complaints(book)


def test_a_line_left_unfinished_is_reported(book: Path) -> None:
    write(book / "snippets/topic/half.py", "print(1, end=' ')\n#> 1\nprint(2)\n#> 2\n")
    assert complaints(book) == ["snippets/topic/half.py:1: a line is left unfinished; print it whole"]


def test_an_exception_names_the_snippets_line(book: Path) -> None:
    write(book / "dlnotes/topic.py", "# --8<-- [start:a]\n\ndef half(x):\n    return x / 0\n# --8<-- [end:a]\n")
    write(book / "snippets/topic/half.py", "\n\nhalf(1)\n")
    write(book / "docs/en/topic.md", "Text.\n\n" + fence("dlnotes/topic.py:a", "snippets/topic/half.py"))
    with pytest.raises(ZeroDivisionError) as failure:
        complaints(book)
    frames = [(Path(entry.path).name, entry.lineno + 1) for entry in failure.traceback[-2:]]
    assert frames == [("half.py", 3), ("topic.py", 4)]


def test_a_syntax_error_names_the_snippets_line(book: Path) -> None:
    write(book / "snippets/topic/half.py", "x = 1\ny = = 2\n")
    with pytest.raises(BookError, match=r"half\.py:2: invalid syntax"):
        complaints(book)


def test_blocks_share_nothing(book: Path) -> None:
    write(
        book / "snippets/topic/other.py",
        "print('x' in globals(), __name__)\n#> False __main__\n"
        "import torch\ntorch.manual_seed(0)\ntorch.set_default_dtype(torch.float64)\n",
    )
    write(book / "docs/en/topic.md", fence("snippets/topic/half.py") + "\n" + fence("snippets/topic/other.py"))
    state = torch.get_rng_state()
    assert complaints(book) == []
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize(
    "page",
    [
        fence("snippets/topic/half.py", opening='```python title="half.py" hl_lines="1"'),
        fence("snippets/topic/half.py", opening="``` { .python .annotate }").replace("``` {", "```{"),
        fence("snippets/topic/half.py", opening="```py"),
        fence("snippets/topic/half.py", opening="```python").replace("```", "~~~~"),
        '??? solution "Solution"\n\n' + fence("snippets/topic/half.py", indent="    "),
        '!!! mistake "A"\n\n    ??? note "B"\n\n' + fence("snippets/topic/half.py", indent=" " * 8),
        "````markdown\n```python\nnot run\n```\n````\n\n" + fence("snippets/topic/half.py"),
    ],
)
def test_every_form_of_fence_is_found_as_the_site_renders_it(book: Path, page: str) -> None:
    path = write(book / "docs/en/topic.md", page)
    assert len(blocks_to_run(path)) == python_highlights(path, book / "mkdocs.yml") == 1
    assert complaints(book) == []


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("```python\nprint(1)\n```\n", r"topic\.md:2: Python is typed into the page"),
        (fence("snippets/topic/none.py"), r"topic\.md:2: .*embeds what does not exist.*none\.py"),
        (fence("dlnotes/topic.py:none"), r"topic\.md:2: .*embeds what does not exist.*'none'"),
        (fence("snippets/topic/half.py", opening="```text"), r"half\.py:1 is embedded outside of a ```python fence"),
        ('--8<-- "snippets/topic/half.py"\n', r"half\.py:1 is embedded outside of a ```python fence"),
        (fence("snippets/topic/half.py")[:-4], r"topic\.md:1: this code fence is never closed"),
        ("--8<--\nsnippets/topic/half.py\n--8<--\n", r"topic\.md:1: embed one file a line"),
    ],
)
def test_a_page_that_hides_code_is_refused(book: Path, page: str, message: str) -> None:
    write(book / "dlnotes/topic.py", "# --8<-- [start:a]\nx = 1\n# --8<-- [end:a]\n")
    write(book / "docs/en/topic.md", page)
    with pytest.raises(BookError, match=message):
        complaints(book)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("for i in range(2):\n    print(i)\n    #> 0\n    i += 1\n", r"half\.py:3: this `#>` line stands inside"),
        ("#> 1\nprint(1)\n", r"half\.py:1: this `#>` line stands inside"),
        ("print(1)\n# > 1\n", r"half\.py:2: write `#>`, without a space"),
    ],
)
def test_misplaced_outputs_are_refused(book: Path, source: str, message: str) -> None:
    write(book / "snippets/topic/half.py", source)
    with pytest.raises(BookError, match=message):
        complaints(book)


def test_unused_sources_are_listed(book: Path) -> None:
    write(book / "snippets/topic/unused.py", "x = 1\n")
    write(
        book / "dlnotes/topic.py",
        """\
        # --8<-- [start:shown]
        x = 1
        # --8<-- [end:shown]
        # --8<-- [start:hidden]
        y = 1
        # --8<-- [end:hidden]
        # --8<-- [end:never_started]
        # --8<-- [start:never_ended]
        """,
    )
    write(book / "docs/en/topic.md", fence("snippets/topic/half.py") + "\n" + fence("dlnotes/topic.py:shown"))
    assert unused_sources(book) == [
        "snippets/topic/unused.py is embedded on no page; embed it or delete it",
        "dlnotes/topic.py:6: section hidden is embedded on no page",
        "dlnotes/topic.py:7: section never_started ends but never starts",
        "dlnotes/topic.py:8: section never_ended starts but never ends",
    ]


def test_a_chinese_twin_runs_only_where_it_differs(book: Path) -> None:
    write(book / "snippets/topic/other.py", "print(2)\n#> 3\n")
    write(book / "docs/zh/topic.md", fence("snippets/topic/half.py"))
    assert blocks_to_run(book / "docs/zh/topic.md") == []
    write(book / "docs/zh/topic.md", fence("snippets/topic/half.py") + "\n" + fence("snippets/topic/other.py"))
    assert len(blocks_to_run(book / "docs/zh/topic.md")) == 1
    assert complaints(book, "docs/zh/topic.md")


def test_update_writes_outputs_and_nothing_else(book: Path) -> None:
    path = book / "snippets/topic/half.py"
    before = (
        b"import math\r\n\r\nprint(  math.pi )  # kept\r\n#>\r\nif True:\r\n    print(1)\r\n\r\n"
        b"    print('a \\n\\nb')\r\n    #> old\r\n    #> older\r\n# kept\r\nx = 'no output'\r\n#> stale\r\nprint(2)"
    )
    after = (
        b"import math\r\n\r\nprint(  math.pi )  # kept\r\n#> 3.141592653589793\r\nif True:\r\n    print(1)\r\n\r\n"
        b"    print('a \\n\\nb')\r\n    #> 1\r\n    #> a\r\n    #>\r\n    #> b\r\n# kept\r\nx = 'no output'\r\n"
        b"print(2)\r\n#> 2\r\n"
    )
    path.write_bytes(before)
    updates = OutputUpdates()
    for block in blocks_to_run(book / "docs/en/topic.md"):
        assert check_block(block, updates) == []
    assert updates.write() == [path]
    assert path.read_bytes() == after
    assert complaints(book) == []


def test_update_leaves_outputs_that_match(book: Path) -> None:
    path = write(book / "snippets/topic/half.py", "print(1 / 3)\n#> 0.33\n")
    updates = OutputUpdates()
    (block,) = blocks_to_run(book / "docs/en/topic.md")
    assert check_block(block, updates) == []
    assert updates.write() == []
    assert path.read_text() == "print(1 / 3)\n#> 0.33\n"


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("loss 0.333", "loss 0.3334999"),
        ("0.5", "0.45"),
        ("1.2e-07", "1.24e-07"),
        ("tensor([-0.10, 2.])  ", "tensor([-0.104, 2.])"),
        ("nan inf -inf 7", "nan inf -inf 7"),
        ("x\n", "x"),
    ],
)
def test_outputs_that_match(expected: str, got: str) -> None:
    assert outputs_match(expected, got)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("0.333", "0.33351"),
        ("0.3", "0.39"),
        ("1.2e-07", "1.26e-07"),
        ("7", "8"),
        ("7", "7.0"),
        ("7.0", "7"),
        ("2.", "2.4"),
        ("100000000000000000000", "100000000000000000001"),
        ("nan", "0.0"),
        ("0.0", "nan"),
        ("inf", "-inf"),
        ("a 1.0", "b 1.0"),
        ("1.0", "1.0 2.0"),
        ("1.0\n2.0", "1.0"),
        ("", "1"),
        ("a  b", "a b"),
    ],
)
def test_outputs_that_do_not_match(expected: str, got: str) -> None:
    assert not outputs_match(expected, got)


def test_run_fresh_is_alone_and_shows_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    assert run_fresh("import os, sys\nprint(os.listdir(), sys.flags.isolated, '梯度')") == "['program.py'] 1 梯度\n"
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run_fresh("1 / 0")


def test_run_fresh_leaves_nothing_to_the_next_program() -> None:
    assert run_fresh("import torch\ntorch.left = 1\ntorch.set_default_dtype(torch.float64)") == ""
    program = "import sys\nprint(any(name.startswith('dlnotes') for name in sys.modules))\n"
    program += "import torch\nprint(hasattr(torch, 'left'), torch.get_default_dtype(), __name__)"
    assert run_fresh(program) == "False\nFalse torch.float32 __main__\n"
    with pytest.raises(RuntimeError, match="NameError: name 'torch' is not defined"):
        run_fresh("torch")


def test_run_fresh_survives_a_program_that_ends_its_process() -> None:
    with pytest.raises(RuntimeError, match="exit status 7"):
        run_fresh("import os\nos._exit(7)")
    assert run_fresh("print(2)") == "2\n"


def test_run_fresh_runs_a_program_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    source = f"open({str(log)!r}, 'a').write('ran')\n"
    assert run_fresh(source) == run_fresh(source) == ""
    assert log.read_text() == "ran"


def test_undefined_names() -> None:
    source = "import torch\n\ndef f(x):\n    y = g(x)\n    return [torch.abs(z) + len(h) for z in y]\n\nh = 1\n"
    assert undefined_names(source) == ["g"]
    assert undefined_names("def f(n):\n    return f(n - 1)\n") == []


def test_docstring_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = write(
        tmp_path / "planted_module.py",
        '''\
        def third():
            """A third.

            >>> third()
            0.33
            """
            return 1 / 3


        def wrong():
            """Half.

            >>> wrong()
            0.4
            """
            return 0.5
        ''',
    )
    right, wrong = Docstrings.parse(str(path))
    right.evaluate()
    with pytest.raises(AssertionError, match=r"line 13(.|\n)*0\.4(.|\n)*0\.5"):
        wrong.evaluate()


def test_sybil_collects_every_block() -> None:
    path = ROOT / "docs/en/index.md"
    assert [example.line for example in Page.parse(str(path))] == [block.fence.number for block in python_blocks(path)]


def test_pytest_reports_a_wrong_page_and_rewrites_it(book: Path) -> None:
    """The whole way, as the command line goes it."""
    book.joinpath("conftest.py").write_text((ROOT / "conftest.py").read_text("utf-8"), "utf-8")
    snippet = write(book / "snippets/topic/half.py", "print(0.5)\n#> 0.4\n")
    readme = write(book / "README.md", "```python\nprint(1 + 1)\n#> 2\n```\n")

    def pytest_run(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, str(book)]
        return subprocess.run(command, cwd=book, capture_output=True, text=True)

    wrong = pytest_run()
    assert wrong.returncode == 1 and "1 failed, 1 passed" in wrong.stdout and "half.py:2: the page says" in wrong.stdout
    refused = pytest_run("--update-outputs", "-n", "1")
    assert refused.returncode == 4 and "without -n" in refused.stderr
    updated = pytest_run("--update-outputs")
    assert updated.returncode == 0 and "wrote" in updated.stdout, updated.stdout + updated.stderr
    assert snippet.read_text() == "print(0.5)\n#> 0.5\n"
    assert readme.read_text() == "```python\nprint(1 + 1)\n#> 2\n```\n"
    assert pytest_run().returncode == 0
