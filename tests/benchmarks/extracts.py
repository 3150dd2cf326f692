"""Summaries without a model against summaries that people wrote, beside simpler choices.

    python -m tests.benchmarks.extracts [FOLDER]

FOLDER, ../shared/data if not said, holds `summ/writer_summaries.json`: rows of `article` and
`summary`, several of an article. A line each, with ROUGE-1, -2 and -L (the best of an article's
summaries, the mean over articles) and words:

    the first three sentences, and the first that are USUAL_WORDS together, as summaries are cut;
    sentences drawn by chance, the mean of DRAWS draws;
    `pipeline.extract`, in no more words than the first three, and in the usual ones.

Once for the articles that its choices were made on, once for the others, once for all.
"""

import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import fmean

from pipeline.evaluation.scores import rouge
from pipeline.extract import Extractor
from pipeline.segment import segment
from pipeline.summarize import SLACK, USUAL_WORDS

FOLDER = Path(__file__).parents[3] / "shared" / "data"
LEAD = 3
DRAWS = 5

Choose = Callable[[list[str]], list[str]]


@dataclass(frozen=True)
class Article:
    """The sentences of an article, and what people made of it."""

    sentences: list[str]
    summaries: list[str]


def read(folder: Path) -> list[Article]:
    """The articles of the set, in its order."""
    rows = json.loads((folder / "summ" / "writer_summaries.json").read_text("utf-8"))
    written: dict[str, list[str]] = {}
    for row in rows:
        written.setdefault(row["article"], []).append(" ".join(row["summary"].split()))
    return [Article([one.text for one in segment(a, "en")], s) for a, s in written.items()]


def lead(sentences: list[str]) -> list[str]:
    """The first three."""
    return sentences[:LEAD]


def first_words(sentences: list[str]) -> list[str]:
    """The first that a summary of the usual length has room for."""
    return within(sentences, SLACK * USUAL_WORDS)


def within(sentences: Sequence[str], most: float) -> list[str]:
    """As many of the first as have so many words, one at least."""
    lengths = accumulate(len(one.split()) for one in sentences)
    fitting = sum(1 for words in lengths if words <= most)
    return list(sentences[: max(1, fitting)])


def drawn(seed: int) -> Choose:
    """Sentences by chance, in their order, in the words of the first three."""

    def choose(sentences: list[str]) -> list[str]:
        order = list(range(len(sentences)))
        random.Random(f"{seed} {sentences}").shuffle(order)
        texts = within([sentences[index] for index in order], size(lead(sentences)))
        return [sentences[index] for index in sorted(order[: len(texts)])]

    return choose


def extracted(sentences: list[str]) -> list[str]:
    """As many as the words of the first three have room for, and none more."""
    room = size(lead(sentences))
    tries = (_extract(sentences, words) for words in range(room, 0, -1))
    return next(one for one in tries if size(one) <= room)


def as_usual(sentences: list[str]) -> list[str]:
    """As a run gives it."""
    return _extract(sentences, USUAL_WORDS)


def _extract(sentences: list[str], words: int) -> list[str]:
    return [one.text for one in Extractor(words).extract(sentences).sentences]


def size(sentences: Sequence[str]) -> int:
    """Words."""
    return sum(len(one.split()) for one in sentences)


def measured(articles: Sequence[Article], choices: Sequence[Choose]) -> list[float]:
    """ROUGE-1, -2, -L and words, the mean over articles and choices."""
    rows = []
    for choose in choices:
        for article in articles:
            chosen = choose(article.sentences)
            rows.append([*rouge(" ".join(chosen), article.summaries).values(), size(chosen)])
    return [fmean(column) for column in zip(*rows, strict=True)]


def main(arguments: list[str]) -> int:
    """Choose, measure, print."""
    folder = Path(arguments[0]) if arguments else FOLDER
    if not (folder / "summ").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    articles = read(folder)
    parts = {"chosen on": articles[::2], "held out": articles[1::2], "all": articles}
    ways: dict[str, list[Choose]] = {
        "first three": [lead],
        "by chance": [drawn(seed) for seed in range(DRAWS)],
        "extracted": [extracted],
        f"first {USUAL_WORDS} words": [first_words],
        f"extracted, {USUAL_WORDS} words": [as_usual],
    }
    for part, some in parts.items():
        print(f"{part}: {len(some)} articles{'R-1':>17}{'R-2':>7}{'R-L':>7}{'words':>7}")
        for way, choices in ways.items():
            figures = "".join(f"{figure:7.1f}" for figure in measured(some, choices))
            print(f"  {way:26}{figures}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
