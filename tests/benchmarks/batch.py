"""`khulasa batch` against the usual script and against the ceiling, on random weights.

    python -m tests.benchmarks.batch FILES ARTICLES [DOCUMENTS [BEAM…]]

FILES is a folder with the true configuration and tokenizer of opus-mt-ar-en, ARTICLES lines of
JSON with a "text" and perhaps a "title" and an "id"; 500 of them, with beams of 4 and 1, if not
said. Translations are as long as their sources (tests/benchmarks/mirror.py); summaries are the
bundled model's. A line each, with source tokens of translation a second:

    a  transformers, float32, a sentence a call, in file order: a sample
    b  transformers, float32, 16 sentences a call, in file order: a sample
    c  CTranslate2 alone, int8, on what (d) decodes: tokenised, distinct, sorted. The ceiling
    d  khulasa batch with an empty cache; the model was converted before
    e  khulasa batch again: documents a second

Nothing else should run on the machine. (d) and (e) are whole processes, from start to exit.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from os import environ, times
from pathlib import Path
from time import perf_counter
from typing import Any

from models import tokens
from models.conversion.convert import convert
from models.engines import weights
from models.engines.ct2 import LIMITS, available_cores
from pipeline.segment import segment
from tests import factory

ROOT = Path(__file__).parents[2]
SUMMARIZER = ROOT / "models" / "tiny" / "summarizer"
DOCUMENTS = 500
BEAMS = (4, 1)
SAMPLE = 48  # sentences for (a) and (b)
# What tests/benchmarks/tuning.md found best: hypotheses and source tokens of a batch.
HYPOTHESES, TOKENS = 48, 2048

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where things lie in the scratch folder."""

    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / "model"

    @property
    def articles(self) -> Path:
        return self.folder / "articles.jsonl"

    def converted(self, summary: bool) -> Path:
        return self.folder / ("summarizer" if summary else "translator")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the clock and of processor time, which holds where others share the processor."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.1f} s, processor {self.processor:.1f} s"

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.clock + other.clock, self.processor + other.processor)


def spent() -> Spent:
    """So far, by this process and those that it waited for."""
    return Spent(perf_counter(), sum(times()[:4]))


def since(before: Spent) -> Spent:
    now = spent()
    return Spent(now.clock - before.clock, now.processor - before.processor)


def khulasa(place: Place, beam: int, run: str, articles: Path) -> tuple[Spent, list[Line]]:
    """What `khulasa batch` spent from start to exit, and its log."""
    log = place.folder / f"{run}.log"
    command = [
        *(sys.executable, "-m", "tests.benchmarks.mirror", str(log)),
        *("batch", str(articles), str(place.folder / run), "--quiet", "--from", "ar"),
        *("--translator", str(place.model), "--summarizer", str(SUMMARIZER), "--no-self-test"),
        *("--beam", str(beam), "--cache", str(place.folder / f"{articles.stem}-{beam}.sqlite")),
    ]
    environment = environ | {"KHULASA_HOME": str(place.folder / "home")}
    before = spent()
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return since(before), [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def ceiling(folder: Path, log: list[Line]) -> Spent:
    """What CTranslate2 spends on all that the log says was decoded; loading left out.

    All sources under the same options go together.
    """
    import ctranslate2

    workers = available_cores()
    translator = ctranslate2.Translator(
        str(folder), compute_type="int8", inter_threads=workers, intra_threads=1
    )
    limits = json.loads((folder / LIMITS).read_text("utf-8"))
    groups: dict[str, list[list[str]]] = {}
    for line in log:
        groups.setdefault(json.dumps(line["options"]), []).extend(line["sources"])
    before = spent()
    pending: list[Any] = []
    for options, sources in groups.items():
        for batch in _batches(sources, json.loads(options)["beam"]):
            search = _search(json.loads(options), limits, max(map(len, batch)))
            prefix = [limits["first"]] * len(batch) if limits["first"] else None
            pending += translator.translate_batch(
                batch, target_prefix=prefix, asynchronous=True, max_input_length=0, **search
            )
    for result in pending:
        result.result()
    return since(before)


def _batches(sources: list[list[str]], beam: int) -> Iterator[list[list[str]]]:
    left = sorted(sources, key=len, reverse=True)  # khulasa has left out what comes twice
    while left:
        size = max(1, min(HYPOTHESES // beam, TOKENS // len(left[0])))
        yield left[:size]
        left = left[size:]


def _search(options: Line, limits: Line, longest: int) -> Line:
    """The options in CTranslate2's words; a translation is as long as its batch."""
    first = len(limits["first"])
    least = options["min_length"] + first if options["min_length"] else 0
    most = min(options["max_length"] + first, limits["positions"])
    return {
        "beam_size": options["beam"],
        "length_penalty": options["length_penalty"],
        "no_repeat_ngram_size": options["no_repeat_ngram"],
        "suppress_sequences": [[token] for token in limits["banned"]] or None,
        "return_scores": True,
        "return_end_token": True,
        "min_decoding_length": least if first else longest,
        "max_decoding_length": most if first else longest,
    }


def script(
    model: Any, ids: dict[str, int], sources: list[list[str]], beam: int, size: int
) -> float:
    """Source tokens a second of transformers on batches of `size`, in the order given."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    pad = model.config.pad_token_id
    started = perf_counter()
    for start in range(0, len(sources), size):
        rows = [torch.tensor([ids[t] for t in source]) for source in sources[start : start + size]]
        given = pad_sequence(rows, batch_first=True, padding_value=pad)
        length = given.shape[1]
        model.generate(
            input_ids=given,
            attention_mask=(given != pad).long(),
            num_beams=beam,
            min_length=length + 1,  # the start token counts
            max_length=length + 1,
        )
    return sum(map(len, sources)) / (perf_counter() - started)


def sample(place: Place) -> list[list[str]]:
    """Sentences of articles in a row, in file order, as a script meets them."""
    tokenizer = tokens.load(place.model)
    found: list[list[str]] = []
    for line in place.articles.read_text("utf-8").split("\n"):
        text = json.loads(line)["text"]
        found += [tokenizer.encode(one.text) for one in segment(text, "ar")]
        if len(found) >= SAMPLE:
            break
    return found[:SAMPLE]


def usual(place: Place, beam: int) -> tuple[float, float]:
    """Source tokens a second of (a) and (b)."""
    model = weights.read_model(place.model)
    ids, _ = tokens.vocabularies(place.model)
    sources = sample(place)
    script(model, ids, sources[:1], beam, 1)
    return script(model, ids, sources, beam, 1), script(model, ids, sources, beam, 16)


def table(place: Place, beam: int, documents: int) -> Iterator[str]:
    """The lines of one beam."""
    one, sixteen = usual(place, beam)
    cold, log = khulasa(place, beam, f"cold-{beam}", place.articles)
    translations = [line for line in log if not line["summary"]]
    summaries = [line for line in log if line["summary"]]
    summing = ceiling(place.converted(True), summaries)
    least = summing + ceiling(place.converted(False), translations)
    warm, nothing = khulasa(place, beam, f"warm-{beam}", place.articles)
    translated = [source for line in translations for source in line["sources"]]
    count = sum(map(len, translated))
    waited = sum(line["seconds"] for line in log)
    speed = count / cold.clock
    reached = (least.clock / cold.clock, least.processor / cold.processor)
    yield f"beam {beam}: {documents} documents, {len(translated)} sentences, {count} tokens"
    yield f"  a  transformers, one by one      {one:8.0f} tokens/s   d/a {speed / one:6.1f}"
    yield f"  b  transformers, sixteen         {sixteen:8.0f} tokens/s   d/b {speed / sixteen:6.1f}"
    yield f"  c  CTranslate2 alone             {count / least.clock:8.0f} tokens/s   {least}"
    yield f"     of it summaries               {summing}"
    yield f"  d  khulasa batch, cold           {speed:8.0f} tokens/s   {cold}"
    yield f"     d/c {reached[0]:.3f}, of processor time {reached[1]:.3f}"
    yield f"     of d is not decoding {1 - waited / cold.clock:.1%}"
    yield f"  e  khulasa batch, warm           {documents / warm.clock:8.0f} documents/s   {warm}"
    yield f"     decoded again: {sum(len(line['sources']) for line in nothing)}"


def prepare(place: Place, files: Path, articles: Path, documents: int) -> int:
    """Write the model, its conversions and the articles; how many there are."""
    factory.full_size("opus-mt-ar-en", place.model, files)
    for summary, source in ((False, place.model), (True, SUMMARIZER)):
        convert(source, place.converted(summary), "int8")
    lines = [line for line in articles.read_text("utf-8").split("\n") if line][:documents]
    place.articles.write_text("\n".join(lines), "utf-8")
    first = place.folder / "first.jsonl"
    first.write_text(json.dumps(json.loads(lines[0]) | {"text": "سلام."}), "utf-8")
    khulasa(place, 1, "converting", first)
    return len(lines)


def main(arguments: list[str]) -> int:
    """Make, convert, measure, print."""
    paths, numbers = [Path(one) for one in arguments[:2]], [int(one) for one in arguments[2:]]
    if len(paths) < 2 or not (paths[0] / "config.json").is_file() or not paths[1].is_file():
        print(__doc__, file=sys.stderr)
        return 2
    documents, beams = numbers[0] if numbers else DOCUMENTS, numbers[1:] or BEAMS
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        documents = prepare(place, paths[0], paths[1], documents)
        for beam in beams:
            for line in table(place, beam, documents):
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
