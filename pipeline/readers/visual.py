"""Characters in the order in which they are seen, to the order in which they are read.

The inverse of https://www.unicode.org/reports/tr9/ for one line, as far as it can be told.
"""

import re
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple, Protocol

_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
# Tanwin ends a word, a stop a sentence: spaces after them get lost where they are not drawn.
_RUN_ON = re.compile(
    "(?<=[ء-ي][.،؛؟!])(?=[ء-ي])|(?<=اً)(?=[ء-ي])|(?<=[ٌٍ])(?=[ء-ي])|(?<=[^ا]ًا)(?=[ء-ي])"
)
_ALEF = frozenset("اأإآٱ")
_CODES = {"L": "L", "R": "R", "AL": "R", "EN": "N", "AN": "N", "CS": "c", "ES": "e", "ET": "t"}
_LATIN = re.compile("L(?:[LNcetn]*[LN])?")
# After Arabic letters only one sign between two digits belongs to a number; in Hebrew also a minus
# between them, and signs of money and per cent around them.
_OF_ARABIC = re.compile(f"(?:N+(?:cN+)*)?{_LATIN.pattern}|N+(?:cN+)*")
_OF_HEBREW = re.compile(f"(?:N+(?:[ce]N+)*)?{_LATIN.pattern}|t*N+(?:[ce]N+)*t*")
_TURNED = re.compile("(?:^n?c+)?R(?:[RNcetn]*[RN])?")
_STOPS = frozenset(".,،؛؟!?:")
_PAIRS = ("()", "[]", "{}", "«»")
_ARABIC = re.compile("[\u0600-\u08ff]")


class Placed(Protocol):
    """What has a place in a line."""

    @property
    def text(self) -> str: ...
    @property
    def left(self) -> float: ...
    @property
    def right(self) -> float: ...


GAP = 0.08
"""In sizes of the letters: letters of an Arabic word leave less between them, words more."""


WIDE = 0.2
"""The same, of what parts a number or a foreign word from Arabic where the file has no space."""


class Glyph(NamedTuple):
    """A character and where it stands: its origin, on the left, and its right edge."""

    text: str
    left: float
    right: float


def is_right_to_left(text: str) -> int:
    """How many letters run from right to left more than from left to right."""
    codes = [unicodedata.bidirectional(char) for char in text]
    return sum(code in ("R", "AL") for code in codes) - codes.count("L")


def ending(glyphs: Sequence[Placed]) -> str:
    """The side of a line on which it has a sign as those that end sentences, "" where on none."""
    seen = [one for one in glyphs if not one.text.isspace()]
    first, last = min(seen, key=lambda one: one.left), max(seen, key=lambda one: one.right)
    return "left" if first.text[:1] in _STOPS else "right" if last.text[-1:] in _STOPS else ""


def in_pairs(text: str) -> str:
    """The text with its brackets in order: some programs write the sign that is seen."""
    for pair in _PAIRS:
        signs = [at for at, char in enumerate(text) if char in pair]
        if len(signs) % 2 or _is_nested(text[at] == pair[0] for at in signs):
            continue
        chars = list(text)
        for number, at in enumerate(signs):
            chars[at] = pair[number % 2]
        text = "".join(chars)
    return text


def _is_nested(opening: Iterable[bool]) -> bool:
    depths = list(accumulate(1 if opens else -1 for opens in opening))
    return not depths or (min(depths) >= 0 and depths[-1] == 0)


def logical(glyphs: Sequence[Glyph], right_to_left: bool, size: float) -> str:
    """The text of one line in letters of a size, whose paragraph runs in the direction told."""
    units = _units(glyphs, size)
    arabic = bool(_ARABIC.search("".join(units)))
    text = "".join(_turned(units, right_to_left, _OF_ARABIC if arabic else _OF_HEBREW))
    text = _FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]), text)
    return _RUN_ON.sub(" ", text)


def _turned(units: list[str], right_to_left: bool, runs: re.Pattern[str]) -> list[str]:
    """Units as they are seen from left to right, in the order of reading."""
    codes = "".join(_CODES.get(unicodedata.bidirectional(unit[0]), "n") for unit in units)
    parts: list[list[str]] = []
    end = 0
    for run in (runs if right_to_left else _TURNED).finditer(codes):
        parts += ([unit] for unit in units[end : run.start()])
        inner = units[run.start() : run.end()]
        parts.append(inner if right_to_left else _turned(inner, True, runs))
        end = run.end()
    parts += ([unit] for unit in units[end:])
    return [unit for part in (reversed(parts) if right_to_left else parts) for unit in part]


def _units(glyphs: Sequence[Glyph], size: float) -> list[str]:
    """What stands at one place, from left to right: a letter, a ligature, each with its marks."""
    spaces = [one.left for one in glyphs if one.text.isspace() and one.right <= one.left]
    seen = [one for one in glyphs if not one.text.isspace() or one.right > one.left]
    placed = sorted(_with_marks(seen), key=lambda one: one[0].left)
    together = [list(group) for _, group in groupby(placed, key=lambda one: one[0].left)]
    parted = _parted([[glyph for glyph, _ in cluster] for cluster in together], spaces, size)
    units: list[str] = []
    for at, cluster in enumerate(together):
        units += [" "] * (at in parted)
        units.append(_cluster(cluster))
    return units


def _parted(clusters: list[list[Glyph]], spaces: list[float], size: float) -> set[int]:
    """Before which clusters there is a space.

    Spaces without width are guesses of the library that reads the file, and often a letter off:
    each stands for a gap on one side of that letter, mostly the right.
    """
    lefts = [cluster[0].left for cluster in clusters]
    gaps = [0.0] + [
        after[0].left - max(glyph.right for glyph in before) for before, after in pairwise(clusters)
    ]
    turned = [is_right_to_left(cluster[0].text) > 0 for cluster in clusters]
    drawn = [cluster[0].text.isspace() for cluster in clusters]
    parted = {
        at
        for at, gap in enumerate(gaps)
        if gap > size * WIDE and not (drawn[at - 1] or drawn[at] or (turned[at - 1] and turned[at]))
    }
    for space in spaces:
        right = bisect(lefts, space + 0.05)
        near = [gap for gap in (right, right - 1) if 0 < gap < len(gaps)]
        if len(near) == 2 and gaps[near[0]] < gaps[near[1]] / 2:
            near.reverse()
        if near and gaps[near[0]] > size * GAP:
            parted.add(near[0])
    return parted


def _with_marks(glyphs: Sequence[Glyph]) -> list[tuple[Glyph, str]]:
    """Each glyph that takes place, with the marks that stand over or under it."""
    placed = sorted((glyph for glyph in glyphs if not _is_mark(glyph)), key=lambda one: one.left)
    letters = [at for at, glyph in enumerate(placed) if not glyph.text.isspace()]
    edges = [placed[at].left for at in letters]
    marks = [""] * len(placed)
    for glyph in glyphs:
        if _is_mark(glyph) and letters:
            middle = (glyph.left + glyph.right) / 2
            after = bisect(edges, middle)
            near = letters[max(0, after - 3) : after + 1]
            marks[min(near, key=lambda at: _distance(placed[at], middle))] += glyph.text
    alone = [(glyph, "") for glyph in glyphs if _is_mark(glyph) and not letters]
    return [*zip(placed, marks, strict=True), *alone]


def _is_mark(glyph: Glyph) -> bool:
    return len(glyph.text) == 1 and unicodedata.category(glyph.text) == "Mn"


def _distance(glyph: Glyph, x: float) -> float:
    return max(glyph.left - x, x - glyph.right, 0.0)


def _cluster(cluster: list[tuple[Glyph, str]]) -> str:
    """The letters of one ligature: those that run from right to left come the last first."""
    letters = [glyph.text for glyph, _ in cluster]
    if len(letters) > 1 and is_right_to_left("".join(letters)) > 0:
        letters.reverse()
    # The one ligature that every Arabic font has, by whatever way its letters came.
    if len(letters) == 2 and letters[0] in _ALEF and letters[1] == "ل":
        letters.reverse()
    return "".join(letters) + "".join(marks for _, marks in cluster)
