"""The sources of a job as Ray Data reads them: some files a task, some documents a window.

A file is read as on one machine, so a document has the same id, line and text, and what cannot be
read is the same failure. (Ray's readers of JSON and text know no lines, cut them where JSON does
not, and end the job at the first that is broken.)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa
from ray.data import Datasource, ReadTask
from ray.data.block import BlockMetadata

from pipeline.cluster.deaths import MOST, QUARANTINED, Deaths, Quarantined
from pipeline.cluster.windows import Item, Window
from pipeline.corpus import Corpus, Entry, Reader
from pipeline.document import Document, Failure
from pipeline.files import File

WINDOW = 50_000
"""Characters of documents that a worker has at once: some 350 sentences of news.

Enough for thirty batches of equal length; little enough that all workers have something to do, and
that what another has just translated is seen soon.
"""

_TASK = 32 * WINDOW  # bytes of files that a task reads; a file is never divided


@dataclass(frozen=True, slots=True)
class Numbered:
    """A file of a job, in its turn; `before` bytes of the sources come before it."""

    number: int
    before: int
    file: File | Failure


class Documents(Datasource):
    """All documents of a corpus, in windows."""

    def __init__(self, corpus: Corpus, deaths: Deaths) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._corpus, self._deaths = corpus, deaths

    def estimate_inmemory_data_size(self) -> int | None:
        """Bytes; what is packed is larger."""
        return self._corpus.total

    def get_read_tasks(
        self,
        parallelism: int,  # noqa: ARG002 - what Ray would like; we know better
        per_task_row_limit: int | None = None,
        data_context: Any = None,  # noqa: ARG002
    ) -> list[ReadTask]:
        """Some files each: enough of them to fill windows."""
        reader = self._corpus.reader
        return [
            ReadTask(
                partial(_tables, files, reader, self._deaths),
                BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None),
                per_task_row_limit=per_task_row_limit,
            )
            for files in self.tasks
        ]

    @property
    def tasks(self) -> list[list[Numbered]]:
        """The files of each task, in order."""
        tasks: list[list[Numbered]] = []
        before = room = 0
        for number, file in enumerate(self._corpus.files):
            if room <= 0:
                tasks.append([])
                room = _TASK
            tasks[-1].append(Numbered(number, before, file))
            size = 0 if isinstance(file, Failure) else file.size
            before, room = before + size, room - size
        return tasks


def _tables(files: Sequence[Numbered], reader: Reader, deaths: Deaths) -> Iterator[pa.Table]:
    """Windows as Ray Data holds them, each a row."""
    for window in windows(files, reader, deaths):
        yield pa.table({name: [value] for name, value in window.row().items()})


def windows(files: Sequence[Numbered], reader: Reader, deaths: Deaths) -> Iterator[Window]:
    """The documents of files, in order, WINDOW characters at a time.

    Where a worker died over a window, the files of that window are read entry by entry: what kills
    it again is left alone with the rest of its file.
    """
    reading, count = Reading(files, reader, deaths), 0
    while not reading.over:
        key = f"window {files[0].number} {count}"
        [died] = deaths.before([key])
        items = deaths.survived([key], partial(reading.window, careful=bool(died)))
        count += 1
        if items:
            yield Window(tuple(items))


class Reading:
    """How far a task has come with its files."""

    def __init__(self, files: Sequence[Numbered], reader: Reader, deaths: Deaths) -> None:
        self._files, self._reader, self._deaths = iter(files), reader, deaths
        self._entries: Iterator[Entry] = iter(())
        self.over = False
        self._next_file()

    def window(self, careful: bool) -> list[Item]:
        """The next documents."""
        items: list[Item] = []
        characters = 0
        while not self.over and characters < WINDOW:
            place = f"{self._file.number} {self._count}"
            entry = self._entry(place, careful)
            if entry is None:
                self._next_file()
                continue
            self._count += 1
            outcome = entry.outcome
            document = outcome if isinstance(outcome, Document) else None
            name = document.id if document else None
            items.append(Item(place, entry.consumed, name, outcome))
            characters += len(document.text) if document else 0
        return items

    def _entry(self, place: str, careful: bool) -> Entry | None:
        read: Callable[[], Entry | None] = partial(next, self._entries, None)
        if not careful:
            return read()
        key = f"entry {place}"
        if self._deaths.before([key])[0] < MOST - 1:  # it died once over the whole window
            return self._deaths.survived([key], read)
        self._entries = iter(())
        file = self._file.file
        path = file.name if isinstance(file, File) else file.path
        failure = Failure(QUARANTINED, path, cause=Quarantined(QUARANTINED))
        return Entry(failure, self._file.before)

    def _next_file(self) -> None:
        file = next(self._files, None)
        self.over = file is None
        if file is not None:
            self._file, self._count = file, 0
            self._entries = self._reader.entries(file.file, file.before)
