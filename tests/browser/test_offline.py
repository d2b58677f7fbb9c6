"""The offline edition in a real browser, opened from the file system, without a server and without a network."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from dlnotes.book.pages import LANGUAGES

SHOWN = """async () => {
    await document.fonts.ready;
    const shown = [...document.images].filter(image => image.getClientRects().length);
    for (const image of shown) image.loading = "eager";
    await Promise.all(shown.map(image => image.decode()));
    return shown.length;
}"""
KATEX_FONTS = """() => [...document.fonts].filter(font => font.family.startsWith("KaTeX"))
    .filter(font => font.status === "loaded").length"""


@dataclass
class Reader:
    """A reader's browser, what its pages asked for and what went wrong."""

    page: Page
    home: str  # the folder's address
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", self.note_failure)
        self.page.on("console", lambda message: self.faults.append(message.text) if message.type != "log" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def note_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the reader went on to another page meanwhile
            self.faults.append(f"{request.url}: {request.failure}")

    def open(self, name: str) -> None:
        self.page.goto(self.home + name, wait_until="load")

    def assert_undisturbed(self) -> None:
        assert self.requests
        assert [url for url in self.requests if not url.startswith((self.home, "data:", "blob:"))] == []
        assert self.faults == []


@pytest.fixture
def locale() -> str:
    return "en-GB"


@pytest.fixture
def reader(browser: Browser, offline_edition: Path, locale: str):
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, color_scheme="light", locale=locale, offline=True
    )
    yield Reader(context.new_page(), offline_edition.as_uri() + "/")
    context.close()


def test_faults_and_foreign_requests_are_seen(reader, offline_edition):
    """What the tests below rely on: a missing file, an address on the web, and a file that scripts may not fetch."""
    reader.open("en/index.html")
    for script in ('fetch("search/search_index.js")', 'import("./missing.js")', 'fetch("https://example.org/")'):
        reader.page.evaluate(f"() => {script}.catch(() => {{}})")
    with pytest.raises(AssertionError):
        reader.assert_undisturbed()
    assert reader.requests[-1] == "https://example.org/"
    assert len(reader.faults) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens(reader, offline_edition, language):
    pages = sorted((offline_edition / language).rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        reader.open(page.relative_to(offline_edition).as_posix())
        expect(reader.page.locator("article h1")).to_be_visible()
        reader.assert_undisturbed()


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("en-US", "en"), ("fr-FR", "en")])
def test_the_first_page_leads_to_the_readers_language(reader, language):
    reader.open("index.html")
    reader.page.wait_for_url(f"{reader.home}{language}/index.html")
    reader.page.wait_for_load_state("load")
    reader.assert_undisturbed()


@pytest.mark.parametrize("language", LANGUAGES)
def test_formulas_and_figures_are_shown(reader, language):
    reader.open(f"{language}/softmax/index.html")
    expect(reader.page.locator(".katex-display .katex-html").first).to_be_visible()
    assert reader.page.evaluate(SHOWN) >= 3
    assert reader.page.evaluate(KATEX_FONTS) >= 3
    reader.assert_undisturbed()


def test_theme_switch_is_remembered_in_both_languages(reader):
    reader.open("en/notation/index.html")
    body = reader.page.locator("body")
    switch = reader.page.locator("[data-md-component=palette] label:not([hidden])")
    for scheme in ("default", "slate"):  # the light theme, the dark one
        before = switch.get_attribute("for")
        switch.click()
        expect(switch).not_to_have_attribute("for", before)
        expect(body).to_have_attribute("data-md-color-scheme", scheme)
    reader.page.locator("a.language").click()
    reader.page.wait_for_url("**/zh/notation/index.html")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    reader.assert_undisturbed()


@pytest.mark.parametrize(
    ("language", "words", "found_on"),
    [("en", "Jacobian", "softmax"), ("zh", "反向传播", "backpropagation"), ("zh", "雅可比矩阵", "softmax")],
)
def test_search_finds_words_and_opens_their_page(reader, language, words, found_on):
    page = reader.page
    reader.open(f"{language}/index.html")
    page.locator(".md-search__input").click()
    page.keyboard.type(words)
    page.keyboard.press("End")
    link = page.locator(f"a[href*='/{language}/{found_on}/index.html']")
    result = page.locator(".md-search-result__item").filter(has=link).first
    expect(result).to_contain_text(words, ignore_case=True)
    result.locator(link).first.click()
    page.wait_for_url(f"{reader.home}{language}/{found_on}/index.html?*")
    assert page.locator("article mark").first.inner_text().lower() in words.lower()
    reader.assert_undisturbed()


def test_language_switch_stays_on_the_page_and_returns(reader):
    for name in ("softmax/index.html", "index.html"):
        reader.open(f"en/{name}")
        for language in ("zh", "en"):
            reader.page.locator("a.language").click()
            reader.page.wait_for_url(f"{reader.home}{language}/{name}")
            expect(reader.page.locator("html")).to_have_attribute("lang", language)
            expect(reader.page.locator("article h1")).to_be_visible()
    reader.assert_undisturbed()
