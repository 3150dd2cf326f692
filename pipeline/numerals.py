"""The words for numbers, language by language, from the files in `numerals/`.

A file holds, beside the words of each value:

    and          words that join the pieces of one number: "twenty and five"
    glued        what is written before a word without a space: و, ال
    endings      what `~` stands for at the end of a word
    units_first  "five and twenty"
    fused        words run together: "zweihundert"
    signs        words of one or more signs, without spaces between them: 三百
    dual         endings that say two
    century      what stands beside the number of a century
    calendar     years between the calendar of the language and ours, from January on one more
    months       the names of the twelve, which dates in digits have no words for
    maybe        letters that scale a number, or are a unit: m

`~` after a word is any ending, `*` is any rest. Values stand in the order of likelihood: where a
word says several, the first one is composed with its neighbours.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipeline.digits import fold

_DATA = Path(__file__).parent / "numerals"
_LONGEST = 40  # letters of a word for a number
_REMEMBERED = 1 << 15  # words whose reading is kept at hand
_DUAL = 4  # letters of the shortest word that is taken for a dual, less one
_NEVER = re.compile(r"(?!)")
# Vowel signs that writers leave out, the long stroke, the dot below, stress.
_MARKS = dict.fromkeys([*range(0x064B, 0x0653), 0x0670, 0x0640, 0x093C, 0x0300, 0x0301, 0x0308])


@dataclass(frozen=True, slots=True)
class Word:
    """What one word says: `values` in the order of likelihood."""

    values: tuple[Decimal, ...]
    composes: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A word for a number between `start` and `end` of what is written."""

    start: int
    end: int
    word: Word


@dataclass(frozen=True, slots=True)
class Numerals:
    """The words of one language; keys went through `key`."""

    words: Mapping[str, Word]
    beginnings: Mapping[str, Word]
    beginning: re.Pattern[str]
    maybe: Mapping[str, Decimal]
    glued: tuple[str, ...]
    joins: frozenset[str]
    piece: re.Pattern[str]
    fused: re.Pattern[str]
    sign: re.Pattern[str]
    century: re.Pattern[str]
    dual: tuple[str, ...]
    units_first: bool
    calendar: int

    @property
    def signs(self) -> bool:
        """Whether words stand without spaces between them."""
        return self.sign is not _NEVER


def key(word: str) -> str:
    """A folded word without the marks that writers put or leave out."""
    return word if word.isalpha() else word.translate(_MARKS)


@lru_cache(_REMEMBERED)
def look_up(written: str, lang: str) -> tuple[Found, ...]:
    """The words for numbers in one word of a folded text: none, one, or more in a fused one."""
    table, plain = numerals(lang), key(written)
    if len(written) > _LONGEST:
        return ()
    word = table.words.get(plain)
    if word:
        return (Found(0, len(written), word),)
    return (
        _unglued(written, plain, table) or _fused(written, table) or _begun(written, plain, table)
    )


def _unglued(written: str, plain: str, table: Numerals) -> tuple[Found, ...]:
    for prefix in table.glued:
        word = table.words.get(plain[len(prefix) :]) if plain.startswith(prefix) else None
        if word:
            return (Found(int(prefix[0] in table.joins), len(written), word),)
    return ()


def _fused(written: str, table: Numerals) -> tuple[Found, ...]:
    if not table.fused.fullmatch(written):
        return ()
    found = table.piece.finditer(written)
    return tuple(Found(*piece.span(), table.words[piece.group()]) for piece in found)


def _begun(written: str, plain: str, table: Numerals) -> tuple[Found, ...]:
    begun = table.beginning.match(plain)
    if begun:
        return (Found(0, len(written), table.beginnings[begun.group()]),)
    if table.dual and len(plain) > _DUAL and plain.endswith(table.dual):
        return (Found(0, len(written), Word((Decimal(2),), composes=False)),)
    return ()


@cache
def has_words(lang: str) -> bool:
    """Whether the words of a language are known."""
    return (_DATA / f"{lang}.toml").exists()


@cache
def numerals(lang: str) -> Numerals:
    """The words of a language; of one that has no file, what many languages share."""
    data = tomllib.loads(
        (_DATA / f"{lang if has_words(lang) else 'root'}.toml").read_text(encoding="utf-8")
    )
    exact, begun = _words(data)
    joined = data.get("and", "").split()
    return Numerals(
        words=exact,
        beginnings=begun,
        beginning=_any_of(begun),
        maybe={letter: Decimal(size) for size, letter in _spread(data.get("maybe", {}))},
        glued=tuple(map(_plain, data.get("glued", "").split())),
        joins=frozenset({"", "-", *joined, " ".join(joined)}),
        piece=_any_of(exact) if data.get("fused") else _NEVER,
        fused=_fusion(exact, joined) if data.get("fused") else _NEVER,
        sign=_any_of(exact) if data.get("signs") else _NEVER,
        century=_century(data),
        dual=tuple(map(_plain, data.get("dual", "").split())),
        units_first=data.get("units_first", False),
        calendar=data.get("calendar", 0),
    )


def _plain(word: str) -> str:
    return key(fold(word))


def _words(data: Mapping[str, Any]) -> tuple[dict[str, Word], dict[str, Word]]:
    """Whole words and beginnings of words with what they say."""
    endings = data.get("endings", "").split()
    exact: dict[str, list[Decimal]] = {}
    begun: dict[str, list[Decimal]] = {}
    for size, written in _spread(data["words"]):
        if written.endswith("*"):
            begun.setdefault(_plain(written[:-1]), []).append(Decimal(size))
        for form in _forms(written, endings):
            exact.setdefault(form, []).append(Decimal(size))
    alone = set(map(_plain, data.get("century", "").split()))
    words = {
        form: Word(tuple(dict.fromkeys(values)), composes=form not in alone)
        for form, values in exact.items()
    }
    for form, months in _months(data, endings).items():
        others = words[form].values if form in words else ()
        words[form] = Word((*others, *months), composes=form in words)
    return words, {form: Word(tuple(dict.fromkeys(values))) for form, values in begun.items()}


def _months(data: Mapping[str, Any], endings: list[str]) -> dict[str, list[Decimal]]:
    months: dict[str, list[Decimal]] = {}
    for month, names in enumerate(data.get("months", ()), start=1):
        for name in names.split():
            for form in _forms(name, endings):
                months.setdefault(form, []).append(Decimal(month))
    return months


def _spread(table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for size, written in table.items():
        for word in written.split():
            yield size, word


def _forms(written: str, endings: list[str]) -> set[str]:
    if written.endswith("*"):
        return set()
    if not written.endswith("~"):
        return {_plain(written)}
    return {_plain(written[:-1] + ending) for ending in ("", *endings)}


def _any_of(words: Mapping[str, Word]) -> re.Pattern[str]:
    """One of `words`, the longest first."""
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest))) if words else _NEVER


def _fusion(words: Mapping[str, Word], joined: list[str]) -> re.Pattern[str]:
    piece, joins = _any_of(words).pattern, "|".join(map(re.escape, joined))
    return re.compile(rf"(?:{piece})(?:(?:{joins})?(?:{piece})){{1,8}}")


def _century(data: Mapping[str, Any]) -> re.Pattern[str]:
    written = data.get("century", "").split()
    spaced = r"" if data.get("signs") else r"(?<![^\W\d_])"
    forms = [
        re.escape(_plain(word.rstrip("*~")))
        + ("" if word.endswith(("*", "~")) else r"(?![^\W\d_])")
        for word in written
    ]
    return re.compile(spaced + "(?:" + "|".join(forms) + ")") if forms else _NEVER
