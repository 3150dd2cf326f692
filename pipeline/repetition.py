"""Loops: a decoder that says the same again and again.

Every rule is held against the source: what it repeats too, its translation may. Measures over words
fold case and take every number for the same word: a list that only counts on is a loop as well.
All are linear in the length of the text.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

# On the English of the FLORES-200 devtest (1,012 gold sentences) no word comes three times in a
# row, no three words three times, and no more than six are said twice in one order; figures apart.
IN_A_ROW = 4  # of one word,
OFTEN = 4  # of the same three words,
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


def loop(source: str, target: str) -> str:
    """What `target` repeats and `source` does not, as in `of the people × 5`; empty for nothing."""
    words = _words(target)
    return (
        _signs(source, target)
        or _in_a_row(source, words)
        or _often(source, words)
        or _twice(source, words)
        or _packed(source, target)
    )


def _signs(source: str, target: str) -> str:
    found = _SIGNS.search(target)
    if not found or found[1].isdigit() or _SIGNS.search(source):
        return ""
    return f"{found[1].strip()} × {len(found[0]) // len(found[1])}"


def _in_a_row(source: str, words: Sequence[str]) -> str:
    times, word = _row(words)
    return f"{word} × {times}" if times >= IN_A_ROW and times > 1 + _row(_units(source))[0] else ""


def _often(source: str, words: Sequence[str]) -> str:
    times, phrase = _near(_triples(words))
    if times < OFTEN:
        return ""
    units = _units(source)
    allowed = _near(pairwise(units))[0]
    return f"{' '.join(phrase)} × {times}" if times >= allowed + OFTEN - 1 else ""


def _twice(source: str, words: Sequence[str]) -> str:
    length, end = _again(words)
    if length < TWICE:
        return ""
    units = _units(source)
    enough = REPEATED_SIGNS if isinstance(units, str) else REPEATED
    return "" if _again(units)[0] >= enough else f"{' '.join(words[end - length : end])} × 2"


def _packed(source: str, target: str) -> str:
    most = _compression(target)
    if most < COMPRESSION or most < 1.5 * _compression(source):
        return ""
    return f"packs to 1/{most:.1f}"


def _words(text: str) -> list[str]:
    """Words in lower case; every number is `0`."""
    return _WORD.findall(_NUMBER.sub("0", text.lower()))


def _units(source: str) -> Sequence[str]:
    """What a source repeats: words, or signs where words have no spaces between them."""
    words = _words(source)
    return words if len(words) * SPACED >= len(source) else source


def _row(units: Iterable[str]) -> tuple[int, str]:
    """The most of one word in a row, numbers apart."""
    rows = ((sum(1 for _ in row), unit) for unit, row in groupby(units) if unit != "0")
    return max(rows, default=(0, ""))


def _triples(units: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return zip(units, units[1:], units[2:], strict=False)


def _near(phrases: Iterable[tuple[str, ...]]) -> tuple[int, tuple[str, ...]]:
    """How often the most frequent phrase comes, at most NEAR after the one before, and which."""
    seen: dict[tuple[str, ...], tuple[int, int]] = {}
    most: tuple[int, tuple[str, ...]] = (0, ())
    for position, phrase in enumerate(phrases):
        times, last = seen.get(phrase, (0, position))
        times = times + 1 if position - last <= NEAR else 1
        seen[phrase] = (times, position)
        if times > most[0] and set(phrase) != {"0"}:
            most = (times, phrase)
    return most


def _again(units: Sequence[str]) -> tuple[int, int]:
    """The length of the longest stretch that came before in the same order, and where it ends."""
    seen: dict[tuple[str, ...], int] = {}
    longest = end = length = distance = 0
    for position, triple in enumerate(_triples(units)):
        apart = position - seen.get(triple, position)
        seen[triple] = position
        length = length + 1 if apart and apart == distance else 3 * (apart > 0)
        distance = apart
        if length > longest:
            longest, end = length, position + 3
    return longest, end


def _compression(text: str) -> float:
    """The highest share of a piece of text to its compressed form.

    The low bytes of UTF-16 are one a letter in every alphabet, so that scripts compare.
    """
    low = _NUMBER.sub("0", text).encode("utf-16-le", "replace")[::2]
    pieces = (low[at : at + PIECE] for at in range(0, len(low), PIECE))
    return max((len(piece) / len(zlib.compress(piece)) for piece in pieces), default=0.0)
