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
    **dict.fromkeys("٫．۔", "."),
    **dict.fromkeys("’ʼ＇", "'"),
    **dict.fromkeys("\u00a0\u2007\u2008\u2009\u202f\u2060", "\u00a0"),
    **dict.fromkeys("‐‑‒–—−－～〜", "-"),
    "：": ":",
    "／": "/",
    "⁄": "/",
    "％": "%",
    # Letters that writers use for one another.
    **dict.fromkeys("ىیې", "ي"),
    "ک": "ك",
    **dict.fromkeys("ةۀہەۂ", "ه"),
    "ँ": "ं",
}


class _Fold(dict[int, str]):
    """What each character is to the reader of numbers, made as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        digit = unicodedata.decimal(char, None)
        plain = _SAME.get(char, char.lower()[0])
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
    r"(?<![0-9.,/])(?P<over>[1-9])/(?P<under>[2-9]|10)(?![0-9/])"
    rf"|(?<![0-9.,])(?P<grouped>{_THREE}|{_INDIAN}){_END}"
    rf"|(?<![0-9.,])(?P<decimal>{_DECIMAL}){_END}"
    r"|(?P<plain>(?<!\bm)(?<!\b[ckmм]m)(?<!\b[скм]м)[0-9]+|[0-9]{2,})"
    r"|(?P<fraction>[¼-¾⅐-⅞])"
)
_FIRST = re.compile(r"[0-9¼-¾⅐-⅞]")
_TIME = re.compile(r"([01]?[0-9]|2[0-4])[.,]?([0-5][0-9])")
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
    return text.lower() if text.isascii() else text.translate(_FOLD)


def find(folded: str, lang: str) -> Iterator[Digits]:
    """The numbers in digits of a text that went through `fold`, in order."""
    for found in _written(folded, lang):
        yield _in_context(found, folded, lang)


def _written(folded: str, lang: str) -> Iterator[Digits]:
    for match in _matches(folded):
        written, span = match.group(), match.span()
        if match["over"]:
            over, under = int(match["over"]), int(match["under"])
            yield Digits(*span, _one(fraction(over, under)), (_one(over), _one(under)))
        elif match["fraction"]:
            yield Digits(*span, _one(fraction(*_halves(written))))
        elif match["plain"]:
            yield Digits(*span, _one(written))
        else:
            pieces = _SEPARATORS.split(written) if match["decimal"] or " " in written else ()
            yield Digits(*span, _readings(written, lang), tuple(map(_one, pieces)))


def _one(value: str | int | Decimal) -> Values:
    return frozenset({Decimal(value)})


_HOUR = re.compile(r":[0-5][0-9](?![0-9])|[ \u00a0]?[ap]\.?[ \u00a0]?m\b")
_CLOCK = re.compile(r"[ \u00a0]?(?:gmt|utc|bst|cet|est|edt|pst|pdt|msk|hrs|hours|local)\b")
_DECADE = re.compile(r"'?s\b")
_YEARS = re.compile(r"(?<![0-9])([0-9]{2})[0-9]{2}[-/]$")


def _in_context(found: Digits, folded: str, lang: str) -> Digits:
    """A number with what it may say for what stands beside it."""
    start, end = found.start, found.end
    written = folded[start:end]
    if not written.isdecimal():
        return _timed(found, folded)
    values = set(found.values)
    minute = folded[max(0, start - 1) : start] == ":"
    if end - start <= 2 and not minute and _HOUR.match(folded, end):
        values |= _hours(int(written))
    elif end - start == 4 and _CLOCK.match(folded, end):
        return _timed(found, folded)
    if end - start == 2:
        values |= _years(int(written), folded, start)
    if lang == "en" and written[-1] == "0" and _DECADE.match(folded, end):
        values |= _decade(int(written[-9:]))
    return Digits(start, end, frozenset(values), found.parts)


def _timed(found: Digits, folded: str) -> Digits:
    """`12.30` and `1230`, which may be an hour and a minute, with these as its parts."""
    written = folded[found.start : found.end]
    clock = _TIME.fullmatch(written)
    if not clock:
        return found
    hour, minute = map(int, clock.groups())
    parts = (frozenset(_hours(hour)), frozenset({Decimal(minute)}))
    return Digits(found.start, found.end, found.values, parts)


def _hours(hour: int) -> set[Decimal]:
    """The same hour on clocks of 12 and of 24 hours."""
    others = {hour, hour + 12, hour - 12} if hour <= 24 else {hour}
    return {Decimal(other) for other in others if 0 <= other <= 24}


def _years(short: int, folded: str, start: int) -> set[Decimal]:
    """What two digits say after a year, `1914-18`, or after an apostrophe, `'98`."""
    begun = _YEARS.search(folded, max(0, start - 6), start)
    if begun:
        return {Decimal(int(begun[1]) * 100 + short)}
    if folded[max(0, start - 2) : start].lstrip() == "'":
        return {Decimal(1900 + short), Decimal(2000 + short)}
    return set()


def _decade(year: int) -> set[Decimal]:
    """`1990s` are the nineties, `90s` those of the last century, `1800s` the 19th century."""
    if year < 100:
        return {Decimal(1900 + year)}
    if year % 100 == 0:
        return {Decimal(year // 100 + 1)}
    return {Decimal(year % 100)} if year // 100 == 19 else set()


def _matches(folded: str) -> Iterator[re.Match[str]]:
    """What `_NUMBER` finds; a set of first characters is quick to search for, it is not."""
    begun = _FIRST.search(folded)
    while begun:
        match = _NUMBER.match(folded, begun.start())
        if match:
            yield match
        begun = _FIRST.search(folded, match.end() if match else begun.end())


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
    decimal = Decimal("".join(pieces[:-1]) + "." + pieces[-1])
    if len(set(marks)) == 2:
        return frozenset({decimal})
    if len(pieces[-1]) != 3 or written.startswith("0"):
        return frozenset({decimal})
    grouped = len(marks) > 1 or marks[0] not in ",." or pieces[-1] == "000"
    if grouped or (lang, marks[0]) == ("en", ","):
        return frozenset({whole})
    return frozenset({decimal}) if lang == "en" else frozenset({whole, decimal})
