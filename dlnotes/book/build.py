"""Builds the whole site: both languages in parallel, and what lies above them at the site's root."""

import http.server
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from dlnotes.book import landing, offline
from dlnotes.book.pages import LANGUAGES, ROOT, BookError
from dlnotes.book.prepare import prepare

SITE = ROOT / "site"
CONFIGS = {"en": "mkdocs.yml", "zh": "mkdocs.zh.yml"}
MADE = [SITE, ROOT / ".cache", ROOT / "docs/theme/assets/katex", ROOT / "docs/theme/assets/figures"]
DEFAULT_URL = "http://localhost:8000/"


def clean() -> None:
    """Remove all that a build makes."""
    for folder in MADE:
        shutil.rmtree(folder, ignore_errors=True)


def build() -> str:
    """Build site/ and return what MkDocs printed; raises if a language has a mistake or a warning."""
    start = time.perf_counter()
    processes = {language: start_mkdocs(config) for language, config in CONFIGS.items()}
    try:
        prepared = prepare()  # while MkDocs starts; both builds wait for the end of their input
    except BaseException:
        for process in processes.values():
            process.kill()
        raise
    for process in processes.values():  # all at once: communicate() would do it to one after the other
        process.stdin.close()
        process.stdin = None
    printed = {language: process.communicate()[0] for language, process in processes.items()}
    report = "\n".join(f"[{language}]\n{printed[language].rstrip()}" for language in LANGUAGES)
    failed = [language for language, process in processes.items() if process.returncode]
    if failed:
        raise BookError(f"{report}\nThe build failed: {', '.join(CONFIGS[language] for language in failed)}")
    write_root(urlsplit(os.environ.get("DLNOTES_SITE_URL", DEFAULT_URL)).path)
    packed = offline.make(SITE)
    return f"{prepared}\n{report}\n{packed}\nBuilt {SITE.relative_to(ROOT)}/ in {time.perf_counter() - start:.1f} s"


def start_mkdocs(config: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", config]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "DLNOTES_PREPARED": "1"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, cwd=ROOT, env=environment, encoding="utf-8", **pipes)


def write_root(base: str) -> None:
    """The pages above both languages: the redirect by the browser's language, and what hosts look for at the root."""
    base = base.rstrip("/") + "/"
    (SITE / "index.html").write_text(landing.redirect(), "utf-8")
    (SITE / "404.html").write_text(landing.not_found(base), "utf-8")
    (SITE / "robots.txt").write_text("User-agent: *\nAllow: /\n", "utf-8")
    (SITE / ".nojekyll").write_text("", "utf-8")  # else GitHub Pages drops names that begin with an underscore


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Serves site/ as a host would: what does not exist is answered with the site's own 404 page."""

    def send_error(self, code, message=None, explain=None):
        if code != 404:
            return super().send_error(code, message, explain)
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, *args):
        pass


def serve(port: int) -> None:
    """Serve the built site to this machine alone, until interrupted."""
    handler = partial(SiteHandler, directory=SITE)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise BookError(f"port {port} cannot be used ({error.strerror}): choose another one with --port") from error
    print(f"Open http://localhost:{server.server_port}/ (Ctrl-C ends)", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
