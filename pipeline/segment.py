"""Stage 1: text → segments. A segment is a sentence, or a line that is none (a headline).

The sentence ends come from sentencex (abbreviations and stops of many languages; 4 MB, imported
in a millisecond), which sees one line at a time, with quotes, brackets and inner dots hidden;
`pipeline.segment_rules` adds and takes away. Segments are slices: nothing is changed or lost.
"""

import re
from collections.abc import Iterator

from pipeline import segment_rules as rules
from pipeline.document import Segment

VERSION = 1

# What Unicode calls a mandatory line break. \r\n is one break: the line between is blank.
_LINE = re.compile(r"[^\n\v\f\r\x85\u2028\u2029]+")
# The library rereads the line at each stop; it gets pieces, cut between two words if there
# are any, so that time stays linear in the length of a line.
_WINDOW = re.compile(
    rf".{{1,4000}}(?:$|(?<=\w)\s(?=\w))|.{{1,4000}}(?<![{re.escape(rules.STOPS)}])|.{{1,4000}}"
)


def params(lang: str) -> dict[str, str]:
    """What besides the text decides the segments, for the signature."""
    from importlib.metadata import version

    return {"segmenter": f"sentencex-{version('sentencex')}", "lang": lang}


def segment(text: str, lang: str) -> list[Segment]:
    """Cut `text` into segments; every character that is not white space is in exactly one.

    text: NFC; a line is a headline or a whole paragraph, and a line break always ends a segment.
    lang: ISO 639-1 code; a language without rules of its own gets the library's defaults.
    `paragraph` counts the lines that are not blank, from 0; offsets are characters of `text`,
    and `text[start:end] == segment.text`.
    """
    segments: list[Segment] = []
    for paragraph, (offset, line) in enumerate(lines(text)):
        for start, end in sentences(line, lang):
            start, end = start + offset, end + offset
            segments.append(Segment(len(segments), paragraph, start, end, text[start:end]))
    return segments


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, each with its offset."""
    for line in _LINE.finditer(text):
        if not line.group().isspace():
            yield line.start(), line.group()


def sentences(line: str, lang: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of one line, without white space at their edges."""
    opening = 0
    for end in [*_ends(rules.direct_quotes(line, lang), lang), len(line)]:
        piece = line[opening:end]
        yield opening + len(piece) - len(piece.lstrip()), opening + len(piece.rstrip())
        opening = end


def _ends(line: str, lang: str) -> Iterator[int]:
    """Where the sentences of a line end, but for the last. Each piece between holds a word."""
    opening = examined = 0
    word = following = rules.WORD.search(line)
    for stop in sorted({*_library_ends(rules.hide(line), lang), *rules.extra_ends(line, lang)}):
        if word is None or stop <= max(examined, word.start()):
            continue
        start = examined + len(line[examined:stop].rstrip(rules.STOPS + " "))
        examined = end = rules.trailer_end(line, stop)
        if following is None or following.start() < end:
            following = rules.WORD.search(line, end)
        if following is None:
            return
        candidate = rules.Stop(line, lang, opening, start, stop, end)
        if not any(veto(candidate) for veto in rules.VETOES):
            yield end
            opening, word = end, following


def _library_ends(shadow: str, lang: str) -> Iterator[int]:
    """Ends that the library proposes; never the end of a window, which need not be one."""
    import sentencex

    for window in _WINDOW.finditer(shadow):
        for sentence in sentencex.get_sentence_boundaries(lang, window.group()):
            if sentence["end_index"] < len(window.group()):
                yield window.start() + sentence["start_index"] + len(sentence["text"].rstrip())
