"""The lines of pages, by where they stand and how large they are, to headings and paragraphs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from pipeline.document import Block
from pipeline.readers.content import flat
from pipeline.readers.paragraphs import Line
from pipeline.readers.visual import Glyph, ending, in_pairs, is_right_to_left, logical

LARGER = 1.15
"""How much larger than most of the text the letters of a heading are."""

LOOSE = 1.25
"""A distance between lines, in distances within paragraphs, that parts paragraphs."""

INDENT = 0.8
"""By how many heights of a letter the first line of a paragraph is set in."""

LONGEST_HEADING = 250
MARGIN = 0.12
"""The part of a page, above and below, where what every page repeats stands."""

_HYPHEN = re.compile(r"(\w+)[-\u2010\u00ad\x02\ufffe]$")
_SOFT = re.compile("[\u00ad\x02\ufffe]$")
_STRAY = re.compile("[\x02\ufffe]")
_ENDS = re.compile(r"""[.!?…؟۔。！？:：;؛]["'”’»“)\]\s\d]*$""")
_BULLET = re.compile("\\s*[•‣▪◦●○■□✓➢\uf0b7\uf0a7\uf0d8]\\s*")
_NUMBERED = re.compile(r"\s*(?:\(?\d{1,3}[.)]|\(?[A-Za-z][.)]|\(?[٠-٩۰-۹]{1,3}[.)-])\s+\S")
_BEGINS = re.compile(rf"{_BULLET.pattern}|\s*[-–—*·]\s+")
_ITEM = re.compile(f"{_BULLET.pattern}|{_NUMBERED.pattern}")
_DIGITS = re.compile(r"\d+")
# Scripts that put no spaces between words: Han, kana, their signs and forms of full width.
_UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Shown:
    """A line on a page: its text in the order of reading, its edges, its base from below."""

    text: str
    left: float
    right: float
    base: float
    size: float
    turned: bool = False

    @property
    def start(self) -> float:
        """How far it begins from where lines begin, in its own direction."""
        return -self.right if self.turned else self.left

    @property
    def finish(self) -> float:
        """How far it reaches in its own direction."""
        return -self.left if self.turned else self.right


def shown(page: Sequence[Sequence[Any]]) -> list[Shown]:
    """The lines of a page as the program of the glyphs tells them, whole where it parts them."""
    rows: list[_Row] = []
    for pieces in page:
        row = _Row.of([_Piece(*piece) for piece in pieces])
        if rows and max(len(row.pieces), len(rows[-1].pieces)) > 1 and rows[-1].beside(row):
            rows[-1].add(row)
        else:
            rows.append(row)
    turned = _is_turned(rows)
    found = (row.shown(turned) for row in rows)
    return [line for line in found if flat(line.text)]


class _Piece(NamedTuple):
    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass(slots=True)
class _Row:
    """Pieces that stand in one line, with the base and size of the largest."""

    pieces: list[_Piece]
    left: float
    right: float
    base: float
    size: float

    @classmethod
    def of(cls, pieces: list[_Piece]) -> "_Row":
        largest = max(piece.size for piece in pieces)
        base = median(piece.base for piece in pieces if piece.size == largest)
        left, right = min(one.left for one in pieces), max(one.right for one in pieces)
        return cls(pieces, left, right, base, largest)

    def beside(self, other: "_Row") -> bool:
        """Whether both stand in one line, with no more than a word between them."""
        size = max(self.size, other.size)
        gap = max(self.left - other.right, other.left - self.right)
        return abs(self.base - other.base) < 0.3 * size and gap < 2 * size

    def add(self, other: "_Row") -> None:
        """What stands beside it."""
        self.pieces += other.pieces
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)

    def shown(self, turned: bool) -> Shown:
        """One line of a page that runs from right to left where it is `turned`."""
        text = self.pieces[0].text
        if len(self.pieces) > 1:
            text = logical([*self._placed()], turned, self.size)
        return Shown(text.strip(" "), self.left, self.right, self.base, self.size, turned)

    def _placed(self) -> Iterator[Glyph]:
        """A space off the line comes of a mark set by itself, and parts what is on its left."""
        for text, left, right, base, _ in filter(_says, self.pieces):
            off = right <= left and abs(base - self.base) > 0.5
            yield Glyph(text, left - 0.2 * off, right - 0.2 * off)


def _says(piece: _Piece) -> bool:
    return bool(piece.text)


def _is_turned(rows: list[_Row]) -> bool:
    """Whether most letters of a page run from right to left, and its sentences end on the left.

    Letters that run from right to left in a page that does not are set as a foreign word is.
    """
    if sum(is_right_to_left(piece.text) for row in rows for piece in row.pieces) <= 0:
        return False
    sides = Counter(ending(row.pieces) for row in rows if len(row.pieces) > 1)
    return sides["left"] >= 4 * sides["right"]


def paragraphs(pages: Sequence[list[Shown]]) -> Iterator[Line]:
    """Headings, items and paragraphs, those that go on over the end of a page too.

    What stands on many pages in the same place comes once, at the end; numbers of pages do not.
    """
    repeated = _repeated(pages)
    flow = [
        [line for line in _numbered(page, number) if not repeated.keys() & _places(line, number)]
        for number, page in enumerate(pages, 1)
    ]
    setting = _Setting.of(flow)
    words = {word.strip(",.;:") for page in flow for line in page for word in line.text.split()}
    whole: list[Shown] = []
    edges: Edges = {}
    for page in flow:
        before, edges = edges, _edges(page)
        for at, line in enumerate(page):
            if whole and setting.goes_on(whole, line, edges if at else before):
                whole.append(line)
                continue
            if whole:
                yield _joined(whole, words), setting.block(whole)
            whole = [line]
    if whole:
        yield _joined(whole, words), setting.block(whole)
    said = dict.fromkeys(text for text in repeated.values() if any(map(str.isalpha, text)))
    yield from ((text, Block()) for text in said)


def _numbered(page: list[Shown], number: int) -> list[Shown]:
    """A page without its number."""
    low, high = min(page, key=_base, default=None), max(page, key=_base, default=None)
    return [
        line
        for line in page
        if not (line in (low, high) and line.text.strip("-–— ") == str(number) and page[1:])
    ]


def _base(line: Shown) -> float:
    return line.base


Place = tuple[str, int, int | None]


def _places(line: Shown, page: int) -> set[Place]:
    """What stands where: as it is, and with its first number counted from that of the page."""
    base = round(line.base / 4)
    found: set[Place] = {(line.text, base, None)}
    if number := _DIGITS.search(line.text):
        found.add((_DIGITS.sub("#", line.text), base, int(number[0][:9]) - page))
    return found


def _repeated(pages: Sequence[list[Shown]]) -> dict[Place, str]:
    """What stands in the margin of at least two pages and a third of all, as it stands first."""
    bases = [line.base for page in pages for line in page]
    low, high = min(bases), max(bases)
    margin = (high - low) * MARGIN
    found: Counter[Place] = Counter()
    first: dict[Place, str] = {}
    for number, page in enumerate(pages, 1):
        around = [line for line in page if not low + margin <= line.base <= high - margin]
        places = [(place, line.text) for line in around for place in _places(line, number)]
        found.update({place for place, _ in places})
        for place, text in places:
            first.setdefault(place, text)
    least = max(2, len(pages) / 3)
    return {place: text for place, text in first.items() if found[place] >= least}


Edges = dict[tuple[int, int], float]


def _edges(page: list[Shown]) -> Edges:
    """How far the lines reach that begin at about the same place, in letters of the same size."""
    edges: Edges = {}
    for line in page:
        size, start = _column(line)
        for near in (start - 1, start, start + 1):
            edges[size, near] = max(edges.get((size, near), line.finish), line.finish)
    return edges


def _column(line: Shown) -> tuple[int, int]:
    return round(line.size), round(line.start / max(2 * line.size, 1))


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a document is set: the size of most of its letters, and of the larger ones."""

    size: float
    headings: tuple[float, ...]
    leading: dict[int, float]

    @classmethod
    def of(cls, pages: list[list[Shown]]) -> "_Setting":
        sizes: Counter[float] = Counter()
        for page in pages:
            for line in page:
                sizes[line.size] += len(line.text)
        size = sizes.most_common(1)[0][0] if sizes else 0.0
        larger = sorted((one for one in sizes if one >= size * LARGER), reverse=True)
        apart: dict[int, list[float]] = {}
        for page in pages:
            for line, after in pairwise(page):
                if 0 < line.base - after.base < 3 * line.size and line.size == after.size:
                    apart.setdefault(round(line.size), []).append(line.base - after.base)
        return cls(size, tuple(larger), {one: median(found) for one, found in apart.items()})

    def block(self, lines: list[Shown]) -> Block:
        """What a paragraph is by its size and how it begins."""
        length = sum(len(line.text) for line in lines)
        if lines[0].size in self.headings and length <= LONGEST_HEADING:
            return Block("heading", min(self.headings.index(lines[0].size) + 1, 6))
        return Block("item", 1) if _BULLET.match(lines[0].text) else Block()

    def goes_on(self, whole: list[Shown], line: Shown, edges: Edges) -> bool:
        """Whether a paragraph goes on with a line; `edges` are those of the page it is on."""
        last = whole[-1]
        if abs(last.size - line.size) > 0.1 * last.size or _BEGINS.match(line.text):
            return False
        broken = bool(_HYPHEN.search(last.text)) and not last.turned
        filled = broken or _filled(last, line, edges.get(_column(last), last.finish))
        ended = bool(_ENDS.search(last.text))
        if _NUMBERED.match(line.text) and (ended or not filled):
            return False
        down = last.base - line.base
        if abs(down) < 0.5 * last.size:  # the same row: a cell of a table, or after a raised sign
            return 0 <= line.start - last.finish < 0.5 * last.size
        if down <= 0 or down > 4 * last.size:  # the next column or page
            return filled and not ended
        return self._is_near(down, last) and (
            last.size in self.headings or (filled and self._is_below(whole, line, ended))
        )

    def _is_near(self, down: float, last: Shown) -> bool:
        usual = self.leading.get(round(last.size), 1.5 * last.size)
        return down <= min(LOOSE * usual, 2 * last.size)

    def _is_below(self, whole: list[Shown], line: Shown, ended: bool) -> bool:
        """Whether a line begins where those of the paragraph do, and not set in as a new one."""
        right = line.start - whole[-1].start
        if abs(right) > 4 * line.size:  # a cell of the next row
            return False
        new = right > INDENT * line.size and (ended or len(whole) > 1)
        return not new or bool(_ITEM.match(whole[0].text))


def _filled(line: Shown, after: Shown, edge: float) -> bool:
    """Whether the next word would not have found place: a line that ends for no other reason."""
    unspaced = _UNSPACED.match(after.text)
    word = after.text[0] if unspaced else after.text.split(maxsplit=1)[0]
    letter = (line.finish - line.start) / len(line.text)
    return line.finish + letter * (len(word) + 1) >= edge - 0.5 * line.size


def _joined(lines: list[Shown], words: set[str]) -> str:
    """The text of a paragraph: words that a line broke are whole."""
    text = _BULLET.sub("", lines[0].text, count=1)
    for line in lines[1:]:
        text = _with(text, line, words)
    text = _STRAY.sub("", text)
    return in_pairs(text) if is_right_to_left(text) > 0 else text


def _with(text: str, line: Shown, words: set[str]) -> str:
    after = line.text
    if _UNSPACED.match(text[-1:]) or _UNSPACED.match(after):
        return (
            text + after
            if _UNSPACED.match(text[-1:]) and _UNSPACED.match(after)
            else f"{text} {after}"
        )
    broken = _HYPHEN.search(text)
    if not broken or line.turned or not after[:1].islower():
        return f"{text} {after}"
    rest = after.split(maxsplit=1)[0].strip(",.;:")
    if not _SOFT.search(text) and f"{broken[1]}-{rest}" in words:
        return f"{text}{after}"
    return f"{text[:-1]}{after}"
