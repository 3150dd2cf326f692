"""Loops: a decoder that says the same again and again.

Every rule is held against the source: what it repeats too, its translation may. Measures over words
fold case and take every number for the same word: a list that only counts on is a loop as well.
All are linear in the length of the text.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

# On the English of the FLORES-200 devtest (1,012 gold sentences) no phrase comes three times in a
# row, no three words three times, and no more than six are said twice in one order; figures apart.
IN_A_ROW = 4  # times a phrase of any length,
OFTEN = 4  # times the same three words,
NEAR = 24  # each at most so many words after the one before
TWICE = 9  # words in the order in which they came before
REPEATED = 4  # words of a source in the order in which they came before,
REPEATED_SIGNS = 8  # or signs where words have no spaces between them
# At this share of text to zlib's output, over texts of any length, Whisper decodes again (its
# `compression_ratio_threshold`). The gold sentences are under 1.7.
COMPRESSION = 2.4
PIECE = 2_000  # characters that are compressed at once: longer prose packs as well as a short loop
SPACED = 12  # characters that a word and a space take at most, where words have spaces

# Seven in a row of up to eight signs: dots, a letter, a syllable; of up to three, also with spaces.
_SIGNS = re.compile(r"(\S{1,8}?|\S{1,3} )\1{6,}")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,:/٫٬-]\d+)*")


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a sequence of words or signs says again.

    `row` and `in_row`: how often a phrase comes in a row at most, and which. `stretch`: the longest
    one in the order in which it came before. `often` and `frequent`: how often three come together,
    near each other, at most, and which.
    """

    row: int = 1
    in_row: Sequence[str] = ()
    stretch: Sequence[str] = ()
    often: int = 1
    frequent: Sequence[str] = ()


def loop(source: str, target: str) -> str:
    """What `target` repeats and `source` does not, as in `of the people × 5`; empty for nothing."""
    return _signs(source, target) or _words(source, target) or _packed(source, target)


def _signs(source: str, target: str) -> str:
    found = _SIGNS.search(target)
    if not found or found[1].isdigit() or _SIGNS.search(source):
        return ""
    return f"{found[1].strip()} × {len(found[0]) // len(found[1])}"


def _words(source: str, target: str) -> str:
    said = repeats(_WORD.findall(_same_numbers(target)))
    if said.row < IN_A_ROW and said.often < OFTEN and len(said.stretch) < TWICE:
        return ""
    units = _units(source)
    meant = repeats(units)
    if said.row >= max(IN_A_ROW, meant.row + 2):
        return f"{' '.join(said.in_row)} × {said.row}"
    if said.often >= OFTEN - 1 + meant.often:
        return f"{' '.join(said.frequent)} × {said.often}"
    enough = REPEATED_SIGNS if isinstance(units, str) else REPEATED
    if len(said.stretch) >= TWICE and len(meant.stretch) < enough:
        return f"{' '.join(said.stretch)} × 2"
    return ""


def _packed(source: str, target: str) -> str:
    most = _compression(target)
    if most < COMPRESSION or most < 1.5 * _compression(source):
        return ""
    return f"packs to 1/{most:.1f}"


def _same_numbers(text: str) -> str:
    return _NUMBER.sub("0", text.lower())


def _units(source: str) -> Sequence[str]:
    """What a source repeats: words, or signs where words have no spaces between them."""
    text = _same_numbers(source)
    words = text.split()
    return words if len(words) * SPACED >= len(text) else text


def repeats(units: Sequence[str]) -> Repeats:
    """What is said again, found by where each three in a row were seen last."""
    seen: dict[tuple[str, ...], tuple[int, int]] = {}
    row, often, length, distance = (1, 0, 0), (1, 0), 0, 0
    stretch = (0, 0)
    for position, three in enumerate(_threes(units)):
        last, times = seen.get(three, (position, 0))
        apart = position - last
        length = length + 1 if apart and apart == distance else 3 * (apart > 0)
        distance = apart
        times = times + 1 if apart <= NEAR else 1
        seen[three] = (position, times)
        if apart:
            stretch = max(stretch, (length, position))
            row = max(row, (length // apart + 1, apart, position))
            often = max(often, (times, position))
    end, at = stretch[1] + 3, often[1]
    return Repeats(
        row=row[0],
        in_row=units[row[2] + 3 - row[1] : row[2] + 3],
        stretch=units[end - stretch[0] : end],
        often=often[0],
        frequent=units[at : at + 3],
    )


def _threes(units: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(units, islice(units, 1, None), islice(units, 2, None), strict=False)


def _compression(text: str) -> float:
    """The highest share of a piece of text to its compressed form.

    The low bytes of UTF-16 are one a letter in every alphabet, so that scripts compare.
    """
    low = _same_numbers(text).encode("utf-16-le", "replace")[::2]
    pieces = (low[at : at + PIECE] for at in range(0, len(low), PIECE))
    return max((len(piece) / len(zlib.compress(piece)) for piece in pieces), default=0.0)
