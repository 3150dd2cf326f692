"""Batches that memory does not hold: halved, begun again, said once, and nothing is lost.

No graphics card is here. A stand-in raises what the libraries raise, above a size; beneath it the
real engines answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.conversion.convert import convert
from models.engines import ct2, pytorch
from models.engines.batches import Lazy, Memory, in_batches
from models.engines.device import PROCESSOR, Device
from models.engines.engine import BATCH, BUDGET, DecodeOptions, Engine
from models.errors import OutOfMemory, TextTooLarge
from tests import factory

OPTIONS = DecodeOptions(beam=2, max_length=6, min_length=1)
CARD = Device("cuda")

# As torch on a card and on a processor, CTranslate2, cuBLAS and Python's own containers say it.
SAID: list[Exception] = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allo"
        "cate memory: you tried to allocate 8388608 bytes. Error code 12 (Cannot allocate memory)"
    ),
    RuntimeError("CUDA failed with error out of memory"),
    RuntimeError("CUDA failed with error CUDA_ERROR_OUT_OF_MEMORY"),
    RuntimeError("cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED"),
    RuntimeError("std::bad_alloc"),
    MemoryError("std::bad_alloc"),
]


class Holding:
    """Answers batches of at most so many tokens; notes those that it was given."""

    def __init__(self, lengths: Sequence[int], most: int, error: Exception = SAID[0]) -> None:
        self.lengths, self.most, self.error = lengths, most, error
        self.begun: list[int] = []

    def begin(self, batch: list[int]) -> Lazy[int]:
        return Lazy(partial(self.answer, batch))

    def answer(self, batch: list[int]) -> list[int]:
        size = len(batch) * max(self.lengths[index] for index in batch)
        self.begun.append(size)
        if size > self.most:
            raise self.error
        return batch


@given(
    lengths=st.lists(st.integers(1, 60), max_size=80),
    beam=st.integers(1, 5),
    most=st.integers(60, 3000),
    workers=st.integers(1, 3),
)
def test_whatever_memory_holds_every_index_comes_once(
    lengths: list[int], beam: int, most: int, workers: int
) -> None:
    memory, device = Memory(CARD), Holding(lengths, most)
    portions = in_batches(lengths, beam, device.begin, memory, workers, workers + 1)
    found = [item for portion in portions for item in portion.items()]
    assert sorted(found) == [(index, index) for index in range(len(lengths))]
    assert memory.limits.tokens >= min(BUDGET, most) // 2


@given(lengths=st.lists(st.integers(1, 60), max_size=80), most=st.integers(1, 59))
def test_what_does_not_fit_alone_is_told_when_all_else_is_done(
    lengths: list[int], most: int
) -> None:
    found: list[int] = []
    lengths.append(60)
    portions = in_batches(lengths, 4, Holding(lengths, most).begin, Memory(CARD))
    with pytest.raises(TextTooLarge) as told:
        found.extend(index for portion in portions for index in portion)
    shortest = min(length for length in lengths if length > most)
    assert str(told.value) == (
        f"a text of {shortest} tokens does not fit into the memory of cuda with a beam of 4, "
        "not even alone: --device cpu may have more, a smaller --beam takes less"
    )
    assert sorted(found) == [i for i, length in enumerate(lengths) if length <= most]


def test_it_is_said_once_and_later_batches_are_smaller(caplog: pytest.LogCaptureFixture) -> None:
    lengths = [20] * 200
    memory, device = Memory(CARD), Holding(lengths, 300)
    assert len(list(in_batches(lengths, 1, device.begin, memory))) == 17
    assert device.begun == [960, 480, *[240] * 16, 160]
    assert caplog.messages == [
        "the memory of cuda does not hold batches of 960 tokens: they are smaller from now on"
    ]
    device.begun.clear()
    assert len(list(in_batches(lengths, 1, device.begin, memory))) == 17
    assert max(device.begun) == 240
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("error", SAID, ids=str)
def test_all_that_say_it_are_understood(error: Exception) -> None:
    lengths = [10] * 8
    found = list(in_batches(lengths, 4, Holding(lengths, 40, error).begin, Memory()))
    assert found == [{0: 0, 1: 1, 2: 2, 3: 3}, {4: 4, 5: 5, 6: 6, 7: 7}]


def test_another_failure_is_not_hidden() -> None:
    lengths = [10] * 8
    device = Holding(lengths, 40, RuntimeError("CUDA error: an illegal memory access"))
    with pytest.raises(RuntimeError, match="illegal memory access"):
        list(in_batches(lengths, 4, device.begin, Memory()))
    assert device.begun == [80]


def test_a_processor_is_advised_otherwise() -> None:
    with pytest.raises(TextTooLarge, match="of cpu with a beam of 1, not even alone: end other pr"):
        list(in_batches([9], 1, Holding([9], 8).begin, Memory(PROCESSOR)))


def test_a_closed_stream_begins_no_other() -> None:
    lengths = [20] * 500
    device = Holding(lengths, 300)
    portions = in_batches(lengths, 1, device.begin, Memory())
    next(portions)
    begun = len(device.begun)
    portions.close()  # type: ignore[attr-defined]
    assert len(device.begun) == begun


def test_a_card_gets_larger_batches() -> None:
    assert Memory.of(PROCESSOR).limits.hypotheses == BATCH
    assert Memory.of(CARD).limits.tokens > BUDGET


def limited(most: int, error: Exception, decode: Callable[..., Any]) -> Callable[..., Any]:
    """A method whose first argument is a batch, on a device that holds so many tokens of it."""

    def holding(self: Any, batch: Sequence[Sequence[str]], *rest: Any, **named: Any) -> Any:
        if len(batch) * max(map(len, batch)) > most:
            raise error
        return decode(self, batch, *rest, **named)

    return holding


class Promise:
    """An answer that CTranslate2 promised and does not keep."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def done(self) -> bool:
        return True

    def result(self) -> Any:
        raise self._error


class Small:
    """A real translator whose memory holds so many tokens at once."""

    def __init__(self, translator: Any, most: int) -> None:
        self._translator, self._most = translator, most

    def translate_batch(self, batch: Sequence[Sequence[str]], **named: Any) -> list[Any]:
        return self._held(batch) or self._translator.translate_batch(batch, **named)

    def score_batch(self, batch: Sequence[Any], targets: Sequence[Any], **named: Any) -> list[Any]:
        return self._held(targets) or self._translator.score_batch(batch, targets, **named)

    def _held(self, batch: Sequence[Sequence[str]]) -> list[Any]:
        fits = len(batch) * max(map(len, batch)) <= self._most
        error = RuntimeError("CUDA failed with error out of memory")
        return [] if fits else [Promise(error) for _ in batch]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return factory.marian(tmp_path_factory.mktemp("model"))


@pytest.fixture(params=["ctranslate2", "torch"])
def pair(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[tuple[Engine, Engine]]:
    """An engine, and the same on a device whose memory holds 130 tokens at once."""
    if request.param == "torch":
        small: Any = pytorch.load(folder)

        class Smaller(pytorch.TorchEngine):
            decode = limited(130, SAID[0], pytorch.TorchEngine.decode)
            teach = limited(130, SAID[0], pytorch.TorchEngine.teach)

        small.__class__ = Smaller
        yield pytorch.load(folder), small
        return
    convert(folder, tmp_path, "float32")
    whole, small = (ct2.load(tmp_path, compute="float32", threads=2) for _ in range(2))
    small._translator = Small(small._translator, 130)
    yield whole, small


def sources(count: int) -> list[list[str]]:
    """Of every length from 2 to 64, in no order."""
    lengths = [2 + 37 * index % 63 for index in range(count)]
    return [[*("▁a" for _ in range(length - 1)), "</s>"] for length in lengths]


def test_engines_go_on_with_smaller_batches(
    pair: tuple[Engine, Engine], caplog: pytest.LogCaptureFixture
) -> None:
    whole, small = pair
    texts = sources(200)
    for options in (OPTIONS, replace(OPTIONS, beam=4)):
        for one, other in zip(
            small.generate(texts, options), whole.generate(texts, options), strict=True
        ):
            assert one == replace(other, score=one.score)
            assert one.score == pytest.approx(other.score, abs=1e-4)
    assert len(caplog.messages) == 1


def test_scores_too_go_on_with_smaller_batches(
    pair: tuple[Engine, Engine], caplog: pytest.LogCaptureFixture
) -> None:
    whole, small = pair
    texts = sources(100)
    targets = [source[:-2] for source in texts]
    for some, others in zip(small.score(texts, targets), whole.score(texts, targets), strict=True):
        assert some == pytest.approx(others, abs=1e-4)
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("engine", [ct2, pytorch])
def test_a_model_that_memory_does_not_hold_is_not_called_damaged(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Any
) -> None:
    import ctranslate2

    def full(*_: Any, **__: Any) -> Any:
        raise RuntimeError("CUDA failed with error out of memory")

    convert(folder, tmp_path, "int8")
    monkeypatch.setattr(ctranslate2, "Translator", full)
    monkeypatch.setattr(torch.nn.Module, "to", full)
    with pytest.raises(OutOfMemory, match="the memory of cpu does not hold"):
        engine.load(tmp_path if engine is ct2 else folder)
