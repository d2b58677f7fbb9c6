"""The HTML of all built pages is valid: html-validate's rules of the standard; .htmlvalidate.json names exceptions."""

import re
import subprocess
from pathlib import Path

from dlnotes.book.katex import node_program
from dlnotes.book.pages import ROOT

PROGRAM = ROOT / "node_modules/html-validate/bin/html-validate.mjs"

INLINE_FORMULA = re.compile(r'<span class="katex">.*?(?=\u2060?</bdi>)', re.S)
DISPLAY_FORMULA = re.compile(r'<span class="katex-display">.*?(?=</span>\s*<a [^>]*class="equation-number")', re.S)
WHOLE = "softmax"  # the page whose formulas are looked into; KaTeX made all of them


def mistakes(*files: Path) -> str:
    """What html-validate finds wrong, one line each."""
    command = [node_program(), PROGRAM, "--config", ROOT / ".htmlvalidate.json", "--formatter", "text", *files]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT)
    assert not done.stderr, done.stderr
    return done.stdout


def test_all_pages_are_valid(site, tmp_path):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    checked = [tmp_path / page.relative_to(site) for page in pages]
    for page, copy in zip(pages, checked, strict=True):
        html = page.read_text("utf-8")
        if page.parent.name != WHOLE:
            html = INLINE_FORMULA.sub("", DISPLAY_FORMULA.sub("", html))
            assert html.count('class="katex-html"') < 10
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(html, "utf-8")
    assert mistakes(*checked) == ""


def test_faults_are_found(site, tmp_path):
    """One page with several slips that browsers forgive."""
    page = (site / "en/notation/index.html").read_text("utf-8")
    faulty = tmp_path / "faulty.html"
    for fault, rule in {
        '<p id="notation">once</p><p id="notation">twice</p>': "no-dup-id",
        "<p>a paragraph <div>with a box</div></p>": "close-order",
        "<ul><p>no item</p></ul>": "element-permitted-content",
        '<img src="a.png" width="wide">': "attribute-allowed-values",
        "<center>old</center>": "deprecated",
        "<em>never closed": "close-order",
    }.items():
        faulty.write_text(page.replace("</article>", fault + "</article>"), "utf-8")
        assert rule in mistakes(faulty), fault
