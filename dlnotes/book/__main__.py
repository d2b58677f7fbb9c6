"""python -m dlnotes.book build | serve | translated | ledger"""

import argparse
import os
import sys

from dlnotes.book.pages import BookError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m dlnotes.book", description="Build and read the book.")
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="build both languages into site/")
    build.add_argument("--clean", action="store_true", help="remove all caches, drawn figures and site/ first")
    serve = commands.add_parser("serve", help="build, then serve site/ to this machine")
    serve.add_argument("--port", type=int, default=8000)
    translated = commands.add_parser("translated", help="note that a Chinese page is up to date with its English twin")
    translated.add_argument("slug", nargs="+", help="page, e.g. softmax")
    commands.add_parser("ledger", help="check all equations and their mutants, and write docs/ledger.json")
    options = parser.parse_args(arguments)
    try:
        run(options)
    except (BookError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(options: argparse.Namespace) -> None:
    from dlnotes.book import build, translated  # imported late: `--help` is quick

    match options.command:
        case "build":
            if options.clean:
                build.clean()
            print(build.build())
        case "serve":
            os.environ.setdefault("DLNOTES_SITE_URL", f"http://localhost:{options.port}/")
            print(build.build())
            build.serve(options.port)
        case "ledger":
            from dlnotes.book import ledger_writer  # with pytest and torch

            print(ledger_writer.run())
        case "translated":
            for slug in options.slug:
                print(translated.mark(slug))


if __name__ == "__main__":
    sys.exit(main())
