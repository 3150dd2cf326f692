"""What is kept of a stream of any length in a space that does not grow with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappush, heapreplace
from math import ceil
from typing import Generic, TypeVar

MOST_POINTS = 200
FINEST = 0.05  # seconds

T = TypeVar("T")


class Top(Generic[T]):
    """The `limit` items of the largest weight; among equals those that came first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._heap: list[tuple[float, int, T]] = []
        self._taken = 0

    def wants(self, weight: float) -> bool:
        """Whether an item of this weight would be kept."""
        return len(self._heap) < self._limit or weight > self._heap[0][0]

    def add(self, weight: float, item: T) -> None:
        """Keep an item that is wanted, in place of the least where there is no room."""
        self._taken += 1
        put = heappush if len(self._heap) < self._limit else heapreplace
        put(self._heap, (weight, -self._taken, item))

    def ranked(self) -> tuple[T, ...]:
        """What is kept, the largest weight first."""
        ordered = sorted(self._heap, key=lambda entry: entry[:2], reverse=True)
        return tuple(item for _, _, item in ordered)


@dataclass(frozen=True, slots=True)
class Point:
    """What was done between the point before and `seconds` after the start."""

    seconds: float
    documents: int
    sentences: int

    def joined(self, later: "Point") -> "Point":
        """This and the next point as one."""
        documents, sentences = self.documents + later.documents, self.sentences + later.sentences
        return Point(later.seconds, documents, sentences)


class Timeline:
    """Throughput in at most MOST_POINTS points, however long it goes on."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._span = FINEST

    def add(self, seconds: float, documents: int, sentences: int) -> None:
        """Note what was done up to `seconds`, which is no less than what was noted before."""
        _append(self._points, Point(seconds, documents, sentences), self._span)
        while len(self._points) > MOST_POINTS:
            self._span *= 2
            self._points = merged(self._points, self._span)

    @property
    def points(self) -> tuple[Point, ...]:
        """In order of time."""
        return tuple(self._points)


def merged(points: Iterable[Point], span: float) -> list[Point]:
    """The same work in a point for each `span` seconds in which something was done."""
    fewer: list[Point] = []
    for point in points:
        _append(fewer, point, span)
    return fewer


def _append(points: list[Point], new: Point, span: float) -> None:
    """Add to the last point what falls in the same span of the clock, or else begin another.

    Documents come in bursts, a window at a time: the time before a burst belongs to it.
    """
    if points and ceil(points[-1].seconds / span) == ceil(new.seconds / span):
        new = points.pop().joined(new)
    points.append(new)
