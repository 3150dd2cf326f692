"""Subtitles, SubRip and WebVTT: what is said, in sentences, and when each piece of it is shown.

Formats: https://www.w3.org/TR/webvtt1/ and, as SubRip has no standard, what players take.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import BinaryIO

from pipeline.document import Block, Cue
from pipeline.readers.content import Content, Unreadable, flat, printable
from pipeline.readers.disguise import said
from pipeline.readers.encoding import decode

LARGEST = 4 * 2**20
"""Bytes. A film has about a tenth of one MB."""

PAUSE = 3.0
"""Seconds of silence after which a sentence that ended is followed by a new paragraph."""

LONGEST_PARAGRAPH = 1000
"""Characters after which a paragraph ends with the next sentence, so that no film is one line."""

ROLL = 0.1
FEWEST_ROLLS = 3
MOST_ROLLED = 4
"""Seconds between cues that roll, how often some do where all do, and lines of a screen."""

_MOMENT = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?"
_TIMING = re.compile(rf"\s*{_MOMENT}\s*-+>\s*{_MOMENT}(?:\s.*)?")
_ARROW = re.compile(r"-->")
_NOT_SPEECH = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:[ \t].*)?$")
# Tags of HTML, of WebVTT (with classes, voices and times) and of the editor Aegisub.
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>|</?[cv]?>|<[\d:.,]{5,15}>|\{\\[^{}\n]{0,500}\}")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>\n]{1,200})>")
_RUBY = re.compile(r"<rt>[^<]*(?:</rt>)?")
_BREAK = re.compile(r"<br\s*/?>|\\[Nn]|\\h", re.I)
_DASH = re.compile(r"[-\u2010-\u2015\u2212](?=\s*[^\s\d-])|>>")
_ENDS = re.compile(r"""[.!?…؟۔。！？؛♪\])][\s"'”’»“)\]]*$""")
_LANG = re.compile(r"^language\s*:\s*([\w-]{2,35})\s*$", re.I)
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One cue as it stands in the file, cleaned: its lines, and who speaks where it says so."""

    begin: float
    finish: float
    lines: tuple[str, ...]
    voice: str = ""

    @property
    def text(self) -> str:
        return flat(" ".join(self.lines))

    @property
    def answers(self) -> bool:
        """Whether it begins with the dash of another speaker."""
        return bool(_DASH.match(self.text))


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a file of subtitles. Raises Unreadable with the reason."""
    if reason := said(file):
        raise Unreadable(reason)
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreadable(f"larger than {LARGEST >> 20} MB; cut it into documents")
    text = decode(data)
    lines = printable(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spoken = sorted(_spoken(lines), key=lambda one: (one.begin, one.finish))
    if not spoken:
        raise Unreadable("holds no text with times, as 00:00:01,000 --> 00:00:02,500")
    lang = next((found[1] for line in lines[:10] if (found := _LANG.match(line))), "")
    joined = _Joined()
    for one in _unrolled(spoken):
        joined.add(one)
    yield joined.content(lang)


def _unrolled(spoken: list[_Spoken]) -> Iterator[_Spoken]:
    """The cues without the lines that only stay on the screen from the cue before.

    Automatic captions move up line by line: in such a file most cues begin with lines that the one
    before ends with, and some go on with new ones. In others what is said twice stands twice.
    """
    shared = [0, *(_shared(*pair) for pair in pairwise(spoken))]
    grow = sum(0 < count < len(one.lines) for one, count in zip(spoken, shared, strict=True))
    rolls = grow >= FEWEST_ROLLS and sum(map(bool, shared)) * 2 >= len(spoken)
    for one, count in zip(spoken, shared, strict=True):
        if new := one.lines[count if rolls else 0 :]:
            yield replace(one, lines=new)


def _shared(before: _Spoken, one: _Spoken) -> int:
    """With how many lines a cue begins that the one right before it ends with."""
    if one.begin - before.finish > ROLL:
        return 0
    most = min(len(before.lines), len(one.lines), MOST_ROLLED)
    same = (n for n in range(most, 0, -1) if before.lines[-n:] == one.lines[:n])
    return next(same, 0)


def _spoken(lines: list[str]) -> Iterator[_Spoken]:
    """The cues in a file that hold text, in its order."""
    number, end = 0, len(lines)
    bodies: list[tuple[list[str], float, float]] = []
    while number < end:
        line = lines[number]
        number += 1
        if _NOT_SPEECH.match(line):
            while number < end and lines[number].strip() and not _ARROW.search(lines[number]):
                number += 1
        elif _ARROW.search(line):
            times = _times(line, number)
            body, number = _body(lines, number)
            bodies.append((body, *times))
        elif line.strip() and not _is_name(lines, number):
            if not bodies:
                raise Unreadable(f"line {number}: text before the first time")
            bodies[-1][0].append(line)  # a cue that has a blank line within
    return (one for body in bodies if (one := _cleaned(*body)))


def _is_name(lines: list[str], number: int) -> bool:
    """Whether the line before is the number or name of a cue: its time follows."""
    named = _NUMBER.fullmatch(lines[number - 1].strip())
    return bool(named) or (number < len(lines) and bool(_ARROW.search(lines[number])))


def _times(line: str, number: int) -> tuple[float, float]:
    found = _TIMING.fullmatch(line)
    if not found:
        raise Unreadable(f"line {number}: no times as 00:00:01,000 --> 00:00:02,500")
    begin, finish = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
    return begin, max(begin, finish)


def _seconds(hours: str | None, minutes: str, seconds: str, rest: str | None) -> float:
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return float(f"{whole}.{rest or 0}")


def _body(lines: list[str], start: int) -> tuple[list[str], int]:
    """The lines of a cue, and where the next begins: after a blank line, or before its time."""
    end = start
    while end < len(lines) and lines[end].strip() and not _ARROW.search(lines[end]):
        end += 1
    if end < len(lines) and _ARROW.search(lines[end]) and end > start:
        named = _NUMBER.fullmatch(lines[end - 1].strip())
        return lines[start : end - 1 if named else end], end
    return lines[start:end], end


def _cleaned(body: list[str], begin: float, finish: float) -> _Spoken | None:
    raw = _BREAK.sub("\n", _RUBY.sub("", "\n".join(body)))
    voice = _VOICE.search(raw)
    text = html.unescape(_TAG.sub("", raw))
    lines = tuple(line for part in text.split("\n") if (line := flat(part)))
    if not lines:
        return None
    return _Spoken(begin, finish, lines, flat(html.unescape(voice[1])) if voice else "")


@dataclass(slots=True)
class _Joined:
    """Cues as paragraphs of whole sentences."""

    cues: list[Cue] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _paragraph: int = 0
    _lines: int = 1
    _last: _Spoken | None = None

    def add(self, one: _Spoken) -> None:
        """The next cue in time, in the same paragraph or a new one."""
        if self._last is not None:
            new = self._parts(self._last, one)
            self._lines += new
            self._paragraph = self._length + 1 if new else self._paragraph
            self._put("\n" if new else " ")
        start = self._length
        self._put(one.text)
        self.cues.append(Cue(one.begin, one.finish, start, self._length))
        self._last = replace(one, finish=max(one.finish, self._last.finish if self._last else 0))

    def _parts(self, before: _Spoken, one: _Spoken) -> bool:
        """Whether a paragraph ends between the two: never within a sentence of one speaker."""
        if one.answers or (one.voice and before.voice and one.voice != before.voice):
            return True
        if not _ENDS.search(before.lines[-1]):
            return False
        long = self._length - self._paragraph > LONGEST_PARAGRAPH
        return long or before.answers or one.begin - before.finish > PAUSE

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def content(self, lang: str) -> Content:
        """All that was added. NFC does not reach over spaces, so every span stays exact."""
        blocks = (Block("cue"),) * self._lines
        return Content("".join(self._pieces), blocks, lang=lang, cues=tuple(self.cues))
