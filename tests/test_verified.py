"""The line under a chapter's title, beside counts that are taken in another way."""

import json
import re

import pytest

from dlnotes.book.pages import LANGUAGES, ROOT, chapter_numbers, page_source
from dlnotes.book.verified import Verified, reading_minutes


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", chapter_numbers())
def test_counts(slug, language):
    verified = Verified.of(slug, language)
    text = page_source(slug, language).read_text("utf-8")
    ledger = json.loads((ROOT / "docs/ledger.json").read_text("utf-8"))
    rows = [ledger[label] for label in re.findall(r"\\label\{([\w-]+)\}", text)]
    by_program = sum("reason" in row for row in rows)
    assert verified.equations == {"evaluated": len(rows) - by_program, "program": by_program, "unchecked": 0}
    assert verified.snippets == len(re.findall(r"^ *```python", text, re.M))
    assert verified.figures == len(re.findall(r"^ */// (?:figure|explore) ", text, re.M)) >= verified.recorded
    recorded = {json.loads(path.read_text("utf-8"))["started"][:10] for path in (ROOT / "dlnotes/runs").glob("*.json")}
    assert set(verified.dates) <= recorded
    assert bool(verified.dates) == bool(verified.recorded)
    assert 5 <= verified.minutes <= 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_chapter_lacks_is_not_mentioned(language):
    bare = Verified(3, {"evaluated": 0, "program": 0, "unchecked": 0}, 0, 0, 0, ())
    assert [kind for kind, _ in bare.phrases(language)] == ["time"]
    unsure = Verified(3, {"evaluated": 2, "program": 0, "unchecked": 1}, 4, 5, 2, ("2026-11-19", "2026-11-20"))
    said = dict(unsure.phrases(language))
    assert [int(number) for number in re.findall(r"\d+", said["equations"])] == [3, 2, 1]
    assert re.findall(r"[\d-]+", said["figures"]) == ["5", "2", "2026-11-19", "2026-11-20"]


def test_reading_time():
    assert reading_minutes("word " * 400, 0) == 2
    assert reading_minutes("字" * 800, 0) == 2
    assert reading_minutes("$$\nx \\label{a-b}\n$$\n\n```python\nnot counted here\n```\n" * 20, 60) == 3
