"""The pieces that numbers are written in: runs of digits, words, Roman numerals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.numbers import digits
from pipeline.numbers.digits import Values
from pipeline.numbers.numerals import look_up, numerals

_WORD = re.compile(r"[^\s0-9!-@\[-`{-~\u2000-\u206f\u3000-\u3003\u3008-\u303f«»،؛؟۔।॥]+")
_WORD_WITH_APOSTROPHE = re.compile(rf"{_WORD.pattern}(?:'{_WORD.pattern}){{0,3}}")
_ROMAN_COUNT = re.compile("(?=..)X{0,3}(?:I[XV]|V?I{0,3})")
_NEAR = 12  # characters between a Roman numeral and the century that it is the number of
_ORDINAL = "第"  # before a sign: the third, the seventh
_ONE = frozenset({Decimal(1)})
_HALF_SPACE = "\u200c"  # in Persian, what comes after it makes one word with what is before it
# Roman numerals, with the look-alikes of Cyrillic keyboards; in English "I" is a word of its own.
_ROMAN = re.compile(
    r"[IVXLCІХС](?<![^\W_].)(?:(?<=[IVXІХ])|(?=[IVXLCІХС]))[IVXLCІХС]{0,7}"
    r"(?=(?:es|er|e|re|ème|го|й|я|м|х)?(?![^\W_]|['’]))"
)
_ENGLISH_ROMAN = re.compile(
    r"[IVXLC](?<![^\W_].)(?:(?<=[VX])|(?<=[a-z] I)|(?=[IVXLC]))[IVXLC]{0,7}(?![^\W_]|['’](?!s\b))"
)
_ROMAN_SIGNS = dict(zip("IVXLCІХС", (1, 5, 10, 50, 100, 1, 10, 100), strict=True))
_SIGN_DIGITS = {sign: str(size % 10) for size, sign in enumerate("〇一二三四五六七八九")} | {
    "零": "0"
}
_SIGN_YEAR = re.compile("[〇零一二三四五六七八九]{2,8}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One word or one run of digits. `values` in the order of likelihood; one that `counts` says a
    number and nothing else; `scale` is what a letter may multiply the number before it with."""

    start: int
    end: int
    values: tuple[Decimal, ...]
    digits: bool = False
    counts: bool = False
    parts: tuple[Values, ...] = ()
    composes: bool = True
    scale: Decimal | None = None


def pieces(text: str, folded: str, lang: str) -> list[Piece]:
    """The pieces of a text and of the same text folded, in order; none overlap."""
    found = [
        *_digits(folded, lang),
        *(_signs(folded, lang) if numerals(lang).signs else _words(folded, lang)),
        *_roman(text, folded, lang),
    ]
    found.sort(key=lambda piece: piece.start)
    return [piece for piece, end in _with_ends(found) if piece.start >= end]


def _digits(folded: str, lang: str) -> Iterator[Piece]:
    article = numerals(lang).article
    for found in digits.find(folded, lang):
        counts = not article or found.values != _ONE
        values, span = tuple(sorted(found.values, reverse=True)), (found.start, found.end)
        yield Piece(*span, values, digits=True, counts=counts, parts=found.parts)


def _with_ends(found: list[Piece]) -> Iterator[tuple[Piece, int]]:
    """Each piece with where the ones before it end."""
    end = 0
    for piece in found:
        yield piece, end
        end = max(end, piece.end)


def _words(folded: str, lang: str) -> Iterator[Piece]:
    table = numerals(lang)
    for match in (_WORD_WITH_APOSTROPHE if table.inner else _WORD).finditer(folded):
        written = match.group()
        found_words = look_up(written, lang)
        if not found_words and written not in table.maybe:
            continue
        start = match.start()
        if written in table.maybe and folded[max(0, start - 1)].isdecimal():
            yield Piece(start, match.end(), (), scale=table.maybe[written])
        for found in found_words:
            word, span = found.word, (start + found.start, start + found.end)
            counts = word.counts and folded[span[1] : span[1] + 1] != _HALF_SPACE
            yield Piece(*span, word.values, counts=counts, composes=word.composes)


def _signs(folded: str, lang: str) -> Iterator[Piece]:
    """Words of a language that sets no spaces; signs in a row are the digits of a year."""
    table = numerals(lang)
    for match in _SIGN_YEAR.finditer(folded):
        said = "".join(map(_SIGN_DIGITS.__getitem__, match.group()))
        yield Piece(*match.span(), (Decimal(said),))
    for match in table.sign.finditer(folded):
        word = table.words[match.group()]
        ordinal = folded[match.start() - 1 : match.start()] == _ORDINAL
        counts = word.counts and (ordinal or bool(table.counter.match(folded, match.end())))
        yield Piece(*match.span(), word.values, counts=counts)


def _roman(text: str, folded: str, lang: str) -> Iterator[Piece]:
    century = numerals(lang).century
    for match in (_ENGLISH_ROMAN if lang == "en" else _ROMAN).finditer(text):
        signs = [_ROMAN_SIGNS[sign] for sign in match.group()]
        said = sum(-a if a < b else a for a, b in zip(signs, [*signs[1:], 0], strict=True))
        near = max(0, match.start() - _NEAR), match.end() + _NEAR
        counts = _ROMAN_COUNT.fullmatch(match.group()) or century.search(folded, *near)
        yield Piece(*match.span(), (Decimal(said),), counts=bool(counts), composes=False)
