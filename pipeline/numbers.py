"""Numbers of a text and of its translation: which of them are not the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipeline.digits import Values
from pipeline.flags import Finding
from pipeline.number_reading import Number, read

__all__ = ["Number", "compare", "read"]

_MINUTES = 2  # digits of them
_ZERO = frozenset({Decimal(0)})


def compare(source: str, target: str, lang: str) -> list[Finding]:
    """What is wrong with the numbers of an English `target`, a translation from `lang`."""
    said, told = read(source, lang), read(target, "en")
    if not said and not told:
        return []
    missing, added = _unmatched(said, told)
    changed = list(zip(missing, added, strict=False))
    return [
        *(Finding("number-changed", f"{a.text} → {b.text}") for a, b in changed),
        *(Finding("number-missing", number.text) for number in missing[len(changed) :]),
        *(Finding("number-added", number.text) for number in added[len(changed) :]),
    ]


class _Side:
    """The numbers of one side, and which of them have found theirs on the other side."""

    def __init__(self, numbers: Sequence[Number]) -> None:
        self.numbers = numbers
        self.matched: dict[int, int] = {}

    def open(self) -> list[int]:
        return [index for index in range(len(self.numbers)) if index not in self.matched]


def _match(said: _Side, told: _Side, *, digits: tuple[bool, bool]) -> None:
    """Pairs numbers that may say the same one to one, those first that say the least else."""
    waiting = defaultdict[Decimal, list[int]](list)
    for index in reversed(told.open()):
        number = told.numbers[index]
        if number.digits == digits[1]:
            for value in number.values:
                waiting[value].append(index)
    for index in sorted(said.open(), key=lambda index: len(said.numbers[index].values)):
        number = said.numbers[index]
        if number.digits == digits[0]:
            other = _first(number.values, waiting, told)
            if other is not None:
                said.matched[index], told.matched[other] = other, index


def _first(values: Values, waiting: dict[Decimal, list[int]], told: _Side) -> int | None:
    """The first number that waits for one of `values` and is still open."""
    for value in values:
        queue = waiting.get(value, [])
        while queue and queue[-1] in told.matched:
            queue.pop()
        if queue:
            return queue.pop()
    return None


def _unmatched(
    source: Sequence[Number], target: Sequence[Number]
) -> tuple[list[Number], list[Number]]:
    """The numbers of the source that are missing from the target, and those added there."""
    said, told = _Side(source), _Side(target)
    for digits in ((True, True), (True, False), (False, True), (False, False)):
        _match(said, told, digits=digits)
    missing = [source[index] for index in said.open() if source[index].counts]
    added = [target[index] for index in told.open() if target[index].digits]
    if not missing and not added:
        return [], []
    heard, known = _parts(told), _parts(said)
    return (
        [n for n in missing if not (_is_explained(n, heard) or _is_said_once(n, target))],
        [n for n in added if not (_is_explained(n, known) or _is_among(n, source))],
    )


def _parts(side: _Side) -> set[Decimal]:
    """What the open numbers of a side say, whole or in parts."""
    numbers = [side.numbers[index] for index in side.open()]
    return {
        value for number in numbers for part in (number.values, *number.parts) for value in part
    }


def _is_explained(number: Number, open_values: set[Decimal]) -> bool:
    """Whether a number without a partner stands there in parts, or says nothing: `:00`."""
    if (number.values == _ZERO and len(number.text) == _MINUTES) or not number.values.isdisjoint(
        open_values
    ):
        return True
    return bool(number.parts) and all(
        part == _ZERO or not part.isdisjoint(open_values) for part in number.parts
    )


def _is_among(number: Number, others: Iterable[Number]) -> bool:
    """Whether the other side says the same number, if less often."""
    return any(not number.values.isdisjoint(other.values) for other in others)


def _is_said_once(number: Number, others: Iterable[Number]) -> bool:
    """Whether the target says a number of the source less often, and may: words, `COVID-19`."""
    return (not number.digits or number.again) and _is_among(number, others)
