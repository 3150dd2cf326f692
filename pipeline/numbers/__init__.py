"""Numbers of a text and of its translation: which of them are not the same.

Numbers are matched one to one: digits with digits first, then with words. What finds no partner
is missing or added, unless the other side says it in parts (`8.30 pm` as `20` and `30`), or says
it once where the target says it twice.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from pipeline.flags import Finding
from pipeline.numbers.digits import Values
from pipeline.numbers.reading import Number, read

__all__ = ["Number", "compare", "read"]

_ZERO = frozenset({Decimal(0)})
_MINUTES = 2  # digits of them
_ROUNDS = ((True, True), (True, False), (False, True), (False, False))


@dataclass(frozen=True, slots=True)
class _Side:
    """The numbers of one side, and where each found its partner on the other side."""

    numbers: Sequence[Number]
    partners: dict[int, int] = field(default_factory=dict)

    def open(self) -> list[int]:
        return [index for index in range(len(self.numbers)) if index not in self.partners]


def compare(source: str, target: str, lang: str) -> list[Finding]:
    """What is wrong with the numbers of an English `target`, a translation from `lang`.

    `number-changed`, `number-missing` and `number-added` show the numbers as they are written;
    the note `number-order` shows two that changed places. `lang`: ISO 639-1 code.
    """
    said, told = _Side(read(source, lang)), _Side(read(target, "en"))
    for digits in _ROUNDS:
        _match(said, told, digits)
    missing, added = _missing(said, told), _added(said, told)
    changed = list(zip(missing, added, strict=False))
    return [
        *(Finding("number-changed", f"{a.text} → {b.text}") for a, b in changed),
        *(Finding("number-missing", number.text) for number in missing[len(changed) :]),
        *(Finding("number-added", number.text) for number in added[len(changed) :]),
        *_turned(said, told),
    ]


def _match(said: _Side, told: _Side, digits: tuple[bool, bool]) -> None:
    """Pairs numbers that may say the same, one to one, those first that say the least else.

    `digits`: whether those of the source and of the target are written in digits.
    """
    waiting = defaultdict[Decimal, list[int]](list)
    for index in reversed(told.open()):
        number = told.numbers[index]
        if number.digits == digits[1]:
            for value in number.values:
                waiting[value].append(index)
    if not waiting:
        return
    asking = [index for index in said.open() if said.numbers[index].digits == digits[0]]
    for index in sorted(asking, key=lambda index: len(said.numbers[index].values)):
        partner = _first(said.numbers[index].values, waiting, told)
        if partner is not None:
            said.partners[index], told.partners[partner] = partner, index


def _first(values: Values, waiting: dict[Decimal, list[int]], told: _Side) -> int | None:
    """The first number that waits for one of `values` and has no partner yet."""
    for value in values:
        queue = waiting.get(value, [])
        while queue and queue[-1] in told.partners:
            queue.pop()
        if queue:
            return queue.pop()
    return None


def _missing(said: _Side, told: _Side) -> list[Number]:
    """The numbers of the source that the target does not say."""
    lacking = [number for index in said.open() if (number := said.numbers[index]).counts]
    if not lacking:
        return []
    left, whole = _left(told), _whole(told)
    return [
        number
        for number in lacking
        if not _is_explained(number, left)
        and not ((number.again or not number.digits) and number.values & whole)
    ]


def _added(said: _Side, told: _Side) -> list[Number]:
    """The numbers in digits of the target that the source does not say."""
    lacking = [number for index in told.open() if (number := told.numbers[index]).digits]
    if not lacking:
        return []
    left = _left(said) | _whole(said)
    return [number for number in lacking if not _is_explained(number, left)]


def _whole(side: _Side) -> set[Decimal]:
    """What the numbers of a side say, each as a whole."""
    return {value for number in side.numbers for value in number.values}


def _left(side: _Side) -> set[Decimal]:
    """What the numbers of a side say that have no partner, whole or in parts."""
    numbers = [side.numbers[index] for index in side.open()]
    return {
        value for number in numbers for part in (number.values, *number.parts) for value in part
    }


def _is_explained(number: Number, left: set[Decimal]) -> bool:
    """Whether the other side says a number in parts, or need not say it: the `00` of an hour."""
    if number.values == _ZERO and len(number.text) == _MINUTES:
        return True
    if not number.values.isdisjoint(left):
        return True
    return bool(number.parts) and all(
        part == _ZERO or not part.isdisjoint(left) for part in number.parts
    )


def _turned(said: _Side, told: _Side) -> list[Finding]:
    """The first two neighbours that stand the other way round in the target."""
    pairs = [
        (said.numbers[index], told.numbers[partner])
        for index, partner in sorted(said.partners.items())
        if said.numbers[index].counts and told.numbers[partner].digits
    ]
    for (first, one), (second, other) in pairwise(pairs):
        if other.start < one.start:
            detail = f"{first.text}, {second.text} → {other.text}, {one.text}"
            return [Finding("number-order", detail)]
    return []
