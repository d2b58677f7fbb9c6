"""The HTML of all built pages is valid: html-validate's rules of the standard; .htmlvalidate.json names exceptions."""

import subprocess
from pathlib import Path

from dlnotes.book.katex import node_program
from dlnotes.book.pages import ROOT

PROGRAM = ROOT / "node_modules/html-validate/bin/html-validate.mjs"


def mistakes(*files: Path) -> str:
    """What html-validate finds wrong, one line each."""
    command = [node_program(), PROGRAM, "--config", ROOT / ".htmlvalidate.json", "--formatter", "text", *files]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT)
    assert not done.stderr, done.stderr
    return done.stdout


def test_all_pages_are_valid(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    assert mistakes(*pages) == ""


def test_faults_are_found(site, tmp_path):
    """One page with several slips that browsers forgive."""
    page = (site / "en/notation/index.html").read_text("utf-8")
    faulty = tmp_path / "faulty.html"
    for fault, rule in {
        '<p id="notation">once</p><p id="notation">twice</p>': "no-dup-id",
        "<p>a paragraph <div>with a box</div></p>": "element-permitted-content",
        "<ul><p>no item</p></ul>": "element-permitted-content",
        '<img src="a.png" width="wide">': "attribute-allowed-values",
        "<center>old</center>": "deprecated",
        "<em>never closed": "close-order",
    }.items():
        faulty.write_text(page.replace("</article>", fault + "</article>"), "utf-8")
        assert rule in mistakes(faulty), fault
