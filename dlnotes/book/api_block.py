"""The block `/// api`: every public name of dlnotes with its summary, by module."""

import re
import xml.etree.ElementTree as etree

from pymdownx.blocks.block import Block

from dlnotes.book import api
from dlnotes.book.ledger_block import table
from dlnotes.book.mathematics import INLINE

COLUMNS = {"en": ("Name", "What it is"), "zh": ("名称", "说明")}


class Api(Block):
    NAME = "api"

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div", {"class": "api"})

    def on_end(self, block: etree.Element) -> None:
        self.md.parser.parseChunk(block, api_markdown(self.config["book"].page.language))


def api_markdown(language: str) -> str:
    """A heading, the summary and a table for each module."""
    blocks = []
    for module in api.modules():
        summary = api.first_paragraph(api.module_docstring(module))
        rows = [
            (f"[`{symbol.name}`]({symbol.page}#{symbol.path})", cell(symbol.summary)) for symbol in api.symbols(module)
        ]
        blocks += [
            f"## dlnotes.{module} {{#{module}}}",
            f"[`dlnotes.{module}`](api/{module}.md): {api.with_equations(summary)}",
            table(COLUMNS[language], rows),
        ]
    return "\n\n".join(blocks)


def cell(summary: str) -> str:
    """A summary in one cell of a table: no bar in a formula may end it."""

    def without_bars(formula: re.Match) -> str:
        return formula[0].replace(r"\|", r"{\Vert}").replace("|", r"{\vert}")

    return api.with_equations(re.sub(INLINE, without_bars, summary))
