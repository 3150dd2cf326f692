"""A stage: a pure function of its input and its signature, whose outputs the cache keeps."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipeline.cache import Cache
from pipeline.document import Document, StageReport
from pipeline.signature import Signature, digest

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, slots=True)
class Stage(Generic[In, Out]):
    """`compute` turns inputs (JSON values) into outputs, independent of each other.

    It gives them in portions, by index, as they are done, so that each can be kept at once. `cost`
    weighs how much of the work an input was. `pack` and `unpack` turn an output into JSON and back.
    """

    signature: Signature
    compute: Callable[[list[In]], Iterator[dict[int, Out]]]
    cost: Callable[[In], int]
    pack: Callable[[Out], Any]
    unpack: Callable[[Any], Out]


@dataclass(frozen=True, slots=True)
class Staged(Generic[Out]):
    """An output and how it came about."""

    value: Out
    report: StageReport


def through_cache(
    cache: Cache, stage: Stage[In, Out], documents: Sequence[Document], inputs: Sequence[In]
) -> list[Staged[Out]]:
    """The stage's output for each document: from the cache, or computed together and kept.

    Equal inputs are computed once. The time of a portion is shared out among its inputs by cost.
    """
    cache.touch(stage.signature)
    digests = [digest(value) for value in inputs]
    rows = cache.outputs(stage.signature, digests)
    first = {key: index for index, key in reversed([*enumerate(digests)]) if key not in rows}
    missing = sorted(first.values())
    made: dict[int, Staged[Out]] = {}
    for portion in _timed(stage, [inputs[index] for index in missing]):
        new = {missing[position]: staged for position, staged in portion.items()}
        kept = [(digests[i], documents[i].id, stage.pack(one.value)) for i, one in new.items()]
        cache.keep(stage.signature, kept)
        made |= new
    remembered = StageReport(str(stage.signature), cached=True, seconds=0.0)
    return [
        made.get(index)
        or Staged(stage.unpack(rows[key]) if key in rows else made[first[key]].value, remembered)
        for index, key in enumerate(digests)
    ]


def _timed(stage: Stage[In, Out], inputs: list[In]) -> Iterator[dict[int, Staged[Out]]]:
    """The portions that a stage makes, each output with its share of the time."""
    signature = str(stage.signature)
    started = time.perf_counter()
    for portion in stage.compute(inputs):
        costs = {position: stage.cost(inputs[position]) for position in portion}
        rate = (time.perf_counter() - started) / max(1, sum(costs.values()))
        yield {
            position: Staged(
                value,
                StageReport(signature, cached=False, seconds=round(rate * costs[position], 3)),
            )
            for position, value in portion.items()
        }
        started = time.perf_counter()
