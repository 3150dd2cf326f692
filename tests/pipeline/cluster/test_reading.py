"""The sources of a job in windows: the documents of one machine, whatever kills a worker."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

pytest.importorskip("ray", reason="khulasa[cluster] is not installed")

from pipeline.cluster import reading
from pipeline.cluster.deaths import QUARANTINED, Book, Deaths
from pipeline.cluster.reading import Documents, Numbered, windows
from pipeline.corpus import Corpus, Entry, Reader
from pipeline.document import Document, Failure
from pipeline.files import File

T = TypeVar("T")


class Died(BaseException):
    """A worker that reads was killed."""


class Here(Deaths):
    """A book in this process."""

    def __init__(self) -> None:
        self.book = Book()

    def before(self, keys: Sequence[str]) -> list[int]:
        return self.book.before(keys)

    def survived(self, keys: Sequence[str], work: Callable[[], T]) -> T:
        self.book.begin(keys)
        done = work()
        self.book.end(keys)
        return done


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A table of nine rows, one of them broken, and three files; two have the same name."""
    rows = [json.dumps({"id": f"r{n}", "text": f"جسر رقم {n}"}) for n in range(8)]
    (tmp_path / "a.jsonl").write_text("\n".join([*rows[:4], "{", *rows[4:]]), "utf-8")
    for name in ("b.txt", "c.txt", "c.md"):
        (tmp_path / name).write_text(f"افتتح الوزير جسرا. {name}", "utf-8")
    return Corpus([str(tmp_path)])


def test_windows_hold_what_one_machine_reads(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WINDOW", 30)
    tasks = Documents(corpus, Here()).tasks
    found = [w for files in tasks for w in windows(files, corpus.reader, Here())]
    assert [len(window.items) for window in found[:2]] == [4, 5]
    items = [item for window in found for item in window.items]
    entries = list(corpus)
    assert [item.consumed for item in items] == [entry.consumed for entry in entries]
    assert [item.outcome for item in items][:-1] == [entry.outcome for entry in entries][:-1]
    assert [item.name for item in items][-2:] == ["c", "c"]  # given another id at the end
    assert len({item.place for item in items}) == len(items) == 12


def test_a_task_has_enough_files_for_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_TASK", 100)
    sizes = [40, 40, 40, 500, 10, 90, 20]
    corpus = Corpus.__new__(Corpus)
    corpus.files = [File(f"{n}.txt", str(n), "document", s) for n, s in enumerate(sizes)]
    found = Documents(corpus, Here()).tasks
    assert [[one.number for one in task] for task in found] == [[0, 1, 2], [3], [4, 5], [6]]
    assert [one.before for task in found for one in task] == [0, 40, 80, 120, 620, 630, 720]


def test_a_file_that_kills_its_reader_three_times_is_left_alone(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = Reader.entries
    deaths: list[str] = []

    def deadly(self: Reader, file: File, before: int = 0) -> Iterator[Entry]:
        for entry in entries(self, file, before):
            if file.identity == "b" or entry.outcome.id == "r6":
                deaths.append(file.identity)
                raise Died
            yield entry

    monkeypatch.setattr(Reader, "entries", deadly)
    monkeypatch.setattr(reading, "WINDOW", 30)
    files = [Numbered(n, 0, file) for n, file in enumerate(corpus.files)]
    here = Here()
    while True:  # as Ray does it
        try:
            found = list(windows(files, corpus.reader, here))
            break
        except Died:
            continue
    assert deaths == ["a"] * 3 + ["b"] * 2  # in one window: its death counts for both
    outcomes = [item.outcome for window in found for item in window.items]
    done = [one.id for one in outcomes if isinstance(one, Document)]
    assert done == ["r0", "r1", "r2", "r3", "r4", "r5", "c", "c"]
    told = [(one.path, one.reason) for one in outcomes if isinstance(one, Failure)]
    assert [reason for _, reason in told[1:]] == [QUARANTINED] * 2
    assert [Path(str(path)).name for path, _ in told[1:]] == ["a.jsonl", "b.txt"]
