"""Loops: a decoder that says the same again and again.

Every rule is held against the source: what it repeats too, its translation may. Measures over words
fold case and take every number for the same word: a list that only counts on is a loop as well.
All are linear in the length of the text.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

# On the English of the FLORES-200 devtest (1,012 gold sentences) no phrase of two words or more
# comes twice in a row and no word three times, no three words come together three times, and no
# more than six words are said twice in one order; figures apart.
IN_A_ROW = 4  # times a phrase of any length,
DOUBLED = 3  # words in a phrase that comes twice in a row
OFTEN = 4  # times the same three words,
NEAR = 24  # each at most so many words after the one before
TWICE = 9  # words in the order in which they came before
REPEATED = 4  # words of a source in the order in which they came before,
REPEATED_SIGNS = 8  # or signs where words have no spaces between them
# At this share of text to zlib's output, over texts of any length, Whisper decodes again (its
# `compression_ratio_threshold`). The gold sentences are under 1.7.
COMPRESSION = 2.4
PIECE = 2_000  # characters that are compressed at once: longer prose packs as well as a short loop

# Seven in a row of up to eight signs: dots, a letter, a syllable; of up to three, also with spaces.
_SIGNS = re.compile(r"(\S{1,8}?|\S{1,3} )\1{6,}")
_NUMBER = re.compile(r"\d+(?:[.,:/٫٬-]\d+)*")
# Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Not \w: vowel signs of Indian scripts are none.
_SOURCE_WORD = re.compile(r"[^\s!-/:-@\[-`{-~«»“”„‘’…–—،؛؟।、。，！？]+")
_WORD = re.compile(rf"{_NUMBER.pattern}|\w+")

Span = tuple[int, int, int]
"""A measure, and the first and the end index of the words or signs that it is of."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a sequence of words or signs says again, the most of each kind.

    `row`: how often a phrase comes in a row. `doubled`: how long a phrase is that comes twice in a
    row. `stretch`: how many come in the order in which they came before. `often`: how often a few
    come together, near each other.
    """

    row: Span = (1, 0, 0)
    doubled: Span = (0, 0, 0)
    stretch: Span = (0, 0, 0)
    often: Span = (1, 0, 0)


def loop(source: str, target: str) -> str:
    """What `target` repeats and `source` does not, as in `of the people × 5`; empty for nothing."""
    return _signs(source, target) or _words(source, target) or _packed(source, target)


def _signs(source: str, target: str) -> str:
    found = _SIGNS.search(target)
    if not found or found[1].isdigit() or _SIGNS.search(source):
        return ""
    return f"{found[1].strip()} × {len(found[0]) // len(found[1])}"


def _words(source: str, target: str) -> str:
    words = _WORD.findall(target)
    said = repeats(["0" if word[0].isdigit() else word.lower() for word in words], 3)
    if not _suspect(said):
        return ""
    units = _units(source)
    meant = repeats(units, 3 if isinstance(units, str) else 2)
    enough = REPEATED_SIGNS if isinstance(units, str) else REPEATED
    if said.row[0] >= max(IN_A_ROW, meant.row[0] + 2):
        return _shown(words, said.row)
    if said.often[0] >= OFTEN - 1 + meant.often[0]:
        return _shown(words, said.often)
    if said.doubled[0] >= DOUBLED and meant.doubled[0] < 2:
        return _shown(words, (2, *said.doubled[1:]))
    if said.stretch[0] >= TWICE and meant.stretch[0] < enough:
        return _shown(words, (2, *said.stretch[1:]))
    return ""


def _suspect(said: Repeats) -> bool:
    """Whether it is worth a look at the source, which most texts are not."""
    return (
        said.row[0] >= IN_A_ROW
        or said.often[0] >= OFTEN
        or said.doubled[0] >= DOUBLED
        or said.stretch[0] >= TWICE
    )


def _shown(words: Sequence[str], span: Span) -> str:
    times, start, end = span
    return f"{' '.join(words[start:end])} × {times}"


def _packed(source: str, target: str) -> str:
    most = _compression(target)
    if most < COMPRESSION or most < 1.5 * _compression(source):
        return ""
    return f"packs to 1/{most:.1f}"


def _units(source: str) -> Sequence[str]:
    """What a source repeats: words, or signs where words have no spaces between them."""
    text = _NUMBER.sub("0", source.lower())
    return text if _UNSPACED.search(text) else _SOURCE_WORD.findall(text)


def repeats(units: Sequence[str], size: int) -> Repeats:
    """What is said again, found by where each `size` in a row were seen last."""
    seen: dict[tuple[str, ...], tuple[int, int]] = {}
    none = Repeats()
    row, doubled, stretch, often = none.row, none.doubled, none.stretch, none.often
    length = distance = 0
    runs = zip(*(islice(units, first, None) for first in range(size)), strict=False)
    for start, run in enumerate(runs):
        last, times = seen.get(run, (start, 0))
        apart, end = start - last, start + size
        times = times + 1 if apart <= NEAR else 1
        seen[run] = (start, times)
        if not apart:
            distance = 0
            continue
        length = length + 1 if apart == distance else size
        distance = apart
        stretch = max(stretch, (length, end - length, end))
        often = max(often, (times, start, end))
        if length >= apart:
            row = max(row, (length // apart + 1, end - apart, end))
            doubled = max(doubled, (apart, end - apart, end))
    return Repeats(row, doubled, stretch, often)


def _compression(text: str) -> float:
    """The highest share of a piece of text to its compressed form.

    The low bytes of UTF-16 are one a letter in every alphabet, so that scripts compare.
    """
    low = _NUMBER.sub("0", text.lower()).encode("utf-16-le", "replace")[::2]
    pieces = (low[at : at + PIECE] for at in range(0, len(low), PIECE))
    return max((len(piece) / len(zlib.compress(piece)) for piece in pieces), default=0.0)
