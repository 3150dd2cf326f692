"""Summaries through `khulasa batch` against transformers, on random weights of a public shape.

    python -m tests.benchmarks.summaries FILES [DOCUMENTS [SAMPLE]]

FILES is a folder with the true configuration and tokenizer of distilbart-cnn-6-6, which are those
of 12-6 but for the number of layers. Documents are articles of the small world, several put
together until they are as long as news; the bundled model translates them, so that summaries take
nearly all of the time, and every summary is LENGTH tokens long. 96 documents if not said, of which
transformers does the first 16. A line each, with documents a minute:

    transformers    float32, 8 texts a call, in file order: a sample
    CTranslate2     int8, the same texts as khulasa, sorted, summaries alone: the ceiling
    khulasa batch   int8, a whole process from start to exit, translation and all

Nothing else should run on the machine.
"""

import json
import random
import subprocess
import sys
import tempfile
from dataclasses import asdict
from os import environ
from pathlib import Path
from time import perf_counter
from typing import Any

from models import config, tokens
from models.conversion.convert import convert
from models.engines import weights
from models.tiny.world import event
from tests import factory
from tests.benchmarks import batch

ROOT = Path(__file__).parents[2]
DOCUMENTS, SAMPLE = 96, 16
LENGTH = 70  # tokens of a summary
EVENTS = (3, 8)  # of a document: some 250 to 700 tokens of English
FIRST = 5 * 10**9  # the seed of the first event: no model was trained on it
BEAM = 4


def corpus(path: Path, documents: int) -> Path:
    """Write articles to summarise."""
    draw, seed, lines = random.Random(1), FIRST, []
    for number in range(documents):
        count = draw.randint(*EVENTS)
        text = "\n".join(event(seed + n).article.arabic() for n in range(count))
        lines.append(json.dumps({"id": number, "text": text}, ensure_ascii=False))
        seed += count
    path.write_text("\n".join(lines), "utf-8")
    return path


def model(folder: Path, files: Path) -> Path:
    """Random weights, and a search whose summaries all have the same length."""
    factory.full_size("distilbart-cnn-12-6", folder, files)
    for name in ("config.json", "generation_config.json"):
        settings = json.loads((folder / name).read_text("utf-8"))
        settings |= {"min_length": LENGTH, "max_length": LENGTH, "num_beams": BEAM}
        (folder / name).write_text(json.dumps(settings), "utf-8")
    return folder


def khulasa(folder: Path, summarizer: Path, articles: Path) -> tuple[float, list[str]]:
    """Seconds of the whole command, and the English that it summarised."""
    out = folder / articles.stem
    command = [
        *(sys.executable, "-m", "pipeline", "batch", str(articles), str(out), "--quiet"),
        *("--models", "tiny", "--summarizer", str(summarizer), "--no-self-test"),
        *("--cache", str(folder / f"{articles.stem}.sqlite")),
    ]
    started = perf_counter()
    subprocess.run(
        command, cwd=ROOT, env=environ | {"KHULASA_HOME": str(folder / "home")}, check=True
    )
    seconds = perf_counter() - started
    records = (out / "records.jsonl").read_text("utf-8").split("\n")[:-1]
    segments = (json.loads(record)["segments"] for record in records)
    return seconds, [" ".join(one["target"] for one in of_one) for of_one in segments]


def ceiling(folder: Path, texts: list[str]) -> float:
    """Seconds that CTranslate2 takes for the texts, loading left out."""
    converted = folder.with_name("converted")
    convert(folder, converted, "int8")
    encode = tokens.load(folder).encode
    options = asdict(config.read(folder).decode)
    log = [{"options": options, "sources": [encode(text) for text in texts]}]
    return batch.ceiling(converted, log).clock


def transformers(folder: Path, texts: list[str]) -> float:
    """Seconds that transformers takes for the texts, loading left out."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    network: Any = weights.read_model(folder)
    tokenizer, ids = tokens.load(folder), tokens.vocabularies(folder)[0]
    pad = network.config.pad_token_id
    started = perf_counter()
    for start in range(0, len(texts), 8):
        sources = [tokenizer.encode(text) for text in texts[start : start + 8]]
        rows = [torch.tensor([ids[token] for token in source]) for source in sources]
        given = pad_sequence(rows, batch_first=True, padding_value=pad)
        network.generate(input_ids=given, attention_mask=(given != pad).long())
    return perf_counter() - started


def main(arguments: list[str]) -> int:
    """Make, convert, measure, print."""
    if not arguments or not (Path(arguments[0]) / "tokenizer.json").is_file():
        print(__doc__, file=sys.stderr)
        return 2
    documents, sample = [*map(int, arguments[1:]), *(DOCUMENTS, SAMPLE)[len(arguments) - 1 :]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        summarizer = model(folder / "summarizer", Path(arguments[0]))
        khulasa(folder, summarizer, corpus(folder / "converting.jsonl", 1))
        seconds, texts = khulasa(folder, summarizer, corpus(folder / "articles.jsonl", documents))
        encode = tokens.load(summarizer).encode
        lengths = sorted(len(encode(text)) for text in texts)
        speed = 60 * documents / seconds
        alone = 60 * documents / ceiling(summarizer, texts)
        usual = 60 * sample / transformers(summarizer, texts[:sample])
    print(f"{documents} documents of {lengths[0]} to {lengths[-1]} tokens, summaries of {LENGTH}")
    print(f"  transformers    {usual:7.1f} documents a minute")
    print(f"  CTranslate2     {alone:7.1f} documents a minute   {alone / usual:.1f} times")
    print(f"  khulasa batch   {speed:7.1f} documents a minute   {speed / usual:.1f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
