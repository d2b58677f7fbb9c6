"""The book's Markdown: formulas, figures, numbers from runs, the tables of what the book covers and of its terms.

A Python-Markdown extension, so that it works in MkDocs, in Zensical and alone:

    markdown.markdown(text, extensions=["dlnotes.book.markdown"], extension_configs={"dlnotes.book.markdown": {...}})

All mistakes of a page are raised together as a BookError that names files and lines.
"""

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.preprocessors import Preprocessor
from pymdownx.blocks import BlocksExtension, BlocksProcessor

from dlnotes.book import mathematics, numbers
from dlnotes.book.coverage_block import Coverage
from dlnotes.book.figure_block import Figure
from dlnotes.book.glossary_block import Glossary
from dlnotes.book.ledger_block import Ledger
from dlnotes.book.page import Page
from dlnotes.book.pages import LANGUAGES
from dlnotes.book.passages import Passages
from dlnotes.book.tables import RowHeaders
from dlnotes.book.verified import VerifiedLine


class BookExtension(BlocksExtension):
    def __init__(self, **options):
        self.config = {
            "language": ["en", "Language of the page, en or zh"],
            "page": ["", "Slug of the page; under MkDocs it is known and need not be given"],
            "late": ["", "LateFormulas, by which a hook puts the formulas into the finished page"],
        }
        super().__init__(**options)
        if self.getConfig("language") not in LANGUAGES:
            raise ValueError(f"language is {self.getConfig('language')!r}; expected one of {', '.join(LANGUAGES)}")

    @property
    def late(self) -> mathematics.LateFormulas | None:
        return self.getConfig("late") or None

    def extendMarkdown(self, md: Markdown) -> None:
        super().extendMarkdown(md)
        # Above all others: the text as the author wrote it.
        md.preprocessors.register(BeginPage(md, self), "book-page", 1000)
        mathematics.register(md, self)
        md.inlinePatterns.register(numbers.NumberFromRun(numbers.PATTERN, md, self), "book-number", 186)
        # Below the formulas (19), which have their heights by then.
        md.treeprocessors.register(Passages(md, self), "book-passages", 18)
        md.treeprocessors.register(VerifiedLine(md, self), "book-verified", 17)
        md.treeprocessors.register(RowHeaders(md), "book-row-headers", 16)
        # Just above paragraphs (10), where text ends up that no block wanted.
        md.parser.blockprocessors.register(UnknownBlock(md, self), "book-unknown-block", 11)

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        block_mgr.register(Figure, {"book": self})
        block_mgr.register(Coverage, {"book": self})
        block_mgr.register(Glossary, {"book": self})
        block_mgr.register(Ledger, {"book": self})

    def begin(self, md: Markdown) -> None:
        slug = self.getConfig("page")
        if "relpath" in md.treeprocessors:  # MkDocs' own, which knows the page's file
            slug = md.treeprocessors["relpath"].file.src_uri.removesuffix(".md")
        self.page = Page.read(self.getConfig("language"), slug, "\n".join(md.lines))


class BeginPage(Preprocessor):
    def __init__(self, md: Markdown, book: BookExtension):
        super().__init__(md)
        self.book = book

    def run(self, lines: list[str]) -> list[str]:
        self.book.begin(self.md)
        return lines


class UnknownBlock(BlockProcessor):
    """A `/// name` that no block took: an unknown name or option, a missing argument, no closing `///`."""

    def __init__(self, md: Markdown, book: BookExtension):
        super().__init__(md.parser)
        self.book = book

    def test(self, parent, block):
        return block.startswith("///")

    def run(self, parent, blocks):
        source = blocks.pop(0)
        self.book.page.mistake(
            source, f"this block is not understood: {source.splitlines()[0]} (name, options, closing ///?)"
        )


def makeExtension(**options) -> BookExtension:
    return BookExtension(**options)
