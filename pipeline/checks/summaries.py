"""What a careful reader would flag in a summary, held against the document it is made from."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain

from pipeline import numbers
from pipeline.checks import names, quantities
from pipeline.checks.quantities import Quantity
from pipeline.evidence import Evidence, words
from pipeline.flags import Finding
from pipeline.numbers import Number

VERSION = 1

# The figures below are chosen on summaries that people wrote of news; what they give there, see
# `tests/benchmarks/summary_checks.py`.

# Writers count what a text lists, write small numbers as words, and say December, a century,
# thousands.
COUNTED = 12
_VAGUE = {Decimal(100), *(Decimal(1000) ** power for power in range(1, 5))}
# How far from it a number may be rounded: "more than 1,200" for 1,240, "nearly 5m" for 4.9m.
ROUNDED = Decimal("0.2")
_OVER = r"more than|over|above|at least|upwards of|in excess of|past|exceed\w*"
_UNDER = r"nearly|almost|under|below|less than|fewer than|close to|up to|as many as"
_ABOUT = r"about|around|roughly|some|approximately|approx\.?|circa|an? estimated"
_HEDGE = re.compile(rf"\b(?:({_OVER})|({_UNDER})|{_ABOUT})\s(?:an?\s|the\s)?\W?$")
_HEDGE_REACH = 24  # characters before a number
_CLOCK = re.compile(r"\d\d?\.[0-5]\d")

# A number is in the place of another if what stands around it is more like what stands around the
# other in the document; so much more, from 0 to 1, where the sentence's own evidence has it.
MORE_LIKELY = 0.2
MOST_NUMBERS = 20
# A small number that the document has only in words is its own where so much around them is alike.
IN_PASSING = 0.05
# What of a source can be an English name as it stands.
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][\w.'’]*")
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
        latin = (" ".join(_LATIN.findall(source)) for source in self.sources)
        return names.Known("\n".join((*self.segments, *latin)))

    @cached_property
    def numbers(self) -> list[list[Number]]:
        """Of every segment."""
        return [_read(segment, "en") for segment in self.segments]

    @cached_property
    def source_values(self) -> frozenset[Decimal]:
        return _values(chain.from_iterable(_read(source, self.lang) for source in self.sources))

    @cached_property
    def values(self) -> frozenset[Decimal]:
        """All that the numbers in English and in the source may say."""
        return self.source_values | _values(chain(*self.numbers))

    @cached_property
    def quantities(self) -> list[tuple[int, Quantity]]:
        """Each with the index of its segment."""
        pairs = enumerate(zip(self.segments, self.numbers, strict=True))
        return [
            (index, quantity)
            for index, (segment, found) in pairs
            if found
            for quantity in quantities.read(segment, found)
        ]


@dataclass(frozen=True)
class Sentence:
    """A sentence of the summary, and the indexes of the segments that support it."""

    text: str
    supports: tuple[int, ...]

    @cached_property
    def numbers(self) -> list[Number]:
        return _read(self.text, "en")

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Its numbers in digits; none of a list of numbers, which says nothing of each."""
        in_digits = [one for one in self.numbers if one.digits]
        return quantities.read(self.text, in_digits) if len(in_digits) <= MOST_NUMBERS else []


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
    findings = []
    for number, (text, found) in enumerate(zip(sentences, supports, strict=True)):
        sentence = Sentence(text, found)
        raised = [(name, rule(document, sentence)) for name, rule in RULES]
        raised.append(("repetition", _repeats(text, sentences[:number])))
        findings.append(tuple(Finding(name, detail) for name, detail in raised if detail))
    return findings


def _read(text: str, lang: str) -> list[Number]:
    """The numbers of a text, but for those that are part of a name, as in MI5."""
    return [
        number
        for number in numbers.read(text, lang)
        if not (number.digits and text[max(0, number.start - 1) : number.start].isalpha())
    ]


def _values(found: Iterable[Number]) -> frozenset[Decimal]:
    """All that numbers may say, 12.30 also the hour and the minute."""
    said = ((n.values, *(n.parts if _CLOCK.fullmatch(n.text) else ())) for n in found)
    return frozenset(chain.from_iterable(chain.from_iterable(said)))


def _unsupported_numbers(document: Document, sentence: Sentence) -> str:
    """The numbers that the document lacks, and that round none of its own."""
    lacking = [
        number.text
        for number in sentence.numbers
        if not _is_loose(number)
        and not _is_known(number, document.values)
        and not _rounds(number, sentence.text, document.values)
    ]
    passing = [one.number.text for one in sentence.quantities if _in_passing(document, one)]
    return ", ".join(dict.fromkeys(lacking + passing))


def _is_loose(number: Number) -> bool:
    return not number.digits and (
        min(number.values) <= COUNTED or not number.values.isdisjoint(_VAGUE)
    )


def _is_known(number: Number, values: frozenset[Decimal]) -> bool:
    """Whether a number, or the hour and the minute that it may be, are among the values."""
    if not number.values.isdisjoint(values):
        return True
    clock = _CLOCK.fullmatch(number.text) and number.parts
    return bool(clock) and not any(part.isdisjoint(values) for part in number.parts)


def _in_passing(document: Document, one: Quantity) -> bool:
    """Whether the document has a number only as a word for a small one, said of something else."""
    said = _values([one.number])
    if min(said) > COUNTED or not said.isdisjoint(document.source_values):
        return False
    own = [other for _, other in document.quantities if not said.isdisjoint(other.number.values)]
    if not own or any(other.number.digits for other in own):
        return False
    return max(one.likeness(other, document.evidence.weight) for other in own) < IN_PASSING


def _rounds(number: Number, text: str, values: frozenset[Decimal]) -> bool:
    """Whether a word of caution stands before a number that one of `values` rounds to."""
    before = text[max(0, number.start - _HEDGE_REACH) : number.start].lower()
    hedge = _HEDGE.search(before)
    if not hedge:
        return False
    least = 0 if hedge[1] else -ROUNDED
    most = 0 if hedge[2] else ROUNDED
    return any(
        least * said <= value - said <= most * said and _figures(said) < _figures(value)
        for said in number.values
        for value in values
    )


def _figures(value: Decimal) -> int:
    """Digits of a value without the zeros that end it."""
    return len(value.normalize().as_tuple().digits)


def _contradictions(document: Document, sentence: Sentence) -> str:
    """Numbers that stand in the place of another of the document, as in `45 → 54`."""
    values = _values(sentence.numbers)
    swaps = (
        (one.number.text, _in_its_place(document, one, values, sentence.supports))
        for one in sentence.quantities
        if not one.number.values.isdisjoint(document.values)
        and not _rounds(one.number, sentence.text, document.values)
    )
    return ", ".join(f"{said} → {other}" for said, other in swaps if other)


def _in_its_place(
    document: Document, one: Quantity, values: frozenset[Decimal], supports: tuple[int, ...]
) -> str:
    """The document's number that stands where the sentence has `one`; empty if it is its own.

    It is in digits, and none that the sentence has as well, whose numbers are `values`.
    """
    said, own, best, instead = _values([one.number]), 0.0, 0.0, ""
    for index, other in document.quantities:
        likeness = one.likeness(other, document.evidence.weight)
        if not said.isdisjoint(_values([other.number])):
            bonus = index in supports
            own = max(own, likeness + MORE_LIKELY * bonus)
        elif likeness > best and other.kind == one.kind and _differs(other.number, values):
            best, instead = likeness, other.number.text
    return instead if best > own else ""


def _differs(number: Number, values: frozenset[Decimal]) -> bool:
    return number.digits and number.values.isdisjoint(values)


def _unsupported_names(document: Document, sentence: Sentence) -> str:
    """Names that the document lacks, in whole, or as the full name that two of its names make."""
    unknown = document.known.unknown(sentence.text)
    lacking = (name.text for name in unknown if not document.known.spelling(name))
    return ", ".join(dict.fromkeys((*lacking, *document.known.mixed(sentence.text))))


def _spellings(document: Document, sentence: Sentence) -> str:
    """Names that the document spells otherwise, as in `Schofield → Scholfield`."""
    unknown = document.known.unknown(sentence.text)
    spelt = {name.text: document.known.spelling(name) for name in unknown}
    return ", ".join(f"{name} → {known}" for name, known in spelt.items() if known)


def _repeats(text: str, earlier: Sequence[str]) -> str:
    """The earlier sentence whose words a text has, as in `sentence 1`; empty if there is none."""
    said = set(words(text))
    for number, other in enumerate(earlier, start=1):
        before = set(words(other))
        few = min(len(said), len(before))
        if few >= FEW_WORDS and len(said & before) >= REPEATED * few:
            return f"sentence {number}"
    return ""


Rule = Callable[[Document, Sentence], str]

RULES: tuple[tuple[str, Rule], ...] = (
    ("unsupported-number", _unsupported_numbers),
    ("contradiction", _contradictions),
    ("unsupported-name", _unsupported_names),
    ("name-spelling", _spellings),
)
