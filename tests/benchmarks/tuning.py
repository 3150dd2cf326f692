"""Workers, threads and batches of the CTranslate2 engine, on random weights in a public shape.

    python -m tests.benchmarks.tuning FILES [ARTICLES]

FILES is a folder with the true configuration and tokenizer of opus-mt-ar-en, which translates
sentences of ARTICLES (lines of JSON with a "text" each), or of distilbart-cnn-6-6, which stands in
for 12-6 and summarises 250 to 1,000 tokens in 70. A translation is as long as its source.

One setting at a time leaves the engine's own, in turn and twice over. A line is a setting, the
source tokens, padding included, a second of the clock, and those of processor time: the latter
hold where other work shares the processor. The best of the rounds counts. What came of it:
tuning.md.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

from models import config, tokens
from models.conversion.convert import convert
from models.engines import ct2, engine
from models.engines.batches import Memory
from models.engines.ct2 import LIMITS
from models.engines.device import PROCESSOR
from models.engines.engine import DecodeOptions, Engine, Limits
from pipeline.segment import segment
from tests import factory
from tests.benchmarks.mirror import mirroring

ROUNDS = 2
SENTENCES = 160
TEXTS = 12
SUMMARY = DecodeOptions(max_length=70, min_length=70, no_repeat_ngram=3, length_penalty=2.0)


@dataclass(frozen=True, slots=True)
class Setting:
    """How batches are cut and spread."""

    workers: int
    threads: int = 1
    batch: int = engine.BATCH
    budget: int = engine.BUDGET
    waiting: int = ct2._WAITING

    def __str__(self) -> str:
        spread = f"{self.workers} x {self.threads}, {self.waiting} waiting"
        return f"{spread:20}{self.batch:6}{self.budget:8}"


def settings(cores: int) -> Iterator[Setting]:
    """The engine's own on so many cores, and everything that differs from it in one way."""
    own = Setting(cores)
    yield own
    yield Setting(1, cores)
    yield Setting(cores, 2)
    yield from (replace(own, batch=size) for size in (16, 32, 64))
    yield from (replace(own, budget=size) for size in (1024, 4096))
    yield replace(own, batch=4096, budget=512)  # tokens alone
    yield from (replace(own, waiting=number) for number in (0, cores))


def load(folder: Path, setting: Setting) -> Engine:
    """The engine with these workers and threads."""
    import ctranslate2

    limits = json.loads((folder / LIMITS).read_text("utf-8"))
    translator = ctranslate2.Translator(
        str(folder),
        device="cpu",
        compute_type="int8",
        inter_threads=setting.workers,
        intra_threads=setting.threads,
    )
    memory = Memory(PROCESSOR, Limits(setting.batch, setting.budget))
    return ct2.CTranslate2Engine(translator, limits, setting.workers, "tuned", memory)


def speed(
    folder: Path, setting: Setting, sources: list[list[str]], options: DecodeOptions
) -> tuple[float, float]:
    """Source tokens, padding included, a second of the clock, and of processor time."""
    loaded = load(folder, setting)
    loaded.generate(sources[:1], replace(options, min_length=2, max_length=2))
    with (
        mirroring(),
        patch.object(ct2, "_WAITING", setting.waiting),
    ):
        clock, processor = time.perf_counter(), time.process_time()
        portions = [list(portion) for portion in loaded.stream(sources, options)]
        spent = time.perf_counter() - clock, time.process_time() - processor
    # With padding, which so few sentences need more of than a window of thousands.
    count = sum(len(batch) * max(len(sources[i]) for i in batch) for batch in portions)
    return count / spent[0], count / spent[1]


def sentences(folder: Path, articles: Path) -> list[list[str]]:
    """Distinct sentences from all over the file."""
    tokenizer = tokens.load(folder)
    texts = [json.loads(line)["text"] for line in articles.read_bytes().split(b"\n") if line]
    found = dict.fromkeys(one.text for text in texts for one in segment(text, "ar"))
    return [tokenizer.encode(text) for text in random.Random(1).sample(sorted(found), SENTENCES)]


def drawn(folder: Path) -> list[list[str]]:
    """Texts of random tokens of the model's own vocabulary."""
    draw = random.Random(1)
    words = sorted(tokens.vocabularies(folder)[0])
    lengths = [draw.randint(250, 1000) for _ in range(TEXTS)]
    return [["<s>", *draw.choices(words, k=length - 2), "</s>"] for length in lengths]


def table(folder: Path, sources: list[list[str]], options: DecodeOptions) -> Iterator[str]:
    """A line a setting, as soon as its last round is done."""
    yield f"{len(sources)} sources, {sum(map(len, sources))} tokens, beam {options.beam}"
    yield f"{'workers x threads':20}{'batch':>6}{'budget':>8}{'tokens/s':>10}{'tokens/cpu s':>14}"
    rounds: dict[Setting, list[tuple[float, float]]] = {}
    for number in range(ROUNDS):
        for setting in settings(ct2.available_cores()):
            rounds.setdefault(setting, []).append(speed(folder, setting, sources, options))
            if number == ROUNDS - 1:
                clock, processor = map(max, zip(*rounds[setting], strict=True))
                yield f"{setting!s}{clock:10.0f}{processor:14.0f}"


def main(files: Path, articles: Path | None) -> int:
    """Make, convert, measure, print."""
    if not (files / "config.json").is_file() or (articles and not articles.is_file()):
        print(__doc__, file=sys.stderr)
        return 2
    translating = config.read(files).kind == "marian"
    if translating and articles is None:
        print("sentences to translate are wanted: ARTICLES", file=sys.stderr)
        return 2
    kind: factory.Kind = "opus-mt-ar-en" if translating else "distilbart-cnn-12-6"
    with tempfile.TemporaryDirectory() as name:
        folder = factory.full_size(kind, Path(name) / "model", files)
        convert(folder, converted := Path(name) / "converted", "int8")
        sources = sentences(folder, articles) if articles else drawn(folder)
        beams = (DecodeOptions(beam=4), DecodeOptions(beam=1)) if translating else (SUMMARY,)
        for options in beams:
            for line in table(converted, sources, options):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:3]]
    sys.exit(main(given[0] if given else Path(), given[1] if len(given) > 1 else None))
