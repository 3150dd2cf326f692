"""A stage: a pure function of its input and its signature, whose outputs the cache keeps."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipeline.cache import Cache
from pipeline.document import Document, StageReport
from pipeline.signature import Signature, digest

In = TypeVar("In")
Out = TypeVar("Out")


@dataclass(frozen=True, slots=True)
class Stage(Generic[In, Out]):
    """`compute` turns inputs (JSON values) into outputs, in order and independent of each other.

    `pack` and `unpack` turn an output into JSON and back.
    """

    signature: Signature
    compute: Callable[[list[In]], list[Out]]
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

    The time of the computation is shared out evenly among what was computed.
    """
    signature = stage.signature
    cache.touch(signature)
    digests = [digest(value) for value in inputs]
    rows = cache.outputs(signature, digests)
    missing = [index for index, key in enumerate(digests) if key not in rows]
    started = time.perf_counter()
    computed = dict(zip(missing, stage.compute([inputs[i] for i in missing]), strict=True))
    seconds = (time.perf_counter() - started) / max(1, len(missing))
    cache.keep(
        signature,
        [(digests[i], documents[i].id, stage.pack(value)) for i, value in computed.items()],
    )
    return [
        Staged(computed[i], StageReport(str(signature), cached=False, seconds=round(seconds, 3)))
        if i in computed
        else Staged(stage.unpack(rows[key]), StageReport(str(signature), cached=True, seconds=0.0))
        for i, key in enumerate(digests)
    ]
