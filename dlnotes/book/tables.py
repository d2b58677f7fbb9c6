"""Tables as assistive technology needs them: where the corner is empty, the first column holds the rows' headers."""

import xml.etree.ElementTree as etree

from markdown.treeprocessors import Treeprocessor


class RowHeaders(Treeprocessor):
    def run(self, root: etree.Element) -> None:
        for table in root.iter("table"):
            head, *rows = table.iter("tr")
            for cell in head:
                if not len(cell) and not (cell.text or "").strip():
                    cell.tag = "td"  # an empty header would be read out as one
            if head[0].tag == "td":
                for row in rows:
                    row[0].tag = "th"
                    row[0].set("scope", "row")
