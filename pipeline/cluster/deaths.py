"""Over which documents workers died: what kills them three times is left alone.

A worker that dies takes along what it knew, and Ray gives its window to another. So it says
beforehand what it begins with, to somebody who outlives it. After a first death the documents of a
window are taken one by one, and the next death tells whose it is.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from models.errors import KhulasaError
from pipeline.document import Document, Failure

T = TypeVar("T")

MOST = 3
QUARANTINED = f"its worker died {MOST} times over it: left alone, in quarantine for this job"


class Quarantined(KhulasaError):
    """A document kills whoever works on it."""


class Book:
    """What was begun and never ended, with how often. Lives in one process, for all workers."""

    def __init__(self) -> None:
        self._begun = Counter[str]()

    def before(self, keys: Sequence[str]) -> list[int]:
        """How often each was begun and never ended."""
        return [self._begun[key] for key in keys]

    def begin(self, keys: Sequence[str]) -> None:
        """Somebody begins with all of these now."""
        self._begun.update(keys)

    def end(self, keys: Sequence[str]) -> None:
        """They are done: whatever happened before was not their doing."""
        for key in keys:
            del self._begun[key]


class Deaths:
    """The book as workers use it."""

    def __init__(self, book: Any) -> None:
        self._book = book

    @classmethod
    def begin(cls) -> "Deaths":
        """A new book, on this node: it is lost only where the job is."""
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        book: Any = ray.remote(Book)
        return cls(book.options(num_cpus=0, scheduling_strategy=here).remote())

    def before(self, keys: Sequence[str]) -> list[int]:
        """How often a worker died over each."""
        counts: list[int] = ray.get(self._book.before.remote(keys))
        return counts

    def survived(self, keys: Sequence[str], work: Callable[[], T]) -> T:
        """What `work` gives, which is done with all of these."""
        ray.get(self._book.begin.remote(keys))
        done = work()
        self._book.end.remote(keys)
        return done


def quarantine(document: Document) -> Failure:
    """What becomes of a document that is left alone."""
    cause = Quarantined(QUARANTINED)
    return Failure(QUARANTINED, document.path, document.line, document.id, cause)
