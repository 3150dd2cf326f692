"""Numbers of a text: where they stand and what they may say."""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from pipeline import digits
from pipeline.digits import Values
from pipeline.number_groups import Group, groups
from pipeline.number_pieces import pieces
from pipeline.numerals import Numerals, numerals

_NAME = re.compile(r"[A-Za-z][-\u2010\u2011]?$")
_RANGE = 7  # characters between the two numbers of "10 to 15 million", at most
_NEAR = 16  # characters between a number and the century that it is the number of, at most


@dataclass(frozen=True, slots=True)
class Number:
    """`text` at `start` to `end` (characters) says one of `values`; whether some of it is in
    `digits`. One that `counts` says a number and nothing else, as digits do; words that do not,
    `thousands`, `second`, only explain numbers on the other side. `parts` are the numbers that it
    may be instead: `12.30` the hour and the minute. A `named` one is part of a name: `COVID-19`."""

    start: int
    end: int
    text: str
    values: Values
    digits: bool
    counts: bool = True
    parts: tuple[Values, ...] = ()
    named: bool = False


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
    return [_number(text, group, values) for group, values in zip(found, said, strict=True)]


def _number(text: str, group: Group, values: Values) -> Number:
    start, end = group.start, group.end
    named = bool(_NAME.search(text, max(0, start - 2), start))
    written = text[start:end]
    return Number(start, end, written, values, group.digits, group.counts, group.parts, named)


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
