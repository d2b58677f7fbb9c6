"""The block `/// glossary`: the terms of docs/terms.yml, by subject, in both languages."""

import xml.etree.ElementTree as etree

import yaml
from pymdownx.blocks.block import Block

from dlnotes.book import pages

SUBJECTS = {  # the comments that head the parts of docs/terms.yml
    "Mathematics": "数学",
    "Probability and information": "概率与信息",
    "Models": "模型",
    "Training": "训练",
    "Diffusion": "扩散",
}
HEAD = {
    "en": "| Term | Chinese term | Not to be called |",
    "zh": "| 英文 | 本书用语 | 不用 |",
}


class Glossary(Block):
    NAME = "glossary"

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div", {"class": "glossary"})

    def on_end(self, block: etree.Element) -> None:
        page = self.config["book"].page
        try:
            self.md.parser.parseChunk(block, glossary_markdown(page.language))
        except (pages.BookError, OSError) as error:
            page.mistake("/// glossary", str(error))


def glossary_markdown(language: str) -> str:
    """A table for each subject, its terms in alphabetical order."""
    blocks = []
    for number, (subject, terms) in enumerate(by_subject().items(), 1):
        heading = subject if language == "en" else SUBJECTS[subject]
        rows = [row(term, entry) for term, entry in sorted(terms.items(), key=lambda item: item[0].lower())]
        blocks.append(f"## {heading} {{#subject-{number}}}")
        blocks.append("\n".join([HEAD[language], "|---|---|---|", *rows]))
    return "\n\n".join(blocks)


def by_subject() -> dict[str, dict[str, dict]]:
    """The terms below each of the headings in docs/terms.yml."""
    text = (pages.ROOT / "docs/terms.yml").read_text("utf-8")
    _, *parts = text.split("\n\n# ")
    found = {}
    for part in parts:
        subject, _, terms = part.partition("\n")
        if subject not in SUBJECTS:
            raise pages.BookError(f"docs/terms.yml: unknown subject {subject!r}; known are {', '.join(SUBJECTS)}")
        found[subject] = yaml.load(terms, pages.YamlLoader)
    return found


def row(term: str, entry: dict) -> str:
    others = f" ({', '.join(entry['also'])})" if "also" in entry else ""
    return f"| {term}{others} | {entry['zh']} | {'、'.join(entry.get('not', []))} |"
