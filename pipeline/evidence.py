"""Which segments support a summary sentence: words in common, the rare ones counting most."""

import math
import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]{2,}")
# The share of a sentence's weight that one more segment must add to count as evidence, and the
# share that all must reach together. Weights of words that stand in no segment are in the whole.
ENOUGH_GAIN = 0.15
ENOUGH_SUPPORT = 0.5
MOST_SUPPORTS = 3


def supports(sentence: str, segments: Sequence[str]) -> tuple[tuple[int, ...], float]:
    """Indexes of the segments that best cover `sentence`, ascending, and the share they cover.

    Words weigh their inverse document frequency, log(1 + segments / segments with the word), a
    segment being the document. Chosen greedily, the largest gain first.
    """
    bags = [_words(segment) for segment in segments]
    frequency = Counter(word for bag in bags for word in bag)
    weight = {w: math.log(1 + len(bags) / max(1, frequency[w])) for w in _words(sentence)}
    total = sum(weight.values())
    open_words, chosen = set(weight), list[int]()
    while total and len(chosen) < MOST_SUPPORTS:
        gains = [sum(weight[word] for word in bag & open_words) for bag in bags]
        best = max(range(len(gains)), key=lambda index: (gains[index], -index), default=None)
        if best is None or gains[best] < ENOUGH_GAIN * total:
            break
        chosen.append(best)
        open_words -= bags[best]
    covered = 1 - sum(weight[word] for word in open_words) / total if total else 0.0
    return tuple(sorted(chosen)), covered


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
