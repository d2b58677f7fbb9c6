"""The theme switch, the search, the keyboard, the language chooser at the root and the page for lost readers."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def page(browser: Browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light", locale="en-GB")
    yield context.new_page()
    context.close()


def scheme(page: Page) -> str:
    return page.get_attribute("body", "data-md-color-scheme")


def type_words(page: Page, words: str) -> None:
    """As a reader types them: with an input method, too, some key is released at the end."""
    page.keyboard.type(words)
    page.keyboard.press("End")


def test_theme_switch_goes_round_and_is_remembered_in_both_languages(page: Page, base_url):
    page.goto(base_url + "en/notation/")
    switch = page.locator("[data-md-component=palette] label:not([hidden])")
    schemes = [scheme(page)]
    for _ in range(3):
        before = switch.get_attribute("for")
        switch.click()
        expect(switch).not_to_have_attribute("for", before)
        schemes.append(scheme(page))
    assert schemes == ["default", "default", "slate", "default"]  # the system's, light, dark, the system's again
    switch.click()
    switch.click()
    page.locator("a.language").click()
    page.wait_for_url("**/zh/notation/")
    assert scheme(page) == "slate"
    page.reload()
    assert scheme(page) == "slate"


@pytest.mark.parametrize(
    ("language", "words", "found_on"),
    [
        ("en", "Jacobian", "softmax/"),
        ("en", "backpropagation", "backpropagation/"),
        ("zh", "梯度", "backpropagation/"),
        ("zh", "反向传播", "backpropagation/"),
        ("zh", "雅可比矩阵", "softmax/"),
    ],
)
def test_search_finds_typed_words(page: Page, base_url, language, words, found_on):
    page.goto(base_url + f"{language}/")
    page.locator(".md-search__input").click()
    type_words(page, words)
    results = page.locator(".md-search-result__item")
    expect(results.first).to_be_visible()
    expect(results.first).to_contain_text(words, ignore_case=True)
    links = [link.get_attribute("href") for link in results.locator("a").all()]
    assert any(f"/{language}/{found_on}" in link for link in links), links


def test_search_says_so_when_there_is_nothing(page: Page, base_url):
    page.goto(base_url + "en/")
    page.locator(".md-search__input").click()
    type_words(page, "qqqxyzzy")
    expect(page.locator(".md-search-result__meta")).to_have_text(re.compile("No matching", re.I))
    assert page.locator(".md-search-result__item").count() == 0


def test_search_index_holds_no_formula_source(site):
    for language in ("en", "zh"):
        index = (site / language / "search/search_index.json").read_text("utf-8")
        assert "katex" not in index and r"\\label{" not in index


def test_keyboard_reaches_the_text_and_the_search(page: Page, base_url):
    page.goto(base_url + "en/notation/")
    page.keyboard.press("Tab")
    skip = page.locator(".md-skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_visible()
    page.keyboard.press("Enter")
    heading = page.locator("article h1")
    assert page.url.endswith("#" + heading.get_attribute("id"))
    expect(heading).to_be_in_viewport()

    page.goto(base_url + "en/notation/")
    focused = []
    search = page.locator(".md-search__input")
    while not search.evaluate("input => input === document.activeElement"):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("() => document.activeElement.className"))
        assert len(focused) < 12, focused
    type_words(page, "gradient")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".md-search-result__item").first).not_to_be_visible()


@pytest.mark.parametrize(
    ("locale", "language"), [("zh-CN", "zh"), ("zh-Hant-TW", "zh"), ("en-US", "en"), ("fr-FR", "en")]
)
def test_the_root_leads_to_the_readers_language(browser: Browser, base_url, locale, language):
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.goto(base_url)
    page.wait_for_url(f"{base_url}{language}/")
    context.close()


@pytest.mark.parametrize(("path", "language"), [("no/such/page", "en"), ("en/lost/", "en"), ("zh/lost/deeper/", "zh")])
def test_lost_readers_find_home(page: Page, published_url, path, language):
    answer = page.goto(published_url + path)
    assert answer.status == 404
    home = page.locator("a:visible").filter(has_text=re.compile("home|首页|English|中文", re.I))
    assert any(link.evaluate("link => link.href").startswith(f"{published_url}{language}/") for link in home.all())
