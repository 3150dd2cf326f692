"""How long a translation should be, from how long gold translations are."""

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

# The variance of the logarithm of the length ratio of FLORES-200 devtest pairs in all languages, by
# the characters n that are expected, is FLOOR + SLOPE / n times that of the whole set: 1.7 of it at
# n = 30, 1.0 at 90, 0.66 at 180.
FLOOR, SLOPE = 0.3, 65.0
# Vowel signs of Arabic and Hebrew, which most texts leave out, and the stroke that widens words.
_POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+")
# Names in Latin letters that a text in another script gives in brackets, English does not repeat.
_GLOSS = re.compile(r"[(（][ -'*-~]+[)）]")


@dataclass(frozen=True, slots=True)
class Scale:
    """Characters of English for one of the source, and the spread of their logarithm."""

    ratio: float
    spread: float


@dataclass(frozen=True, slots=True)
class Length:
    """How long a translation is, and should be, in characters without spaces.

    `deviation` is the logarithm of their ratio in spreads: 0 as expected, below 0 shorter.
    """

    actual: int
    expected: int
    deviation: float


def compare(source: str, target: str, lang: str, script: str) -> Length:
    """The length of `target` beside what is expected of its source."""
    actual, wanted = _solid(target), max(1.0, expected(source, lang, script))
    spread = _scale(lang, script).spread * math.sqrt(FLOOR + SLOPE / wanted)
    return Length(actual, round(wanted), math.log(max(1, actual) / wanted) / spread)


def expected(source: str, lang: str, script: str) -> float:
    """Characters of English, spaces left out, for a text of a language (ISO 639-1) and script.

    Latin letters, digits and signs in a text of another script stay one each.
    """
    ratio = _scale(lang, script).ratio
    if script == "Latn":
        return ratio * _solid(source)
    text = _GLOSS.sub("", _POINTS.sub("", source))
    ascii_only = text.encode("ascii", "ignore").decode("ascii")
    return ratio * (len(text) - len(ascii_only)) + _solid(ascii_only)


def _solid(text: str) -> int:
    return len(text) - text.count(" ")


@cache
def _scale(lang: str, script: str) -> Scale:
    tables = _tables()
    known = tables["language"].get(lang) or tables["script"].get(script) or tables["script"]["Latn"]
    return Scale(**known)


@cache
def _tables() -> dict[str, Any]:
    path = Path(__file__).with_name("lengths.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
