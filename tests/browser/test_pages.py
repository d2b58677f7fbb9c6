"""Every page of both languages in a real browser: what it asks for, how it looks, whether everyone can read it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from dlnotes.book.pages import ROOT

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

# Notes what moves while the page loads and while it is read; there is no input that would excuse a shift.
WATCH_SHIFTS = """
    window.layoutShifts = [];
    new PerformanceObserver(list => {
        for (const entry of list.getEntries())
            window.layoutShifts.push([entry.value, ...entry.sources.map(source => source.node?.className ?? "")]);
    }).observe({ type: "layout-shift", buffered: true });
"""
READ_TO_THE_END = """async () => {
    await document.fonts.ready;
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo(0, y);
        await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    }
    await Promise.all([...document.images].filter(image => image.getClientRects().length).map(image => image.decode()));
}"""
# All that a reader meets by and by is laid out at once, as if it were in view.
OPEN_BOXES = """async () => {
    document.querySelectorAll("details").forEach(box => box.open = true);
    document.querySelectorAll(".passage").forEach(passage => passage.style.contentVisibility = "visible");
    await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""
# Elements that reach beyond the screen, unless something around them scrolls or hides them.
OVERFLOWING = """() => {
    const beyond = [...document.querySelectorAll("body *")].filter(element => {
        if (element.getBoundingClientRect().right <= innerWidth + 1) return false;
        for (let outer = element.parentElement; outer !== document.body; outer = outer.parentElement)
            if (getComputedStyle(outer).overflowX !== "visible") return false;
        return true;
    });
    const shown = beyond.map(element => element.outerHTML.slice(0, 200));
    return { width: document.documentElement.scrollWidth, beyond: shown };
}"""
# Parts of the text that take no room, though no folded box hides them. A figure has a picture for each theme.
INVISIBLE = """() => [...document.querySelectorAll("article :is(h1, h2, h3, p, li, pre, table, figure, .katex-html)")]
    .filter(part => !part.closest("details:not([open]) > :not(summary)"))
    .filter(part => { const { width, height } = part.getBoundingClientRect(); return !width || !height; })
    .map(part => part.outerHTML.slice(0, 200))"""
# Leaves each formula its size and its LaTeX alone: thousands of nodes fewer for axe.
BOX_FORMULAS = """() => {
    const formulas = [...document.querySelectorAll(".katex")];
    const sizes = formulas.map(formula => formula.querySelector(".katex-html").getBoundingClientRect());
    formulas.forEach((formula, index) => {
        const [mathml, html] = formula.children;
        mathml.textContent = mathml.querySelector("annotation").textContent;
        html.replaceChildren();
        html.style = `display: inline-block; width: ${sizes[index].width}px; height: ${sizes[index].height}px`;
    });
}"""
AXE = """async () => (await axe.run()).violations.map(({ id, nodes }) =>
    `${id}: ${nodes.map(node => node.html.slice(0, 200) + node.failureSummary).join(" | ")}`)"""


@dataclass
class Visit:
    """What was seen of a page at one size and in one theme."""

    requests: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    shifts: list = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    overflow: dict = field(default_factory=dict)
    scheme: str = ""


def open_page(context, visit: Visit, url: str) -> Page:
    page = context.new_page()
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("requestfailed", lambda request: visit.failures.append(f"{request.url}: {request.failure}"))
    page.on("response", lambda answer: answer.ok or visit.failures.append(f"{answer.url}: {answer.status}"))
    page.on("console", lambda message: visit.console.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: visit.console.append(str(error)))
    page.goto(url, wait_until="load")
    return page


@pytest.fixture(scope="module")
def visit(browser: Browser, base_url: str) -> Callable[[str, str], Visit]:
    """Load a page and read it to its end: on a wide light screen, or on a dark phone."""
    axe = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    contexts = {
        "light": browser.new_context(viewport=DESKTOP, color_scheme="light"),
        "dark": browser.new_context(viewport=PHONE, color_scheme="dark"),
    }
    for context in contexts.values():
        context.add_init_script(WATCH_SHIFTS)

    def visit(path: str, theme: str) -> Visit:
        seen = Visit()
        page = open_page(contexts[theme], seen, base_url + path)
        page.evaluate(READ_TO_THE_END)
        if page.evaluate("() => layoutShifts.length"):  # a busy machine may have brought a file too late
            page.reload(wait_until="load")  # from the cache none is late
            page.evaluate(READ_TO_THE_END)
        seen.shifts = page.evaluate("() => layoutShifts")
        seen.scheme = page.get_attribute("body", "data-md-color-scheme")
        page.evaluate(OPEN_BOXES)
        page.evaluate("() => scrollTo(0, 0)")
        seen.overflow = page.evaluate(OVERFLOWING)
        page.evaluate(BOX_FORMULAS)
        page.evaluate(axe)
        seen.violations = page.evaluate(AXE)
        page.close()
        return seen

    return visit


@pytest.fixture(params=["light", "dark"])
def theme(request) -> str:
    return request.param


def test_page(visit, base_url, path, theme):
    """It loads whole and from here alone, in the system's theme; nothing moves; all can read it; it fits the screen."""
    seen = visit(path, theme)
    assert base_url + path in seen.requests
    assert [url for url in seen.requests if not url.startswith((base_url, "data:", "blob:"))] == []
    assert seen.failures == []
    assert seen.console == []
    assert seen.scheme == {"light": "default", "dark": "slate"}[theme]
    assert seen.shifts == []
    assert seen.violations == []
    assert seen.overflow == {"width": {"light": DESKTOP, "dark": PHONE}[theme]["width"], "beyond": []}


def test_axe_and_the_overflow_check_can_fail(browser):
    """Both must see the faults of a page made for it."""
    page = browser.new_page(viewport=PHONE)
    page.set_content('<html lang="en"><title>t</title><main><h1>t</h1><img src="data:,"><p style="width: 900px">wide')
    assert page.evaluate(OVERFLOWING)["beyond"]
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    assert any(violation.startswith("image-alt") for violation in page.evaluate(AXE))
    page.close()


def test_formulas_are_accessible(browser, base_url, theme):
    """The insides of formulas, which the test of each page leaves out, on one page that is full of them."""
    context = browser.new_context(viewport=PHONE, color_scheme=theme)
    page = context.new_page()
    page.goto(base_url + "en/notation/")
    assert page.locator(".katex").count() > 50
    page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    assert page.evaluate(AXE) == []
    context.close()


@pytest.fixture(scope="module")
def plain_page(browser: Browser):
    """A page in a browser without JavaScript."""
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_reads_without_javascript(plain_page: Page, base_url, paths):
    plain_page.goto(base_url + paths[0])
    assert plain_page.locator("article h1").is_visible()
    assert plain_page.evaluate(INVISIBLE) == []
    for box in plain_page.locator("article details").all():  # folded solutions open without a script
        box.locator("> summary").click()
        assert box.locator("> :not(summary)").first.is_visible()
    assert plain_page.evaluate(INVISIBLE) == []


def test_language_switch_stays_on_the_page(plain_page: Page, base_url, paths):
    """There and back again, without a script."""
    english, chinese = paths
    plain_page.goto(base_url + english)
    for expected in (chinese, english):
        plain_page.locator("a.language").click()
        assert plain_page.url == base_url + expected
        assert plain_page.locator("html").get_attribute("lang") == expected[:2]
