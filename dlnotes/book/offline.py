"""The offline edition: the built site as one ZIP, which a browser reads from the file system, where no server answers.

There a link to a folder would show a list of files, and scripts may neither fetch files nor start workers. So links
name the page in the folder, the search index is a script, and a frame stands in for the search's worker: what the
theme's plugin `offline` does, here without a second build. What only the web needs is left out.
"""

import hashlib
import json
import re
import zipfile
from datetime import date
from filecmp import cmp
from io import BytesIO
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from urllib.parse import quote, unquote, urlsplit

from dlnotes import __version__, runs
from dlnotes.book import landing
from dlnotes.book.fonts import write_if_changed
from dlnotes.book.npm import package_file
from dlnotes.book.pages import LANGUAGES

NAME = "dlnotes-offline"
FOR_HOSTS = {f"{NAME}.zip", ".nojekyll", "404.html", "robots.txt", "sitemap.xml", "sitemap.xml.gz"}
FRAME, FRAME_LICENCE = "iframe-worker/shim/index.js", "iframe-worker/LICENSE"
OLDEST = "1980-01-01"  # the first day that a ZIP can name

# What a page says of its address on the web, to search engines and link previews.
FOR_THE_WEB = re.compile(r'<link rel="(?:canonical|alternate )"[^>]*>|<meta (?:property="og:|name="twitter:)[^>]*>')
REFERENCE = re.compile(r'(<(?:a|area|iframe|img|link|script|source)\s(?:[^<>]*\s)?(?:href|src)=")([^"]*)')
FOLDER = re.compile(r"(?:^|(?<=/))(?=#|$)")  # where the address of a folder's page lacks its name
INVITATION = re.compile(r'<p class="offline-edition">.*?</p>', re.S)  # to download what the reader has by now
SIZE = re.compile(r'(<span class="zip-size">)[^<]*')
SETTINGS = '<script id="__config"'  # of the theme's scripts, which follow it

README = """Deep Learning Notes, offline edition
深度学习笔记（离线版）

Open index.html in a browser. No network is needed.
用浏览器打开 index.html 即可阅读，不需要网络。

dlnotes {version}, last experiment {day}, contents {fingerprint}
"""


def make(site: Path) -> str:
    """Write the ZIP into the built site, and its size on the home pages."""
    archive = site / f"{NAME}.zip"
    write_if_changed(archive, packed(edition(site), last_experiment()))
    size = f"{archive.stat().st_size / 1e6:.1f} MB"
    for language in LANGUAGES:
        home = site / language / "index.html"
        home.write_text(SIZE.sub(rf"\g<1>{size}", home.read_text("utf-8")), "utf-8")
    return f"Offline edition: {site.name}/{archive.name}, {size}"


def last_experiment() -> str:
    """The day of the newest record, which dates the edition: by the clock each build would give another one."""
    return max((runs.load(name).date for name in runs.names()), default=OLDEST)


def packed(files: dict[str, bytes], day: str) -> bytes:
    """A ZIP of the files; its bytes depend on nothing but them and the day."""
    packing = BytesIO()
    with zipfile.ZipFile(packing, "w") as archive:
        for name, content in sorted((files | {"README.txt": readme(files, day)}).items()):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", (*date.fromisoformat(day).timetuple()[:3], 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever this runs
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packing.getvalue()


def readme(files: dict[str, bytes], day: str) -> bytes:
    """What to open, and which edition this is."""
    fingerprint = hashlib.sha256()
    for name, content in sorted(files.items()):
        fingerprint.update(f"{name}\n{len(content)}\n".encode() + content)
    return README.format(version=__version__, day=day, fingerprint=fingerprint.hexdigest()[:12]).encode()


def edition(site: Path) -> dict[str, bytes]:
    """Name -> content of the files that the site becomes."""
    names = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    shared = shared_figures(site, names)
    files = {name: package_file(name).read_bytes() for name in (FRAME, FRAME_LICENCE)}
    for name in names - shared.keys():
        content = (site / name).read_bytes()
        if name.endswith("/search_index.json"):
            files[name.removesuffix("on")] = b"var __index = " + search_index(content)
        elif Path(name).name not in FOR_HOSTS and not name.endswith(".map"):
            files[name] = page(content.decode(), name, site, shared).encode() if name.endswith(".html") else content
    return files | {"index.html": landing.redirect("index.html").encode()}


def shared_figures(site: Path, names: set[str]) -> dict[str, str]:
    """Figure of another language -> the same file of the first language, as one is enough: they are half of the ZIP."""
    first, *others = LANGUAGES
    drawn = {name for name in names if name.startswith(tuple(f"{language}/assets/figures/" for language in others))}
    twins = {name: join(first, name.partition("/")[2]) for name in drawn}
    return {name: twin for name, twin in twins.items() if twin in names and cmp(site / name, site / twin, False)}


def page(html: str, name: str, site: Path, shared: dict[str, str]) -> str:
    """A page of the site as it is read from the file system."""
    frame = f'<script src="{relpath(FRAME, dirname(name))}"></script>'
    html = INVITATION.sub("", FOR_THE_WEB.sub("", html)).replace(SETTINGS, frame + SETTINGS)
    return REFERENCE.sub(lambda found: found[1] + local(found[2], name, site, shared), html)


def local(reference: str, name: str, site: Path, shared: dict[str, str]) -> str:
    """What a page must say to reach a file of the site: of a folder its page, of a figure the file that is kept."""
    url = urlsplit(reference)
    if url.scheme or url.netloc or not url.path or url.path.startswith("/"):
        return reference
    target = normpath(join(dirname(name), unquote(url.path)))
    if (site / target).is_dir():
        target = join(target, "index.html")
    return url._replace(path=quote(relpath(shared.get(target, target), dirname(name)))).geturl()


def search_index(content: bytes) -> bytes:
    """The search index with the names of the pages in their folders."""
    index = json.loads(content)
    for entry in index["docs"]:
        entry["location"] = FOLDER.sub("index.html", entry["location"], count=1)
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
