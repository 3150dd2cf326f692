"""Speed of the engines on a model of random weights in a public model's exact shape.

    python -m tests.benchmarks.engines FILES [KIND]

FILES is a folder with the true configuration and tokenizer of KIND, `opus-mt-ar-en` if not said.
Sources of 8 to 40 tokens, sorted by length, in batches of 16; every target is made as long as the
longest source of its batch. A table of source tokens a second of the clock and of processor time
goes to stdout: the latter is what holds where other work shares the processor.
"""

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import get_args

from models import tokens
from models.conversion.convert import convert
from models.engines.backends import ENGINES
from models.engines.device import PROCESSOR
from models.engines.engine import DecodeOptions, Engine
from tests import factory

BATCH = 16
BATCHES = 4


def sources(folder: Path) -> list[list[str]]:
    """Random tokens of the model's own vocabulary, longest source last."""
    draw = random.Random(1)
    words = sorted(tokens.vocabularies(folder)[0])
    lengths = sorted(draw.randint(8, 40) for _ in range(BATCH * BATCHES))
    return [[*draw.choices(words, k=length - 1), "</s>"] for length in lengths]


def speed(engine: Engine, given: list[list[str]], beam: int) -> tuple[float, float]:
    """Source tokens a second of the clock, and of processor time."""
    clock, processor = time.perf_counter(), time.process_time()
    for start in range(0, len(given), BATCH):
        batch = given[start : start + BATCH]
        length = max(map(len, batch))
        options = DecodeOptions(beam=beam, max_length=length, min_length=length)
        engine.generate(batch, options)
    count = sum(map(len, given))
    return count / (time.perf_counter() - clock), count / (time.process_time() - processor)


def main(files: Path, kind: factory.Kind) -> None:
    """Make, convert, load, measure, print."""
    print(f"{'engine':28}{'beam':>5}{'tokens/s':>10}{'tokens/cpu s':>14}")
    with tempfile.TemporaryDirectory() as name:
        folder = factory.full_size(kind, Path(name) / "model", files)
        given = sources(folder)
        for backend in ENGINES.values():
            place = folder
            if backend.converted:
                place = Path(name) / "converted"
                place.mkdir()
                convert(folder, place, backend.automatic(PROCESSOR))
            engine = backend.load(place)
            engine.generate(given[:2], DecodeOptions(beam=1, max_length=2))
            for beam in (4, 1):
                clock, processor = speed(engine, given, beam)
                print(f"{engine.name:28}{beam:5}{clock:10.0f}{processor:14.0f}", flush=True)


if __name__ == "__main__":
    chosen = sys.argv[2] if len(sys.argv) > 2 else "opus-mt-ar-en"
    main(Path(sys.argv[1]), next(kind for kind in get_args(factory.Kind) if kind == chosen))
