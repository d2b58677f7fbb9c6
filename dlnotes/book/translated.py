"""Which English text a Chinese page was translated from: `translated_from` in its front matter."""

import hashlib
import re

from dlnotes.book.pages import ROOT, BookError, page_source

FRONT_MATTER = re.compile(r"\A(?P<comment>(?:# )?)---\n(?P<fields>.*?\n)(?P=comment)---\n", re.S)  # of a lab: comments
FIELD = re.compile(r"^(?:# )?translated_from:.*\n", re.M)


def blob_hash(content: bytes) -> str:
    """The name that git gives to a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def mark(slug: str) -> str:
    """Write the hash of the English page into the Chinese one; returns a line that says so."""
    english, chinese = page_source(slug, "en"), page_source(slug, "zh")
    for path in (english, chinese):
        if not path.exists():
            raise BookError(f"{path.relative_to(ROOT)} does not exist; a slug is a page's file name without its ending")
    text = chinese.read_text("utf-8")
    front = FRONT_MATTER.match(text)
    if front is None:
        raise BookError(f"{chinese.relative_to(ROOT)}:1: the page must begin with front matter between lines of ---")
    line = f"translated_from: {blob_hash(english.read_bytes())}\n"
    comment = front["comment"]
    fields = FIELD.sub("", front["fields"]) + comment + line
    chinese.write_text(f"{comment}---\n{fields}{comment}---\n{text[front.end() :]}", "utf-8")
    return f"{chinese.relative_to(ROOT)}: {line.strip()}"
