"""Cuts a text that a model cannot take whole. Nothing is lost but the white space at the cuts."""

import re
from collections.abc import Callable

# A sign before a digit or a slash stands in a number, a time or an address: 1,250, 12:30, https:/.
_CLAUSE_END = re.compile(r"[،؛;:,、，；：]++(?:\s+|(?![\d/]))|\s[-–—]+\s")
_SPACE = re.compile(r"\s+")


def split_to_fit(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Halve `text` until every part fits: at a clause end, else at a space, else anywhere.

    `fits` must hold for a single character.
    """
    if fits(text):
        return [text]
    cut = _cut(text)
    halves = (text[:cut].strip(), text[cut:].strip())
    return [part for half in halves if half for part in split_to_fit(half, fits)]


def _cut(text: str) -> int:
    """The best place to cut nearest the middle; a clause end must leave a quarter on each side."""
    middle = len(text) // 2
    quarter = len(text) // 4
    for boundary, first, last in ((_CLAUSE_END, quarter, 3 * quarter), (_SPACE, 0, len(text))):
        ends = [match.end() for match in boundary.finditer(text)]
        inner = [end for end in ends if first <= end <= last and 0 < end < len(text)]
        if inner:
            return min(inner, key=lambda end: abs(end - middle))
    return middle
