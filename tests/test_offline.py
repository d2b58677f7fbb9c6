"""The offline edition as files: nothing in it leads out of its folder, and the same site gives the same bytes."""

import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from dlnotes import __version__, runs
from dlnotes.book import landing, npm, offline
from dlnotes.book.pages import LANGUAGES, ROOT, BookError

SITE_URL = os.environ.get("DLNOTES_SITE_URL", "http://localhost:8000/").rstrip("/") + "/"


# ---- Links


@dataclass
class References(HTMLParser):
    """What a page refers to, and the ids that others may refer to."""

    fetched: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # that a reader may follow
    ids: set[str] = field(default_factory=set)

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.add(value)
            elif name in ("href", "xlink:href"):
                (self.links if tag in ("a", "area") else self.fetched).append(value)
            elif name in ("src", "data", "poster", "action"):
                self.fetched.append(value)
            elif name == "srcset":
                self.fetched += [source.split()[0] for source in value.split(",")]
            elif tag == "meta" and name == "content" and ("http-equiv", "refresh") in attrs:
                self.fetched.append(value.partition("url=")[2])


@cache
def references(page: Path) -> References:
    reader = References()
    reader.feed(page.read_text("utf-8"))
    return reader


def unreachable(folder: Path) -> list[str]:
    """What the pages and stylesheets in a folder refer to and a browser would not find in it."""
    found = []
    for page in sorted(folder.rglob("*.html")):
        for reference in references(page).links:
            if urlsplit(reference).scheme not in ("http", "https", "mailto") or reference.startswith(SITE_URL):
                found += faults(folder, page, reference)
        for reference in references(page).fetched:
            if not reference.startswith("data:"):
                found += faults(folder, page, reference)
    for sheet in sorted(folder.rglob("*.css")):
        for reference in re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text("utf-8")):
            if not reference.startswith(("data:", "#")):
                found += faults(folder, sheet, reference)
    return found


def faults(folder: Path, file: Path, reference: str) -> Iterator[str]:
    """What is wrong with a reference in a file that must lead to a file in the folder."""
    url = urlsplit(reference)
    target = (file.parent / unquote(url.path)).resolve() if url.path else file
    told = f"{file.relative_to(folder).as_posix()}: {reference}"
    if url.scheme or url.netloc:
        yield f"{told} is an address on the web"
    elif url.path.startswith("/") or not target.is_relative_to(folder.resolve()):
        yield f"{told} leads out of the edition"
    elif target.is_dir():
        yield f"{told} is a folder"
    elif not target.is_file():
        yield f"{told} does not exist"
    elif url.fragment and target.suffix == ".html" and unquote(url.fragment) not in references(target).ids:
        yield f"{told} has no such anchor"


def test_everything_that_is_referred_to_lies_in_the_edition(offline_edition):
    assert len(list(offline_edition.rglob("*.html"))) > 40
    assert unreachable(offline_edition) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_page_leads_to_the_zip(site, language):
    assert "../dlnotes-offline.zip" in references(site / language / "index.html").links
    size = (site / "dlnotes-offline.zip").stat().st_size / 1e6
    assert f'<span class="zip-size">{size:.1f} MB</span>' in (site / language / "index.html").read_text("utf-8")


def test_published_zip_is_of_this_site(site):
    made = offline.packed(offline.edition(site), offline.last_experiment())
    assert (site / "dlnotes-offline.zip").read_bytes() == made


SOUND = """<link rel="stylesheet" href="../style.css"><h1 id="top">x</h1>
<a href="#top">x</a><a href="other.html#end">x</a>
<a href="https://example.org/">x</a><img src="../%E5%9B%BE.svg"><img src="data:,"><meta name="x" content="/">"""


@pytest.fixture
def small(tmp_path):
    """A sound edition."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en/page.html").write_text(SOUND, "utf-8")
    (tmp_path / "en/other.html").write_text('<p id="end">x</p><a href="page.html?h=x#top">x</a>', "utf-8")
    (tmp_path / "style.css").write_text('a { background: url("图.svg"), url(data:,) }', "utf-8")
    (tmp_path / "图.svg").touch()
    return tmp_path


def test_a_sound_edition_passes(small):
    assert unreachable(small) == []


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ('<a href="/en/page.html">', "leads out of the edition"),
        ('<a href="../../elsewhere.html">', "leads out of the edition"),
        ('<a href="../en/">', "is a folder"),
        ('<a href="..">', "is a folder"),
        ('<a href="missing.html">', "does not exist"),
        ('<a href="missing/">', "does not exist"),
        ('<a href="../dlnotes-offline.zip">', "does not exist"),
        ('<a href="#nowhere">', "has no such anchor"),
        ('<a href="other.html#nowhere">', "has no such anchor"),
        (f'<a href="{SITE_URL}en/">', "is an address on the web"),
        ('<img src="missing.svg">', "does not exist"),
        ('<img srcset="../%E5%9B%BE.svg 1x, missing.svg 2x">', "does not exist"),
        ('<script src="https://example.org/script.js"></script>', "is an address on the web"),
        ('<link rel="stylesheet" href="//example.org/style.css">', "is an address on the web"),
        ('<link rel="canonical" href="https://example.org/en/">', "is an address on the web"),
        ('<meta http-equiv="refresh" content="0; url=../en/">', "is a folder"),
        ('<object data="missing.svg"></object>', "does not exist"),
    ],
)
def test_a_planted_fault_is_found(small, planted, fault):
    (small / "en/page.html").write_text(SOUND + planted, "utf-8")
    (found,) = unreachable(small)
    assert found.startswith("en/page.html: ") and found.endswith(fault)


def test_a_stylesheets_missing_font_is_found(small):
    (small / "style.css").write_text("@font-face { src: url(missing.woff2) }", "utf-8")
    assert unreachable(small) == ["style.css: missing.woff2 does not exist"]


# ---- What a site becomes


PAGE = """<html lang="{language}"><head>
<link rel="canonical" href="https://example.org/{language}/alpha/">
<link rel="alternate " hreflang="en" href="https://example.org/en/alpha/">
<meta property="og:url" content="https://example.org/{language}/alpha/">
<link rel="next" href="../beta/">
<link rel="stylesheet" href="../assets/site.css">
</head><body id="top">
<a class="logo" href="..">Home</a> <a href=".">This page</a> <a href="../beta/#end">End</a>
<a class="language" href="../../{other}/alpha/">Other language</a> <a href="?h=word#top">Top</a>
<a href="https://example.org/">Elsewhere</a> <code>href="../beta/"</code>
<img alt="" src="../assets/figures/same.svg"><img alt="" src="../assets/figures/own.svg">
<p class="offline-edition">Take <a href="../../dlnotes-offline.zip" download>all</a>
(<span class="zip-size">ZIP</span>).</p>
<script id="__config" type="application/json">{{"base": ".."}}</script>
<script src="../assets/bundle.js"></script>
</body></html>"""


@pytest.fixture
def tiny(tmp_path) -> Path:
    """A built site of two pages a language, in place of the book's."""
    root = tmp_path / "site"
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        files = {
            "index.html": '<p class="offline-edition">(<span class="zip-size">ZIP</span>)</p>',
            "alpha/index.html": PAGE.format(language=language, other=other),
            "beta/index.html": '<p id="end">x</p>',
            "404.html": "lost",
            "sitemap.xml": "",
            "assets/site.css": "",
            "assets/bundle.js": "",
            "assets/bundle.js.map": "",
            "assets/figures/same.svg": "<svg/>",
            "assets/figures/own.svg": f"<svg>{language}</svg>",
            "downloads/lab.ipynb": "{}",
            "search/search_index.json": '{"docs":[{"location":""},{"location":"alpha/#梯度"},{"location":"a.html#b"}]}',
        }
        for name, text in files.items():
            path = root / language / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    for name in ("index.html", "404.html", "robots.txt", ".nojekyll"):
        (root / name).write_text("for hosts")
    return root


def content(site: Path) -> dict[str, str]:
    """Name -> text of the files in a site's offline edition."""
    with zipfile.ZipFile(site / "dlnotes-offline.zip") as archive:
        return {name.removeprefix("dlnotes-offline/"): archive.read(name).decode() for name in archive.namelist()}


def test_edition_holds_what_a_reader_needs(tiny):
    offline.make(tiny)
    own = {f"{language}/{name}" for language in LANGUAGES for name in (
        "index.html", "alpha/index.html", "beta/index.html", "assets/site.css", "assets/bundle.js",
        "assets/figures/own.svg", "downloads/lab.ipynb", "search/search_index.js",
    )}  # fmt: skip
    common = {"README.txt", "index.html", "iframe-worker/LICENSE", "iframe-worker/shim/index.js"}
    assert content(tiny).keys() == own | common | {"en/assets/figures/same.svg"}


def test_pages_refer_to_files(tiny, tmp_path):
    offline.make(tiny)
    shutil.unpack_archive(tiny / "dlnotes-offline.zip", tmp_path)
    assert unreachable(tmp_path / "dlnotes-offline") == []
    chinese = content(tiny)["zh/alpha/index.html"]
    for expected in (
        '<a class="logo" href="../index.html">',
        '<a href="index.html">',
        '<a href="../beta/index.html#end">',
        '<a class="language" href="../../en/alpha/index.html">',
        '<a href="?h=word#top">',
        '<a href="https://example.org/">',
        '<code>href="../beta/"</code>',
        '<link rel="next" href="../beta/index.html">',
        '<img alt="" src="../../en/assets/figures/same.svg">',
        '<img alt="" src="../assets/figures/own.svg">',
        '<script src="../../iframe-worker/shim/index.js"></script><script id="__config"',
    ):
        assert expected in chinese
    for unwanted in ("canonical", "alternate", "og:url", "preload", "offline-edition"):
        assert unwanted not in chinese


def test_search_index_is_a_script_that_names_files(tiny):
    offline.make(tiny)
    expected = '{"docs":[{"location":"index.html"},{"location":"alpha/index.html#梯度"},{"location":"a.html#b"}]}'
    for language in LANGUAGES:
        assert content(tiny)[f"{language}/search/search_index.js"] == f"var __index = {expected}"


def test_home_pages_tell_the_size_of_the_zip(tiny):
    (tiny / "en/assets/noise.bin").write_bytes(os.urandom(1_234_000))
    assert offline.make(tiny) == "Offline edition: site/dlnotes-offline.zip, 1.2 MB"
    for language in LANGUAGES:
        home = (tiny / language / "index.html").read_text("utf-8")
        assert home == '<p class="offline-edition">(<span class="zip-size">1.2 MB</span>)</p>'


def test_redirect_leads_to_files(tiny):
    offline.make(tiny)
    assert content(tiny)["index.html"] == landing.redirect("index.html")
    assert re.findall(r"\b(?:en|zh)/[\w.]*", landing.redirect("index.html")) == [
        *("en/index.html", "zh/index.html", "en/index.html"),  # without a script, with one
        *("en/index.html", "zh/index.html"),  # by hand
    ]


def test_same_site_gives_the_same_bytes(tiny):
    """Whatever the clock says, the order in which files were written, and who made the ZIP before."""
    offline.make(tiny)
    first = (tiny / "dlnotes-offline.zip").read_bytes()
    copy = shutil.copytree(tiny, tiny.with_name("copy"))
    for file in sorted(tiny.rglob("*"), reverse=True):
        os.utime(file, (1, 1))
    moved = tiny.rename(tiny.with_name("moved"))
    (copy / "dlnotes-offline.zip").unlink()
    for other in (copy, moved):
        offline.make(other)
        assert (other / "dlnotes-offline.zip").read_bytes() == first
    (copy / "en/beta/index.html").write_text("changed")
    offline.make(copy)
    assert (copy / "dlnotes-offline.zip").read_bytes() != first
    changed = {name for name, text in content(copy).items() if text != content(moved).get(name)}
    assert changed == {"en/beta/index.html", "README.txt"}, "the README's fingerprint tells editions apart"


def test_version_and_date_come_from_the_sources(tiny):
    offline.make(tiny)
    newest = max(runs.load(name).started for name in runs.names())[:10]
    assert f"\ndlnotes {__version__}, last experiment {newest}, contents " in content(tiny)["README.txt"]
    with zipfile.ZipFile(tiny / "dlnotes-offline.zip") as archive:
        assert {"{}-{:02}-{:02}".format(*entry.date_time) for entry in archive.infolist()} == {newest}
        assert archive.namelist() == sorted(archive.namelist())
        assert archive.testzip() is None


def test_without_records_the_edition_is_dated_all_the_same(tiny, monkeypatch):
    monkeypatch.setattr(runs, "names", list)
    offline.make(tiny)
    assert "last experiment 1980-01-01" in content(tiny)["README.txt"]


def test_failure_leaves_the_old_edition_whole(tiny, monkeypatch):
    offline.make(tiny)
    before = {path: path.read_bytes() for path in tiny.rglob("*") if path.is_file()}
    monkeypatch.setattr(npm, "PACKAGES", ROOT / "no-node_modules")
    with pytest.raises(BookError, match=r"no-node_modules/iframe-worker/shim/index\.js is missing: run `npm ci`"):
        offline.make(tiny)
    assert {path: path.read_bytes() for path in tiny.rglob("*") if path.is_file()} == before
