"""What docs/coverage.yml says that the book covers is there, in both languages, and no chapter leaves a topic out."""

import re
from pathlib import Path

import pytest
import yaml

from dlnotes.book.coverage_block import chapter_topics, topics_of
from dlnotes.book.pages import LANGUAGES, ROOT, blank_fences, chapter_numbers

HEADING_ID = re.compile(r"^#{1,6}[ \t].*\{[^}\n]*#(?P<id>[^\s}]+)[^}\n]*\}[ \t]*$", re.M)


def mistakes(root: Path, chapters: tuple[str, ...]) -> list[str]:
    """Topics that lead nowhere, topics of no range, ranges with gaps, and topics that a finished chapter leaves out."""
    coverage = yaml.safe_load((root / "docs/coverage.yml").read_text("utf-8"))
    items = coverage["items"]
    syllabus = [topic for part in coverage["parts"] for topic in topics_of(part)]
    found = [f"{topic} is of no chapter's range" for topic in sorted(set(items) - set(syllabus))]
    if syllabus != [f"T{number:03}" for number in range(1, len(syllabus) + 1)]:
        found.append("the ranges of the chapters overlap, leave a gap or are out of order")
    for topic, target in items.items():
        page, _, anchor = target.partition("#")
        for language in LANGUAGES:
            path = root / "docs" / language / f"{page}.md"
            if not path.exists() or anchor not in heading_ids(path):
                found.append(f"{topic} leads to {target}, but docs/{language}/{page}.md has no heading {{#{anchor}}}")
    for part in coverage["parts"]:
        for chapter in part["chapters"]:
            if chapter["slug"] in chapters:
                left_out = [topic for topic in chapter_topics(chapter) if topic not in items]
                found += [f"{topic} is left out: {chapter['slug']} is to treat {chapter['en']}" for topic in left_out]
    return found


def heading_ids(page: Path) -> set[str]:
    return {match["id"] for match in HEADING_ID.finditer(blank_fences(page.read_text("utf-8")))}


def test_the_book_covers_what_it_says() -> None:
    found = mistakes(ROOT, tuple(chapter_numbers()))
    assert not found, "\n".join(["", *found])


# ---- The check can fail

PARTS = """
parts:
  - en: Part
    zh: 部分
    chapters:
      - {en: First, zh: 一, slug: first, first: T001, last: T002}
      - {en: Second, zh: 二, slug: null, first: T003, last: T003}
"""
ITEMS = "items: {T001: first#a, T002: first#b}"


def planted(root: Path, coverage: str, chinese: str = "# 一\n\n## 甲 {#a}\n\n### 乙 {#b .x}\n") -> list[str]:
    for language, text in (("en", "# First\n\n## A {#a}\n\n### B {#b}\n"), ("zh", chinese)):
        (root / "docs" / language).mkdir(parents=True)
        (root / "docs" / language / "first.md").write_text(text, "utf-8")
    (root / "docs/coverage.yml").write_text(coverage, "utf-8")
    return mistakes(root, ("first",))


def test_a_right_table_passes(tmp_path: Path) -> None:
    assert planted(tmp_path, PARTS + ITEMS) == []


@pytest.mark.parametrize(
    ("coverage", "complaint"),
    [
        (PARTS + "items: {T001: first#a}", "T002 is left out: first is to treat First"),
        (PARTS + ITEMS.replace("}", ", T004: first#a}"), "T004 is of no chapter's range"),
        (PARTS.replace("T003", "T004") + ITEMS, "the ranges of the chapters overlap, leave a gap or are out of order"),
        (PARTS.replace("last: T002", "last: T003") + ITEMS, "T003 is left out: first is to treat First"),
        (PARTS + ITEMS.replace("#b", "#c"), "T002 leads to first#c, but docs/zh/first.md has no heading {#c}"),
        (
            PARTS + ITEMS.replace("first#b", "other#b"),
            "T002 leads to other#b, but docs/en/other.md has no heading {#b}",
        ),
    ],
)
def test_a_mistake_is_found(tmp_path: Path, coverage: str, complaint: str) -> None:
    assert complaint in planted(tmp_path, coverage)


def test_a_heading_that_one_language_lacks_is_found(tmp_path: Path) -> None:
    chinese = "# 一\n\n## 甲 {#a}\n\n```markdown\n### 乙 {#b}\n```\n"
    assert planted(tmp_path, PARTS + ITEMS, chinese) == [
        "T002 leads to first#b, but docs/zh/first.md has no heading {#b}"
    ]
