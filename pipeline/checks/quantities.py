"""Numbers of English text with the words around them: what is said of 45, and of 54."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.evidence import stem
from pipeline.numbers import Number

_WORD = re.compile(r"[^\W_]{1,40}")
_NEAR = 3  # words away from a number, at which a word counts half
_FAR = 40  # words away: what stands farther off is not looked at
_UNIT = 0.1  # the share of likeness that is the unit's

# What stands beside any number and tells nothing of what it counts.
_COMMON = re.compile(
    r"..?|\d.*|the|and|for|with|from|was|were|are|been|has|have|had|his|her|its|their|that|this|which"
    r"|who|but|not|said|will|would|more|than|about|after|before|into|out|over"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = re.compile(r"(?:1[1-9]|20)\d\d")
# Each kind by what stands before a number, and what behind it; the first that fits.
_KINDS = (
    ("percent", "", r"\s?(?:%|per ?cent)"),
    ("age", "", r"[- ]years?[- ]old"),
    ("money", r"[$£€¥₹₽₺]$", ""),
    ("date", "", rf"(?:st|nd|rd|th)?(?: of)? {_MONTH}"),
    ("date", rf"\b{_MONTH} $", r"(?!\d)"),
    ("year", "", r"s\b"),
)
_PATTERNS = tuple((kind, re.compile(a), re.compile(b)) for kind, a, b in _KINDS)
_UNIT_REACH = 2  # words behind a number
_REACH = 12  # characters before a number that show its kind
# 2012 people are no year, but in 2012 prices are.
_COUNTS = re.compile(r"\s(?:[a-z]+s|people|men|women|children)\b")
_DATES = re.compile(r"(?:\b(?:in|since|of|from|to|until|by|late|early|before|after|and)|[,–-]) ?$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, what kind it is of, and the words around it, which weigh less the farther off.

    `unit` is the word behind it, mostly what is counted.
    """

    number: Number
    kind: str
    unit: str
    context: dict[str, float]

    def likeness(self, other: "Quantity", weight: Callable[[str], float]) -> float:
        """How much of what stands around this number stands around the other: 0 to 1."""
        total = shared = 0.0
        for word, near in self.context.items():
            total += weight(word) * near
            shared += weight(word) * min(near, other.context.get(word, 0.0))
        same_unit = bool(self.unit) and self.unit == other.unit
        return _UNIT * same_unit + (1 - _UNIT) * (shared / total if total else 0.0)


def read(text: str, found: Iterable[Number]) -> list[Quantity]:
    """The quantities of an English text whose numbers are `found`; linear in both."""
    words = _Words(text)
    return [
        Quantity(one, _kind(words.text, one), words.unit(one), words.context(one)) for one in found
    ]


def _kind(text: str, number: Number) -> str:
    if number.digits and any(map(str.isalpha, number.text)):
        return "millions"
    before = text[max(0, number.start - _REACH) : number.start]
    for kind, ahead, behind in _PATTERNS:
        if ahead.search(before) and behind.match(text, number.end):
            return kind
    counts = _COUNTS.match(text, number.end) and not _DATES.search(before)
    return "year" if _YEAR.fullmatch(number.text) and not counts else "count"


class _Words:
    """The words of a text in lower case, and where they start."""

    def __init__(self, text: str) -> None:
        self.text = text.lower() if len(text.lower()) == len(text) else text
        found = list(_WORD.finditer(self.text))
        self._starts = [word.start() for word in found]
        self._words = [word.group() for word in found]

    def unit(self, number: Number) -> str:
        first = bisect_left(self._starts, number.end)
        behind = self._words[first : first + _UNIT_REACH]
        return next((stem(word) for word in behind if not _COMMON.fullmatch(word)), "")

    def context(self, number: Number) -> dict[str, float]:
        """How near every word is that tells something: from 1 down to 0."""
        first = bisect_left(self._starts, number.start)
        last = bisect_left(self._starts, number.end)
        before = self._words[max(0, first - _FAR) : first][::-1]
        context: dict[str, float] = {}
        for side in (before, self._words[last : last + _FAR]):
            for away, word in enumerate(side, start=1):
                if not _COMMON.fullmatch(word):
                    key = stem(word)
                    context[key] = max(context.get(key, 0.0), _NEAR / (_NEAR + away))
        return context
