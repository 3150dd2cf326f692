"""What `khulasa batch` writes, opened by the tools that people have.

    python -m tests.benchmarks.opened [SOURCE…]

Every format of `khulasa batch` is written for SOURCE, the Arabic seeds and a subtitle file if not
said, with the bundled models. A row for each: the tool, how many documents or units it finds, and
the share of the words of all sources and translations that it shows: English subtitles have no
source, and only of what has times.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pipeline.render import FORMATS
from tests.benchmarks.articles import SEEDS, Supply, words
from tests.benchmarks.folder import convert, window
from tests.benchmarks.written import subtitles

Found = tuple[str, int, str]
"""The tool, how many things it found, and the text that it shows."""


def work(sources: Sequence[str], folder: Path) -> tuple[Path, list[dict[str, Any]]]:
    """Run the job in all formats; where it wrote, and its records."""
    out = folder / "out"
    forms = [word for form in FORMATS for word in ("--format", form)]
    options = ["--models", "tiny", "--cache", str(folder / "cache.sqlite"), "--quiet", *forms]
    command = [sys.executable, "-m", "pipeline", "batch", *sources, str(out), *options]
    home = os.environ | {"KHULASA_HOME": str(folder / "home")}
    subprocess.run(command, env=home, check=False)
    lines = (out / "records.jsonl").read_text("utf-8").split("\n")
    return out, [json.loads(line) for line in lines if line]


def _office(paths: list[Path], scratch: Path) -> Found:
    convert(paths, "txt:Text (encoded):UTF8", scratch / "txt", scratch)
    texts = [path.read_text("utf-8-sig") for path in (scratch / "txt").iterdir()]
    return "LibreOffice", len(texts), "\n".join(texts)


def _word(paths: list[Path], _: Path) -> Found:
    import docx

    tables = [table for path in paths for table in docx.Document(str(path)).tables]
    cells = [cell.text for table in tables for row in table.rows for cell in row.cells]
    return "python-docx", len(paths), "\n".join(cells)


def _browser(paths: list[Path], _: Path) -> Found:
    texts = []
    with window() as shown:
        for path in paths:
            shown.goto(path.as_uri())
            # inner_text leaves out what a browser has not laid out yet.
            texts += shown.locator("[lang]").all_text_contents()
    return "Chromium", len(paths), "\n".join(texts)


def _units(storage: Any, paths: list[Path]) -> Found:
    units = [unit for path in paths for unit in storage.parsestring(path.read_bytes()).units]
    text = "\n".join(f"{unit.source}\n{unit.target}" for unit in units)
    return "translate-toolkit", len(units), text


def _memory(paths: list[Path], _: Path) -> Found:
    from translate.storage import tmx

    return _units(tmx.tmxfile, paths)


def _xliff(paths: list[Path], _: Path) -> Found:
    from translate.storage import xliff2

    return _units(xliff2.Xliff2File, paths)


def _subtitles(paths: list[Path], _: Path) -> Found:
    import srt  # type: ignore[import-untyped, unused-ignore]

    cues = [cue for path in paths for cue in srt.parse(path.read_text("utf-8"))]
    return "srt", len(cues), "\n".join(cue.content for cue in cues)


def _rows(paths: list[Path], _: Path) -> Found:
    with paths[0].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    return "Python's csv", len(rows) - 1, "\n".join(cell for row in rows for cell in row)


def _columns(paths: list[Path], _: Path) -> Found:
    from pyarrow import parquet

    rows = parquet.read_table(paths[0]).to_pylist()
    return "pyarrow", len(rows), json.dumps(rows, ensure_ascii=False, default=str)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _pandoc(paths: list[Path], _: Path) -> Found:
    command = ["pandoc", "-f", "markdown", "-t", "html", *map(str, paths)]
    page, parser = subprocess.run(command, capture_output=True, check=True).stdout, _Words()
    parser.feed(page.decode())
    return "pandoc", len(paths), "".join(parser.found)


def _text(paths: list[Path], _: Path) -> Found:
    return "any editor", len(paths), "\n".join(path.read_text("utf-8") for path in paths)


OPENERS: dict[str, tuple[Callable[[list[Path], Path], Found], ...]] = {
    "text": (_text,),
    "json": (_text,),
    "markdown": (_pandoc,),
    "html": (_browser,),
    "tmx": (_memory,),
    "xliff": (_xliff,),
    "tsv": (_rows,),
    "docx": (_office, _word),
    "srt": (_subtitles,),
    "parquet": (_columns,),
    "documents": (_columns,),
}


def table(out: Path, records: Sequence[dict[str, Any]], scratch: Path) -> Iterator[str]:
    """A row for each format and tool."""
    pairs = [pair for record in records for pair in record["segments"]]
    films = [pair for record in records if record["source"]["cues"] for pair in record["segments"]]
    yield f"{len(records)} documents, {len(pairs)} segments; subtitles: {len(films)} segments"
    yield f"{'format':11}{'files':>6}  {'opened by':19}{'finds':>7}{'source':>9}{'English':>9}"
    for form, openers in OPENERS.items():
        ending = FORMATS[form].endings[-1 if form == "json" else 0]
        several = sorted(path for path in out.rglob(f"records*{ending}") if path.is_file())
        paths = several or sorted((out / "records").glob(f"*{ending}"))
        paths = [one for one in paths if form != "parquet" or "documents" not in one.name]
        for opener in openers if paths else ():
            tool, count, text = opener(paths, scratch)
            held = films if form == "srt" else pairs
            shares = "".join(f"{_share(held, side, text):9.2%}" for side in ("source", "target"))
            yield f"{form:11}{len(paths):6}  {tool:19}{count:7}{shares}"


def _share(pairs: Sequence[dict[str, Any]], side: str, text: str) -> float:
    wanted = sum((words(pair[side]) for pair in pairs), Counter[str]())
    return 1 - (wanted - words(text)).total() / max(wanted.total(), 1)


def main(arguments: list[str]) -> int:
    """Write, open, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = folder / "film.srt"
        article = Supply(None, None).take(1, "ar")[0]
        film.write_text(subtitles(article.text, "srt"), "utf-8")
        usual = [str(path) for path in sorted(SEEDS.glob("ar-*.txt")) if path.name.count(".") == 1]
        for line in table(*work(arguments or [*usual, str(film)], folder), folder):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
