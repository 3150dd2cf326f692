"""The words for numbers, language by language, from the files in `words/`.

A file holds, beside the words of each value:

    loose        words for numbers that are said without counting, or mean something else too
    maybe        letters that scale a number, or are a unit: m
    months       the names of the twelve, where dates in digits have no words
    century      what stands beside the number of a century
    alone        words that join no other word for a number: "fois"
    and          words that join the pieces of one number: "twenty and five"
    endings      what `~` stands for at the end of a word
    glued        what is written before a word without a space: و, ال
    inner        what may stand inside a word: the apostrophe of "п'ять"
    units_first  "five and twenty"
    scores       "four twenties", "sixty and fifteen"
    fused        words run together: "zweihundert"
    signs        words of one or more signs, without spaces between them: 三百
    counters     what follows a sign that counts: 三个
    article      the digit 1 stands where English has an article
    dual         endings that say two
    accents      an accent makes another word: "on", "ön"

`~` after a word is any ending, `*` is any rest. Values stand in the order of likelihood: where a
word says several, the first one is composed with its neighbours.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipeline.numbers.digits import fold

_DATA = Path(__file__).parent / "words"
_LONGEST = 40  # letters of a word for a number
_REMEMBERED = 1 << 15  # words whose reading is kept at hand
_DUAL = 4  # letters of the shortest word that is taken for a dual, less one
_NEVER = re.compile(r"(?!)")
# What writers put or leave out: accents, the vowel signs and the long stroke of Arabic, the dot
# below of Devanagari, apostrophes. The other marks of Devanagari are its vowels.
_MARKS = dict.fromkeys(
    [
        *range(0x0300, 0x0340),
        *range(0x0591, 0x05C8),
        0x0640,
        *range(0x064B, 0x0660),
        0x0670,
        0x093C,
        0x27,
    ]
)


@dataclass(frozen=True, slots=True)
class Word:
    """What one word says: `values` in the order of likelihood. One that `counts` says a number and
    nothing else; one that does not compose is a number of its own beside others."""

    values: tuple[Decimal, ...]
    counts: bool = False
    composes: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A word for a number between `start` and `end` of what is written."""

    start: int
    end: int
    word: Word


@dataclass(frozen=True, slots=True)
class Numerals:
    """The words of one language as `plain` makes them, and patterns over folded text."""

    words: Mapping[str, Word]
    beginnings: Mapping[str, Word]
    beginning: re.Pattern[str]
    maybe: Mapping[str, Decimal]
    glued: tuple[str, ...]
    joins: frozenset[str]
    piece: re.Pattern[str]
    fused: re.Pattern[str]
    sign: re.Pattern[str]
    counter: re.Pattern[str]
    century: re.Pattern[str]
    dual: tuple[str, ...]
    inner: str
    article: bool
    units_first: bool
    scores: bool
    accents: bool

    @property
    def signs(self) -> bool:
        """Whether words stand without spaces between them."""
        return self.sign is not _NEVER


@lru_cache(_REMEMBERED)
def look_up(written: str, lang: str) -> tuple[Found, ...]:
    """The words for numbers in one word of a folded text: none, one, or more in a fused one."""
    if len(written) > _LONGEST:
        return ()
    table = numerals(lang)
    known = plain(written, accents=table.accents)
    word = table.words.get(known)
    if word:
        return (Found(0, len(written), word),)
    return _unglued(known, len(written), table) or _fused(known, table) or _begun(known, table)


def _unglued(known: str, end: int, table: Numerals) -> tuple[Found, ...]:
    for prefix in table.glued:
        word = table.words.get(known[len(prefix) :]) if known.startswith(prefix) else None
        if word:
            return (Found(int(prefix[0] in table.joins), end, word),)
    return ()


def _fused(known: str, table: Numerals) -> tuple[Found, ...]:
    if not table.fused.fullmatch(known):
        return ()
    found = table.piece.finditer(known)
    return tuple(Found(*piece.span(), table.words[piece.group()]) for piece in found)


def _begun(known: str, table: Numerals) -> tuple[Found, ...]:
    begun = table.beginning.match(known)
    if begun:
        return (Found(0, len(known), table.beginnings[begun.group()]),)
    if table.dual and len(known) > _DUAL and known.endswith(table.dual):
        return (Found(0, len(known), Word((Decimal(2),), composes=False)),)
    return ()


def plain(word: str, *, accents: bool = False) -> str:
    """A folded word without the marks that writers put or leave out."""
    if accents or word.isascii():
        return word
    return unicodedata.normalize("NFD", word).translate(_MARKS)


@cache
def has_words(lang: str) -> bool:
    """Whether the words of a language are known."""
    return (_DATA / f"{lang}.toml").exists()


@cache
def numerals(lang: str) -> Numerals:
    """The words of a language; of one that has no file, what many languages share."""
    import tomllib  # costs more than the rest: only where there is something to read

    path = _DATA / f"{lang if has_words(lang) else 'root'}.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    exact, begun = _words(data), _begun_words(data)
    stems = _stems(data) if data.get("fused") else []
    joins = data.get("and", "").split()
    return Numerals(
        words=exact,
        beginnings=begun,
        beginning=_any_of(begun),
        maybe={letter: Decimal(size) for size, letter in _spread(data.get("maybe", {}))},
        glued=_listed(data, "glued"),
        joins=frozenset({"", "-", *joins, " ".join(joins)}),
        piece=_any_of(stems),
        fused=_fusion(stems, joins, data.get("endings", "").split()) if stems else _NEVER,
        sign=_any_of(exact) if data.get("signs") else _NEVER,
        counter=_any_of(_listed(data, "counters")),
        century=_century(data),
        dual=_listed(data, "dual"),
        inner=data.get("inner", ""),
        scores=data.get("scores", False),
        article=data.get("article", False),
        units_first=data.get("units_first", False),
        accents=data.get("accents", False),
    )


def _listed(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(plain(fold(word)) for word in data.get(name, "").split())


def _spread(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for size, written in table.items():
        for word in written.split():
            yield size, word


def _words(data: Mapping[str, Any]) -> dict[str, Word]:
    """Whole words with what they say."""
    counting = _said(data, _spread(data["words"]))
    loose = _said(data, _spread(data.get("loose", {})))
    months = _said(data, _months(data))
    lone = data.get("century", "").split() + data.get("alone", "").split()
    alone = _said(data, (("1", word) for word in lone))
    said = {}
    for form in (*counting, *loose, *months):
        values = (*counting.get(form, ()), *loose.get(form, ()), *months.get(form, ()))
        said[form] = Word(
            values=tuple(dict.fromkeys(values)),
            counts=form in counting and not (form in loose or form in months or form in alone),
            composes=form not in alone and (form in counting or form in loose),
        )
    return said


def _begun_words(data: Mapping[str, Any]) -> dict[str, Word]:
    begun = [
        (plain(fold(word[:-1]), accents=data.get("accents", False)), Decimal(size))
        for table in ("words", "loose")
        for size, word in _spread(data.get(table, {}))
        if word.endswith("*")
    ]
    return {form: Word((size,)) for form, size in begun}


def _months(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for month, names in enumerate(data.get("months", ()), start=1):
        for name in names.split():
            yield str(month), name


def _said(data: Mapping[str, Any], spread: Iterable[tuple[str, str]]) -> dict[str, list[Decimal]]:
    """What each form says, by the forms that the endings give to the words of a table."""
    endings, accents = data.get("endings", "").split(), data.get("accents", False)
    said: dict[str, list[Decimal]] = {}
    for size, word in spread:
        stem = word.removesuffix("~")
        for ending in ("", *endings) if word.endswith("~") else ("",):
            if not word.endswith("*"):
                form = plain(fold(stem + ending), accents=accents)
                said.setdefault(form, []).append(Decimal(size))
    return said


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """One of `words`, the longest first."""
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest))) if longest else _NEVER


def _stems(data: Mapping[str, Any]) -> list[str]:
    """The words that others are run together of, without the endings that come last."""
    written = [word.removesuffix("~") for _, word in _spread(data["words"])]
    written += [word.removesuffix("~") for _, word in _spread(data.get("loose", {}))]
    return [plain(fold(word)) for word in written if not word.endswith("*")]


def _fusion(words: Iterable[str], joins: list[str], endings: list[str]) -> re.Pattern[str]:
    piece, between = _any_of(words).pattern, "|".join(map(re.escape, joins))
    last = "|".join(plain(fold(ending)) for ending in endings)
    return re.compile(rf"(?:{piece})(?:(?:{between})?(?:{piece})){{1,8}}(?:{last})?")


def _century(data: Mapping[str, Any]) -> re.Pattern[str]:
    """A word for a century in folded text; `*` is any rest."""
    words = data.get("century", "").split()
    if not words or data.get("signs"):
        return _any_of(words)
    whole = "|".join(re.escape(fold(word)) for word in words if not word.endswith("*"))
    begun = "|".join(re.escape(fold(word[:-1])) for word in words if word.endswith("*"))
    letter = r"[^\W\d_]"
    return re.compile(
        rf"(?<!{letter})(?:(?:{whole})(?!{letter})" + (f"|{begun})" if begun else ")")
    )
