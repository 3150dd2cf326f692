"""Work in batches: several at once, each handed over when it is done, smaller where memory ends.

A batch that the device's memory does not hold is cut in half and begun again, as often as it
takes, and later ones are no larger than what then fitted. A text that does not fit by itself is
left out until all else is done: nothing that can be decoded is lost to it.
"""

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from models.engines.device import PROCESSOR, Device
from models.engines.engine import BATCH, BUDGET, Limits, partition
from models.errors import TextTooLarge

log = logging.getLogger(__name__)

# Seconds between two looks for a batch that is done: CTranslate2 wakes nobody.
_GLANCE = 0.003

# So many times as much is one batch on a card: a guess, no card was at hand to measure it.
_CARD = 8

# How torch ("can't allocate memory" on a processor), CUDA and CTranslate2 say it, none of them by
# an exception that can be told without importing them.
_EXHAUSTED = re.compile(
    r"out[ _]of[ _]memory|can't allocate memory|failed to allocate|bad_alloc|MEMORY_?ALLOCATION"
    r"|CUBLAS_STATUS_ALLOC_FAILED",
    re.IGNORECASE,
)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Pending(Protocol[T_co]):
    """A batch in work."""

    def done(self) -> bool:
        """Whether `result` answers at once."""

    def result(self) -> Sequence[T_co]:
        """An answer a source, in order. Raises what the library raised."""


@dataclass(frozen=True, slots=True)
class Lazy(Generic[T]):
    """A batch that is worked off when it is asked for."""

    result: Callable[[], Sequence[T]]

    def done(self) -> bool:
        """Nobody else will do it."""
        return True


@dataclass(slots=True)
class Memory:
    """What one engine takes on at once on its device."""

    device: Device = PROCESSOR
    limits: Limits = field(default_factory=Limits)
    _told: bool = False

    @classmethod
    def of(cls, device: Device) -> "Memory":
        """A card is given larger batches than a core, whose cache they must fit."""
        larger = 1 if device.kind == "cpu" else _CARD
        return cls(device, Limits(larger * BATCH, larger * BUDGET))

    def was_too_small(self, tokens: int, less: int) -> None:
        """Take on no more than `less` tokens from now on; said the first time."""
        self.limits.tokens = min(self.limits.tokens, less)
        if not self._told:
            log.warning(
                "the memory of %s does not hold batches of %s tokens: they are smaller from now on",
                self.device,
                f"{tokens:,}",
            )
            self._told = True


def exhausted(error: BaseException) -> bool:
    """Whether it says that the memory of a device is used up."""
    return isinstance(error, MemoryError) or bool(_EXHAUSTED.search(str(error)))


def in_batches(
    lengths: Sequence[int],
    beam: int,
    begin: Callable[[list[int]], Pending[T]],
    memory: Memory,
    workers: int = 1,
    ahead: int = 1,
    weight: int = 1,
) -> Iterator[dict[int, T]]:
    """Have texts of these lengths worked off: answers by index, every index exactly once.

    `begin` takes the indexes of a batch; `ahead` batches are begun before one is waited for. A
    token takes as much memory as `weight` tokens that are decoded. Raises TextTooLarge at the end,
    where texts were left out; the others have come by then.
    """
    weights = [weight * length for length in lengths]
    batches = partition(weights, beam, workers, memory.limits)
    again: list[list[int]] = []  # those to be cut in half, or a half of one
    working: list[tuple[list[int], Pending[T]]] = []
    left_out: list[int] = []
    while True:
        while len(working) < ahead and (batch := again.pop() if again else next(batches, [])):
            if len(batch) > 1 and len(batch) * weights[batch[0]] > memory.limits.tokens:
                again += batch[_half(batch) :], batch[: _half(batch)]
            else:
                working.append((batch, begin(batch)))
        if not working:
            break
        batch, answers = _first_done(working)
        if answers is not None:
            yield dict(zip(batch, answers, strict=True))
        elif len(batch) > 1:
            longest = weights[batch[0]]
            memory.was_too_small(len(batch) * longest, _half(batch) * longest)
            again.append(batch)
        else:
            left_out += batch
    if left_out:
        raise _refusal(min(lengths[index] for index in left_out), beam, memory.device)


def in_order(portions: Iterator[dict[int, T]]) -> list[T]:
    """The answers of `in_batches`, all of them."""
    found: dict[int, T] = {}
    for portion in portions:
        found |= portion
    return [found[index] for index in range(len(found))]


def _half(batch: list[int]) -> int:
    return (len(batch) + 1) // 2


def _first_done(
    working: list[tuple[list[int], Pending[T]]],
) -> tuple[list[int], Sequence[T] | None]:
    """Wait for any of the batches and take it out: what is done is to be kept before a kill.

    None stands for answers that memory was too small for. The error is not kept: what it was
    raised among would still hold the memory.
    """
    while True:
        for number, (_, pending) in enumerate(working):
            if pending.done():
                batch, pending = working.pop(number)
                try:
                    return batch, pending.result()
                except (MemoryError, RuntimeError) as error:
                    if not exhausted(error):
                        raise
                    return batch, None
        time.sleep(_GLANCE)


def _refusal(length: int, beam: int, device: Device) -> TextTooLarge:
    advice = "end other programs" if device.kind == "cpu" else "--device cpu may have more"
    return TextTooLarge(
        f"a text of {length} tokens does not fit into the memory of {device} with a beam of "
        f"{beam}, not even alone: {advice}, a smaller --beam takes less"
    )
