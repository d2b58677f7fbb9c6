"""The build: a small book from nothing, again unchanged, with mistakes; its fonts, its search index, its root pages."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from base64 import b64decode
from dataclasses import dataclass
from functools import partial
from http.server import ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from dlnotes.book import build as build_module
from dlnotes.book import fonts, pages, translated
from dlnotes.book.katex import Formula, Katex
from dlnotes.book.pages import ROOT, BookError

NAV = "nav:\n  - Home: index.md\n  - Checks: ledger.md\n  - Part:\n      - alpha.md\n      - beta.md\n\n"
FIGURES = """
import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def line() -> Figure:
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    return figure
"""
PAGES = {
    "en": {
        "index": "# Home\n\nSee \\eqref{alpha-sum}.\n",
        "ledger": "# Checks\n\n/// ledger\n///\n",
        "alpha": "# Alpha\n\nLet $\\mathbf{x}$ be unmistakable.\n\n$$\ns = \\sum_i x_i\n\\label{alpha-sum}\n$$\n\n"
        "/// figure | demo/line\n    alt: A line.\n\nIt rises.\n///\n",
        "beta": "# Beta\n\nFrom [alpha](alpha.md) and \\eqref{alpha-sum} follows $s^2$.\n",
    },
    "zh": {
        "index": "# 首页\n\n见 \\eqref{alpha-sum}。\n",
        "ledger": "# 检验\n\n/// ledger\n///\n",
        "alpha": "# 甲\n\n设$\\mathbf{x}$为向量。\n\n$$\ns = \\sum_i x_i\n\\label{alpha-sum}\n$$\n\n"
        "/// figure | demo/line\n    alt: 一条直线。\n\n直线上升。\n///\n",
        "beta": "# 乙\n\n由[甲](alpha.md)和 \\eqref{alpha-sum} 得 $s^2$。\n",
    },
}


@dataclass
class Checkout:
    """A copy of the repository that holds a small book in place of the real one."""

    root: Path
    printed: str = ""  # by its first build

    def fill(self) -> None:
        root = self.root
        topics = shutil.ignore_patterns("__pycache__", "*.json", "experiments")
        shutil.copytree(ROOT / "dlnotes", root / "dlnotes", ignore=topics)
        for figure in (root / "dlnotes/figures").glob("[!_]*.py"):
            figure.unlink()
        (root / "dlnotes/figures/demo.py").write_text(FIGURES, "utf-8")
        made = shutil.ignore_patterns("figures", "katex")
        shutil.copytree(ROOT / "docs/theme", root / "docs/theme", ignore=made)
        (root / "node_modules").symlink_to(ROOT / "node_modules")
        for config in ("mkdocs.yml", "mkdocs.zh.yml"):
            text = (ROOT / config).read_text("utf-8")
            (root / config).write_text(re.sub(r"^nav:\n(?: .*\n|\n)+", NAV, text, flags=re.M), "utf-8")
        for language, texts in PAGES.items():
            (root / "docs" / language).mkdir()
            for slug, text in texts.items():
                self.write(language, slug, text)

    def write(self, language: str, slug: str, text: str) -> None:
        front_matter = "---\ndescription: A page.\n---\n\n"
        (self.root / "docs" / language / f"{slug}.md").write_text(front_matter + text, "utf-8")

    def build(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "dlnotes.book", "build", *arguments]
        environment = os.environ | {"PYTHONPATH": str(self.root)}
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True)

    def read(self, file: str) -> str:
        return (self.root / "site" / file).read_text("utf-8")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Built, and left as it is."""
    book = Checkout(tmp_path_factory.mktemp("book"))
    book.fill()
    done = book.build()
    assert done.returncode == 0, done.stdout + done.stderr
    book.printed = done.stdout
    return book


@pytest.fixture
def copy(checkout, tmp_path):
    """A copy of the built checkout, to make mistakes in."""
    return Checkout(Path(shutil.copytree(checkout.root, tmp_path / "copy", symlinks=True)))


def test_both_languages_are_built_without_a_warning(checkout):
    assert "WARNING" not in checkout.printed
    assert "Offline edition: site/dlnotes-offline.zip, " in checkout.printed
    for language in pages.LANGUAGES:
        html = checkout.read(f"{language}/alpha/index.html")
        assert '<a aria-label="' in html and 'href="#eq-alpha-sum">(1.1)</a>' in html
        assert '<annotation encoding="application/x-tex">s = \\sum_i x_i</annotation>' in html
        assert 'href="../alpha/#eq-alpha-sum">(1.1)</a>' in checkout.read(f"{language}/beta/index.html")
        for theme in ("light", "dark"):
            assert f'src="../assets/figures/demo/line.{theme}.svg"' in html
            assert (checkout.root / f"site/{language}/assets/figures/demo/line.{theme}.svg").exists()
        assert f'<link rel="canonical" href="http://localhost:8000/{language}/alpha/">' in html


def test_unchanged_rebuild_sets_no_formula_draws_no_figure_and_changes_no_page(checkout):
    def built():
        return {path: path.read_bytes() for path in (checkout.root / "site").rglob("*.*") if path.suffix != ".gz"}

    before = built()
    printed = checkout.build().stdout
    assert re.findall(r"Formulas set: (\d+), taken from the cache: (\d+)", printed) == [("0", "3"), ("0", "3")]
    assert re.findall(r"figures drawn: (\d+)", printed) == ["0"]
    assert built() == before


def test_mistakes_fail_the_build_with_file_line_and_reason(copy):
    copy.write("en", "beta", "# Beta\n\n$\\foo$\n")
    copy.write("zh", "beta", "# 乙\n\n\n见 \\eqref{alpha-sun}。\n")
    done = copy.build()
    assert done.returncode == 1
    assert "docs/en/beta.md:7: KaTeX: Undefined control sequence: \\foo" in done.stderr
    assert "docs/zh/beta.md:8: no equation is labelled alpha-sun; did you mean alpha-sum?" in done.stderr
    assert "The build failed: mkdocs.yml, mkdocs.zh.yml" in done.stderr
    assert "Traceback" not in done.stderr


def test_warning_fails_the_build(copy):
    copy.write("zh", "beta", "# 乙\n\n[nowhere](alpha.md#nowhere)\n")
    done = copy.build()
    assert done.returncode == 1
    assert "does not contain an anchor '#nowhere'" in done.stderr
    assert "The build failed: mkdocs.zh.yml" in done.stderr


def test_mistake_in_a_figure_fails_the_build(copy):
    source = copy.root / "dlnotes/figures/demo.py"
    source.write_text(FIGURES.replace("-> Figure", ""), "utf-8")
    done = copy.build()
    assert done.returncode == 1
    assert "demo.py:6: line must be annotated `-> Figure`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_lab_that_fails_fails_the_build(copy):
    for language in pages.LANGUAGES:
        lab = copy.root / f"docs/{language}/labs/part.py"
        lab.parent.mkdir()
        lab.write_text("# ---\n# title: Lab\n# ---\n\n# %%\nassert 1 + 1 == 3\n", "utf-8")
    done = copy.build()
    assert done.returncode == 1
    assert "docs/en/labs/part.py:6: code cell 2 failed: " in done.stderr and "AssertionError" in done.stderr
    assert "\n  File" not in done.stderr  # the lab's own traceback, not that of the build


def test_formulas_are_not_in_the_search_index(checkout):
    index = json.loads(checkout.read("en/search/search_index.json"))
    texts = " ".join(entry["text"] for entry in index["docs"])
    assert "unmistakable" in texts
    assert "Computed from" not in texts
    assert not re.search(r"katex|mathbf|sum_i|\(1\.1\)</a>", texts)


def embedded_fonts(checkout) -> dict[str, set[str]]:
    """The fonts in the stylesheet of the English pages, by family, weight and style, and their characters."""
    css = checkout.read("en/assets/style.css")
    faces = re.findall(r"@font-face\s*\{([^}]*)\}", css)
    assert all("url(data:font/woff2;base64," in face for face in faces)
    fonts = {}
    for face in faces:
        family, weight, style = (
            re.search(rf'font-{key}:\s*"?([\w-]+)', face)[1] for key in ("family", "weight", "style")
        )
        font = TTFont(BytesIO(b64decode(face.split("base64,")[1].split(")")[0])))
        fonts[f"{family} {weight} {style}"] = {chr(code) for code in font.getBestCmap()}
    return fonts


def test_the_stylesheet_holds_the_fonts_that_are_shown_and_no_more(checkout):
    fonts = embedded_fonts(checkout)
    assert fonts["KaTeX_Math 400 italic"] == set("sxi")
    assert fonts["KaTeX_Main 700 normal"] == {"x"}
    assert "∑" in fonts["KaTeX_Size2 400 normal"]
    assert set(fonts) == {
        "KaTeX_Main 400 normal", "KaTeX_Main 700 normal", "KaTeX_Math 400 italic", "KaTeX_Size2 400 normal"
    }  # fmt: skip
    assert not list((checkout.root / "site/en").rglob("*.woff2"))


def test_a_page_asks_for_one_stylesheet_and_no_other_is_there(checkout):
    for page in ("en/index.html", "en/alpha/index.html", "zh/alpha/index.html", "en/404.html"):
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]*)"', checkout.read(page))
        assert len(sheets) == 1 and sheets[0].endswith("assets/style.css"), page
    found = {
        file.relative_to(checkout.root / "site/en").as_posix() for file in (checkout.root / "site/en").rglob("*.css*")
    }
    assert found == {"assets/style.css"}


def test_the_stylesheet_keeps_rules_for_what_is_shown_alone(checkout):
    css = checkout.read("en/assets/style.css")
    assert ".katex .vlist-r" in css and ".md-nav__item--active" in css
    assert ".tabbed-set" not in css and ".katex .halfarrow-left" not in css
    assert "/*" not in re.sub(r"url\([^)]*\)", "", css)


def test_a_stylesheet_that_cannot_be_read_fails_the_build(copy):
    (copy.root / "docs/theme/assets/site.css").write_text("a { color: red", "utf-8")
    done = copy.build()
    assert done.returncode == 1
    assert "assets/site.css" in done.stderr and "Unclosed block" in done.stderr


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        ("x", {"Math-Italic": "x"}),
        (r"\mathbf{W}\boldsymbol{\delta}", {"Main-Bold": "W", "Math-BoldItalic": "δ"}),
        (r"\mathbb{R}, \mathcal{L}", {"AMS-Regular": "R", "Main-Regular": ",", "Caligraphic-Regular": "L"}),
        (
            r"\text{a \textbf{b} \textit{c}}",
            {"Main-Regular": "a\N{NO-BREAK SPACE}", "Main-Bold": "b", "Main-Italic": "c"},
        ),
        (r"\Bigl(2\Bigr)", {"Size2-Regular": "()", "Main-Regular": "2"}),
        (r"\texttt{t}\mathsf{s}", {"Typewriter-Regular": "t", "SansSerif-Regular": "s"}),
    ],
)
def test_fonts_of_a_formula(tmp_path, latex, shown):
    (html,) = Katex(tmp_path / "cache.sqlite").html([Formula(latex, display=True)])
    visible = {
        font.removeprefix("KaTeX_").removesuffix(".woff2"): characters - {"\u200b"}
        for font, characters in fonts.formula_characters(html).items()
    }
    assert visible == {font: set(characters) for font, characters in shown.items()}


SET_MANY = """
import sys
from pathlib import Path
from dlnotes.book.katex import Formula, Katex
katex = Katex(Path(sys.argv[1]))
for page in range(20):
    katex.html([Formula(f"x_{{{page}}} + {i}") for i in range(20)])
"""


def test_builds_in_parallel_share_one_whole_cache(tmp_path):
    cache = tmp_path / "cache.sqlite"
    command = [sys.executable, "-c", SET_MANY, str(cache)]
    builds = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [build.wait() for build in builds] == [0, 0, 0]
    assert sqlite3.connect(cache).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    katex = Katex(cache)
    formulas = [Formula(f"x_{{{page}}} + {i}") for page in range(20) for i in range(20)]
    assert katex.html(formulas) == Katex(tmp_path / "other.sqlite").html(formulas)
    assert (katex.set_anew, katex.from_cache) == (0, 400)


def test_root_pages_lead_to_both_languages(tmp_path, monkeypatch):
    monkeypatch.setattr(build_module, "SITE", tmp_path)
    build_module.write_root("/dlnotes")
    redirect = (tmp_path / "index.html").read_text("utf-8")
    assert '<meta http-equiv="refresh" content="0; url=en/">' in redirect
    assert 'href="en/"' in redirect and 'href="zh/"' in redirect
    not_found = (tmp_path / "404.html").read_text("utf-8")
    assert 'href="/dlnotes/en/"' in not_found and 'href="/dlnotes/zh/"' in not_found
    assert (tmp_path / "robots.txt").read_text("utf-8") == "User-agent: *\nAllow: /\n"
    assert (tmp_path / ".nojekyll").exists()


def test_server_answers_unknown_addresses_with_the_sites_own_page(checkout):
    handler = partial(build_module.SiteHandler, directory=checkout.root / "site")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert urllib.request.urlopen(f"{address}/en/alpha/").status == 200
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(f"{address}/zh/no/such/page/")
        assert error.value.code == 404
        assert "没有这个页面" in error.value.read().decode()
        server.shutdown()


def test_port_in_use_is_named():
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), build_module.SiteHandler) as server,
        pytest.raises(BookError, match=rf"port {server.server_port} cannot be used .*--port"),
    ):
        build_module.serve(server.server_port)


def test_translated_writes_the_hash_that_git_gives_the_english_page(tmp_path, monkeypatch):
    monkeypatch.setattr(translated, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    english, chinese = (tmp_path / "docs" / language / "alpha.md" for language in pages.LANGUAGES)
    for path in (english, chinese):
        path.parent.mkdir(parents=True)
    english.write_text("# Alpha\n", "utf-8")
    chinese.write_text("---\ntitle: 甲\ntranslated_from: old\n---\n\n# 甲\n", "utf-8")
    expected = subprocess.check_output(["git", "hash-object", str(english)], text=True).strip()
    assert translated.mark("alpha") == f"docs/zh/alpha.md: translated_from: {expected}"
    assert chinese.read_text("utf-8") == f"---\ntitle: 甲\ntranslated_from: {expected}\n---\n\n# 甲\n"


def test_translated_refuses_pages_that_do_not_exist_or_have_no_front_matter(tmp_path, monkeypatch):
    monkeypatch.setattr(translated, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    with pytest.raises(BookError, match=r"docs/en/alpha\.md does not exist"):
        translated.mark("alpha")
    for language in pages.LANGUAGES:
        (tmp_path / "docs" / language).mkdir(parents=True)
        (tmp_path / "docs" / language / "alpha.md").write_text("# Alpha\n", "utf-8")
    with pytest.raises(BookError, match=r"docs/zh/alpha\.md:1: the page must begin with front matter"):
        translated.mark("alpha")
