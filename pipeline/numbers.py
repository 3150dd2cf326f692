"""Numbers of a text and of its translation: what they may say, and which are not the same."""

from dataclasses import dataclass
from decimal import Decimal

from pipeline import digits


@dataclass(frozen=True, slots=True)
class Number:
    """`text` at `start` to `end` (characters) says one of `values`. Whether it has `digits`: one in
    words explains digits on the other side, and is never missed itself."""

    start: int
    end: int
    text: str
    values: frozenset[Decimal]
    digits: bool


def read(text: str, lang: str) -> list[Number]:
    """The numbers of `text` in order; none overlap. `lang`: ISO 639-1 code."""
    return [
        Number(found.start, found.end, text[found.start : found.end], found.values, digits=True)
        for found in digits.find(digits.fold(text), lang)
    ]
