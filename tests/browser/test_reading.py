"""Reading with the keyboard, with a screen reader, by the system's preferences, from a link into the text, on paper."""

import re

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks import lighthouse
from dlnotes.book.pages import LANGUAGES

SCREENS = ({"width": 1280, "height": 800}, {"width": 390, "height": 844})
CHAPTER = "softmax"

DESCRIBE_FOCUS = """() => {
    const focused = document.activeElement;
    const kinds = {
        skip: ".md-skip", search: ".md-search__input", language: "a.language",
        theme: "[data-md-component=palette] input", equation: ".equation-body[tabindex]", table: "table[tabindex]",
        code: "code[tabindex], pre[tabindex]", solution: "summary",
    };
    const kind = Object.keys(kinds).find(kind => focused.matches(kinds[kind])) ?? "";
    const shown = focused.matches("[data-md-component=palette] input")
        ? document.querySelector(`[data-md-component=palette] label:not([hidden])`) : focused;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    const box = shown.getBoundingClientRect();
    return {
        kind, outlined: outlineStyle !== "none" && parseFloat(outlineWidth) > 0,
        seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight, html: focused.outerHTML.slice(0, 160),
    };
}"""


@pytest.fixture(params=SCREENS, ids=("desktop", "phone"))
def page(browser: Browser, request):
    context = browser.new_context(viewport=request.param, color_scheme="light")
    yield context.new_page()
    context.close()


def test_keyboard_alone_reaches_all_that_can_be_used(browser: Browser, base_url):
    """From the first key to the last folded solution, each stop in view and with a visible mark."""
    context = browser.new_context(viewport=SCREENS[1])
    page = context.new_page()
    page.goto(base_url + f"en/{CHAPTER}/")
    reached, unmarked = set(), []
    solutions = page.locator("article details").count()
    folded = 0
    for _ in range(1000):
        page.keyboard.press("Tab")
        focus = page.evaluate(DESCRIBE_FOCUS)
        reached.add(focus["kind"])
        if not (focus["outlined"] and focus["seen"]):
            unmarked.append(focus["html"])
        if focus["kind"] == "solution":
            folded += 1
            page.keyboard.press("Enter")
            assert page.evaluate("() => document.activeElement.parentElement.open")
        if folded == solutions:
            break
    assert {"skip", "search", "language", "theme", "equation", "code", "solution"} <= reached
    assert folded == solutions > 2
    assert unmarked == []
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_into_the_text_land_where_they_point(page: Page, base_url, language):
    """Though the passages above are not laid out yet."""
    url = base_url + f"{language}/{CHAPTER}/"
    page.goto(url)
    anchors = page.evaluate("() => [...document.querySelectorAll('article [id]')].map(part => part.id)")
    for anchor in (anchors[len(anchors) // 2], anchors[-1], [name for name in anchors if name.startswith("eq-")][-1]):
        page.goto("about:blank")
        page.goto(f"{url}#{anchor}")
        expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()
        page.wait_for_load_state("networkidle")
        expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scroll_bar_is_honest(page: Page, base_url, language):
    """The heights that passages are given before they are laid out are about right."""
    page.goto(base_url + f"{language}/{CHAPTER}/")
    estimated, true = page.evaluate("""() => {
        const before = document.body.scrollHeight;
        document.querySelectorAll(".passage").forEach(passage => passage.style.contentVisibility = "visible");
        return [before, document.body.scrollHeight];
    }""")
    assert estimated != true
    assert estimated == pytest.approx(true, rel=0.1)


def test_a_screen_reader_finds_what_is_not_laid_out(browser: Browser, base_url):
    """The browser's accessibility tree holds every formula, though no-one has scrolled to it."""
    # As it is when a screen reader runs; without one the browser makes no tree of what is out of sight.
    options = ["--force-renderer-accessibility", "--no-sandbox", "--no-proxy-server"]
    listening = browser.browser_type.launch(executable_path=lighthouse.chromium_program(), args=options)
    page = listening.new_page(viewport=SCREENS[1])
    page.goto(base_url + f"en/{CHAPTER}/")
    session = page.context.new_cdp_session(page)
    formulas = page.evaluate("""() => [...document.querySelectorAll("math")]
        .filter(formula => !formula.closest("details:not([open]) > :not(summary)")).length""")

    def spoken() -> int:
        tree = session.send("Accessibility.getFullAXTree")["nodes"]
        return [node["role"]["value"] for node in tree if not node["ignored"]].count("MathMLMath")

    for _ in range(50):  # the tree grows while the browser is idle
        if (found := spoken()) >= formulas:
            break
        page.wait_for_timeout(200)
    assert found >= formulas > 100
    listening.close()


def test_reduced_motion_is_respected(page: Page, base_url):
    moving = """() => [...document.querySelectorAll("body *")].filter(part => {
        const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(part);
        const lasts = [transitionDuration, animationDuration].join().split(",").some(time => parseFloat(time) > 0);
        return lasts || scrollBehavior === "smooth";
    }).length"""
    page.goto(base_url + "en/")
    assert page.evaluate(moving) > 0
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_is_given_where_it_is_asked_for(page: Page, base_url, scheme):
    """Text, its quieter kinds and links have 7:1 on the page's background, the level AAA of WCAG."""
    ratios = """() => {
        const light = colour => {
            const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(part => part / 255)
                .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = light(getComputedStyle(document.body).backgroundColor);
        const parts = ["article > p:not(.verified)", ".verified", "article > p:not(.verified) a", ".highlight .c1"];
        return parts.map(selector => {
            const ink = light(getComputedStyle(document.querySelector(selector)).color);
            return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
        });
    }"""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # else colours fade from one to the other
    page.goto(base_url + f"en/{CHAPTER}/")
    usual = page.evaluate(ratios)
    page.emulate_media(contrast="more")
    more = page.evaluate(ratios)
    assert min(more) >= 7
    assert all(high > low for high, low in zip(more, usual, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chapter_prints_well(browser: Browser, base_url, language):
    """From a dark screen: light paper, all solutions, links that can be read; no navigation, nothing cut off."""
    context = browser.new_context(viewport=SCREENS[0], color_scheme="dark")
    page = context.new_page()
    page.goto(base_url + f"{language}/{CHAPTER}/")
    solution = page.locator("article details p:not(.admonition-title)").last.text_content()
    printed = pypdfium2.PdfDocument(page.pdf(format="A4", print_background=True))
    text = "".join("".join(sheet.get_textpage().get_text_range().split()) for sheet in printed)
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 672, "height": 1000})  # A4 less its margins
    cut = page.evaluate("""() => [...document.querySelectorAll("article :is(pre > code, table, .equation-body, img)")]
        .filter(part => part.clientWidth && (part.scrollWidth > part.clientWidth + 1
            || part.getBoundingClientRect().right > innerWidth + 1)).map(part => part.outerHTML.slice(0, 160))""")
    hidden = page.locator(".md-header, .md-sidebar, .md-footer, .only-dark, .md-code__nav, .headerlink")
    assert not any(part.is_visible() for part in hidden.all())
    assert all(picture.is_visible() for picture in page.locator("article .only-light").all())
    context.close()

    assert cut == []
    words = max(re.findall(r"[A-Za-z ,]+|[\u4e00-\u9fff]+", solution), key=len)
    assert "".join(words.split()) in text
    assert "https://arxiv.org/abs/" in text
    paper = printed[0].render(scale=0.2).to_pil().convert("L")
    assert paper.getpixel((2, 2)) > 250
    light = sum(count for shade, count in enumerate(paper.histogram()) if shade > 200)
    assert light > 0.8 * paper.width * paper.height


def test_the_line_under_the_title_says_what_was_verified(page: Page, base_url):
    for language, words in (("en", "evaluated from their LaTeX"), ("zh", "由 LaTeX 求值检验")):
        page.goto(base_url + f"{language}/{CHAPTER}/")
        line = page.locator("article > .verified")
        expect(line).to_contain_text(words)
        line.locator("a").click()
        assert page.url.endswith(f"/{language}/ledger/#{CHAPTER}")
        expect(page.locator(f"#{CHAPTER}")).to_be_in_viewport()
