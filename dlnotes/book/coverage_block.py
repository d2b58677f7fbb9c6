"""The block `/// coverage`: what of the syllabus the book treats and where, from docs/coverage.yml."""

import xml.etree.ElementTree as etree

import yaml
from pymdownx.blocks.block import Block

from dlnotes.book import pages

TEXTS = {
    "en": {
        "total": "{treated} of the {total} topics of the syllabus are treated so far.",
        "head": "| Chapter | Treated here | Still to come |",
        "part": "{treated} of {total} topics",
    },
    "zh": {
        "total": "大纲共 {total} 个主题，目前已讲解 {treated} 个。",
        "head": "| 章 | 已讲解 | 待续 |",
        "part": "{total} 个主题中已讲解 {treated} 个",
    },
}


class Coverage(Block):
    NAME = "coverage"

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div", {"class": "coverage"})

    def on_end(self, block: etree.Element) -> None:
        page = self.config["book"].page
        try:
            self.md.parser.parseChunk(block, coverage_markdown(page.language))
        except pages.BookError as error:
            page.mistake("/// coverage", str(error))


def coverage_markdown(language: str) -> str:
    """A summary, then a table for each part of the syllabus."""
    coverage = yaml.load((pages.ROOT / "docs/coverage.yml").read_text("utf-8"), pages.YamlLoader)
    treated = coverage["items"] or {}
    texts = TEXTS[language]
    topics = [topic for part in coverage["parts"] for topic in topics_of(part)]
    blocks = [texts["total"].format(treated=count(topics, treated), total=len(topics))]
    for number, part in enumerate(coverage["parts"], 1):
        topics = topics_of(part)
        rows = [chapter_row(chapter, treated, language) for chapter in part["chapters"]]
        blocks.append(f"## {part[language]} {{#part-{number}}}")
        blocks.append(texts["part"].format(treated=count(topics, treated), total=len(topics)))
        blocks.append("\n".join([texts["head"], "|---|---|---|", *rows]))
    return "\n\n".join(blocks)


def topics_of(part: dict) -> list[str]:
    return [topic for chapter in part["chapters"] for topic in chapter_topics(chapter)]


def chapter_topics(chapter: dict) -> list[str]:
    """All topics of a chapter's range: T069 to T077."""
    return [f"T{number:03}" for number in range(int(chapter["first"][1:]), int(chapter["last"][1:]) + 1)]


def count(topics: list[str], treated: dict[str, str]) -> int:
    return sum(topic in treated for topic in topics)


def chapter_row(chapter: dict, treated: dict[str, str], language: str) -> str:
    topics = chapter_topics(chapter)
    by_target: dict[str, list[str]] = {}
    for topic in topics:
        if topic in treated:
            by_target.setdefault(treated[topic], []).append(topic)
    links = [f"{link(target, language)} ({spans(found)})" for target, found in by_target.items()]
    to_come = spans([topic for topic in topics if topic not in treated])
    return f"| {chapter[language]} | {'<br>'.join(links)} | {to_come} |"


def link(target: str, language: str) -> str:
    """A link whose text is the heading that the target has in this language."""
    slug, _, anchor = target.partition("#")
    title = pages.heading(slug, language, anchor)
    if title is None:
        raise pages.BookError(
            f"docs/coverage.yml leads to {target}, but docs/{language}/{slug}.md has no heading {{#{anchor}}}"
        )
    return f"[{title}]({slug}.md#{anchor})"


def spans(topics: list[str]) -> str:
    """T069, T070, T071, T075 as "T069–T071, T075"."""
    runs: list[list[str]] = []
    for topic in topics:
        if runs and int(topic[1:]) == int(runs[-1][-1][1:]) + 1:
            runs[-1].append(topic)
        else:
            runs.append([topic])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
