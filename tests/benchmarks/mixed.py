"""Documents in one language and in two: what is taken for another language, and what is found.

    python -m tests.benchmarks.mixed FOLDER [NEWS]

FOLDER and NEWS are as for `tests.benchmarks.langid`. A document in two languages has ten sentences
of FLORES-200, three of them of the second language, each on a line of its own or all on one line.
A sentence counts as found where 90 % of its characters are said to be in its language.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.document import Segment
from pipeline.identify import SURE, identify
from pipeline.mixed import segment
from pipeline.segment import segment as plain
from tests.benchmarks import flores

PAIRS = (
    "ar+en ar+fr ar+fa fa+ar ur+ar he+en fr+en en+fr en+ar es+pt pt+es it+es fr+es de+en tr+en"
    " ru+uk uk+ru hi+en zh+en ko+en ja+zh zh+ja"
)
TEN, FOREIGN = 10, (2, 5, 8)
FOUND = 0.9

Sentences = dict[str, list[str]]


def print_pure(folder: Path, gold: Sentences) -> None:
    """Whole articles in one language."""
    print("\narticles in one language: told right and surely; segments that leave it")
    for code, texts in gold.items():
        articles = ["\n".join(article) for article in flores.documents(folder, texts)]
        guesses = [identify(article) for article in articles]
        right = sum(guess.lang == code and guess.score >= SURE for guess in guesses)
        print(f"{code}: {right} of {len(articles)}; {_left(articles, code)}")


def print_news(file: Path) -> None:
    """Arabic news, and every segment that leaves Arabic."""
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    articles = [f"{row['title']}\n{row['text']}" for row in rows]
    guesses = [identify(article) for article in articles]
    unsure = sum(guess.lang != "ar" or guess.score < SURE for guess in guesses)
    print(f"\n{file.name}: {unsure} of {len(articles)} not surely Arabic; {_left(articles, 'ar')}")


def _left(articles: list[str], code: str) -> str:
    """Counts and times of the segments of articles, and the text of those with another language."""
    began = time.process_time()
    segments = [one for article in articles for one in segment(article, code)]
    middle = time.process_time()
    for article in articles:
        plain(article, code)
    ours, cutting = middle - began, time.process_time() - middle
    left = [one for one in segments if one.lang]
    cost = f"{1000 * (ours - cutting) / len(segments):.3f} ms each over cutting"
    shown = "".join(f"\n    {one.lang}: {one.text}" for one in left)
    return f"{len(left)} of {len(segments)} segments, {cost}{shown}"


def print_pairs(gold: Sentences) -> None:
    """Documents in two languages."""
    print("\ntwo languages: foreign sentences found, own sentences lost, %")
    print(f"{'':8}{'lines of their own':>20}{'inside a line':>20}")
    for pair in PAIRS.split():
        own, foreign = pair.split("+")
        shares = [_pair(gold, own, foreign, between) for between in ("\n", " ")]
        print(f"{pair:8}" + "".join(f"{found:13.1f}{lost:7.2f}" for found, lost in shares))


def _pair(gold: Sentences, own: str, foreign: str, between: str) -> tuple[float, float]:
    found: dict[str, list[bool]] = {own: [], foreign: []}
    for first in range(0, len(gold[own]) - TEN, TEN):
        codes = [foreign if place in FOREIGN else own for place in range(TEN)]
        parts = [gold[code][first + place] for place, code in enumerate(codes)]
        segments = segment(between.join(parts), own)
        for code, share in zip(codes, _shares(parts, codes, own, segments), strict=True):
            found[code].append(share > FOUND)
    right = {code: 100 * sum(each) / len(each) for code, each in found.items()}
    return right[foreign], 100 - right[own]


def _shares(
    parts: list[str], codes: list[str], own: str, segments: list[Segment]
) -> Iterator[float]:
    """How much of each part is said to be in its language."""
    start = 0
    for part, code in zip(parts, codes, strict=True):
        end = start + len(part)
        within = [
            (max(0, min(one.end, end) - max(one.start, start)), one.lang or own) for one in segments
        ]
        yield sum(size for size, lang in within if lang == code) / sum(size for size, _ in within)
        start = end + 1


def print_tables(folder: Path, news: Path | None = None) -> None:
    gold = flores.sentences(folder)
    print_pure(folder, gold)
    print_pairs(gold)
    if news:
        print_news(news)


if __name__ == "__main__":
    print_tables(*map(Path, sys.argv[1:]))
