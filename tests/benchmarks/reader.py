"""How long a browser takes over the reader page and the index, and how large they are.

    python -m tests.benchmarks.reader [SEGMENTS [DOCUMENTS]]

A document of 5,000 segments and an index of 40,000 documents if not said, in Debian's Chromium,
with no network and nothing cached. Times are milliseconds, the median of five; those of what a
person does run from the event to the next picture. A search is timed when the page is fresh, when
it has to make its texts ready, and again.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.document import Record
from pipeline.render import opened
from pipeline.render.index import writing
from tests.pipeline.render.readings import long, trucks

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SEGMENTS, DOCUMENTS = 5_000, 40_000
TIMES = 5

# Until the picture after what `act` does is there; the pause of typing is not waited for.
TIMED = """async (act) => {
  const begun = performance.now();
  Function(act)();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - begun;
}"""
LOADED = """() => {
  const [page] = performance.getEntriesByType('navigation');
  return page.domContentLoadedEventEnd;
}"""
MEMORY = "performance.memory.usedJSHeapSize / 1e6"


def typed(words: str) -> str:
    """The act of a search on the reader page, Enter included, which waits for no pause."""
    return f"""const input = document.getElementById('search');
      input.value = '{words}';
      input.dispatchEvent(new Event('input'));
      input.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter' }}));"""


READER = {
    "search, the first": typed("speaker 4321"),
    "search, again": typed("speaker 321"),
    "search, Arabic": typed("المتحدث رقم ٣٢١"),
    "search, a match in every segment": typed("bridge"),
    "the next match": "document.getElementById('next').click()",
    "only flagged": "document.getElementById('flagged').click()",
    "all again": "document.getElementById('flagged').click()",
    "evidence in the middle": "document.querySelectorAll('.claim')[1].click()",
}


def chosen(name: str, value: str) -> str:
    """The act of a choice on the index, which looks with all that is chosen."""
    return f"""document.getElementById('search').value = '{value if name == "search" else ""}';
      const select = document.getElementById('{"language" if name == "search" else name}');
      select.value = '{"" if name == "search" else value}';
      select.dispatchEvent(new Event('change'));"""


INDEX = {
    "search, the first": chosen("search", "trucks 39999"),
    "search, again": chosen("search", "tents trucks"),
    "search, Arabic": chosen("search", "شاحنات"),
    "by language": chosen("language", "ar"),
    "in order of titles": chosen("order", "title"),
}


def write_reader(path: Path, segments: int) -> None:
    with path.open("wb") as out, opened("html", out) as write:
        write(long(segments))


def write_index(path: Path, documents: int) -> None:
    with path.open("wb") as out, writing(out) as add:
        for number, one in enumerate(records(documents)):
            add(one, f"records/{number}.html")


def records(documents: int) -> Iterator[Record]:
    """The same trucks under other ids, with a summary of some 60 words."""
    plain = trucks()
    sentences = plain.summary.sentences * 4
    summary = replace(plain.summary, sentences=sentences)
    for number in range(documents):
        yield replace(plain, document=replace(plain.document, id=f"{number}"), summary=summary)


def measured(browser: "Browser", path: Path, acts: dict[str, str]) -> dict[str, list[float]]:
    """The times of each act, the opening first."""
    times: dict[str, list[float]] = {"open": [], **{name: [] for name in acts}, "memory, MB": []}
    for _ in range(TIMES):
        page: Page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(path.as_uri())
        times["open"].append(page.evaluate(LOADED))
        for name, act in acts.items():
            times[name].append(page.evaluate(TIMED, act))
        times["memory, MB"].append(page.evaluate(MEMORY))
        page.close()
    return times


def main(segments: int = SEGMENTS, documents: int = DOCUMENTS) -> None:
    """Print a table a page."""
    from playwright.sync_api import sync_playwright

    pages: tuple[tuple[str, Callable[[Path, int], None], int, dict[str, str]], ...] = (
        ("segments", write_reader, segments, READER),
        ("documents", write_index, documents, INDEX),
    )
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as started, tempfile.TemporaryDirectory() as folder:
        program = shutil.which("chromium")
        browser = started.chromium.launch(executable_path=program, args=flags)
        for what, write, number, acts in pages:
            path = Path(folder, f"{what}.html")
            begun = time.perf_counter()
            write(path, number)
            seconds = time.perf_counter() - begun
            size = path.stat().st_size / 1e6
            print(f"\n{number:,} {what}: {size:.1f} MB, written in {seconds:.1f} s")
            for name, times in measured(browser, path, acts).items():
                print(f"  {name:34}{statistics.median(times):8.0f}")
        browser.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
