"""A folder of mixed real formats, made by the tools that people make them with.

What LibreOffice, pandoc and Chromium make is made here by them; mail, archives, feeds, subtitles
and tables are in `tests/benchmarks/written.py`, what is hostile or broken in `hostile.py`.
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.articles import Article, Supply, halves

if TYPE_CHECKING:
    from playwright.sync_api import Page

MANIFEST = "manifest.json"
FILES = "files"

# What LibreOffice converts to, and how many.
LIBREOFFICE = {"docx": 26, "odt": 18, "pdf": 18, "html": 12, "epub": 10}
PANDOC = {"docx": 14, "odt": 10, "epub": 14, "html": 12, "md": 16}
CHROMIUM = 20
PAGES = 14


@dataclass(frozen=True, slots=True)
class Made:
    """A file: what made it, what a reader of it reads, and words that it must not show.

    `texts` is empty where the file must be refused; `either` where that is as good.
    """

    name: str
    tool: str
    texts: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    either: bool = False


def make(folder: Path, supply: Supply) -> list[Made]:
    """Fill the folder. Gives what is in it."""
    from tests.benchmarks import hostile, written

    files = folder / FILES
    files.mkdir(parents=True)
    made: list[Made] = []
    with tempfile.TemporaryDirectory() as name:
        for several in (_pandoc, _libreoffice, _chromium):
            made += several(files, supply, Path(name))
    made += _pages(files, supply)
    made += written.make(files, supply)
    made += hostile.make(files, supply, made)
    lines = [asdict(one) for one in made]
    (folder / MANIFEST).write_text(json.dumps(lines, ensure_ascii=False), "utf-8")
    return made


def load(folder: Path) -> list[Made]:
    """What was made in the folder before."""
    lines = json.loads((folder / MANIFEST).read_text("utf-8"))
    return [
        Made(
            line["name"], line["tool"], tuple(line["texts"]), tuple(line["absent"]), line["either"]
        )
        for line in lines
    ]


def page(article: Article) -> str:
    """A plain page with all that documents have: headings, paragraphs, a list, a table."""
    *above, listed, tabled = ["", "", *article.paragraphs][-max(2, len(article.paragraphs)) :]
    items = "".join(f"<li>{escape(part)}</li>" for part in halves(listed))
    cells = "".join(f"<td>{escape(part)}</td>" for part in halves(tabled))
    body = "".join(f"<p>{escape(part)}</p>\n" for part in above)
    lang = "ar" if article.lang == "mixed" else article.lang
    title = escape(article.title)
    return (
        f'<!doctype html><html lang="{lang}" dir="{article.direction}"><head><meta charset="utf-8">'
        f"<title>{title}</title></head><body><h1>{title}</h1>\n{body}<ul>{items}</ul>"
        f"<table><tr>{cells}</tr></table></body></html>"
    )


def site(article: Article) -> str:
    """The article as sites show it: between menus, notices and scripts."""
    title, lang = escape(article.title), "ar" if article.lang == "mixed" else article.lang
    body = "".join(f"<p>{escape(part)}</p>\n" for part in article.paragraphs)
    about = json.dumps({"@type": "NewsArticle", "headline": article.title}, ensure_ascii=False)
    return f"""<!DOCTYPE html>
<html lang="{lang}" dir="{article.direction}"><head><meta charset="utf-8"><title>{title}</title>
<meta property="og:title" content="{title}">
<meta property="article:published_time" content="2026-11-20T09:30:00+00:00">
<script type="application/ld+json">{about.replace("<", "&lt;")}</script>
<style>.xqzstyle {{ color: red }}</style><script>var xqzscript = 1;</script></head>
<body><header><nav><ul><li><a href="/">Xqzmenu</a></li><li><a href="/b">Xqzmenu</a></li></ul></nav>
</header><div id="cookie-banner" class="cookie-consent">Xqzcookie accept</div>
<main><article><h1>{title}</h1>
{body}</article></main><!-- xqzcomment -->
<aside class="related sidebar"><ul><li><a href="/c">Xqzrelated</a></li></ul></aside>
<footer><p>Xqzfooter</p></footer><noscript>xqznoscript</noscript>
<script>document.write("xqzwritten")</script></body></html>
"""


SITE_ABSENT = ("xqzstyle", "xqzscript", "xqzcomment", "xqzwritten", "Xqzmenu", "Xqzcookie")


@contextmanager
def window() -> Iterator["Page"]:
    """A page of a browser without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def convert(sources: Iterable[Path], suffix: str, out: Path, scratch: Path) -> None:
    """Convert files with LibreOffice, under a profile of their own."""
    profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
    program = shutil.which("soffice") or "libreoffice"
    to = ["--convert-to", suffix, "--outdir", str(out), *map(str, sources)]
    _run([program, profile, "--headless", *to])


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=600)


def _headed(article: Article, alone: bool) -> str:
    """The page without its headline for a file that stands `alone`: pandoc writes the title."""
    return re.sub("<h1>.*?</h1>", "", page(article)) if alone else page(article)


def _pandoc(files: Path, supply: Supply, scratch: Path) -> Iterator[Made]:
    source = scratch / "page.html"
    for suffix, count in PANDOC.items():
        for number, article in enumerate(supply.take(count)):
            name = f"pandoc-{number:02}-{article.lang}.{suffix}"
            source.write_text(_headed(article, suffix != "md"), "utf-8")
            alone = ["-s"] if suffix != "md" else ["--to", "commonmark_x" if number % 2 else "gfm"]
            _run(["pandoc", str(source), "-f", "html", *alone, "-o", str(files / name)])
            yield Made(name, "pandoc", (article.text,))


def _libreoffice(files: Path, supply: Supply, scratch: Path) -> Iterator[Made]:
    """One process converts all files to a format."""
    source = scratch / "page.html"
    for suffix, count in LIBREOFFICE.items():
        odts, out = scratch / f"to-{suffix}", scratch / f"as-{suffix}"
        odts.mkdir()
        made = []
        for number, article in enumerate(supply.take(count)):
            name = f"office-{number:02}-{article.lang}"
            source.write_text(_headed(article, True), "utf-8")
            _run(["pandoc", str(source), "-s", "-f", "html", "-o", str(odts / f"{name}.odt")])
            made.append(Made(f"{name}.{suffix}", "LibreOffice", (article.text,)))
        convert(odts.iterdir(), suffix, out, scratch)
        for one in made:
            shutil.copy(out / one.name, files)
        yield from made


def _chromium(files: Path, supply: Supply, scratch: Path) -> Iterator[Made]:
    with window() as shown:
        for number, article in enumerate(supply.take(CHROMIUM)):
            name = f"chromium-{number:02}-{article.lang}.pdf"
            shown.set_content(page(article))
            shown.pdf(path=files / name)
            yield Made(name, "Chromium", (article.text,))
        shown.set_content(page(supply.take(1, "ar")[0]))
        shown.screenshot(path=files / "screenshot.png", full_page=True)
    yield Made("screenshot.png", "Chromium")


def _pages(files: Path, supply: Supply) -> Iterator[Made]:
    for number, article in enumerate(supply.take(PAGES)):
        name = f"site-{number:02}-{article.lang}.{('html', 'htm', 'html')[number % 3]}"
        (files / name).write_text(site(article), "utf-8")
        yield Made(name, "a news site's template", (article.text,), SITE_ABSENT)
