"""Lighthouse on four pages, and how much work a page asks of the browser.

Accessibility, best practices and search engines must have 100. The performance that Lighthouse measures depends on how
quick and how busy the machine is: `make lighthouse` judges it, in CI after all tests, when the machine is quiet. Here
what it depends on is judged, in quantities that are the same on every machine: bytes, what blocks the first paint,
what the largest paint is, what moves, and how many elements the browser styles and lays out before anyone scrolls.
"""

import json

import pytest
from playwright.sync_api import Browser, Route

from benchmarks import lighthouse
from dlnotes.book.pages import LANGUAGES

# Today's largest: 226 kB, 54 kB (of which fonts 34), 2000 elements styled and 3500 boxes laid out; without passages
# 47,000 and 27,000.
MOST_BYTES = 300_000
MOST_BLOCKING_BYTES = 65_000
MOST_SHIFT = 0.05  # of the screen; test_pages.py looks closer
MOST_STYLED, MOST_LAID_OUT = 5_000, 7_000

PHONE = {"width": 412, "height": 823}


@pytest.fixture(scope="module")
def address(site):
    with lighthouse.hosted(site) as address:
        yield address


@pytest.mark.parametrize("number", range(4))
def test_lighthouse(browser: Browser, site, address, number, capsys):
    page, screen = lighthouse.four_pages(site)[number], lighthouse.SCREENS[number % 2]
    run = lighthouse.report(address + page, screen, lighthouse.chromium_program())
    points, metrics = lighthouse.scores(run), lighthouse.metrics(run)
    with capsys.disabled():
        print(f"\nLighthouse, {page}, {screen}: {points}, {metrics}")
    assert lighthouse.failing(run) == []
    assert [points[name] for name in lighthouse.CATEGORIES[1:]] == [100, 100, 100]

    assert run["audits"]["total-byte-weight"]["numericValue"] < MOST_BYTES
    blocking = run["audits"]["render-blocking-insight"]["details"]["items"]
    assert all(request["url"].endswith(".css") for request in blocking), blocking
    assert sum(request["totalBytes"] for request in blocking) < MOST_BLOCKING_BYTES
    assert metrics["CLS"] < MOST_SHIFT
    largest = json.dumps(run["audits"]["lcp-breakdown-insight"]["details"])
    assert '"snippet"' in largest and "<img" not in largest


def work(browser: Browser, url: str, style: str = "") -> tuple[int, int]:
    """How many elements a browser styles, and how many boxes it lays out, until a page stands."""

    def add_style(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + style)

    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    if style:
        page.route("**/style.css", add_style)
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.goto(url)
    page.wait_for_load_state("networkidle")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    context.close()
    styled = sum(event["args"].get("elementCount", 0) for event in events if event["name"] == "UpdateLayoutTree")
    layouts = [event["args"]["beginData"] for event in events if event["name"] == "Layout" and "args" in event]
    return styled, sum(layout["dirtyObjects"] for layout in layouts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_chapter_asks_little_of_the_browser(browser: Browser, site, address, language):
    styled, laid_out = work(browser, address + lighthouse.longest_chapter(language, site))
    assert styled < MOST_STYLED
    assert laid_out < MOST_LAID_OUT


def test_the_count_of_work_sees_a_chapter_laid_out_whole(browser: Browser, site, address):
    whole = ".passage { content-visibility: visible !important }"
    styled, laid_out = work(browser, address + lighthouse.longest_chapter("en", site), whole)
    assert styled > MOST_STYLED
    assert laid_out > MOST_LAID_OUT
