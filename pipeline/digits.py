"""Numbers written in digits of any script: where they stand and what they may say.

Everything here is local to a number, and linear in the text whatever it holds.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

Values = frozenset[Decimal]

# To the reader of numbers these are the same: the separators of Arabic, of full-width text, of
# careful typography. No-break spaces of all widths become one, which separates thousands.
_SAME = {
    **dict.fromkeys("٬，،", ","),
    **dict.fromkeys("٫．", "."),
    **dict.fromkeys("’ʼ＇", "'"),
    **dict.fromkeys("\u00a0\u2007\u2008\u2009\u202f\u2060", "\u00a0"),
    **dict.fromkeys("‐‑‒–—−－～〜", "-"),
    "：": ":",
    "／": "/",
    "⁄": "/",
    "％": "%",
}


class _Fold(dict[int, str]):
    """What each character is to the reader of numbers, made as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        digit = unicodedata.decimal(char, None)
        lower = char.lower()
        plain = _SAME.get(char, lower if len(lower) == 1 else char)
        folded = plain if digit is None else str(digit)
        self[code] = folded
        return folded


_FOLD = _Fold()

_THREE = r"[0-9]{1,3}(?:(?P<mark>[,.'\u00a0 ])[0-9]{3})(?:(?P=mark)[0-9]{3}){0,9}(?:[.,][0-9]+)?"
_INDIAN = r"[0-9]{1,2}(?:,[0-9]{2}){1,9},[0-9]{3}(?:\.[0-9]+)?"
_DECIMAL = r"[0-9]+[.,][0-9]+"
# What looks like thousands or decimals but goes on is a date, a version, a list.
_END = r"(?![.,]?[0-9])"
_NUMBER = re.compile(
    rf"(?<![0-9.,])(?P<grouped>{_THREE}|{_INDIAN}){_END}"
    rf"|(?<![0-9.,])(?P<decimal>{_DECIMAL}){_END}"
    r"|(?P<plain>[0-9]+)"
    r"|(?P<fraction>[¼-¾⅐-⅞])"
)
_SEPARATORS = re.compile(r"[,.'\u00a0 ]")


@dataclass(frozen=True, slots=True)
class Digits:
    """A number in digits at `start` to `end` of the text; `parts` is what it may say instead:
    `12.30` may be two numbers, the hour and the minute."""

    start: int
    end: int
    values: Values
    parts: tuple[Values, ...] = ()


def fold(text: str) -> str:
    """`text` in lower case, its digits and separators as in ASCII; as long as before."""
    return text.translate(_FOLD)


def find(folded: str, lang: str) -> Iterator[Digits]:
    """The numbers in digits of a text that went through `fold`, in order."""
    for match in _NUMBER.finditer(folded):
        written = match.group()
        if match["fraction"]:
            values = frozenset({fraction(*_halves(written))})
            yield Digits(*match.span(), values)
        elif match["plain"]:
            yield Digits(*match.span(), frozenset({Decimal(written)}))
        else:
            pieces = _SEPARATORS.split(written)
            parts = tuple(frozenset({Decimal(piece)}) for piece in pieces)
            yield Digits(*match.span(), _readings(written, lang), parts)


@cache
def fraction(over: int, under: int) -> Decimal:
    """A fraction to six places, so that a third is a third however it is written."""
    return (Decimal(over) / Decimal(under)).quantize(Decimal("0.000001")).normalize()


def _halves(sign: str) -> tuple[int, int]:
    over, _, under = unicodedata.normalize("NFKC", sign).partition("⁄")
    return int(over), int(under)


def _readings(written: str, lang: str) -> Values:
    """What a number with separators may say; two things where languages differ: `1.250`."""
    pieces = _SEPARATORS.split(written)
    marks = _SEPARATORS.findall(written)
    whole = Decimal("".join(pieces))
    decimal = whole.scaleb(-len(pieces[-1]))
    if len(set(marks)) == 2:
        return frozenset({decimal})
    if len(pieces[-1]) != 3 or written.startswith("0"):
        return frozenset({decimal})
    if len(marks) > 1 or marks[0] not in ",." or (lang, marks[0]) == ("en", ","):
        return frozenset({whole})
    return frozenset({decimal}) if lang == "en" else frozenset({whole, decimal})
