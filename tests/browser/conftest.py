"""One headless Chromium, and the built site served to it below a path such as a project page has; no other network."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from benchmarks.lighthouse import CHROMIUM_NAMES
from dlnotes.book.build import SiteHandler
from dlnotes.book.pages import LANGUAGES, page_slugs

SLUGS = [*page_slugs(), "api/gan", "api/runs"]  # two of the API reference, which are all made alike


def address(language: str, slug: str) -> str:
    """Where a page lies below the site's address."""
    return f"{language}/" + ("" if slug == "index" else f"{slug}/")


def chromium() -> str:
    """The path of a Chromium on this machine; without one the tests are skipped, in CI they fail."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found:
        return found
    message = (
        "THE BROWSER TESTS DID NOT RUN: no Chromium on this machine "
        f"(looked for {', '.join(CHROMIUM_NAMES)}). Install one, e.g. `apt install chromium`, and run them again."
    )
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


class _SiteBelowPath(SiteHandler):
    """Serves the site below a path, as GitHub Pages does."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args, base_path: str, **options):
        self.base_path = base_path
        super().__init__(*args, **options)

    def translate_path(self, path: str) -> str:
        if not path.startswith(self.base_path):
            return str(Path(self.directory, "outside-of-the-site"))
        return super().translate_path("/" + path.removeprefix(self.base_path))

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


@contextmanager
def served(folder: Path, base_path: str) -> Iterator[str]:
    handler = partial(_SiteBelowPath, directory=folder, base_path=base_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{base_path}"
    server.shutdown()


@pytest.fixture(scope="session")
def base_url(site: Path) -> Iterator[str]:
    """The site below a path that it was not built for: its pages must not care."""
    with served(site, "/some/path/") as url:
        yield url


@pytest.fixture(scope="session")
def published_url(site: Path) -> Iterator[str]:
    """The site below the path that it was built for; only 404.html, shown at any depth, must know that."""
    path = urlsplit(os.environ.get("DLNOTES_SITE_URL", "http://localhost:8000/")).path
    with served(site, path.rstrip("/") + "/") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    with sync_playwright() as playwright:
        offline = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server", "--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=executable, args=offline)
        yield browser
        browser.close()


@pytest.fixture(params=[address(language, slug) for language in LANGUAGES for slug in SLUGS])
def path(request) -> str:
    """Each page of the book in both languages, as its address below the site's."""
    return request.param


@pytest.fixture(params=SLUGS)
def paths(request) -> tuple[str, str]:
    """The addresses of each page in English and in Chinese."""
    return address("en", request.param), address("zh", request.param)
