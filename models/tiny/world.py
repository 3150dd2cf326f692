"""A small world of newswire: invented events, told in Arabic and English and summed up.

Everything is a pure function of the seed, so that train, validation and test events are told
apart by their seeds alone. One Arabic sentence has exactly one English translation.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from models.tiny.lexicon import Detail, Kind, Pattern, Range, Slot, lexicon
from models.tiny.terms import Date, Number, Numeral, Person, Phrase, Style, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = ("speaker", "second", "witness", "rival")
PLACES = ("place", "nearby", "elsewhere", "third")
# Sentences of an article, headline included: mostly 5 to 8.
LENGTHS = tuple(range(4, 17))
WEIGHTS = (10, 20, 20, 18, 14, 6, 4, 3, 2, 2, 2, 2, 2)


@dataclass(frozen=True)
class Sentence:
    """A sentence, its translation, and the name of the pattern that both are made of."""

    arabic: str
    english: str
    pattern: str


@dataclass(frozen=True)
class Article:
    """A headline and the sentences below it, grouped in paragraphs."""

    headline: Sentence
    paragraphs: tuple[tuple[Sentence, ...], ...]

    def sentences(self) -> Iterator[Sentence]:
        """The headline, then every sentence in reading order."""
        yield self.headline
        for paragraph in self.paragraphs:
            yield from paragraph

    def arabic(self) -> str:
        """The article as a file holds it: a blank line between headline and paragraphs."""
        lines = [self.headline.arabic]
        lines += [" ".join(s.arabic for s in paragraph) for paragraph in self.paragraphs]
        return "\n\n".join(lines) + "\n"

    def english(self) -> str:
        """The translations joined by a space: what the summariser reads."""
        return " ".join(s.english for s in self.sentences())


@dataclass(frozen=True)
class Event:
    """An article with its summary of one to three English sentences."""

    kind: str
    article: Article
    summary: tuple[str, ...]


@dataclass(frozen=True)
class Mentions:
    """The facts named in an English text of this world."""

    numbers: frozenset[str]
    names: frozenset[str]
    places: frozenset[str]


@cache
def _name_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = lexicon()
    names = "|".join(p.in_english for p in words.given + words.family)
    places = "|".join(p.in_english for p in words.towns)
    return re.compile(rf"\b(?:{names})\b"), re.compile(rf"\b(?:{places})\b")


def mentions(english: str) -> Mentions:
    """The numbers, names and places that stand in `english`."""
    names, places = _name_patterns()
    numbers = re.findall(r"\d+(?:[.,]\d+)*", english)
    found = (numbers, names.findall(english), places.findall(english))
    return Mentions(*(frozenset(items) for items in found))


def _whole(rng: Random, span: Range) -> int:
    """A number in `span`, small ones as likely as large ones, some of them round.

    Numbers that end in 01 or 02 have a grammar of their own in Arabic and are left out.
    """
    value = round(math.exp(rng.uniform(math.log(span.low), math.log(span.high))))
    if value >= 1000 and rng.random() < 0.5:
        value = round(value, -len(str(value)) + 2)
    return value + 3 if value % 100 in (1, 2) else value


def _numeral(rng: Random, span: str) -> Numeral:
    low, high = span.split("-")
    if "." in span:
        return Numeral(f"{rng.uniform(float(low), float(high)):.1f}")
    return Numeral(str(rng.randint(int(low), int(high))))


def _draw(rng: Random, slot: Slot) -> Number | Numeral | Phrase:
    if isinstance(slot, str):
        return _numeral(rng, slot)
    if isinstance(slot, Range):
        return Number(_whole(rng, slot), lexicon().nouns)
    return rng.choice(slot)


def _slot_terms(rng: Random, slots: dict[str, Slot]) -> dict[str, Term]:
    """One term a slot, none of them twice: a number means one thing in an article."""
    terms: dict[str, Term] = {}
    for name, slot in slots.items():
        term = _draw(rng, slot)
        while term in terms.values():
            term = _draw(rng, slot)
        terms[name] = term
    return terms


def _people_and_places(rng: Random, kind: Kind) -> dict[str, Term]:
    words = lexicon()
    terms: dict[str, Term] = {}
    families = rng.sample(words.family, len(PEOPLE))
    for name, family in zip(PEOPLE, families, strict=True):
        person = Person(rng.choice(words.given), family)
        terms[name] = person
        if roles := kind.roles.get(name):
            role = "role" if name == "speaker" else f"{name}_role"
            terms[role] = rng.choice(roles)[person.given.feminine]
    terms |= zip(PLACES, rng.sample(words.towns, len(PLACES)), strict=True)
    month = rng.choice(words.months)
    terms["date"] = Date(rng.randint(3, 28), month.in_arabic, month.in_english)
    return terms


def _body(rng: Random, kind: Kind, length: int) -> list[Pattern]:
    """`length` patterns, one or two of them salient, in an order that any reader accepts."""
    salient = [detail for detail in kind.details if detail.salient]
    others = [detail for detail in kind.details if not detail.salient] + list(lexicon().common)
    chosen = rng.sample(salient, min(length, rng.choice((0, 1, 1, 2, 2, 2))))
    chosen += rng.sample(others, min(length - len(chosen), len(others)))
    rng.shuffle(chosen)
    follows = [detail for detail in chosen if detail.follow and rng.random() < 0.6]
    return _wordings(rng, chosen, follows, length)


def _wordings(
    rng: Random, chosen: list[Detail], follows: list[Detail], length: int
) -> list[Pattern]:
    plain = [detail for detail in chosen if not detail.salient]
    spare = plain[: max(0, len(chosen) + len(follows) - length)]
    patterns: list[Pattern] = []
    for detail in chosen:
        if detail in spare:
            continue
        patterns.append(rng.choice(detail.wordings))
        if detail in follows:
            patterns.append(rng.choice(detail.follow))
    return patterns[:length]


def _paragraphs(rng: Random, sentences: list[Sentence]) -> tuple[tuple[Sentence, ...], ...]:
    paragraphs = []
    while sentences:
        size = rng.choice((1, 2, 2, 3))
        paragraphs.append(tuple(sentences[:size]))
        sentences = sentences[size:]
    return tuple(paragraphs)


def event(seed: int, longest: int = LENGTHS[-1]) -> Event:
    """The event of `seed`, told in 4 to `longest` sentences, headline included."""
    rng = Random(seed)  # noqa: S311
    kind = rng.choice(lexicon().kinds)
    terms = _people_and_places(rng, kind) | _slot_terms(rng, kind.slots)
    style = Style(*(rng.random() < 0.5 for _ in range(3)))
    length = min(longest, rng.choices(LENGTHS, WEIGHTS)[0])
    lead = rng.choice(kind.leads.wordings)
    patterns = [rng.choice(kind.headlines.wordings), lead, *_body(rng, kind, length - 2)]
    sentences = [
        Sentence(p.arabic.arabic(terms, style), p.english.english(terms), p.name) for p in patterns
    ]
    summary = tuple(p.summary.english(terms) for p in patterns if p.summary)
    return Event(kind.name, Article(sentences[0], _paragraphs(rng, sentences[1:])), summary)
