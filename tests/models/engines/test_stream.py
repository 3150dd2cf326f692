"""Engines that answer batch after batch: nothing twice, nothing missing, nothing too early.

Models are of random weights, but for the student. Sources are unknown words, so that their lengths
can be chosen.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest

from models.conversion.convert import convert
from models.engines import batches as batches_of
from models.engines import ct2, parallel, pytorch, student
from models.engines.backends import ENGINES
from models.engines.engine import BATCH, BUDGET, DecodeOptions, Engine, Tokens
from tests import factory, students

OPTIONS = DecodeOptions(beam=2, max_length=6, min_length=1)
THREADS = 2

# Where each engine takes a batch to decode: a method whose first argument it is.
DOORS: dict[str, tuple[type[Engine], str]] = {
    "ctranslate2": (ct2.CTranslate2Engine, "_submit"),
    "torch": (pytorch.TorchEngine, "decode"),
}


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    folder = factory.marian(tmp_path_factory.mktemp("model"))
    convert(folder, converted := tmp_path_factory.mktemp("converted"), "float32")
    return {
        "ctranslate2": ct2.load(converted, compute="float32", threads=THREADS),
        "torch": pytorch.load(folder),
    }


@pytest.fixture(scope="module", name="student")
def _student() -> Engine:
    return student.load(students.folder(), threads=THREADS)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "student":
        return cast("Engine", request.getfixturevalue("student"))
    return cast("Engine", request.getfixturevalue("engines")[request.param])


@pytest.fixture
def batches(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The lengths of the sources of each batch that the engine began, as it begins them."""
    if isinstance(engine, parallel.Parallel):
        return begun_in_parallel(monkeypatch)
    kind, door = next(pair for pair in DOORS.values() if isinstance(engine, pair[0]))
    lengths: list[list[int]] = []
    decode = getattr(kind, door)

    def noting(self: Engine, batch: list[Tokens], *rest: Any) -> Any:
        lengths.append([len(source) for source in batch])
        return decode(self, batch, *rest)

    monkeypatch.setattr(kind, door, noting)
    return lengths


def begun_in_parallel(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The same of replicas: a batch is begun when it is handed to the first that is free."""
    begun: list[list[int]] = []
    in_batches = batches_of.in_batches

    def noting(lengths: list[int], beam: int, begin: Any, *rest: Any) -> Any:
        def note(some: list[int]) -> Any:
            begun.append([lengths[index] for index in some])
            return begin(some)

        return in_batches(lengths, beam, note, *rest)

    monkeypatch.setattr(parallel, "in_batches", noting)
    return begun


def sources(count: int) -> list[list[str]]:
    """Of every length from 2 to 64, in no order."""
    lengths = [2 + 37 * index % 63 for index in range(count)]
    return [[*("▁a" for _ in range(length - 1)), "</s>"] for length in lengths]


def test_every_index_comes_once_in_batches_within_the_limits(engine: Engine) -> None:
    given = sources(400)
    portions = list(engine.stream(given, OPTIONS))
    assert sorted(index for portion in portions for index in portion) == list(range(400))
    for portion in portions:
        lengths = [len(given[index]) for index in portion]
        assert 0 < max(lengths) * len(lengths) <= BUDGET
        assert len(lengths) * OPTIONS.beam <= BATCH


def test_the_longest_are_begun_first(engine: Engine, batches: list[list[int]]) -> None:
    """What is done first is another matter: of two in work the shorter may be."""
    engine.generate(sources(400), OPTIONS)
    lengths = [length for batch in batches for length in batch]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[-1]


def test_a_stream_says_what_generate_says(engine: Engine) -> None:
    given = sources(100)
    streamed = {i: h for portion in engine.stream(given, OPTIONS) for i, h in portion.items()}
    assert [streamed[index] for index in range(100)] == engine.generate(given, OPTIONS)


def test_the_first_answers_come_before_the_last_is_begun(
    engine: Engine, batches: list[list[int]]
) -> None:
    portions = engine.stream(sources(400), OPTIONS)
    assert batches == []
    first = next(portions)
    assert 0 < len(batches) <= THREADS + 1
    assert len(first) in map(len, batches)
    rest = list(portions)
    assert sum(map(len, batches)) == 400
    assert len(batches) == 1 + len(rest)


def test_what_is_not_asked_for_is_not_begun(engine: Engine, batches: list[list[int]]) -> None:
    portions = engine.stream(sources(400), OPTIONS)
    next(portions)
    number = len(batches)
    close(portions)
    assert len(batches) == number
    assert len(engine.generate(sources(3), OPTIONS)) == 3


def close(portions: Iterator[Any]) -> None:
    portions.close()  # type: ignore[attr-defined]
    assert next(portions, None) is None


def test_a_source_too_long_is_refused_before_any_is_decoded(
    engine: Engine, batches: list[list[int]]
) -> None:
    with pytest.raises(ValueError, match=r"source 400 has 101 tokens; the model takes (64|100)"):
        engine.stream([*sources(400), ["▁a"] * 101], OPTIONS)
    assert batches == []


def test_another_thread_than_the_maker_s_decodes(engine: Engine) -> None:
    given = sources(100)
    with ThreadPoolExecutor(1) as other:
        there = other.submit(engine.generate, given, OPTIONS).result()
    here = engine.generate(given, OPTIONS)  # threads of torch may add up in another order
    assert [one.tokens for one in there] == [one.tokens for one in here]


def test_the_work_of_one_short_call_is_spread_over_the_workers(
    engines: dict[str, Engine],
) -> None:
    portions = list(engines["ctranslate2"].stream(sources(8), OPTIONS))
    assert len(portions) >= THREADS


def test_threads_are_those_asked_for(tmp_path: Path) -> None:
    import torch

    folder = factory.marian(tmp_path / "model")
    convert(folder, tmp_path / "converted", "int8")
    before = torch.get_num_threads()
    try:
        pytorch.load(folder, threads=before + 1)
        with ThreadPoolExecutor(1) as other:
            assert other.submit(torch.get_num_threads).result() == before + 1
    finally:
        torch.set_num_threads(before)
    fast: Any = ct2.load(tmp_path / "converted", threads=3)
    assert fast._translator.num_translators == 3
