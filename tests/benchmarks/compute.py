"""What each precision costs and gives on this processor, and what batches do to its outputs.

    python -m tests.benchmarks.compute FILES [ROUNDS]

FILES is a folder with the true configuration and tokenizer of opus-mt-ar-en. Random weights in its
exact shape are loaded in every precision that an engine computes in here, each in a process of its
own. Speed is measured in turns, ROUNDS (3 if not said) times over, and the best counts: source
tokens a second of the clock and of processor time, sources and lengths as in engines.py.

`MB` is the model on the disk, then the peak of the process that loads and decodes, libraries
included. The second table has the share of sources whose tokens are others in a batch than alone,
then of those whose tokens are others than in the same engine's float32, each greedy and with a beam
of 4: 200 sentences of the bundled model, which is sure of its words, and sources in the small shape
of tests/factory.py, whose random weights are sure of none. What came of it: tuning.md.
"""

import multiprocessing
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models import tokens
from models.conversion.convert import convert
from models.engines import compute
from models.engines.backends import ENGINES
from models.engines.device import PROCESSOR
from models.engines.engine import DecodeOptions, Engine
from tests import factory
from tests.benchmarks.engines import sources, speed

BEAMS = (4, 1)
SOURCES = 200
TINY = Path(__file__).parents[2] / "models" / "tiny" / "translator"

Outputs = dict[int, list[tuple[str, ...]]]

# What a process of its own has loaded.
_loaded: list[Engine] = []


@dataclass(frozen=True, slots=True)
class Variant:
    """An engine and a precision."""

    engine: str
    precision: str

    def place(self, folder: Path) -> Path:
        """The model of a folder in the form that this one loads: converted here, if need be."""
        if not ENGINES[self.engine].converted:
            return folder
        form = compute.stored(self.precision)
        place = folder.with_name(f"{folder.name}-{form}")
        if not place.is_dir():
            place.mkdir()
            convert(folder, place, form)
        return place

    def load(self, place: Path) -> Engine:
        """Load from there."""
        return ENGINES[self.engine].load(place, compute=self.precision)


def variants() -> Iterator[Variant]:
    """All that this processor can compute."""
    for name, backend in ENGINES.items():
        yield from (Variant(name, precision) for precision in backend.supported(PROCESSOR))


def load(variant: Variant, place: Path) -> float:
    """Load it in this process; seconds, the library's import not counted."""
    ENGINES[variant.engine].supported(PROCESSOR)
    started = time.perf_counter()
    _loaded.append(variant.load(place))
    return time.perf_counter() - started


def measure(given: list[list[str]], beam: int) -> tuple[float, float]:
    """Speed of what is loaded in this process."""
    return speed(_loaded[0], given, beam)


def peak() -> int:
    """Megabytes that this process took at most; getrusage would count its parent's too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return int(found[1]) // 1024 if found else 0


def company(variant: Variant, place: Path, given: list[list[str]]) -> tuple[Outputs, Outputs]:
    """Tokens of a model in batches and alone, by beam."""
    engine = variant.load(place)
    together, alone = {}, {}
    for beam in BEAMS:
        options = DecodeOptions(beam=beam, max_length=40)
        together[beam] = [h.tokens for h in engine.generate(given, options)]
        alone[beam] = [engine.generate([one], options)[0].tokens for one in given]
    return together, alone


def sentences() -> list[list[str]]:
    """What the bundled model translates."""
    from models.tiny import examples

    told = examples.events(examples.TEST, 25)
    tokenizer = tokens.load(TINY)
    return [tokenizer.encode(one.source) for one in examples.translation_pairs(told)][:SOURCES]


def words(folder: Path) -> list[list[str]]:
    """Sources of 2 to 40 random tokens of a model's own."""
    draw = random.Random(1)
    known = sorted(tokens.vocabularies(folder)[0])
    return [[*draw.choices(known, k=draw.randint(1, 39)), "</s>"] for _ in range(SOURCES)]


def differing(some: Outputs, others: Outputs) -> list[float]:
    """The share of sentences that are not the same, greedy first."""
    return [
        sum(a != b for a, b in zip(some[beam], others[beam], strict=True)) / len(some[beam])
        for beam in reversed(BEAMS)
    ]


def size(place: Path) -> float:
    """Megabytes of a folder."""
    return sum(path.stat().st_size for path in place.iterdir()) / 1e6


def speeds(files: Path, rounds: int, work: Path) -> None:
    """Print the first table."""
    folder = factory.full_size("opus-mt-ar-en", work / "model", files)
    given = sources(folder)[::2]
    print(f"{'':28}{'MB':>6}{'load s':>8}{'tokens/s, beam 4':>18}{'beam 1':>14}{'peak MB':>9}")
    own = partial(ProcessPoolExecutor, 1, mp_context=multiprocessing.get_context("spawn"))
    with ExitStack() as stack:
        pools = {variant: stack.enter_context(own()) for variant in variants()}
        places = {variant: variant.place(folder) for variant in pools}
        loads = {v: pool.submit(load, v, places[v]).result() for v, pool in pools.items()}
        found: dict[tuple[Variant, int], list[tuple[float, float]]] = {}
        for _ in range(rounds):
            for beam in BEAMS:
                for variant, pool in pools.items():
                    spent = pool.submit(measure, given, beam).result()
                    found.setdefault((variant, beam), []).append(spent)
        for variant, pool in pools.items():
            best = [map(max, zip(*found[variant, beam], strict=True)) for beam in BEAMS]
            figures = "".join(f"{clock:9.0f}{cpu:7.0f}" for clock, cpu in best)
            print(
                f"{variant.engine:14}{variant.precision:14}{size(places[variant]):6.0f}"
                f"{loads[variant]:8.1f}{figures}{pool.submit(peak).result():9}",
                flush=True,
            )


def outputs(work: Path) -> None:
    """Print the second table."""
    (work / "tiny").symlink_to(TINY)
    small = factory.marian(work / "random", size=factory.Size(width=64))
    print(f"{'':42}{'in company':>20}{'not as float32':>24}")
    for folder, given in ((work / "tiny", sentences()), (small, words(small))):
        of_float32: dict[str, Outputs] = {}
        for variant in sorted(variants(), key=lambda one: one.precision != "float32"):
            together, alone = company(variant, variant.place(folder), given)
            reference = of_float32.setdefault(variant.engine, together)
            figures = (*differing(together, alone), *differing(together, reference))
            shares = "".join(f"{share:11.1%}" for share in figures)
            print(f"{folder.name:12}{variant.engine:14}{variant.precision:14}{shares}", flush=True)


def main(files: Path, rounds: int) -> int:
    """Print both tables."""
    if not (files / "config.json").is_file():
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as work:
        outputs(Path(work))
        speeds(files, rounds, Path(work))
    return 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    rounds = int(arguments[1]) if len(arguments) > 1 else 3
    sys.exit(main(Path(arguments[0]) if arguments else Path(), rounds))
