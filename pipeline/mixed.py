"""Segments of a document in more than one language, each with its own.

A segment leaves the language of its document only where that is sure: names, titles, datelines
and other short pieces stay. The figures behind the thresholds come from
`tests/benchmarks/langid.py`.
"""

import re

from models import catalog
from pipeline.checks.untranslated import is_surely_english
from pipeline.document import Segment
from pipeline.identify import VERSION as IDENTIFIER
from pipeline.identify import Guess, ranked, reads_as, sample, scripts
from pipeline.segment import lines, sentences

VERSION = 1

# What leaves has so many words, more where its language shares the script of the document's.
WORDS, WORDS_SAME_SCRIPT = 4, 6
# So likely must its language be, more where there is no model for it, and so unlikely that of the
# document, where both share a script.
LEAVES, LEAVES_WITHOUT_MODEL, STAYS = 0.75, 0.9, 0.05
# In a script of its own it must be that so far; names of other scripts may stand in between.
PURE = 0.8
# Scripts without spaces: so many signs count as a word.
SIGNS = 2
# Standards of one language, which one model translates, and languages that short sentences of
# each other are taken for.
_ALIKE = ({"bs", "hr", "sr"}, {"da", "no"}, {"gl", "pt"})

_WORD = re.compile(r"[^\W\d_][^\W_]*")
_SIGN = re.compile("[\u0e01-\u0ecd\u1000-\u109f\u1780-\u17d3\u3041-\u9fff]")


def params() -> dict[str, str]:
    """What besides the text and its language decides the segments, for the signature."""
    return {"identifier": f"v{IDENTIFIER}", "mixed": f"v{VERSION}"}


def segment(text: str, main: str) -> list[Segment]:
    """Cut `text` as `pipeline.segment` does, each line and segment in its own language.

    main: the language of the document, ISO 639-1; a segment in it has the language "".
    """
    segments: list[Segment] = []
    for paragraph, (offset, line) in enumerate(lines(text)):
        of_line = language(line, main)
        for start, end in sentences(line, of_line):
            lang = _within(line[start:end], of_line, main)
            start, end = start + offset, end + offset
            own = "" if lang == main else lang
            segments.append(Segment(len(segments), paragraph, start, end, text[start:end], own))
    return segments


def _within(sentence: str, of_line: str, main: str) -> str:
    """As `language`; what looks like the document's goes back to it from a line that left it."""
    lang = language(sentence, of_line)
    if lang != main and of_line != main and any(one.lang == main for one in ranked(sentence)[:1]):
        return main
    return lang


def language(passage: str, around: str) -> str:
    """The language of a passage: that of what stands around it, unless it is surely another."""
    passage = sample(passage)
    if reads_as(passage, around):
        return around
    guesses = ranked(passage)
    if not guesses or guesses[0].lang == around:
        return around
    best = guesses[0]
    if any({best.lang, around} <= alike for alike in _ALIKE):
        return around
    shared = next((guess.score for guess in guesses if guess.lang == around), None)
    leaves = _leaves_script(passage, best) if shared is None else _leaves(passage, best, shared)
    return best.lang if leaves else around


def _leaves(passage: str, best: Guess, stays: float) -> bool:
    sure = _is_sure(best) and stays <= STAYS
    return sure and _running_words(passage) >= WORDS_SAME_SCRIPT


def _leaves_script(passage: str, best: Guess) -> bool:
    counts = scripts(passage)
    largest = max(counts["Hani"] + counts["Kana"], *counts.values())
    if largest < PURE * counts.total() or _running_words(passage) < WORDS:
        return False
    return _is_sure(best) or (best.lang == "en" and is_surely_english(passage))


def _is_sure(best: Guess) -> bool:
    known = best.lang == "en" or best.lang in catalog.languages()
    return best.score >= (LEAVES if known else LEAVES_WITHOUT_MODEL)


def _running_words(passage: str) -> int:
    """How many words; none where most have capitals, as in names and titles."""
    if signs := len(_SIGN.findall(passage)):
        return signs // SIGNS
    words = _WORD.findall(passage)
    capitals = sum(1 for word in words if word[0].isupper())
    return 0 if capitals * 2 > len(words) else len(words)
