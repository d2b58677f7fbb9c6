"""The block `/// ledger`: how every equation of the book is checked, from docs/ledger.json."""

import re
import xml.etree.ElementTree as etree

from pymdownx.blocks.block import Block

from dlnotes.book import ledger, pages

TEXTS = {
    "en": {
        "total": "The book has {equations} numbered equations: {evaluated} are evaluated from their LaTeX, "
        "{programs} are checked by a program, {unchecked} are not checked yet. {mutants} mutants were tried, and every "
        "one was refuted; {equivalent} more say the same as their equation.",
        "head": "| Equation | Label | How it is checked | Mutants refuted | Test |",
        "evaluated": "evaluated",
        "program": "by a program: {reason}",
        "unchecked": "not checked yet",
        "equivalent": "{mutants} ({equivalent} equivalent)",
    },
    "zh": {
        "total": "全书共有 {equations} 个编号公式：{evaluated} 个由其 LaTeX 源码直接求值，{programs} 个由程序检验，"
        "{unchecked} 个尚未检验。共尝试变异公式 {mutants} 个，全部被否定；另有 {equivalent} 个与原公式等价。",
        "head": "| 公式 | 标签 | 检验方式 | 被否定的变异 | 测试 |",
        "evaluated": "直接求值",
        "program": "由程序检验：{reason}",
        "unchecked": "尚未检验",
        "equivalent": "{mutants}（等价 {equivalent}）",
    },
}


class Ledger(Block):
    NAME = "ledger"

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div", {"class": "ledger"})

    def on_end(self, block: etree.Element) -> None:
        self.md.parser.parseChunk(block, ledger_markdown(self.config["book"].page.language))


def ledger_markdown(language: str) -> str:
    """The totals, then a table for each page."""
    by_page: dict[str, list[pages.Equation]] = {}
    for equation in pages.equations().values():
        by_page.setdefault(equation.page, []).append(equation)
    in_order = sorted(by_page, key=lambda slug: pages.chapter_numbers().get(slug, 0))
    blocks = [totals(language)]
    for slug in in_order:
        blocks.append(f"## {title(slug, language)} {{#{slug}}}")
        rows = [row(equation, language) for equation in by_page[slug]]
        blocks.append("\n".join([TEXTS[language]["head"], "|---|---|---|---|---|", *rows]))
    return "\n\n".join(blocks)


def totals(language: str) -> str:
    entries = [ledger.entry(label) for label in pages.equations()]
    checked = [entry for entry in entries if entry]
    evaluated = sum(entry.is_evaluated for entry in checked)
    return TEXTS[language]["total"].format(
        equations=len(entries),
        evaluated=evaluated,
        programs=len(checked) - evaluated,
        unchecked=len(entries) - len(checked),
        mutants=sum(entry.mutants for entry in checked),
        equivalent=sum(entry.equivalent for entry in checked),
    )


def row(equation: pages.Equation, language: str) -> str:
    texts, entry = TEXTS[language], ledger.entry(equation.label)
    link = f"[({equation.number})]({equation.page}.md#{equation.anchor}){{#{ledger.anchor(equation.label)}}}"
    how, mutants, test = texts["unchecked"], "", ""
    if entry:
        how = texts["evaluated"] if entry.is_evaluated else texts["program"].format(reason=entry.reason[language])
        mutants = str(entry.mutants or "")
        if entry.equivalent:
            mutants = texts["equivalent"].format(mutants=entry.mutants, equivalent=entry.equivalent)
        test = f"`{entry.test.removeprefix('tests/equations/')}`"
    return f"| {link} | `{equation.label}` | {how} | {mutants} | {test} |"


def title(slug: str, language: str) -> str:
    """The page's own title; its slug while the translation is to come."""
    path = pages.page_source(slug, language)
    found = path.exists() and re.search(r"^# (.+?)(?: *\{.*\})?$", path.read_text("utf-8"), re.M)
    return found[1] if found else slug
