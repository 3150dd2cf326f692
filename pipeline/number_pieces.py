"""The pieces that numbers are written in: runs of digits, words, Roman numerals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline import digits
from pipeline.digits import Values
from pipeline.numerals import look_up, numerals

_WORD = re.compile(r"[^\s0-9!-@\[-`{-~\u2000-\u206f\u3000-\u3003\u3008-\u303f«»،؛؟۔।॥]+")
# Roman numerals, with the look-alikes of Cyrillic keyboards; in English "I" is a word of its own.
_ROMAN = re.compile(
    r"(?<![^\W_])(?:[IVXLCІХС]{2,8}|[IVXІХ])(?=(?:es|er|e|re|ème|го|й|я|м|х)?(?![^\W_]))"
)
_ENGLISH_ROMAN = re.compile(r"(?<![^\W_])(?:[IVXLC]{2,8}|[VX]|(?<=[a-z] )I)(?![^\W_])")
_ROMAN_SIGNS = dict(zip("IVXLCІХС", (1, 5, 10, 50, 100, 1, 10, 100), strict=True))
_SIGN_DIGITS = {sign: str(size % 10) for size, sign in enumerate("〇一二三四五六七八九")} | {
    "零": "0"
}
_SIGN_YEAR = re.compile("[〇零一二三四五六七八九]{2,8}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One word or one run of digits. `values` in the order of likelihood; `scale` is what a letter
    may multiply the number before it with."""

    start: int
    end: int
    values: tuple[Decimal, ...]
    digits: bool = False
    parts: tuple[Values, ...] = ()
    composes: bool = True
    scale: Decimal | None = None


def pieces(text: str, folded: str, lang: str) -> list[Piece]:
    """The pieces of a text and of the same text folded, in order; none overlap."""
    found = [
        *(Piece(d.start, d.end, tuple(d.values), True, d.parts) for d in digits.find(folded, lang)),
        *(_signs(folded, lang) if numerals(lang).signs else _words(folded, lang)),
        *_roman(text, lang),
    ]
    found.sort(key=lambda piece: piece.start)
    return [piece for piece, end in _with_ends(found) if piece.start >= end]


def _with_ends(found: list[Piece]) -> Iterator[tuple[Piece, int]]:
    """Each piece with where the ones before it end."""
    end = 0
    for piece in found:
        yield piece, end
        end = max(end, piece.end)


def _words(folded: str, lang: str) -> Iterator[Piece]:
    maybe = numerals(lang).maybe
    for match in _WORD.finditer(folded):
        start, written = match.start(), match.group()
        if written in maybe:
            yield Piece(start, match.end(), (), scale=maybe[written])
        for found in look_up(written, lang):
            word = found.word
            yield Piece(start + found.start, start + found.end, word.values, composes=word.composes)


def _signs(folded: str, lang: str) -> Iterator[Piece]:
    """Words of a language that sets no spaces; signs in a row are the digits of a year."""
    for match in _SIGN_YEAR.finditer(folded):
        said = "".join(map(_SIGN_DIGITS.__getitem__, match.group()))
        yield Piece(*match.span(), (Decimal(said),))
    for match in numerals(lang).sign.finditer(folded):
        yield Piece(*match.span(), numerals(lang).words[match.group()].values)


def _roman(text: str, lang: str) -> Iterator[Piece]:
    for match in (_ENGLISH_ROMAN if lang == "en" else _ROMAN).finditer(text):
        signs = [_ROMAN_SIGNS[sign] for sign in match.group()]
        said = sum(-a if a < b else a for a, b in zip(signs, [*signs[1:], 0], strict=True))
        yield Piece(*match.span(), (Decimal(said),), composes=False)
