"""English subtitles for a document that had subtitles: each translation over its source's cues.

A translation is cut between words, each cue getting the share that it has of the source, rather at
punctuation than a few letters nearer to that share. Where a translation has fewer words than cues,
a cue without any shows those beside it: the cue before it stays until its end, or the one after it
comes at its beginning. Times are otherwise those of the source. A cue whose text has no translation
at all is left out. The format has no way to write the `<` or `{` of a tag as a letter: a word
joiner after it (U+2060), which is not seen, keeps players from reading one.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, pairwise
from math import ceil
from textwrap import wrap
from typing import BinaryIO

from models.errors import KhulasaError
from pipeline.document import Cue, Record
from pipeline.harmless import visible, whole
from pipeline.render import Write

WIDEST = 42  # characters of a line, of which two may stand at once: what broadcasters agree on
PUNCTUATION = 12  # characters that a cue may be off its share to end at punctuation, or a third
NEAR = 8  # words on both sides of its share at which a cue may end

_PAUSE = re.compile(r"[.,;:!?…—–][\"'”’)\]]*$")
_COMMANDS = re.compile(r"<(?=[/!\w])|\{(?=[\\/\w])|--(?=>)")

Words = list[str]


@contextmanager
def writing(out: BinaryIO) -> Iterator[Write]:
    """Write the subtitles of one document.

    Raises KhulasaError for a document that had none, and for a second one: times would begin anew.
    """
    first: Record | None = None

    def write(record: Record) -> None:
        nonlocal first
        name = visible(record.document.id)
        if not record.document.cues:
            raise KhulasaError(
                f"{name}: has no times of subtitles, which .srt needs; choose another format"
            )
        if first:
            raise KhulasaError(f"{name}: .srt holds one document; name a file for each")
        first = record
        out.write("".join(_cues(record)).encode())

    yield write


def _cues(record: Record) -> Iterator[str]:
    for number, (cue, words) in enumerate(_shown(record), 1):
        text = _COMMANDS.sub("\\g<0>\u2060", "\n".join(_lines(whole(" ".join(words)))))
        yield f"{number}\n{_clock(cue.begin)} --> {_clock(cue.finish)}\n{text}\n\n"


def _shown(record: Record) -> Iterator[tuple[Cue, Words]]:
    """The cues with words, each as long as it is to be seen."""
    cues = record.document.cues
    words: list[Words] = [[] for _ in cues]
    shown_by: dict[int, int] = {}
    for covered, pieces in _pieces(record):
        holders = [index for index, piece in zip(covered, pieces, strict=True) if piece]
        for index, piece in zip(covered, pieces, strict=True):
            words[index] += piece
            if holders and not piece:
                before = bisect_left(holders, index)
                shown_by.setdefault(index, holders[max(0, before - 1)])
    begins, finishes = [cue.begin for cue in cues], [cue.finish for cue in cues]
    for index, holder in shown_by.items():
        if not words[index]:
            begins[holder] = min(begins[holder], begins[index])
            finishes[holder] = max(finishes[holder], finishes[index])
    for cue, own, begin, finish in zip(cues, words, begins, finishes, strict=True):
        if own:
            yield Cue(begin, finish, cue.start, cue.end), own


def _pieces(record: Record) -> Iterator[tuple[list[int], list[Words]]]:
    """For each segment its cues by index, and the words of its translation that each of them gets.

    What stands between cues goes to the next.
    """
    cues, at = record.document.cues, 0
    for segment, translation in zip(record.segments, record.translations, strict=True):
        while at < len(cues) - 1 and cues[at].end <= segment.start:
            at += 1
        covered, shares = [], []
        for index in range(at, len(cues)):
            cue = cues[index]
            if cue.start >= segment.end:
                break
            if (share := min(cue.end, segment.end) - max(cue.start, segment.start)) > 0:
                covered.append(index)
                shares.append(share)
        yield covered or [at], _cut(translation.text.split(), shares or [1])


def _cut(words: Words, shares: Sequence[int]) -> list[Words]:
    """The words in as many pieces as there are shares; none is empty if there are words enough."""
    parts = [sum_ / sum(shares) for sum_ in accumulate(shares)]
    if len(words) < len(shares):
        ends = [round(part * len(words)) for part in parts]
    else:
        ends = _ends(words, parts)
    return [words[begin:end] for begin, end in pairwise([0, *ends])]


def _ends(words: Words, parts: Sequence[float]) -> list[int]:
    """How many words stand before each end, which comes at a part of all characters."""
    lengths = list(accumulate(len(word) + 1 for word in words))
    ends: list[int] = []
    before = 0.0
    for left, part in zip(range(len(parts) - 1, 0, -1), parts, strict=False):
        ideal, bonus = part * lengths[-1], min(PUNCTUATION, (part - before) * lengths[-1] / 3)
        lowest, highest = (ends[-1] if ends else 0) + 1, len(words) - left
        near = min(max(bisect_left(lengths, ideal) + 1, lowest), highest)
        candidates = range(max(lowest, near - NEAR), min(highest, near + NEAR) + 1)

        def off(end: int, ideal: float = ideal, bonus: float = bonus) -> float:
            pause = _PAUSE.search(words[end - 1])
            return abs(lengths[end - 1] - ideal) - (bonus if pause else 0)

        ends.append(min(candidates, key=off))
        before = part
    return [*ends, len(words)]


def _lines(text: str) -> list[str]:
    """The text on one line or two of about the same length; on more where that is too little."""
    if len(text) <= WIDEST:
        return [text]
    if len(text) > 2 * WIDEST:
        return _wrapped(text, WIDEST)
    widths = range(ceil(len(text) / 2), len(text) + 1)
    return next(lines for width in widths if len(lines := _wrapped(text, width)) <= 2)


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _clock(seconds: float) -> str:
    rest, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(rest, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02},{thousandths:03}"
