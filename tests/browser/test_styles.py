"""The pages' one stylesheet says of what stands on them the same as the stylesheets that it was made from."""

import re
from collections.abc import Iterator
from pathlib import Path

import material
import pytest
from playwright.sync_api import Browser, Page

from dlnotes.book.npm import package_file
from dlnotes.book.pages import ROOT

PAGES = ("", "softmax/", "ledger/", "labs/orientation/", "api/gan/")

THEME = Path(material.__file__).parent / "templates/assets/stylesheets"
ASSETS = ROOT / "docs/theme/assets"

# For each page element that a rule can apply to, in whatever state, all that rules declare; except fonts, which are
# embedded, and variables, which say nothing unless a rule uses them.
DECLARED = r"""
(sheets) => sheets.map((css) => {
    const sheet = new CSSStyleSheet(), found = new Set(), matches = new Map()
    sheet.replaceSync(css)
    const split = (selectors) => selectors.split(/,(?![^(]*\))/).map((part) => part.trim())
    const parts = (selectors) => split(selectors).flatMap((selector) => {
        const choice = /:is\(([^()]*,[^()]*)\)/.exec(selector)  // of which those on no page are left out
        if (!choice) return [selector]
        return split(choice[1]).flatMap((one) => parts(selector.replace(choice[0], `:is(${one})`)))
    })
    const bare = (selector) => selector
        .replace(/::?(?:before|after|marker|placeholder|file-selector-button|backdrop|-[\w-]+)/g, "")
        .replace(/:(?:hover|focus-visible|focus-within|focus|active|checked|target|disabled|indeterminate)\b/g, "")
        .replace(/:not\(\)/g, "") || "*"
    const applies = (selector) => {
        if (!matches.has(selector)) matches.set(selector, document.querySelector(selector) !== null)
        return matches.get(selector)
    }
    const read = (rules, condition) => {
        for (const rule of rules) {
            if (rule instanceof CSSStyleRule)
                for (const selector of parts(rule.selectorText)) {
                    if (!applies(bare(selector).replace(/^\s*>/, "* >"))) continue
                    for (const name of rule.style)
                        if (!name.startsWith("--"))
                            found.add([condition, selector, name, rule.style.getPropertyValue(name)].join(" | "))
                }
            else if (rule instanceof CSSGroupingRule) read(rule.cssRules, `${condition} ${rule.conditionText}`)
        }
    }
    read(sheet.cssRules, "")
    return [...found]
})
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def originals() -> str:
    files = [
        *(next(THEME.glob(f"{name}.*.css")) for name in ("main", "palette")),
        package_file("katex/dist/katex.min.css"),
        *(ASSETS / name for name in ("math.css", "site.css", "explore/explore.css")),
    ]
    return "\n".join(file.read_text("utf-8") for file in files)


@pytest.fixture(scope="module")
def joined(site) -> str:
    return (site / "en/assets/style.css").read_text("utf-8")


def missing(page: Page, before: str, after: str) -> list[str]:
    """Declarations for what stands on the page now that the later stylesheet lacks."""
    expected, found = map(set, page.evaluate(DECLARED, [before, after]))  # at one moment: messages come and go
    assert len(expected) > 500
    return sorted(expected - found)


@pytest.mark.parametrize("slug", PAGES)
def test_nothing_that_applies_is_missing(page: Page, base_url, originals, joined, slug):
    page.goto(f"{base_url}en/{slug}")
    assert missing(page, originals, joined) == []


def test_what_scripts_make_has_its_style(page: Page, base_url, originals, joined):
    page.goto(f"{base_url}en/softmax/")
    page.locator(".highlight").first.scroll_into_view_if_needed()
    page.locator(".md-code__button").first.click()
    page.locator(".md-dialog").wait_for(state="attached")
    page.keyboard.press("f")
    page.keyboard.type("softmax")
    page.locator(".md-search-result__link").first.wait_for()
    assert missing(page, originals, joined) == []
    assert ".md-dialog--active" in joined  # for two seconds


def test_a_missing_rule_is_found(page: Page, base_url, originals, joined):
    page.goto(f"{base_url}en/softmax/")
    planted = joined.replace(".katex .vlist-r{display:table-row}", "")
    assert planted != joined
    assert missing(page, originals, planted) == [" | .katex .vlist-r | display | table-row"]


def test_every_variable_that_is_used_is_declared(site, joined):
    """By the stylesheet, by an element, or by the theme's scripts where they show a tooltip."""
    made = "".join(
        file.read_text("utf-8")
        for pattern in ("*/index.html", "assets/**/*.js")
        for file in (site / "en").glob(pattern)
    )
    used = {name for name in re.findall(r"var\((--[\w-]+)\)", joined)}
    assert sorted(name for name in used if f"{name}:" not in joined + made and f'"{name}"' not in made) == []
