"""Training examples, a pure function of the number of their chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.tiny.world import LENGTHS, Event, event, mentions

if TYPE_CHECKING:
    from random import Random

# Where the seeds of each split begin; none has a billion events.
TRAINING, VALIDATION, TEST = 0, 10**9, 2 * 10**9

# Share of articles that reach the summariser with a few words wrong, as a translator may get them.
NOISY = 0.15


@dataclass(frozen=True)
class Pair:
    """A source text and the target that a model has to learn to write."""

    source: str
    target: str


def events(start: int, count: int, longest: int = LENGTHS[-1]) -> list[Event]:
    """The events of `count` consecutive seeds."""
    return [event(seed, longest) for seed in range(start, start + count)]


def translation_pairs(told: list[Event]) -> list[Pair]:
    """Every different sentence of the articles with its translation, in order of appearance."""
    sentences = (s for item in told for s in item.article.sentences())
    return list(dict.fromkeys(Pair(s.arabic, s.english) for s in sentences))


def summary_pair(told: Event) -> Pair:
    """The translated article, as the pipeline joins it, and its summary."""
    return Pair(told.article.english(), " ".join(told.summary))


def with_errors(pair: Pair, rng: Random) -> Pair:
    """`pair` with one to three words of its source lost, doubled or mistaken.

    Words that the summary needs to name (numbers, names, places) are left alone.
    """
    kept = mentions(pair.target)
    needed = kept.numbers | kept.names | kept.places
    words = pair.source.split(" ")
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(words))
        if any(fact in words[at] for fact in needed):
            continue
        words[at : at + 1] = rng.choice(([], [words[at]] * 2, [rng.choice(words)]))
    return Pair(" ".join(words), pair.target)


def summary_pairs(told: list[Event], rng: Random) -> list[Pair]:
    """One pair an event, some of them with errors in the source."""
    pairs = [summary_pair(item) for item in told]
    return [with_errors(pair, rng) if rng.random() < NOISY else pair for pair in pairs]
