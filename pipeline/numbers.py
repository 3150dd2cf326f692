"""Numbers of a text and of its translation: what they may say, and which are not the same."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from pipeline import digits
from pipeline.digits import Values
from pipeline.flags import Finding
from pipeline.number_groups import Group, groups
from pipeline.number_pieces import pieces
from pipeline.numerals import Numerals, has_words, numerals

_RANGE = 7  # characters between the two numbers of "10 to 15 million", at most
_ZERO = {Decimal(0)}
_NEAR = 16  # characters between a number and the century that it is the number of, at most


@dataclass(frozen=True, slots=True)
class Number:
    """`text` at `start` to `end` (characters) says one of `values`. Whether it has `digits`: one in
    words explains digits on the other side, and is never missed itself. `parts` are the numbers
    that it may be instead: `12.30` the hour and the minute."""

    start: int
    end: int
    text: str
    values: Values
    digits: bool
    parts: tuple[Values, ...] = ()


def read(text: str, lang: str) -> list[Number]:
    """The numbers of `text` in order; none overlap. `lang`: ISO 639-1 code."""
    folded, table = digits.fold(text), numerals(lang)
    found = list(groups(pieces(text, folded, lang), folded, table, lang=lang))
    ranges = _ranges(found, folded)
    said = [group.values | extra for group, extra in zip(found, ranges, strict=True)]
    if lang != "en" and table.century.search(folded):
        said = [
            values | _century(group, values, folded, table)
            for group, values in zip(found, said, strict=True)
        ]
    return [
        Number(
            group.start, group.end, text[group.start : group.end], values, group.digits, group.parts
        )
        for group, values in zip(found, said, strict=True)
    ]


def _ranges(found: list[Group], folded: str) -> list[Values]:
    """`10 to 15 million`: what the first number of a range says with the scale of the second."""
    extra = [frozenset[Decimal]()] * len(found)
    for index, (left, right) in enumerate(pairwise(found)):
        scale = right.scale
        gap = folded[left.end : right.start] if right.start - left.end <= _RANGE else ""
        if scale and gap.strip() and not left.scale and len(left.terms) == 1:
            extra[index] = frozenset(value * scale for value in left.values if value < scale)
    return extra


def _century(group: Group, values: Values, folded: str, table: Numerals) -> Values:
    """The 19th century is where English may say 1800s, and 1890s for its nineties."""
    centuries = {value for value in values if 1 <= value <= 21 and value == int(value)}
    near = max(0, group.start - _NEAR), group.end + _NEAR
    if not centuries or not table.century.search(folded, *near):
        return frozenset()
    return frozenset(
        (value - 1) * 100 + decade for value in centuries for decade in range(0, 100, 10)
    )


def compare(source: str, target: str, lang: str) -> list[Finding]:
    """What is wrong with the numbers of an English `target`, a translation from `lang`."""
    said, told = read(source, lang), read(target, "en")
    missing = _unexplained(said, told)
    added = _unexplained(told, said)
    changed = list(zip(missing, added, strict=False))
    return [
        *(Finding("number-changed", f"{a.text} → {b.text}") for a, b in changed),
        *(Finding("number-missing", number.text) for number in missing[len(changed) :]),
        *(Finding("number-added", number.text) for number in added[len(changed) :]),
    ]


def _unexplained(numbers: list[Number], others: list[Number]) -> list[Number]:
    """The numbers in digits that the other side does not have, whole or in parts."""
    whole = {value for other in others for value in other.values}
    lacking = [
        n for n in numbers if n.digits and n.values.isdisjoint(whole) and set(n.values) != _ZERO
    ]
    if not lacking:
        return []
    mine = {value for number in numbers for value in number.values}
    parts = {
        value
        for other in others
        if other.parts and other.values.isdisjoint(mine)
        for part in other.parts
        for value in part
    } | whole
    return [number for number in lacking if not _explained(number, parts)]


def _explained(number: Number, known: set[Decimal]) -> bool:
    if not number.values.isdisjoint(known):
        return True
    return bool(number.parts) and all(
        not part.isdisjoint(known) or part == {Decimal(0)} for part in number.parts
    )
