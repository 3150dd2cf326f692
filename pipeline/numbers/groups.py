"""Pieces of numbers put together: what `three hundred`, `3.7 million`, `5億2千万` say."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from pipeline.numbers.digits import Values
from pipeline.numbers.numerals import Numerals
from pipeline.numbers.pieces import Piece

_GAP = 8  # characters between two pieces of one number, at most
_FOUR, _TWENTY, _SIXTY, _EIGHTY = map(Decimal, (4, 20, 60, 80))
_PAIR = Decimal(2)
_TEN = Decimal(10)
_TENS = frozenset(map(Decimal, range(10, 100, 10)))
_SCALES = frozenset(Decimal(10) ** power for power in (2, 3, 4, 5, 6, 7, 8, 9, 11, 12))
_LARGE = tuple(sorted(_SCALES, reverse=True))
_THOUSAND = Decimal(1000)
_LONGEST = 40  # characters of a piece that others join
_YEARS = (Decimal(1000), Decimal(2100))


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a sum. What follows must be smaller than `room`; `digits`: as it is written."""

    values: Values
    first: Decimal
    room: Decimal
    digits: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces that say one number, the sum of `terms`."""

    pieces: tuple[Piece, ...]
    terms: tuple[Term, ...]

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return self.pieces[-1].end

    @property
    def digits(self) -> bool:
        """Whether some of it is written in digits."""
        return any(piece.digits for piece in self.pieces)

    @property
    def counts(self) -> bool:
        """Whether it says a number that a translation says too: not `thousands`, `one`, `two`,
        for `both` and `bisected` say it without a number."""
        if len(self.pieces) == 1:
            return self.pieces[0].counts and (self.digits or self.pieces[0].values[0] > _PAIR)
        scales = [_is_scale(piece) for piece in self.pieces]
        if self.digits or not any(scales):
            return any(piece.counts for piece in self.pieces)
        others = [p for p, scale in zip(self.pieces, scales, strict=True) if not scale]
        return bool(others) and all(p.counts or p.values[0] == 1 for p in others)

    @property
    def scale(self) -> Decimal | None:
        """The thousand or million that it ends with, if any."""
        last = self.pieces[-1]
        scale = last.scale or last.values[0]
        return scale if len(self.pieces) > 1 and scale in _SCALES and scale >= _THOUSAND else None

    @property
    def parts(self) -> tuple[Values, ...]:
        """What the pieces say each by itself, where they are several."""
        if len(self.pieces) == 1:
            return self.pieces[0].parts
        return tuple(frozenset(piece.values) for piece in self.pieces if piece.values)

    @property
    def values(self) -> Values:
        """All that the pieces may say together."""
        if len(self.pieces) == 1:
            return frozenset(self.pieces[0].values)
        return _sums(self.terms)


def groups(pieces: list[Piece], folded: str, table: Numerals, *, lang: str) -> Iterator[Group]:
    """`pieces` of a folded text in the groups that say one number each."""
    group: Group | None = None
    for piece in pieces:
        joined = group and _joined(group, piece, folded, table, lang)
        if group and not joined:
            yield group
        group = joined or (_alone(piece, table) if piece.values else None)
    if group:
        yield group


def _is_scale(piece: Piece) -> bool:
    return bool(piece.scale) or piece.values[0] in _SCALES


def _alone(piece: Piece, table: Numerals) -> Group:
    room = Decimal(0) if piece.digits else _room(piece.values[0], table)
    term = Term(frozenset(piece.values), piece.values[0], room, piece.digits)
    return Group((piece,), (term,))


def _room(value: Decimal, table: Numerals) -> Decimal:
    """What may be added to a word for `value` is smaller: 7 to 20, 99 to 300."""
    if not value or value != value.to_integral_value():
        return Decimal(0)
    if value == _SIXTY and table.scores:
        return _TWENTY
    return next((step for step in (*_LARGE, Decimal(10)) if value % step == 0), Decimal(1))


def _sums(terms: tuple[Term, ...]) -> Values:
    return frozenset(sum(chosen, Decimal(0)) for chosen in product(*(t.values for t in terms)))


def _joined(group: Group, piece: Piece, folded: str, table: Numerals, lang: str) -> Group | None:
    """`group` with `piece` in it, if they say one number."""
    gap = folded[group.end : piece.start] if piece.start - group.end <= _GAP else None
    if gap and not (table.signs and piece.digits):
        gap = gap.strip()
    before = group.pieces[-1]
    if gap not in table.joins or not (piece.composes and before.composes):
        return None
    if max(piece.end - piece.start, before.end - before.start) > _LONGEST:
        return None
    terms = _with(group.terms, piece, gap, table, lang)
    return Group((*group.pieces, piece), terms) if terms else None


def _with(
    terms: tuple[Term, ...], piece: Piece, gap: str, table: Numerals, lang: str
) -> tuple[Term, ...]:
    """The terms when one more piece is said; none where that is another number."""
    last = terms[-1]
    if piece.scale:
        either = last.values | _times(last.values, piece.scale)
        return (*terms[:-1], Term(either, last.first, piece.scale)) if last.digits else ()
    value = piece.values[0]
    if not piece.digits and (value in _SCALES or (table.signs and value == _TEN)):
        return _multiplied(terms, value, table)
    if 0 < value < 1:
        return _with_fraction(terms, piece, gap)
    if table.scores and last.first == _FOUR and value == _TWENTY:
        return (*terms[:-1], Term(frozenset({_EIGHTY}), _EIGHTY, _TWENTY))
    if value < last.room and (not piece.digits or _continues(last, gap, lang)):
        room = Decimal(0) if piece.digits else _room(value, table)
        return (*terms, Term(frozenset({value}), value, room, piece.digits))
    if table.units_first and 0 < last.first < 10 and _is_ten(value, gap):
        said = last.first + value
        return (*terms[:-1], Term(frozenset({said}), said, Decimal(1)))
    return ()


def _continues(last: Term, gap: str, lang: str) -> bool:
    """Whether digits may go on with a number: `3 bin 500`, `ألف و200`, never in English."""
    return lang != "en" and (last.digits or bool(gap))


def _is_ten(value: Decimal, gap: str) -> bool:
    """What comes after the units: `five and twenty`, خمسة عشر."""
    return value in _TENS and (value == _TEN) != bool(gap)


def _times(values: Values, scale: Decimal) -> Values:
    return frozenset(value * scale for value in values)


def _multiplied(terms: tuple[Term, ...], scale: Decimal, table: Numerals) -> tuple[Term, ...]:
    """`3 hundred`, `two hundred thousand`: what is smaller than the scale is multiplied."""
    kept, lower = list(terms), list[Term]()
    while kept and (kept[-1].first < scale or (kept[-1].digits and not kept[-1].room)):
        lower.insert(0, kept.pop())
    if lower and lower[-1].digits and not table.signs and not _is_scaled(lower[-1], scale):
        return ()
    said = _times(_sums(tuple(lower)), scale) if lower else frozenset({scale})
    first = min(said)
    if kept and first >= kept[-1].room:
        return ()
    return (*kept, Term(said, first, scale, any(term.digits for term in lower)))


def _is_scaled(term: Term, scale: Decimal) -> bool:
    """No hundreds are counted in digits, and years are no number of thousands."""
    return scale >= _THOUSAND and not _YEARS[0] <= term.first < _YEARS[1]


def _with_fraction(terms: tuple[Term, ...], piece: Piece, gap: str) -> tuple[Term, ...]:
    """`29¾`, `two and a half`; `million and a half` where the half is one of the million."""
    last = terms[-1]
    if not (gap or piece.digits) or last.first != last.first.to_integral_value():
        return ()
    unit = last.room if last.room >= _THOUSAND else Decimal(1)
    return (*terms, Term(_times(frozenset(piece.values[:1]), unit), piece.values[0], Decimal(0)))
