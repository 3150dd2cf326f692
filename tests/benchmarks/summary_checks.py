"""Checks of a summary on summaries that people wrote of news: false alarms, and what is caught.

    python -m tests.benchmarks.summary_checks [FOLDER]

FOLDER, ../shared/data if not said, holds `summ/writer_summaries.json`: rows of `article` and
`summary`. Printed are

    the share of summaries that raise each flag as they stand, and of sentences with weak support,
    also when held against another article;
    what is caught when one number or name is replaced, by another kind of thing each: caught is a
    flag of that kind on the changed sentence that it did not have before;
    milliseconds that evidence and checks take a summary.

Names are taken by a rule of this file, not by the one that is measured.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from pipeline.checks.summaries import check
from pipeline.evidence import ENOUGH_SUPPORT, Evidence
from pipeline.flags import Finding
from pipeline.segment import segment

FOLDER = Path(__file__).parents[3] / "shared" / "data"
NUMBERS = frozenset({"unsupported-number", "contradiction"})
NAMES = frozenset({"unsupported-name"})
DRAWS = 3  # broken copies of a summary for each way to break it

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w]*\d)")
_NAME = r"(?!I['’]|Mrs?\b|Dr\b)[A-Z][\w'’]*[a-z](?:[ -][A-Z][\w'’]*[a-z])*"
_INNER_NAME = re.compile(rf"(?<=[a-z,] ){_NAME}")
_PART = re.compile(r"[\w'’]+")
_FIRST_NAME = re.compile(_NAME)

Found = list[tuple[Finding, ...]]


@dataclass(frozen=True)
class Pair:
    """An article in segments, and a summary in sentences."""

    article: tuple[str, ...]
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.article)

    def checked(self, sentences: Sequence[str]) -> Found:
        evidence = Evidence(self.article)
        supports = [evidence.supports(sentence)[0] for sentence in sentences]
        return check(sentences, supports, self.article, (), "en")


@dataclass(frozen=True)
class Break:
    """One way to break a summary: what is replaced, by what, and the flags that should say so."""

    name: str
    flags: frozenset[str]
    spots: Callable[[Pair, str], list[re.Match[str]]]
    instead: Callable[[random.Random, Pair, Sequence[Pair], str], str]


def read(folder: Path) -> list[Pair]:
    """The pairs of the set, in its order."""
    rows = json.loads((folder / "summ" / "writer_summaries.json").read_text("utf-8"))
    return [Pair(_cut(row["article"]), _cut(row["summary"])) for row in rows]


def _cut(text: str) -> tuple[str, ...]:
    return tuple(found.text for found in segment(text, "en"))


def _numbers(_: Pair, sentence: str) -> list[re.Match[str]]:
    return list(_NUMBER.finditer(sentence))


def _inner_names(_: Pair, sentence: str) -> list[re.Match[str]]:
    return list(_INNER_NAME.finditer(sentence))


def _first_names(pair: Pair, sentence: str) -> list[re.Match[str]]:
    """The name that opens the sentence, if the article has it within one."""
    found = _FIRST_NAME.match(sentence)
    return [found] if found and found.group() in _INNER_NAME.findall(pair.text) else []


def _parts(_: Pair, sentence: str) -> list[re.Match[str]]:
    """The words of full names within the sentence."""
    full = (name for name in _INNER_NAME.finditer(sentence) if " " in name.group())
    return [part for name in full for part in _PART.finditer(sentence, *name.span())]


def _other_digits(draw: random.Random, _: Pair, __: Sequence[Pair], old: str) -> str:
    """As many digits, none of them a zero at the head."""
    while True:
        first, rest = draw.choice("123456789"), old[1:]
        new = first + re.sub(r"\d", lambda _: draw.choice("0123456789"), rest)
        if new != old:
            return new


def _own_number(draw: random.Random, pair: Pair, _: Sequence[Pair], old: str) -> str:
    others = (one for one in _NUMBER.findall(pair.text) if _value(one) != _value(old))
    return _any(draw, others)


def _value(number: str) -> str:
    return number.replace(",", "").lstrip("0")


def _own_name(draw: random.Random, pair: Pair, _: Sequence[Pair], old: str) -> str:
    others = (one for one in _INNER_NAME.findall(pair.text) if one not in old and old not in one)
    return _any(draw, others)


def _own_part(draw: random.Random, pair: Pair, _: Sequence[Pair], old: str) -> str:
    names = _INNER_NAME.findall(pair.text)
    return _any(draw, (part for name in names for part in _PART.findall(name) if part != old))


def _foreign_name(draw: random.Random, pair: Pair, pairs: Sequence[Pair], _: str) -> str:
    """A name of another article that this one lacks."""
    other = draw.choice(pairs)
    return _any(draw, (one for one in _INNER_NAME.findall(other.text) if one not in pair.text))


def _any(draw: random.Random, texts: Iterator[str]) -> str:
    """One of the texts; empty if there are none."""
    return draw.choice(sorted(set(texts)) or [""])


BREAKS = (
    Break("number → random digits", NUMBERS, _numbers, _other_digits),
    Break("number → another of the article", NUMBERS, _numbers, _own_number),
    Break("name in a sentence → of another article", NAMES, _inner_names, _foreign_name),
    Break("name that opens one → of another article", NAMES, _first_names, _foreign_name),
    Break("name → another of the article", NAMES, _inner_names, _own_name),
    Break("part of a full name → of another of the article", NAMES, _parts, _own_part),
)


def caught(way: Break, draw: random.Random, pair: Pair, pairs: Sequence[Pair]) -> bool | None:
    """Whether one thing, replaced, raises a flag; None where there is nothing to replace."""
    spots = [(n, s) for n, one in enumerate(pair.sentences) for s in way.spots(pair, one)]
    if not spots:
        return None
    index, spot = draw.choice(spots)
    new = way.instead(draw, pair, pairs, spot.group())
    if not new:
        return None
    sentences = list(pair.sentences)
    sentences[index] = spot.string[: spot.start()] + new + spot.string[spot.end() :]
    before, after = pair.checked(pair.sentences)[index], pair.checked(sentences)[index]
    return any(finding.name in way.flags for finding in set(after) - set(before))


def _print_alarms(pairs: Sequence[Pair]) -> None:
    """As they stand: summaries with each flag, and support against this and another article."""
    for pair in pairs:  # what is read or compiled once
        pair.checked(pair.sentences)
    started = process_time()
    raised = [{f.name for of_one in pair.checked(pair.sentences) for f in of_one} for pair in pairs]
    spent = process_time() - started
    counts = Counter(name for names in raised for name in names)
    counts["numbers: either"] = sum(not names.isdisjoint(NUMBERS) for names in raised)
    print(f"{len(pairs)} summaries as people wrote them, {1000 * spent / len(pairs):.1f} ms each")
    for name, count in sorted(counts.items()):
        print(f"  {name:24} {count:4}  {100 * count / len(pairs):5.1f} %")
    for title, away in (("its article", 0), ("another article", len(pairs) // 2)):
        weak = [
            evidence.supports(sentence)[1] < ENOUGH_SUPPORT
            for index, pair in enumerate(pairs)
            for evidence in [Evidence(pairs[index - away].article)]
            for sentence in pair.sentences
        ]
        print(f"  sentences with weak support in {title:16} {100 * sum(weak) / len(weak):5.1f} %")


def _print_caught(pairs: Sequence[Pair]) -> None:
    print(f"broken, {DRAWS} times each where there is something to break: caught")
    for way in BREAKS:
        draw = random.Random(way.name)
        tried = [caught(way, draw, pair, pairs) for pair in pairs for _ in range(DRAWS)]
        known = [one for one in tried if one is not None]
        print(f"  {way.name:50} {sum(known):4} of {len(known):4}  {_share(known):5.1f} %")


def _share(known: Sequence[bool]) -> float:
    return 100 * sum(known) / max(1, len(known))


def main(folder: Path) -> None:
    """Print both tables."""
    pairs = read(folder)
    _print_alarms(pairs)
    _print_caught(pairs)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
