"""How right the bundled models are on events never seen: `python -m models.tiny.evaluate`.

Prints, for each engine and search, the share of sentences translated exactly, and of summaries in
which the numbers, names and places are exactly those of the reference. The last column is the
whole way: summaries of the machine's own translation.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from models import config, tokens
from models.conversion.convert import convert
from models.engines import ct2, pytorch
from models.tiny.examples import TEST, TRAINING, events, summary_pair, translation_pairs
from models.tiny.world import Event, event, mentions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.engines.engine import Engine

HERE = Path(__file__).parent
MODELS = ("translator", "summarizer")
ENGINES = ("torch", "float32", "int8")


class Loaded:
    """A model folder with one engine."""

    def __init__(self, folder: Path, engine: Engine, beam: int) -> None:
        self._tokenizer = tokens.load(folder)
        self._engine = engine
        self._options = replace(config.read(folder).decode, beam=beam)

    def write(self, sources: list[str]) -> list[str]:
        """The target text of each source text."""
        batch = [self._tokenizer.encode(source) for source in sources]
        hypotheses = self._engine.generate(batch, self._options)
        return [self._tokenizer.decode(hypothesis.tokens) for hypothesis in hypotheses]


@dataclass(frozen=True)
class Figures:
    """Shares between 0 and 1 over a set of events."""

    sentences: float
    facts: float
    summaries: float
    whole: float


def right(written: list[str], references: list[str]) -> float:
    """The share of texts that equal their reference."""
    pairs = zip(written, references, strict=True)
    return sum(text == reference for text, reference in pairs) / len(references)


def right_facts(written: list[str], references: list[str]) -> float:
    """The share of texts whose numbers, names and places are those of their reference."""
    pairs = zip(written, references, strict=True)
    return sum(mentions(text) == mentions(reference) for text, reference in pairs) / len(references)


def measure(translator: Loaded, summarizer: Loaded, told: list[Event]) -> Figures:
    """The figures of a pair of models over `told`."""
    sentences = translation_pairs(told)
    translations = translator.write([pair.source for pair in sentences])
    known = dict(zip((pair.source for pair in sentences), translations, strict=True))
    pairs = [summary_pair(item) for item in told]
    references = [pair.target for pair in pairs]
    summaries = summarizer.write([pair.source for pair in pairs])
    articles = [" ".join(known[s.arabic] for s in item.article.sentences()) for item in told]
    return Figures(
        sentences=right(translations, [pair.target for pair in sentences]),
        facts=right_facts(summaries, references),
        summaries=right(summaries, references),
        whole=right_facts(summarizer.write(articles), references),
    )


def _load(model: str, engine: str, scratch: Path) -> Engine:
    """The engine "torch", or CTranslate2 with a precision of that name."""
    if engine == "torch":
        return pytorch.load(HERE / model)
    target = scratch / f"{model}-{engine}"
    convert(HERE / model, target, engine)
    return ct2.load(target, compute=engine)


def _row(engine: str, beam: int, found: Figures) -> str:
    shares = (found.sentences, found.facts, found.summaries, found.whole)
    return f"{engine:24}{beam:>5}" + "".join(f"{share:>12.1%}" for share in shares)


def table(told: list[Event], scratch: Path) -> Iterator[str]:
    """Lines of a table: every engine, greedy and with a beam of 4."""
    columns = ("sentences", "facts", "summaries", "whole way")
    yield f"{'engine':24}{'beam':>5}" + "".join(f"{column:>12}" for column in columns)
    for name in ENGINES:
        translator, summarizer = (_load(model, name, scratch) for model in MODELS)
        for beam in (1, 4):
            found = measure(
                Loaded(HERE / MODELS[0], translator, beam),
                Loaded(HERE / MODELS[1], summarizer, beam),
                told,
            )
            yield _row(translator.name, beam, found)


def seen_share(told: list[Event], training: int) -> tuple[float, float]:
    """The shares of articles and of sentences of `told` among `training` events trained on."""
    articles = {item.article.arabic() for item in told}
    sentences = {s.arabic for item in told for s in item.article.sentences()}
    seen_articles, seen_sentences = set(), set()
    for seed in range(TRAINING, TRAINING + training):
        article = event(seed).article
        seen_articles |= articles & {article.arabic()}
        seen_sentences |= sentences & {s.arabic for s in article.sentences()}
    return len(seen_articles) / len(articles), len(seen_sentences) / len(sentences)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=500, help="how many unseen events (500)")
    parser.add_argument("--training", type=int, help="also look for them in so many training ones")
    options = parser.parse_args()
    told = events(TEST, options.events)
    if options.training:
        articles, sentences = seen_share(told, options.training)
        print(f"seen in training: {articles:.1%} of articles, {sentences:.1%} of sentences")
    with tempfile.TemporaryDirectory() as scratch:
        for line in table(told, Path(scratch)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
