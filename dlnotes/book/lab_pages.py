"""What the site shows of a lab: a page in the book's Markdown, its figures in both themes, and the notebook itself."""

import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dlnotes.book.figure_block import duration, svg_size
from dlnotes.book.labs import executed, notebook_of, place, repository
from dlnotes.book.mathematics import EQREF
from dlnotes.book.pages import LABS, BookError, equations
from dlnotes.figures import BACKGROUND, COLOURS, INK, THEMES

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOKS_BRANCH = "notebooks"  # where .ci/publish-notebooks puts them: Colab opens what lies in a repository on GitHub

COLOUR = re.compile(r"#[0-9a-f]{6}\b")
FIGURE_BACKGROUND = re.compile(r'<g id="patch_1">.*?</g>', re.S)
PALETTES = {theme: (INK[theme], BACKGROUND[theme], *COLOURS[theme]) for theme in THEMES}
PAGE_LINK = re.compile(r"\]\((?:\.\./)?(?P<page>[\w/]+)\.md(?P<anchor>#[^)]*)?\)")
HEADING_ID = re.compile(r"^(#+ .*?) *\{#[\w-]+\}$", re.M)

TEXTS = {
    "en": {
        "download": "Download this notebook",
        "colab": "Open in Colab",
        "ran": "Run on {device}, {date}, in {time}; PyTorch {torch}, Python {python}.",
    },
    "zh": {
        "download": "下载本笔记本",
        "colab": "在 Colab 中打开",
        "ran": "运行于 {device}，{date}，用时 {time}；PyTorch {torch}、Python {python}。",
    },
}


def plain_markdown(path: Path) -> str:
    """A lab that was not run, as Markdown with its front matter."""
    return _markdown(notebook_of(path), lambda number, cell: [])


def site_files(slug: str, language: str, site_url: str) -> dict[str, str]:
    """The files of a lab below a language's folder: the page's Markdown, the figures, the notebook.

    site_url is the address of that folder, with a slash at its end.
    """
    notebook, ran = executed(slug, language)
    name = slug.removeprefix(LABS)
    figures: dict[str, str] = {}

    def shown(number: int, cell: "NotebookNode") -> list[str]:
        where = place(slug, language, number, cell)
        return [part for output in cell.outputs for part in _output(where, name, cell, output, figures)]

    page = _markdown(notebook, shown)
    head, _, body = page.partition("\n# ")
    title, _, body = body.partition("\n")
    links = _links(name, language, ran)
    files = {f"{slug}.md": f"{head}\n# {title}\n\n{links}\n{body}"}
    files |= {f"{LABS}{file}": svg for file, svg in figures.items()}
    return files | {f"{slug}.ipynb": portable(notebook, site_url)}


def _markdown(notebook: "NotebookNode", outputs) -> str:
    """The cells as Markdown; outputs(number, code cell) gives what follows a code cell."""
    front_matter, _, *cells = notebook.cells  # without the cell that installs dlnotes elsewhere
    parts = [front_matter.source]
    number = 1
    for cell in cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        else:
            number += 1
            parts += [f"```python\n{cell.source}\n```", *outputs(number, cell)]
    return "\n\n".join(parts) + "\n"


def _output(where: str, name: str, cell: "NotebookNode", output: dict, figures: dict[str, str]) -> list[str]:
    """One output of a cell as Markdown; a figure's files are added to `figures`."""
    data = output.get("data", {})
    if "image/svg+xml" in data:
        alt = cell.metadata.get("alt")
        if not alt:
            raise BookError(f'{where} draws a figure; say what it shows, `# %% alt="…"`, for those who cannot see it')
        number = len(figures) // len(THEMES) + 1
        images = []
        for theme in THEMES:
            file = f"{name}-{number}.{theme}.svg"
            figures[file] = svg = in_theme(where, data["image/svg+xml"], theme)
            width, height = svg_size(svg)
            attributes = f'.only-{theme} width="{width}" height="{height}" loading="lazy"'
            images.append(f"![{alt}]({file}){{ {attributes} }}")
        return [f'<figure markdown="1">\n\n{"".join(images)}\n\n</figure>']
    text = output.get("text", data.get("text/plain", ""))
    return [f"``` {{ .text .output }}\n{text.rstrip()}\n```"] if text.strip() else []


def in_theme(where: str, svg: str, theme: str) -> str:
    """A cell's figure for the page: on the page's own background, in the palette of a theme."""
    svg = FIGURE_BACKGROUND.sub("", svg, count=1)
    light = PALETTES["light"]
    if foreign := sorted(set(COLOUR.findall(svg)) - set(light)):
        raise BookError(
            f"{where} draws in {', '.join(foreign)}, which may be unreadable in the dark theme; take the style's "
            "colours, C0 to C5, or show a colour map as an image"
        )
    themed = dict(zip(light, PALETTES[theme], strict=True))
    return COLOUR.sub(lambda colour: themed[colour[0]], svg)


def _links(name: str, language: str, ran: dict) -> str:
    """What stands below a lab's title: its notebook, and where the outputs come from."""
    texts = TEXTS[language]
    links = [f'[{texts["download"]}]({name}.ipynb){{ .md-button download="{name}.ipynb" }}']
    if address := colab_address(repository(), f"{language}/{LABS}{name}.ipynb"):
        links.append(f"[{texts['colab']}]({address}){{ .md-button }}")
    provenance = texts["ran"].format(
        device=ran["device"],
        date=ran["started"][:10],
        time=duration(ran["seconds"], language),
        **ran["versions"],
    )
    return f"{' '.join(links)}\n\n{html.escape(provenance)}\n{{ .provenance }}\n"


def colab_address(repository: str, file: str) -> str:
    """Where Colab opens a notebook of the branch `notebooks`; empty unless the repository is on GitHub."""
    address = urlsplit(repository)
    if address.hostname != "github.com":
        return ""
    project = address.path.strip("/").removesuffix(".git")
    return f"https://colab.research.google.com/github/{project}/blob/{NOTEBOOKS_BRANCH}/{file}"


def portable(notebook: "NotebookNode", site_url: str) -> str:
    """The notebook as a file: without front matter, and with links that lead to the site."""
    from nbformat import v4

    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    cells = [_portable_cell(cell, site_url) for cell in notebook.cells[1:]]
    return json.dumps(v4.new_notebook(cells=cells, metadata=metadata), ensure_ascii=False, indent=1)


def _portable_cell(cell: "NotebookNode", site_url: str) -> dict:
    if cell.cell_type != "markdown":
        return cell
    source = HEADING_ID.sub(r"\1", re.sub(EQREF, _equation_link, cell.source))
    linked = PAGE_LINK.sub(lambda link: f"]({site_url}{link['page']}/{link['anchor'] or ''})", source)
    return {**cell, "source": linked}


def _equation_link(reference: re.Match) -> str:
    equation = equations().get(reference[1])  # a label that no equation has is a mistake of the page, reported there
    return f"[({equation.number})](../{equation.page}.md#{equation.anchor})" if equation else reference[0]
