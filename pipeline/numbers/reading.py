"""Numbers of a text: where they stand and what they may say."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from pipeline.numbers import digits
from pipeline.numbers.digits import Values
from pipeline.numbers.groups import Group, groups
from pipeline.numbers.numerals import Numerals, numerals
from pipeline.numbers.pieces import pieces

# Texts: what a translation was checked for is asked for again when its summary is.
_REMEMBERED = 16384
_NAME = re.compile(r"(?:[A-Za-z]|[^\W\d_][-\u2010\u2011])$")
_BETWEEN = re.compile(r"\s*[^\W\d_]*\s*(?:-|[^\W\d_]+)\s*")
_RANGE = 7  # characters between the two numbers of "10 to 15 million", at most
_CENTURIES = frozenset(map(Decimal, range(1, 22)))
_DECADES = frozenset(map(Decimal, range(10, 100, 10)))
_NEAR = 16  # characters between a number and the century that it is the number of, at most


@dataclass(frozen=True, slots=True)
class Number:
    """`text` at `start` to `end` (characters) says one of `values`; whether some of it is in
    `digits`. One that `counts` says a number and nothing else, as digits do; words that do not,
    `thousands`, `second`, only explain numbers on the other side. `parts` are the numbers that it
    may be instead: `12.30` the hour and the minute. It may come `again` where the other side says
    it once: `COVID-19`."""

    start: int
    end: int
    text: str
    values: Values
    digits: bool
    counts: bool = True
    parts: tuple[Values, ...] = ()
    again: bool = False


def read(text: str, lang: str) -> list[Number]:
    """The numbers of `text` in order; none overlap. `lang`: ISO 639-1 code."""
    return list(_read(text, lang))


@lru_cache(maxsize=_REMEMBERED)
def _read(text: str, lang: str) -> tuple[Number, ...]:
    folded, table = digits.fold(text), numerals(lang)
    found = list(groups(pieces(text, folded, lang), folded, table, lang=lang))
    ranges = _ranges(found, folded)
    said = [group.values | extra for group, extra in zip(found, ranges, strict=True)]
    said = _with_centuries(found, said, folded, table) if lang != "en" else said
    return tuple(_number(text, group, values) for group, values in zip(found, said, strict=True))


def _number(text: str, group: Group, values: Values) -> Number:
    start, end = group.start, group.end
    named = bool(_NAME.search(text, max(0, start - 2), start))
    again = named or len(values - group.values) > 1
    written = text[start:end]
    return Number(start, end, written, values, group.digits, group.counts, group.parts, again)


def _ranges(found: list[Group], folded: str) -> list[Values]:
    """`10 to 15 million`: what the first number of a range says with the scale of the second."""
    extra = [frozenset[Decimal]()] * len(found)
    for index, (left, right) in enumerate(pairwise(found)):
        scale = right.scale
        gap = folded[left.end : right.start] if right.start - left.end <= _RANGE else ""
        if scale and _BETWEEN.fullmatch(gap) and not left.scale and len(left.terms) == 1:
            extra[index] = frozenset(value * scale for value in left.values if value < scale)
    return extra


def _with_centuries(
    found: list[Group], said: list[Values], folded: str, table: Numerals
) -> list[Values]:
    """The 19th century is where English may say 1800s, and 1890s for its nineties."""
    if not table.century.search(folded):
        return said
    more = list(said)
    for index, group in enumerate(found):
        hundred = _century(group, said[index], folded, table)
        if hundred is None:
            continue
        more[index] |= {hundred}
        for other in {max(0, index - 1), min(index + 1, len(found) - 1)} - {index}:
            decade = _decade(group, found[other], said[other])
            more[index] |= {hundred + ten for ten in decade}
            more[other] |= {hundred + ten for ten in decade}
    return more


def _century(group: Group, values: Values, folded: str, table: Numerals) -> Decimal | None:
    """The first year of the century that a number is said to be the number of."""
    number = min(values)
    near = max(0, group.start - _NEAR), group.end + _NEAR
    if number not in _CENTURIES or not table.century.search(folded, *near):
        return None
    return (number - 1) * 100


def _decade(group: Group, other: Group, values: Values) -> set[Decimal]:
    """The decades of a century that a number beside it may say."""
    if max(other.start - group.end, group.start - other.end) > _NEAR:
        return set()
    return {value for value in values if value in _DECADES}
