"""What a careful reader would flag in a summary, held against the document it is made from."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain

from pipeline import names, numbers, quantities
from pipeline.evidence import Evidence, words
from pipeline.flags import Finding
from pipeline.numbers import Number
from pipeline.quantities import Quantity

VERSION = 1

# Figures below are for 302 summaries that people wrote of 109 news articles; see
# `tests/benchmarks/summary_checks.py`.

# Writers count what a text lists, and write small numbers as words: these raise nothing.
COUNTED = 10
# How far from it a number may be rounded: "more than 1,200" for 1,240, "nearly 5m" for 4.9m.
ROUNDED = Decimal("0.2")
_OVER = r"more than|over|above|at least|upwards of|in excess of|past|exceed\w*"
_UNDER = r"nearly|almost|under|below|less than|fewer than|close to|up to|as many as"
_ABOUT = r"about|around|roughly|some|approximately|approx\.?|circa|an? estimated"
_HEDGE = re.compile(rf"(?:(\b(?:{_OVER}))|(\b(?:{_UNDER}))|\b(?:{_ABOUT}))\s(?:an?\s|the\s)?\W?$")
_HEDGE_REACH = 24  # characters before a number

# A number of the document that is said to be of something is contradicted if what stands around
# it is much less like what stands around another number of its kind.
LIKENESS = 0.1
MUCH_LESS = 0.7
# A sentence with so much of its words in an earlier one, of so many words at least, repeats it.
REPEATED = 0.8
FEW_WORDS = 4


@dataclass(frozen=True)
class Document:
    """English segments, the segments of the source, and what is counted of them when asked for."""

    segments: Sequence[str]
    sources: Sequence[str]
    lang: str

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.segments)

    @cached_property
    def known(self) -> names.Known:
        return names.Known("\n".join((*self.segments, *self.sources)))

    @cached_property
    def numbers(self) -> list[list[Number]]:
        """Of every segment."""
        return [numbers.read(segment, "en") for segment in self.segments]

    @cached_property
    def values(self) -> frozenset[Decimal]:
        """All that a number may say in English or in the source."""
        read = [numbers.read(source, self.lang) for source in self.sources]
        return _values(chain(*self.numbers, *read))

    @cached_property
    def quantities(self) -> list[list[Quantity]]:
        """Of every segment."""
        pairs = zip(self.segments, self.numbers, strict=True)
        return [quantities.read(segment, found) for segment, found in pairs]


def check(
    sentences: Sequence[str],
    supports: Sequence[tuple[int, ...]],
    segments: Sequence[str],
    sources: Sequence[str],
    lang: str,
) -> list[tuple[Finding, ...]]:
    """The findings for every summary sentence, at most one of a name.

    `supports` are the indexes of the English `segments` that support each sentence; `sources`
    are the segments in the language `lang` (ISO 639-1), as many or none.
    """
    document = Document(segments, sources, lang)
    repeated = _repeated(sentences)
    return [
        tuple(Finding(name, detail) for name, detail in raised if detail)
        for raised in (
            [
                *((name, rule(document, sentence, found)) for name, rule in RULES),
                ("repetition", again),
            ]
            for sentence, found, again in zip(sentences, supports, repeated, strict=True)
        )
    ]


def _unsupported_numbers(document: Document, sentence: str, _: Sequence[int]) -> str:
    """The numbers that the document lacks, and that round none of its own."""
    lacking = [
        number.text
        for number in numbers.read(sentence, "en")
        if not _part_of_name(sentence, number)
        and not _counted(number)
        and number.values.isdisjoint(document.values)
        and not _rounds(sentence, number, document.values)
    ]
    return ", ".join(dict.fromkeys(lacking))


def _part_of_name(sentence: str, number: Number) -> bool:
    return sentence[max(0, number.start - 1) : number.start].isalpha()


def _counted(number: Number) -> bool:
    return not number.digits and min(number.values) <= COUNTED


def _rounds(sentence: str, number: Number, values: frozenset[Decimal]) -> bool:
    """Whether a word of caution stands before a number that one of `values` rounds to."""
    before = sentence[max(0, number.start - _HEDGE_REACH) : number.start].lower()
    hedge = _HEDGE.search(before)
    if not hedge:
        return False
    least = 0 if hedge[1] else -ROUNDED
    most = 0 if hedge[2] else ROUNDED
    return any(
        least <= (value - said) / said <= most and _figures(said) < _figures(value)
        for said in number.values
        if said
        for value in values
    )


def _figures(value: Decimal) -> int:
    """Digits of a value without the zeros that end it."""
    return len(value.normalize().as_tuple().digits)


def _contradictions(document: Document, sentence: str, supports: Sequence[int]) -> str:
    """Numbers in the place of another, as in `45 → 54`."""
    said = quantities.read(sentence)
    values = _values(one.number for one in said)
    swaps = [(one, _in_its_place(document, one, values)) for one in said]
    return ", ".join(f"{one.number.text} → {other}" for one, other in swaps if other)


def _in_its_place(document: Document, one: Quantity, values: frozenset[Decimal]) -> str:
    """The document's number that stands where the sentence has `one`; empty if it is its own.

    None that the sentence has too: `values`.
    """
    if _counted(one.number):
        return ""
    own, best, instead = 0.0, 0.0, ""
    for other in chain(*document.quantities):
        likeness = one.likeness(other, document.evidence.weight)
        if not one.number.values.isdisjoint(other.number.values):
            own = max(own, likeness)
        elif other.kind == one.kind and likeness > best:
            if values.isdisjoint(other.number.values):
                best, instead = likeness, other.number.text
    known = not one.number.values.isdisjoint(document.values)
    return instead if known and best > LIKENESS and own < MUCH_LESS * best else ""


def _unsupported_names(document: Document, sentence: str, _: Sequence[int]) -> str:
    unknown = document.known.unknown(sentence)
    return ", ".join(
        dict.fromkeys(name.text for name in unknown if not document.known.spelling(name))
    )


def _spellings(document: Document, sentence: str, _: Sequence[int]) -> str:
    """Names that the document spells otherwise, as in `Schofield → Scholfield`."""
    unknown = document.known.unknown(sentence)
    spelt = {name.text: document.known.spelling(name) for name in unknown}
    return ", ".join(f"{name} → {known}" for name, known in spelt.items() if known)


def _repeated(sentences: Sequence[str]) -> list[str]:
    """For every sentence the earlier one whose words it has, as in `sentence 1`; else empty."""
    bags = [frozenset(words(sentence)) for sentence in sentences]
    return [
        next((f"sentence {n + 1}" for n in range(index) if _says_again(bag, bags[n])), "")
        for index, bag in enumerate(bags)
    ]


def _says_again(one: frozenset[str], other: frozenset[str]) -> bool:
    few = min(len(one), len(other))
    return few >= FEW_WORDS and len(one & other) >= REPEATED * few


def _values(found: "chain[Number]") -> frozenset[Decimal]:
    return frozenset(chain.from_iterable(number.values for number in found))


Rule = Callable[[Document, str, Sequence[int]], str]

RULES: tuple[tuple[str, Rule], ...] = (
    ("unsupported-number", _unsupported_numbers),
    ("contradiction", _contradictions),
    ("unsupported-name", _unsupported_names),
    ("name-spelling", _spellings),
)
