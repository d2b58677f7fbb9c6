"""What the copy buttons yield is what the page shows, and it runs in a fresh Python and prints what the page says."""

import pytest
from playwright.sync_api import Browser

from dlnotes.book.fresh import run_fresh
from dlnotes.book.labs import code_cells, read
from dlnotes.book.outputs import expected_output, outputs_match
from dlnotes.book.pages import LABS

BLOCKS = """() => [...document.querySelectorAll("article .highlight:not(.no-copy)")].map(block => ({
    python: block.classList.contains("language-python"),
    text: block.querySelector("code").textContent,
}))"""


@pytest.fixture(scope="module")
def context(browser: Browser, base_url: str):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield context
    context.close()


def shown_blocks(page) -> list[dict]:
    """What the page shows in its blocks of code, folded boxes opened."""
    for summary in page.locator("article details > summary").all():
        summary.click()
    return page.evaluate(BLOCKS)


def test_copied_code_runs_and_prints_what_the_page_says(context, base_url, paths):
    page = context.new_page()
    page.goto(base_url + paths[0])
    programs = []
    blocks = page.locator("article .highlight:not(.no-copy)").all()
    for shown, block in zip(shown_blocks(page), blocks, strict=True):
        block.scroll_into_view_if_needed()
        page.evaluate("() => navigator.clipboard.writeText('nothing was copied')")
        block.locator("button[data-md-type=copy]").click()
        copied = page.evaluate("() => navigator.clipboard.readText()")
        assert copied.rstrip() == shown["text"].rstrip()
        if shown["python"]:
            programs.append(copied + "\n")
    page.close()
    slug = paths[0].removeprefix("en/").strip("/")
    if slug.startswith(LABS):  # its cells build on each other, and the build ran them
        _, *cells = code_cells(read(slug, "en"))  # the first one, which installs dlnotes, is the notebook's alone
        assert [program.strip() for program in programs] == [cell.source for cell in cells]
        return
    for program in programs:
        printed = run_fresh(program)
        assert outputs_match(expected_output(program), printed), f"{program}\nprints\n{printed}"


def test_chinese_pages_show_the_same_code_and_copy_it(context, base_url, paths):
    page = context.new_page()
    page.goto(base_url + paths[0])
    english = [shown for shown in shown_blocks(page) if shown["python"]]
    page.goto(base_url + paths[1])
    assert [shown for shown in shown_blocks(page) if shown["python"]] == english
    if english:
        block = page.locator("article .highlight.language-python:not(.no-copy)").first
        block.scroll_into_view_if_needed()
        block.locator("button[data-md-type=copy]").click()
        assert page.evaluate("() => navigator.clipboard.readText()").rstrip() == english[0]["text"].rstrip()
    page.close()


def test_the_home_page_has_a_program_to_copy(context, base_url):
    page = context.new_page()
    page.goto(base_url + "en/")
    assert [block["python"] for block in page.evaluate(BLOCKS)].count(True) >= 1
    page.close()
