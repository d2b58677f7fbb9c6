"""The labs: all of them run, and a lab that does not run, or cannot be read in both themes, fails the build."""

import gzip
import json
import re
import subprocess
import sys
from textwrap import dedent

import nbformat
import pytest
from test_site import page_file, page_url, read

from dlnotes.book import lab_pages, labs, pages
from dlnotes.book.pages import LABS, LANGUAGES, ROOT, BookError, configuration, lab_slugs

PAGE_LIMIT = 150_000  # bytes, of a lab's page with all that it fetches, compressed


@pytest.fixture(params=lab_slugs())
def slug(request) -> str:
    return request.param


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return request.param


def figures(notebook) -> list[str]:
    outputs = [output for cell in labs.code_cells(notebook) for output in cell.outputs]
    return [output["data"]["image/svg+xml"] for output in outputs if "image/svg+xml" in output.get("data", {})]


# ---- The book's labs


def test_every_part_ends_with_its_lab():
    entries = configuration(ROOT)["nav"]  # the Chinese one has the same pages: tests/test_site.py
    sections = [section for entry in entries for section in entry.values() if isinstance(section, list)]
    assert sorted(section[-1].removesuffix(".md") for section in sections) == lab_slugs()
    assert all(page.startswith(LABS) == (page == section[-1]) for section in sections for page in section)


def test_the_notebook_to_download_has_run_from_top_to_bottom(site, slug, language):
    """The site was built by running it in a fresh kernel, or from such a run of the same code, see labs.key."""
    notebook = nbformat.read(site / language / f"{slug}.ipynb", as_version=4)
    nbformat.validate(notebook)
    written, shown = labs.code_cells(labs.read(slug, language)), labs.code_cells(notebook)
    assert [cell.source for cell in shown] == [cell.source for cell in written]
    assert [cell.execution_count for cell in shown] == list(range(1, len(shown) + 1))
    outputs = [output for cell in shown for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"stream", "display_data", "execute_result"}
    assert len(figures(notebook)) >= 2 and any(output.get("text", "").strip() for output in outputs)
    prose = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not re.search(r"\.md[#)]|\\eqref|\{#", prose)  # these mean something on the page only


def test_both_languages_show_the_same_run(site, slug):
    english, chinese = (nbformat.read(site / language / f"{slug}.ipynb", as_version=4) for language in LANGUAGES)
    assert [c.outputs for c in labs.code_cells(english)] == [c.outputs for c in labs.code_cells(chinese)]


def test_the_page_shows_the_run_and_links_to_the_notebook(site, slug, language):
    url = page_url(language, slug)
    html = page_file(site, url).read_text("utf-8")
    notebook, _ = labs.executed(slug, language)
    assert url.removesuffix("/") + ".ipynb" in read(page_file(site, url), url).links
    assert ("colab.research.google.com" in html) == bool(lab_pages.colab_address(labs.repository(), ""))
    for theme in ("light", "dark"):
        assert html.count(f'class="only-{theme}"') == len(figures(notebook))
    assert html.count('class="language-text output highlight"') == sum(
        any(output.get("text", "").strip() for output in cell.outputs) for cell in labs.code_cells(notebook)
    )


def test_a_lab_is_light(site, slug, language):
    """Everything that the page names; its figures in one theme, as browsers fetch only what they show."""
    url = page_url(language, slug)
    page = read(page_file(site, url), url)
    files = {page_file(site, address) for address in [url, *page.resources] if address.startswith("http")}
    fetched = [file for file in files if not file.name.endswith(".dark.svg")]
    assert 6 <= len(fetched) < len(files)
    assert sum(len(gzip.compress(file.read_bytes())) for file in fetched) <= PAGE_LIMIT
    assert "<style>" not in page_file(site, url).read_text("utf-8").partition("<article")[2]


def test_labs_take_from_modules_of_dlnotes_by_name(slug):
    """So that labs.key sees which."""
    code = "\n".join(cell.source for cell in labs.code_cells(labs.read(slug, "en")))
    assert "from dlnotes import" not in code and "import dlnotes" not in code
    assert len(set(labs.MODULE.findall(code))) >= 3


# ---- Planted labs

FRONT_MATTER = """
    # ---
    # title: A lab
    # ---

    # %% [markdown]
    # # A lab
    #
    # See [softmax](../softmax.md#jacobian) and \\eqref{softmax-jacobian}.
    #
    # ## Question {#question}

"""


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """Write a lab of these cells in both languages, in a folder of its own, and run it."""
    monkeypatch.setattr(labs, "ROOT", tmp_path)
    monkeypatch.setattr(labs, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(labs, "lab_slugs", lambda: ["labs/lab"])
    monkeypatch.setattr(labs, "page_source", lambda slug, language: tmp_path / f"docs/{language}/{slug}.py")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("DLNOTES_REPO_URL", raising=False)

    def plant(cells: str, chinese: str | None = None) -> int:
        for language, text in (("en", cells), ("zh", chinese or cells)):
            path = tmp_path / f"docs/{language}/labs/lab.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(FRONT_MATTER).lstrip() + dedent(text), "utf-8")
        return labs.run_all()

    return plant


FIGURE = """
    # %% alt="A line in two colours."
    import matplotlib.pyplot as plt

    plt.plot([0, 1], color="C1")
    print("<b>drawn</b>")
    plt.show()
    """


def test_a_run_is_kept_until_the_code_changes(plant):
    assert plant("# %%\nprint(6 * 7)\n") == 1
    assert plant("# %% [markdown]\n# More words.\n\n# %%\nprint(6 * 7)\n") == 0
    assert plant("# %%\nprint(6 * 8)\n") == 1
    notebook, ran = labs.executed("labs/lab", "zh")
    assert [output["text"] for output in notebook.cells[-1].outputs] == ["48\n"]
    assert ran["seconds"] > 0


def test_the_key_of_a_run_follows_the_modules_that_a_lab_uses(plant, monkeypatch):
    plant("# %%\nprint(1)\n\n# %%\nif False:\n    from dlnotes.softmax import softmax\n")
    notebook = labs.read("labs/lab", "en")
    before = labs.key(notebook)
    hashed = []
    monkeypatch.setattr(labs.runs, "code_hash", lambda *modules: hashed.append(modules) or "other")
    assert labs.key(notebook) != before
    assert {"dlnotes.softmax", "dlnotes.data", "dlnotes.figures"} <= set(hashed[0])


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        ("# %%\nx = 1\n\n# %%\nprint(x)\nunknown\n", r"docs/en/labs/lab\.py:16: code cell 3 failed: .*NameError"),
        ("# %%\nimport warnings\nwarnings.warn('old')\n", "code cell 2 writes to stderr.*old"),
        ("# %%\nimport time\ntime.sleep(60)\n", "code cell 2 took more than 1 s"),
        ("# %%\nimport os\nos._exit(1)\n", "code cell 2 died"),
    ],
    ids=["exception", "warning", "endless", "dead kernel"],
)
def test_a_cell_that_does_not_run_is_named(plant, monkeypatch, cells, complaint):
    monkeypatch.setattr(labs, "SECONDS_ALLOWED", 1 if "sleep" in cells else 60)
    with pytest.raises(BookError, match=f"(?s){complaint}"):
        plant(cells)


def test_a_lab_that_was_not_run_has_no_page(plant):
    plant("# %%\nprint(1)\n")
    labs._cache_file("labs/lab").unlink()
    with pytest.raises(BookError, match=r"docs/en/labs/lab\.py has not been run"):
        lab_pages.site_files("labs/lab", "en", "http://localhost/en/")


def test_other_code_in_chinese_is_refused(plant):
    plant("# %%\nprint(1)\n", "# %%\nprint(2)\n")
    with pytest.raises(BookError, match=r"docs/zh/labs/lab\.py:13: code cell 2 is not that of the English lab"):
        labs.executed("labs/lab", "zh")
    plant("# %%\nprint(1)\n", "# %%\nprint(1)\n\n# %%\nprint(1)\n")
    with pytest.raises(BookError, match="the English lab has 2 code cells, the Chinese one 3"):
        labs.executed("labs/lab", "zh")


def test_a_lab_without_front_matter_is_refused(tmp_path):
    path = tmp_path / "lab.py"
    path.write_text("# %%\nprint(1)\n", "utf-8")
    with pytest.raises(BookError, match=r"lab\.py:1: a lab begins with front matter"):
        labs.notebook_of(path)


def test_page_figures_and_notebook_of_a_lab(plant):
    plant(FIGURE)
    files = lab_pages.site_files("labs/lab", "en", "https://example.org/en/")
    assert sorted(files) == ["labs/lab-1.dark.svg", "labs/lab-1.light.svg", "labs/lab.ipynb", "labs/lab.md"]
    assert files["labs/lab.md"].startswith("---\ntitle: A lab\n---\n\n# A lab\n\n[Download this notebook](lab.ipynb)")
    assert "``` { .text .output }\n<b>drawn</b>\n```" in files["labs/lab.md"]
    assert '![A line in two colours.](lab-1.dark.svg){ .only-dark width="576" height="336"' in files["labs/lab.md"]
    light, dark = (files[f"labs/lab-1.{theme}.svg"] for theme in ("light", "dark"))
    assert "#d55e00" in light and "#f0894a" in dark and "#222222" not in dark
    assert not re.search("#ffffff|#1e2129", light + dark)  # on the page's own background
    notebook = nbformat.reads(files["labs/lab.ipynb"], as_version=4)
    assert "#ffffff" in figures(notebook)[0]  # a notebook is opened anywhere
    words = notebook.cells[1].source
    assert "[softmax](https://example.org/en/softmax/#jacobian)" in words and words.endswith("## Question")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (' alt="A line in two colours."', "", "code cell 2 draws a figure; say what it shows"),
        ("C1", "#123456", "code cell 2 draws in #123456, which may be unreadable in the dark theme"),
    ],
)
def test_a_figure_that_not_everyone_can_read_is_refused(plant, old, new, complaint):
    plant(FIGURE.replace(old, new))
    with pytest.raises(BookError, match=complaint):
        lab_pages.site_files("labs/lab", "en", "http://localhost/en/")


def test_equations_are_links_to_the_site_in_the_notebook():
    cell = nbformat.v4.new_markdown_cell("By \\eqref{softmax-jacobian}, not \\eqref{softmax-typo}.")
    number = pages.equations()["softmax-jacobian"].number
    link = f"[({number})](https://example.org/zh/softmax/#eq-softmax-jacobian)"
    portable = lab_pages._portable_cell(cell, "https://example.org/zh/")
    assert portable["source"] == f"By {link}, not \\eqref{{softmax-typo}}."


# ---- Elsewhere


def install_cell(monkeypatch, repository: str) -> str:
    monkeypatch.setenv("DLNOTES_REPO_URL", repository)
    return labs.code_cells(labs.read(lab_slugs()[0], "en"))[0].source


def test_the_first_cell_says_what_is_missing(monkeypatch):
    """An interpreter without site-packages has no dlnotes."""
    program = install_cell(monkeypatch, "")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True)
    assert done.returncode == 1 and "This lab needs the package dlnotes" in done.stderr
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0  # here it is found


def test_the_first_cell_installs_from_the_configured_repository(monkeypatch):
    program = install_cell(monkeypatch, "https://github.com/someone/book/")
    monkeypatch.setattr(subprocess, "run", lambda command, check: commands.append(command))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    commands = []
    exec(program, {})
    assert commands == [[sys.executable, "-m", "pip", "install", "--quiet", "git+https://github.com/someone/book"]]


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/a/b.git", "https://colab.research.google.com/github/a/b/blob/notebooks/zh/labs/x.ipynb"),
        ("https://gitlab.com/a/b", ""),
        ("", ""),
    ],
)
def test_colab_opens_what_lies_on_github(repository, address):
    assert lab_pages.colab_address(repository, "zh/labs/x.ipynb") == address


def test_notebooks_are_published_on_a_branch_of_their_own(tmp_path):
    remote, site = tmp_path / "remote", tmp_path / "site"
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True)
    for language in LANGUAGES:
        (site / language / "labs").mkdir(parents=True)
        (site / language / "labs/x.ipynb").write_text(json.dumps({"lab": language}))
        (site / language / "index.html").write_text("")
    for _ in range(2):  # again, over what is there
        subprocess.run([ROOT / ".ci/publish-notebooks", remote], cwd=tmp_path, check=True, capture_output=True)
    command = ["git", "-C", remote, "ls-tree", "-r", "--name-only", lab_pages.NOTEBOOKS_BRANCH]
    assert subprocess.check_output(command, text=True).split() == ["en/labs/x.ipynb", "zh/labs/x.ipynb"]
