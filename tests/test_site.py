"""The built site as files: every link leads somewhere, and search engines and link previews get what they need.

What a script might fetch cannot be read off its text; tests/browser watches the requests of each page.
"""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import yaml

from dlnotes.book import api
from dlnotes.book.pages import LANGUAGES, ROOT, equations, page_slugs

BASE_URL = os.environ.get("DLNOTES_SITE_URL", "http://localhost:8000/").rstrip("/") + "/"
SLUGS = [*page_slugs(), *(f"api/{module}" for module in api.modules())]
FETCHED = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src")}
FETCHING_RELATIONS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest"}


@dataclass
class Page:
    """What a test asks of an HTML file."""

    url: str
    language: str = ""
    title: str = ""
    ids: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # of <a>, resolved against the page's URL
    resources: list[str] = field(default_factory=list)  # what a browser fetches with the page, resolved
    images: list[dict[str, str]] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)  # rel or hreflang of <link> -> href


class _Reader(HTMLParser):
    def __init__(self, url: str):
        super().__init__()
        self.page = Page(url)
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        attributes = {name: value or "" for name, value in attrs}
        page = self.page
        if "id" in attributes:
            page.ids.append(attributes["id"])
        if tag == "html":
            page.language = attributes.get("lang", "")
        if re.fullmatch(r"h[1-6]", tag):
            page.headings.append(tag)
        if tag == "meta":
            page.meta[attributes.get("name") or attributes.get("property", "")] = attributes.get("content", "")
        if tag == "a" and "href" in attributes:
            page.links.append(urljoin(page.url, attributes["href"]))
        if tag == "img":
            page.images.append(attributes)
        relation = set(attributes.get("rel", "").split())
        if tag == "link":
            page.relations[attributes.get("hreflang") or " ".join(sorted(relation))] = attributes["href"]
        for name, value in attributes.items():
            if (tag, name) in FETCHED and (tag != "link" or relation & FETCHING_RELATIONS):
                page.resources.append(urljoin(page.url, value))

    def handle_data(self, data):
        if self.inside == "title":
            self.page.title += data

    def handle_endtag(self, tag):
        self.inside = ""


@cache
def read(file: Path, url: str) -> Page:
    reader = _Reader(url)
    reader.feed(file.read_text("utf-8"))
    return reader.page


def page_url(language: str, slug: str) -> str:
    return f"{BASE_URL}{language}/" + ("" if slug == "index" else f"{slug}/")


def page_file(site: Path, url: str) -> Path:
    path = site / unquote(urlsplit(url).path[len(urlsplit(BASE_URL).path) :])
    return path / "index.html" if url.split("#")[0].endswith("/") else path


@pytest.fixture(params=[(language, slug) for language in LANGUAGES for slug in SLUGS], ids="/".join)
def page(request, site) -> Page:
    url = page_url(*request.param)
    return read(page_file(site, url), url)


def all_pages(site: Path) -> list[Page]:
    return [read(page_file(site, url), url) for language in LANGUAGES for url in (page_url(language, s) for s in SLUGS)]


def broken_links(site: Path, page: Page) -> list[str]:
    """Links to files or anchors of this site that do not exist."""
    broken = []
    for link in page.links + page.resources:
        target, _, anchor = link.partition("#")
        if not target.startswith(BASE_URL):
            continue
        file = page_file(site, target)
        if not file.is_file() or (anchor and unquote(anchor) not in read(file, target).ids):
            broken.append(link)
    return broken


def test_links_and_anchors_resolve(site, page):
    assert len(page.links) > 5
    assert broken_links(site, page) == []


def test_a_broken_link_is_found(site):
    home = page_url("en", "index")
    page = Page(home, links=[home + "no-such-page/", home + "#no-such-anchor", home])
    assert broken_links(site, page) == [home + "no-such-page/", home + "#no-such-anchor"]


def test_every_page_of_the_book_is_built_and_nothing_else(site):
    for language in LANGUAGES:
        built = {file.parent.relative_to(site / language).as_posix() for file in site.glob(f"{language}/**/index.html")}
        assert built == {"." if slug == "index" else slug for slug in SLUGS}


def test_error_pages_and_language_chooser_link_into_the_site(site):
    files = ["index.html", "404.html", "en/404.html", "zh/404.html"]
    for page in (read(site / name, BASE_URL + name) for name in files):
        assert broken_links(site, page) == []
        assert [link for link in page.links if link.startswith(BASE_URL)]


def test_pages_have_their_own_title_and_description(site):
    pages = all_pages(site)
    for page in pages:
        assert page.title.strip(), page.url
        assert 15 <= len(page.meta["description"]) <= 160, (page.url, page.meta["description"])
    for text in ("title", "description"):
        texts = Counter(page.title if text == "title" else page.meta[text] for page in pages)
        assert [value for value, count in texts.items() if count > 1] == []


def test_page_is_in_its_language(page):
    assert page.language == page.url.removeprefix(BASE_URL)[:2]


def test_canonical_and_alternates(page):
    """Both languages name each other, and the English page is for everyone else."""
    path = page.url.removeprefix(BASE_URL).partition("/")[2]
    assert page.relations["canonical"] == page.url
    assert {language: page.relations[language] for language in (*LANGUAGES, "x-default")} == {
        "en": f"{BASE_URL}en/{path}",
        "zh": f"{BASE_URL}zh/{path}",
        "x-default": f"{BASE_URL}en/{path}",
    }


def test_language_link_leads_to_the_same_page(page):
    other = {"en": "zh", "zh": "en"}[page.language]
    assert page.url.replace(f"{BASE_URL}{page.language}/", f"{BASE_URL}{other}/") in page.links


def test_link_preview(site, page):
    meta = page.meta
    assert meta["og:url"] == page.url
    assert meta["og:type"] == ("website" if page.url == page_url(page.language, "index") else "article")
    assert meta["og:title"] == meta["twitter:title"] and meta["og:title"] in page.title
    assert meta["og:description"] == meta["twitter:description"] == meta["description"]
    assert meta["og:locale"] == {"en": "en_GB", "zh": "zh_CN"}[page.language]
    assert meta["og:image"] == meta["twitter:image"]
    card = page_file(site, meta["og:image"]).read_bytes()
    assert card[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = int.from_bytes(card[16:20], "big"), int.from_bytes(card[20:24], "big")
    assert (str(width), str(height)) == (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")


def test_page_structure(page):
    assert page.headings.count("h1") == 1 and page.headings[0] == "h1"
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    for image in page.images:
        assert image.get("alt"), image
        assert image.get("width") and image.get("height"), f"{image['src']} would shift the text when it arrives"


def test_a_page_fetches_nothing_from_elsewhere(page):
    assert [url for url in page.resources if not url.startswith((BASE_URL, "data:"))] == []


def test_stylesheets_fetch_nothing_from_elsewhere(site):
    sheets = list(site.glob("*/assets/**/*.css"))
    assert len(sheets) == len(LANGUAGES)
    for sheet in sheets:
        fetched = re.findall(r"(?:url\(|@import\s+)[\s\"']*((?:https?:)?//[^\"')\s]+)", sheet.read_text("utf-8"))
        assert fetched == [], sheet


def test_sitemaps_list_every_page(site):
    for language in LANGUAGES:
        listed = re.findall(r"<loc>(.*?)</loc>", (site / language / "sitemap.xml").read_text("utf-8"))
        assert sorted(listed) == sorted(page_url(language, slug) for slug in SLUGS)


def test_both_navigations_hold_the_same_pages_in_the_same_order():
    def shape(entry):
        if isinstance(entry, dict):
            return [shape(value) for value in entry.values()]
        return [shape(value) for value in entry] if isinstance(entry, list) else entry

    english, chinese = (
        yaml.safe_load((ROOT / name).read_text("utf-8"))["nav"] for name in ("mkdocs.yml", "mkdocs.zh.yml")
    )
    assert shape(english) == shape(chinese)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_shows_the_chapters_own_equation(language):
    """It is shown inline, where nothing numbers and evaluates it: so it must be the chapter's, which is."""
    home = (ROOT / f"docs/{language}/index.md").read_text("utf-8")
    shown = re.search(r"\$\\displaystyle (.*?)\$", home)[1]
    assert "".join(equations()["softmax-jacobian"].latex.split()).startswith("".join(shown.split()))
