"""Which segments support a summary sentence: words in common, the rare ones counting most."""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

VERSION = 1
"""Bumped by hand whenever the same sentence would be supported otherwise."""

# No word is longer than 40 letters: what is remembered of hostile ones stays small.
_WORD = re.compile(r"\d{1,40}(?:[.,]\d{1,9}){0,9}|[^\W\d_]{2,40}")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_ENDING = re.compile(
    r"(?<=.{4})(?:(?:ion|ing|ment|er|al|ly|y|ie|e)s?|ie[ds]|ed)$|(?<=.{3})(?<![sui])s$"
)

# Words that say how others hang together weigh half.
_FUNCTION = re.compile(
    r"an?|the|and|or|but|nor|for|with|from|to|of|in|on|at|by|as|into|about|after|before|out|over|up|down"
    r"|off|than|then|also|is|was|were|are|be|been|being|am|ha[sd]|have|having|do|doe|did|done|will"
    r"|would|can|could|may|might|must|should|shall|not?|its?|he|hi[ms]|she|hers?|they|them|their|we|us"
    r"|our|you|your|my|me|th(?:is|at|ese|ose|ere)|here|who|whom|whose|what|which|when|where|while|if|so"
    r"|such|some|any|all|both|each|more|most|other|just|only|very|said|say"
)

# The share of a sentence's weight that a segment must cover to count as evidence, that one more
# must add, and that all must reach together. Words that stand in no segment are in the whole.
# Of 808 sentences that people wrote about 109 news articles, 9 % reach less; held against
# another article, 97 % do. See `tests/benchmarks/summary_checks.py`.
ENOUGH_EVIDENCE = 0.1
ENOUGH_GAIN = 0.12
ENOUGH_SUPPORT = 0.3
MOST_SUPPORTS = 3


class Evidence:
    """The words of a document's English segments, counted once for all its summary sentences."""

    def __init__(self, segments: Sequence[str]) -> None:
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        for index, segment in enumerate(segments):
            for word in words(segment):
                self._holders[word].append(index)
        self._size = len(segments)
        self._weights: dict[str, float] = {}

    def weight(self, word: str) -> float:
        """Inverse document frequency of a word of `words`, a segment being the document:
        log(1 + segments / segments with the word), half of that for a function word; a word of
        no segment weighs the most."""
        known = self._weights.get(word)
        if known is None:
            holders = max(1, len(self._holders.get(word, ())))
            share = 0.5 if _FUNCTION.fullmatch(word) else 1.0
            known = self._weights[word] = share * math.log(1 + self._size / holders)
        return known

    def supports(self, sentence: str) -> tuple[tuple[int, ...], float]:
        """Indexes of the segments that best cover `sentence`, ascending, and the share of its
        weight that they cover. Chosen greedily, the largest gain first."""
        weights = {word: self.weight(word) for word in words(sentence)}
        total = sum(weights.values())
        covered, chosen = 0.0, list[int]()
        while total and len(chosen) < MOST_SUPPORTS:
            best, gain = self._best(weights)
            if gain < (ENOUGH_GAIN if chosen else ENOUGH_EVIDENCE) * total:
                break
            chosen.append(best)
            covered += gain
            weights = {w: weights[w] for w in weights if best not in self._holders.get(w, ())}
        return tuple(sorted(chosen)), covered / total if total else 0.0

    def _best(self, weights: dict[str, float]) -> tuple[int, float]:
        """The segment that holds the largest share of the words, and what they weigh."""
        gains: defaultdict[int, float] = defaultdict(float)
        for word, weight in weights.items():
            for index in self._holders.get(word, ()):
                gains[index] += weight
        best = max(gains, key=lambda index: (gains[index], -index), default=-1)
        return best, gains[best]


def words(text: str) -> list[str]:
    """The words of English text, each once, without the endings that inflect them."""
    return list(dict.fromkeys(map(stem, _WORD.findall(text.lower()))))


@lru_cache(maxsize=2**16)  # news says the same words again and again
def stem(word: str) -> str:
    """What is left of a word in lower case without a common ending; a number without commas.

    Four letters stay at least, three before a plural s. Fewer sentences that people wrote lack
    support so, and hardly more of those that are held against another article have it.
    """
    return _THOUSANDS.sub("", word) if word[0].isdigit() else _ENDING.sub("", word)
