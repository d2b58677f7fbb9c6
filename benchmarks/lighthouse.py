"""Lighthouse's scores of the built site: python -m benchmarks.lighthouse [page …] [--runs 3]

Pages are named by their address, e.g. en/softmax/; without any, the home page, the longest chapter and, where there
are some, a lab and a page of the reference are measured, in both languages; with --few, four of them. Each is run
several times on a simulated phone and on a desktop: the best performance counts, as other work on the machine only ever
lowers it, and the worst of all else, which does not vary. Fails if a page has less than 98, or if anything but
performance has less than 100. On a processor that is too slow for Lighthouse's simulation performance is not judged.
"""

import argparse
import gzip
import json
import mimetypes
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from dlnotes.book.build import SITE, SiteHandler
from dlnotes.book.katex import node_program
from dlnotes.book.pages import LANGUAGES, ROOT, chapter_numbers

LIGHTHOUSE = ROOT / "node_modules/lighthouse/cli/index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "TBT": "total-blocking-time",
    "SI": "speed-index",
    "CLS": "cumulative-layout-shift",
}
SCREENS = ("mobile", "desktop")
ENOUGH = 98
QUICK_ENOUGH = 2500  # Lighthouse's index of a processor; ours have 3,600 to 4,000
MOST_RUNS = 8  # with --few
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_OPTIONS = "--headless=new --no-sandbox --disable-gpu --no-proxy-server"


class _Host(SiteHandler):
    """Serves the site as a host does: text compressed, connections kept."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(urlsplit(self.path).path))
        file = path / "index.html" if path.is_dir() else path
        if not file.is_file():
            return self.send_error(404)
        kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
        content = file.read_bytes()
        self.send_response(200)
        if kind.startswith("text/") or kind.endswith(("javascript", "json", "xml")):
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def hosted(site: Path) -> Iterator[str]:
    """The address at which a built site is served while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def report(url: str, screen: str, chromium: str) -> dict:
    """Lighthouse's report of one run; one in which nothing was painted in time is made again, twice at most."""
    command = [node_program(), str(LIGHTHOUSE), url, "--quiet", "--output=json", "--output-path=stdout"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={CHROMIUM_OPTIONS}"]
    command += ["--preset=desktop"] if screen == "desktop" else []
    environment = os.environ | {"CHROME_PATH": chromium}
    for _ in range(3):
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")
        if not done.returncode and "runtimeError" not in (run := json.loads(done.stdout)):
            return run
    raise RuntimeError(f"Lighthouse failed on {url} (is `npm ci` done?):\n{done.stderr[-2000:]}")


def reports(url: str, screen: str, chromium: str, most: int, enough: int | None = None) -> list[dict]:
    """Reports of several runs; no more are made once one has enough points for its performance."""
    runs = []
    while len(runs) < most and (enough is None or not runs or scores(runs[-1])["performance"] < enough):
        runs.append(report(url, screen, chromium))
    return runs


def scores(run: dict) -> dict[str, int]:
    """Points of each category, out of 100."""
    return {name: round(100 * run["categories"][name]["score"]) for name in CATEGORIES}


def metrics(run: dict) -> dict[str, float]:
    """Milliseconds, simulated; of the layout shift the share of the screen."""
    return {name: round(run["audits"][audit]["numericValue"], 3) for name, audit in METRICS.items()}


def failing(run: dict) -> list[str]:
    """The audits that keep accessibility, best practices or search engines from 100."""
    return [
        f"{reference['id']}: {json.dumps(run['audits'][reference['id']].get('details', {}).get('items', [])[:3])[:800]}"
        for category in CATEGORIES[1:]
        for reference in run["categories"][category]["auditRefs"]
        if reference["weight"] and run["audits"][reference["id"]]["score"] not in (None, 1)
    ]


def longest_chapter(language: str, site: Path = SITE) -> str:
    """The address of the chapter that has the most HTML."""
    chapters = [f"{language}/{slug}/" for slug in chapter_numbers()]
    return max(chapters, key=lambda page: page_file(page, site).stat().st_size)


def four_pages(site: Path = SITE) -> list[str]:
    """The home page, the longest chapter, a lab and a page of the reference; the chapter in Chinese."""
    home, _, _, lab, reference = representative_pages("en", site)
    return [home, longest_chapter("zh", site), lab, reference]


def page_file(page: str, site: Path = SITE) -> Path:
    return site / page / "index.html"


def representative_pages(language: str, site: Path = SITE) -> list[str]:
    """The home page, the longest chapter, the page of all equations, a lab and a page of the reference."""
    first = [sorted((site / language / folder).glob("*/index.html"))[:1] for folder in ("labs", "api")]
    further = [f"{found[0].parent.relative_to(site).as_posix()}/" for found in first if found]
    return [f"{language}/", longest_chapter(language, site), f"{language}/ledger/", *further]


def chromium_program() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return found or sys.exit(f"no Chromium on this machine (looked for {', '.join(CHROMIUM_NAMES)})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", help="addresses below the site, e.g. en/softmax/")
    parser.add_argument("--runs", type=int, default=3, help="runs of each page on each screen")
    parser.add_argument(
        "--few",
        action="store_true",
        help=f"four pages on a phone, each until it has {ENOUGH}, {MOST_RUNS} times at most",
    )
    options = parser.parse_args()
    if not page_file("en").exists():
        sys.exit("site/ is not built: run `python -m dlnotes.book build`")
    every = four_pages() if options.few else [page for lang in LANGUAGES for page in representative_pages(lang)]
    pages = options.pages or every
    if unknown := [page for page in pages if not page_file(page).exists()]:
        sys.exit(f"no such page in site/: {', '.join(unknown)}; give addresses such as en/softmax/")
    chromium, short = chromium_program(), []
    print(f"{'page':<28} {'screen':<8} {'perf':>4} {'a11y':>4} {'best':>4} {'seo':>4}   metrics of the best run")
    with hosted(SITE) as address:
        for page in pages:
            for screen in SCREENS[:1] if options.few else SCREENS:
                most, enough = (MOST_RUNS, ENOUGH) if options.few else (options.runs, None)
                runs = reports(address + page, screen, chromium, most, enough)
                best = max(runs, key=lambda run: run["categories"]["performance"]["score"])
                points = {name: min(scores(run)[name] for run in runs) for name in CATEGORIES}
                points["performance"] = scores(best)["performance"]
                measured = "  ".join(f"{name} {value:g}" for name, value in metrics(best).items())
                print(f"{page:<28} {screen:<8} {' '.join(f'{p:>4}' for p in points.values())}   {measured}", flush=True)
                quick = max(run["environment"]["benchmarkIndex"] for run in runs) >= QUICK_ENOUGH
                if points["performance"] < ENOUGH and not quick:
                    print(f"    performance not judged: the processor's index is below {QUICK_ENOUGH}")
                exact = all(points[name] == 100 for name in CATEGORIES[1:])
                short += [] if exact and (points["performance"] >= ENOUGH or not quick) else [page]
                for audit in {audit for run in runs for audit in failing(run)}:
                    print(f"    {audit}")
    if short:
        sys.exit(f"below {ENOUGH}, or below 100 in what does not vary: {', '.join(dict.fromkeys(short))}")


if __name__ == "__main__":
    main()
