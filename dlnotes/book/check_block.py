"""The block `/// check | <topic>.<number>`: how to hand in the answer to an exercise, from dlnotes/exercises/."""

import ast
import xml.etree.ElementTree as etree
from functools import cache
from pathlib import Path

from pymdownx.blocks.block import Block

from dlnotes.book.pages import ROOT, BookError

INVITATION = {
    "en": "[Check your answer](introduction.md#check-your-answers): `{call}`, {what}",
    "zh": "[检验答案](introduction.md#check-your-answers)：`{call}`，{what}",
}
FUNCTION = {"en": "`{signature}`: {words}.", "zh": "`{signature}`：{words}。"}
VALUE = {"en": "`answer`: {words}.", "zh": "`answer`：{words}。"}


class Check(Block):
    NAME = "check"
    ARGUMENT = True

    def on_create(self, parent: etree.Element) -> etree.Element:
        return etree.SubElement(parent, "div", {"class": "check"})

    def on_end(self, block: etree.Element) -> None:
        page, name = self.config["book"].page, self.argument.strip()
        try:
            if not name.startswith(f"{page.slug}."):
                raise BookError(f"check | {name}: an exercise of this page is named {page.slug}.<number>")
            self.md.parser.parseChunk(block, invitation(name, page.language))
        except BookError as error:
            page.mistake(f"/// check | {self.argument}", str(error))


def invitation(name: str, language: str) -> str:
    """What is to be handed in, in Markdown."""
    signature, colon, words = asked(name)[language].partition({"en": ": ", "zh": "："}[language])
    option = "" if language == "en" else f', lang="{language}"'
    if signature.startswith("f("):
        what = FUNCTION[language].format(signature=signature, words=words)
        return INVITATION[language].format(call=f'check("{name}", f{option})', what=what)
    what = VALUE[language].format(words=signature + colon + words)
    return INVITATION[language].format(call=f'check("{name}", answer{option})', what=what)


def asked(name: str) -> dict[str, str]:
    """What an exercise asks for, in each language."""
    topic, _, number = name.rpartition(".")
    path = ROOT / f"dlnotes/exercises/{topic}.py"
    found = _asked_in(path) if path.is_file() else {}
    if number not in found:
        raise BookError(f"check | {name}: no such exercise; {path.name} has {', '.join(found) or 'none'}")
    return found[number]


@cache
def _asked_in(path: Path) -> dict[str, dict[str, str]]:
    """Number -> language -> words, read from the source: importing it would load torch."""
    tree = ast.parse(path.read_text("utf-8"))
    (exercises,) = (n.value for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "EXERCISES")
    return {
        str(number.value): {k.arg: ast.literal_eval(k.value) for k in exercise.keywords if k.arg in INVITATION}
        for number, exercise in zip(exercises.keys, exercises.values, strict=True)
    }
