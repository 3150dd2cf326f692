"""Downloads several models at a time, each by a process of its own."""

import queue
import threading
from collections.abc import Iterator, Sequence

from models.catalog import Entry
from models.errors import KhulasaError
from models.hub.line import Line
from models.store.locate import Located, Wanted, published

AT_ONCE = 4
"""Models: each has a connection of its own, and more of them make no line faster."""

Done = queue.SimpleQueue[tuple[Entry, Located | Exception]]


def pull(entries: Sequence[Entry], line: Line) -> Iterator[tuple[Entry, Located | KhulasaError]]:
    """Each model with where it is now, or with why it could not be had, as they are done.

    The weights come as they were published, also where a converted form of them is here.
    """
    waiting: queue.SimpleQueue[Entry] = queue.SimpleQueue()
    done: Done = queue.SimpleQueue()
    for entry in entries:
        waiting.put(entry)
    for _ in range(min(AT_ONCE, len(entries))):
        # A daemon: whoever interrupts this does not wait for the hub.
        threading.Thread(target=_work, args=(waiting, done, line), daemon=True).start()
    for _ in entries:
        entry, outcome = done.get()
        if not isinstance(outcome, Located | KhulasaError):
            raise outcome
        yield entry, outcome


def _work(waiting: "queue.SimpleQueue[Entry]", done: Done, line: Line) -> None:
    while True:
        try:
            entry = waiting.get_nowait()
        except queue.Empty:
            return
        wanted = Wanted(entry.role, entry.repository.name, entry.repository.revision)
        try:
            done.put((entry, published(wanted, line)))
        except Exception as error:  # noqa: BLE001 (whatever it is, the other thread must hear of it)
            done.put((entry, error))
