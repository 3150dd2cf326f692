"""What a worker does: one stage of the pipeline over one window after the other."""

import ctypes
import logging
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from models.errors import KhulasaError
from pipeline.cache import Cache, open_cache
from pipeline.cluster.deaths import MOST, Deaths, quarantine
from pipeline.cluster.windows import Item, Outcome, Window
from pipeline.database import WAITS, CacheUnusable
from pipeline.document import Document, Failure
from pipeline.flow import Pipeline

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG: what a process gets when its parent, the node, is gone

Name = Literal["segmented", "translated", "summarized"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a worker makes a pipeline of: the cache's place, and what else a Pipeline is given."""

    cache: str | None
    options: tuple[tuple[str, Any], ...]


class Worker:
    """Works on windows, as Ray Data hands them over: a method of Pipeline over their documents."""

    def __init__(self, recipe: Recipe, stage: Name, deaths: Deaths) -> None:
        self._recipe, self._stage, self._deaths = recipe, stage, deaths

    def __call__(self, row: dict[str, bytes]) -> dict[str, bytes]:
        """The window with what this stage makes of it. An error that ends the job is in it."""
        window = Window.of(row)
        if window.ended:
            return row
        try:
            work: Callable[[Sequence[Any]], list[Any]]
            work = getattr(opened(self._recipe), self._stage)
            items = self._careful(window.items, work)
        except KhulasaError as error:
            return Window((), (*window.said, *_SAID.taken()), error).row()
        return Window(items, (*window.said, *_SAID.taken())).row()

    def _careful(
        self, items: Sequence[Item], work: Callable[[Sequence[Any]], list[Any]]
    ) -> tuple[Item, ...]:
        """All at once or, where a worker died over one of them, one by one."""
        keys = [f"{self._stage} {item.place}" for item in items]
        before = self._deaths.before(keys)
        if not any(before):
            made = self._deaths.survived(keys, lambda: work([item.outcome for item in items]))
        else:
            made = [self._alone(*each, work) for each in zip(items, keys, before, strict=True)]
        return tuple(
            replace(item, outcome=outcome) for item, outcome in zip(items, made, strict=True)
        )

    def _alone(
        self, item: Item, key: str, deaths: int, work: Callable[[Sequence[Any]], list[Any]]
    ) -> Outcome:
        outcome = item.outcome
        if isinstance(outcome, Failure):
            return outcome
        if deaths >= MOST:
            return quarantine(outcome if isinstance(outcome, Document) else outcome.document)
        [made] = self._deaths.survived([key], lambda: work([outcome]))
        found: Outcome = made
        return found


@lru_cache(1)
def opened(recipe: Recipe) -> Pipeline:
    """The one pipeline of this process. Raises CacheUnusable."""
    _end_with_node()
    for name in ("pipeline", "models"):
        logging.getLogger(name).addHandler(_SAID)
    return Pipeline(**dict(recipe.options), cache=_opened(recipe.cache))


def _end_with_node() -> None:
    """Ray's own end of a worker hangs now and then (2.60): it would outlive its node for ever."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)


def _opened(place: str | None) -> Cache:
    """The cache; a server that is away, as where it starts again, is waited for."""
    for seconds in WAITS:
        try:
            return open_cache(place)
        except CacheUnusable:
            time.sleep(seconds)
    return open_cache(place)


class _Said(logging.Handler):
    """Keeps warnings until a window takes them to whoever started the job."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())

    def taken(self) -> tuple[str, ...]:
        """What was said since, each once."""
        messages, self._messages = self._messages, []
        return tuple(dict.fromkeys(messages))


_SAID = _Said()
