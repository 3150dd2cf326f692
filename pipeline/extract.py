"""Stage 3 without a model: the sentences that say most of what a document says, as they stand.

A sentence is central where it is like the others: its cosines with all of them, summed, are the
product of its vector with the sum of all vectors (degree centrality without a threshold: Erkan and
Radev 2004). A word counts once: what was said adds nothing (coverage: Filatova and Hatzivassiloglou
2004). What comes early counts more. All of it takes time in proportion to the words.

What was chosen here was chosen on every other one of 109 news articles. On the rest ROUGE-1/2/L are
45.6/21.8/30.7 in no more words than the first three sentences, which have 45.1/21.6/30.4
(`tests/benchmarks/extracts.py`).
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import ClassVar

from models.catalog import EXTRACTIVE
from pipeline import evidence
from pipeline.document import Summary, SummarySentence
from pipeline.evidence import Evidence
from pipeline.signature import Signature
from pipeline.summarize import SENTENCE_END, SLACK, Bilingual, Text, is_worded

VERSION = 1

# News says first what matters most. The weight falls as the gain of a ranked list does (Järvelin
# and Kekäläinen 2002) until the fifteenth sentence: of a book all but the beginning counts alike.
LATE = 0.25
FEWEST = 4  # words of what can stand for itself

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class Extractor:
    """Summarises as `pipeline.summarize.Summarizer` does, in about so many `words`."""

    words: int
    model: ClassVar[None] = None

    @property
    def signature(self) -> Signature:
        """What decides the summary of a document."""
        asked = (("method", EXTRACTIVE), ("words", str(self.words)))
        return Signature("summarize", VERSION, (*asked, ("evidence", f"v{evidence.VERSION}")))

    def summarize(self, documents: Sequence[Bilingual]) -> Iterator[dict[int, Summary]]:
        """A summary a document, by index; each sentence is a segment and its own evidence."""
        for index, document in enumerate(documents):
            yield {index: self.extract(document.targets)}

    def extract(self, segments: Text) -> Summary:
        """The summary of English segments."""
        lengths = {index: len(one.split()) for index, one in enumerate(segments) if is_worded(one)}
        if not lengths:
            return Summary(flags=("nothing-to-summarise",))
        most = SLACK * self.words
        chosen = self._choose(_vectors(segments), _candidates(segments, lengths, most))
        sentences = tuple(SummarySentence(segments[index], (index,)) for index in sorted(chosen))
        longer = sum(lengths[index] for index in chosen) > most
        return Summary(sentences, (EXTRACTIVE, *(("longer-than-asked",) * longer)))

    def _choose(self, vectors: Sequence[Vector], candidates: Mapping[int, int]) -> list[int]:
        """Indexes of the best of the candidates, whose words are given, until there are enough.

        What a candidate adds only falls as others are taken: it is reckoned again when its turn
        comes, and waits for another where it is no longer the best.
        """
        central = _sum(vectors)
        chosen: list[int] = []
        words = 0
        queue = [
            (-_gain(vectors[index], central) * _early(index), index, 0) for index in candidates
        ]
        heapify(queue)
        while queue and words < self.words:
            loss, index, seen = heappop(queue)
            if chosen and (not loss or words + candidates[index] > SLACK * self.words):
                continue
            if seen == len(chosen):
                chosen.append(index)
                words += candidates[index]
                central |= dict.fromkeys(vectors[index], 0.0)
            else:
                left = _gain(vectors[index], central) * _early(index)
                heappush(queue, (-left, index, len(chosen)))
        return chosen


def _candidates(segments: Text, lengths: Mapping[int, int], most: float) -> dict[int, int]:
    """Words by index of what may stand in a summary: sentences with an end, if there are any.

    Where everything is longer than a summary may be, the shortest.
    """
    fitting = {index: length for index, length in lengths.items() if length <= most}
    whole = {
        index: length
        for index, length in fitting.items()
        if length >= FEWEST and SENTENCE_END.search(segments[index])
    }
    shortest = min(lengths, key=lambda index: (lengths[index], index))
    return whole or fitting or {shortest: lengths[shortest]}


def _gain(vector: Vector, central: Vector) -> float:
    return sum(value * central[word] for word, value in vector.items())


def _sum(vectors: Sequence[Vector]) -> Vector:
    total: defaultdict[str, float] = defaultdict(float)
    for vector in vectors:
        for word, value in vector.items():
            total[word] += value
    return total


def _early(index: int) -> float:
    return max(LATE, 1 / math.log2(index + 2))


def _vectors(segments: Text) -> list[Vector]:
    """The words of each segment by weight, as unit vectors."""
    weight = Evidence(segments).weight
    raw = ({word: weight(word) for word in evidence.words(one)} for one in segments)
    return [_unit(vector) for vector in raw]


def _unit(vector: Vector) -> Vector:
    length = math.hypot(*vector.values())
    return {word: value / length for word, value in vector.items()}
