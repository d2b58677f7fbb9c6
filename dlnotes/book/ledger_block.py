"""The block `/// ledger`: how every equation of the book is checked, from docs/ledger.json."""

import xml.etree.ElementTree as etree
from collections.abc import Sequence

from pymdownx.blocks.block import Block

from dlnotes.book import ledger, pages
from dlnotes.book.passages import divide

ROW = 2.8  # em, on average; what is not a table is as high as a row

TEXTS = {
    "en": {
        "totals": ("Numbered equations", "evaluated from LaTeX", "by a program", "not checked yet", "mutants refuted",
                   "declared equivalent"),
        "columns": ("Equation", "Label", "How it is checked", "Mutants", "Test"),
        "evaluated": "evaluated",
        "program": "by a program: {reason}",
        "unchecked": "not checked yet",
        "equivalent": "{mutants} ({equivalent} equivalent)",
    },
    "zh": {
        "totals": ("编号公式", "由 LaTeX 求值", "由程序检验", "尚未检验", "被否定的变异", "声明等价的变异"),
        "columns": ("公式", "标签", "检验方式", "变异", "测试"),
        "evaluated": "求值",
        "program": "由程序检验：{reason}",
        "unchecked": "尚未检验",
        "equivalent": "{mutants}（等价 {equivalent}）",
    },
}  # fmt: skip


class Ledger(Block):
    NAME = "ledger"

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div", {"class": "ledger"})

    def on_end(self, block: etree.Element) -> None:
        self.md.parser.parseChunk(block, ledger_markdown(self.config["book"].page.language))
        divide(block, lambda part, _: ROW * max(1, len(part.findall(".//tr"))))


def ledger_markdown(language: str) -> str:
    """The totals, then a table for each page."""
    by_page: dict[str, list[pages.Equation]] = {}
    for equation in pages.equations().values():
        by_page.setdefault(equation.page, []).append(equation)
    in_order = sorted(by_page, key=lambda slug: pages.chapter_numbers().get(slug, 0))
    blocks = [totals(language)]
    for slug in in_order:
        entries = [ledger.entry(equation.label) for equation in by_page[slug]]
        files = sorted({f"`{entry.test.partition('::')[0]}`" for entry in entries if entry})
        blocks += [f"## {pages.heading(slug, language) or slug} {{#{slug}}}", ", ".join(files)]
        blocks.append(table(TEXTS[language]["columns"], [row(equation, language) for equation in by_page[slug]]))
    return "\n\n".join(blocks)


def table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def totals(language: str) -> str:
    entries = [ledger.entry(label) for label in pages.equations()]
    checked = [entry for entry in entries if entry]
    evaluated = sum(entry.is_evaluated for entry in checked)
    refuted, equivalent = (sum(getattr(entry, name) for entry in checked) for name in ("mutants", "equivalent"))
    counts = (len(entries), evaluated, len(checked) - evaluated, len(entries) - len(checked), refuted, equivalent)
    return table(TEXTS[language]["totals"], [counts])


def row(equation: pages.Equation, language: str) -> tuple[str, ...]:
    texts, entry = TEXTS[language], ledger.entry(equation.label)
    link = f"[({equation.number})]({equation.page}.md#{equation.anchor}){{#{ledger.anchor(equation.label)}}}"
    how, mutants, test = texts["unchecked"], "", ""
    if entry:
        how = texts["evaluated"] if entry.is_evaluated else texts["program"].format(reason=entry.reason[language])
        mutants = str(entry.mutants or "")
        if entry.equivalent:
            mutants = texts["equivalent"].format(mutants=entry.mutants, equivalent=entry.equivalent)
        test = f"`{entry.test.partition('::')[2]}`"
    return link, f"`{equation.label}`", how, mutants, test
