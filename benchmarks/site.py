"""Time and memory of the site's build, beside plain mkdocs-material's: python -m benchmarks.site

Cold and warm builds of both languages in parallel; then the English book repeated up to ten times over, every formula
made different, to show that time and memory grow linearly. All happens in a copy of the checkout.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import yaml

from dlnotes.book.build import CONFIGS
from dlnotes.book.mathematics import EQREF, INLINE
from dlnotes.book.pages import LABEL, LANGUAGES, ROOT, chapter_numbers

ROUNDS = 3  # the quickest counts
MADE = (".cache", "site", "docs/theme/assets/katex", "docs/theme/assets/figures")
COPIES = (1, 2, 4, 7, 10)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = copy_checkout(Path(folder, "book"))
        plain = [write_plain_config(book, language) for language in LANGUAGES]
        compare_with_plain(book, plain)
        check_warm_build(book)
        print(f"\n{'copies':>6} {'formulas':>9} {'seconds':>8} {'MB':>5} {'ms/formula':>11}")
        for copies in COPIES:
            report_repeated_book(Path(folder, f"book-{copies}"), copies)


def copy_checkout(target: Path) -> Path:
    for folder in ("dlnotes", "docs", "snippets"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for config in CONFIGS.values():
        shutil.copy(ROOT / config, target)
    (target / "node_modules").symlink_to(ROOT / "node_modules")
    return target


def write_plain_config(book: Path, language: str) -> str:
    """The same site without what is ours: theme, hooks, extension, stylesheets and scripts."""
    config = yaml.safe_load((book / CONFIGS[language]).read_text("utf-8"))
    for ours in ("hooks", "extra_css", "extra_javascript", "validation", "strict"):
        config.pop(ours, None)
    config["theme"].pop("custom_dir", None)
    config["theme"].pop("icon", None)
    config["markdown_extensions"] = {
        name: options for name, options in config["markdown_extensions"].items() if not name.startswith("dlnotes.")
    }
    if "INHERIT" in config:
        config["INHERIT"] = "plain.en.yml"
    (book / f"plain.{language}.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    return f"plain.{language}.yml"


def run(book: Path, *commands: list[str]) -> tuple[str, float, float]:
    """Runs Python programs side by side in a book's folder: what they print, seconds, megabytes of the largest one."""
    environment = os.environ | {"PYTHONPATH": str(book), "NO_MKDOCS_2_WARNING": "1"}
    start = time.perf_counter()
    with ExitStack() as files:
        outputs = [files.enter_context(tempfile.TemporaryFile("w+")) for _ in commands]
        processes = [
            subprocess.Popen([sys.executable, *command], cwd=book, env=environment, stdout=output, stderr=output)
            for command, output in zip(commands, outputs, strict=True)
        ]
        ended = [os.wait4(process.pid, 0) for process in processes]
        seconds = time.perf_counter() - start
        for output in outputs:
            output.seek(0)
        printed = "".join(output.read() for output in outputs)
    if any(status for _, status, _ in ended):
        sys.exit(printed)
    return printed, seconds, max(usage.ru_maxrss for _, _, usage in ended) / 1024


def mkdocs(config: str) -> list[str]:
    return ["-m", "mkdocs", "build", "--config-file", config]


def clean(book: Path) -> None:
    for folder in MADE:
        shutil.rmtree(book / folder, ignore_errors=True)


def compare_with_plain(book: Path, plain: list[str]) -> None:
    ours, others, in_turn, drawn = [], [], [], []
    for _ in range(ROUNDS):
        clean(book)
        others.append(run(book, *map(mkdocs, plain))[1])
        in_turn.append(sum(run(book, mkdocs(config))[1] for config in plain))
        clean(book)
        drawn.append(run(book, ["-m", "dlnotes", "figures"])[1])
        ours.append(run(book, ["-m", "dlnotes.book", "build"])[1])
    print(f"cold build, both languages:            {min(ours):.2f} s")
    for name, plain_times in (("side by side", others), ("one after the other", in_turn)):
        ratio = min(ours) / min(plain_times)
        print(
            f"plain mkdocs-material, {name + ':':<20} {min(plain_times):.2f} s, ratio {ratio:.2f} (goal: 1.5 at most)"
        )
    print(f"drawing all figures before it:         {min(drawn):.2f} s")


def check_warm_build(book: Path) -> None:
    """Build again with nothing changed: no formula is set, no figure drawn."""
    printed, seconds, _ = run(book, ["-m", "dlnotes.book", "build"])
    set_anew = [int(number) for number in re.findall(r"Formulas set(?: ahead)?: (\d+)", printed)]
    drawn = [int(number) for number in re.findall(r"figures drawn: (\d+)", printed)]
    if set_anew != [0, 0, 0] or drawn != [0]:
        sys.exit(f"the warm build set {set_anew} formulas and drew {drawn} figures anew:\n{printed}")
    print(f"warm build, both languages:            {seconds:.2f} s, 0 formulas set, 0 figures drawn")


def report_repeated_book(book: Path, copies: int) -> None:
    """Cold build of the English book with its chapters several times over."""
    repeat_chapters(copy_checkout(book), copies)
    clean(book)
    run(book, ["-m", "dlnotes", "figures"])
    printed, seconds, megabytes = run(book, mkdocs("mkdocs.yml"))
    formulas = int(re.search(r"Formulas set: (\d+)", printed)[1])
    print(f"{copies:>6} {formulas:>9} {seconds:>8.2f} {megabytes:>5.0f} {1000 * seconds / formulas:>11.2f}", flush=True)


def repeat_chapters(book: Path, copies: int) -> None:
    config = yaml.safe_load((book / "mkdocs.yml").read_text("utf-8"))
    for number in range(2, copies + 1):
        chapters = []
        for slug in chapter_numbers():
            text = (book / f"docs/en/{slug}.md").read_text("utf-8")
            (book / f"docs/en/{slug}_{number}.md").write_text(another(text, number), "utf-8")
            chapters.append(f"{slug}_{number}.md")
        config["nav"].append({f"Copy {number}": chapters})
    (book / "mkdocs.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")


def another(page: str, number: int) -> str:
    """A page with labels of its own; no formula equals the original's, so that each has to be set."""
    padding = "{}" * number
    page = re.sub(INLINE, lambda formula: f"${padding}{formula[1]}$", page)
    page = LABEL.sub(lambda label: f"{padding}\\label{{{label[1]}-{number}}}", page)
    return re.sub(EQREF, lambda label: f"\\eqref{{{label[1]}-{number}}}", page)


if __name__ == "__main__":
    main()
