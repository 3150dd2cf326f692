"""One model on several devices. Here each is the processor: what is tested is who does what."""

from dataclasses import replace
from pathlib import Path
from threading import Barrier, Lock
from typing import Any

import pytest
import torch

from models.engines import pytorch
from models.engines.batches import Memory
from models.engines.device import Device
from models.engines.engine import DecodeOptions, Engine
from models.engines.parallel import Parallel
from tests import factory

OPTIONS = DecodeOptions(beam=2, max_length=6, min_length=1)


class Noting(pytorch.TorchEngine):
    """A replica that notes the sizes of its batches and refuses to be used twice at a time."""

    def decode(self, batch: Any, options: DecodeOptions) -> Any:
        if not hasattr(self, "busy"):
            self.busy, self.sizes = Lock(), list[int]()
        assert self.busy.acquire(blocking=False)
        try:
            self.sizes.append(len(batch))
            return super().decode(batch, options)
        finally:
            self.busy.release()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return factory.marian(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def single(folder: Path) -> Engine:
    return pytorch.load(folder)


@pytest.fixture
def replicas(folder: Path) -> list[Any]:
    engines: list[Any] = [pytorch.load(folder) for _ in range(2)]
    for engine in engines:
        engine.__class__ = Noting
    return engines


@pytest.fixture
def parallel(replicas: list[Any]) -> Parallel:
    return Parallel(replicas, Memory())


def sources(count: int) -> list[list[str]]:
    """Of every length from 2 to 64, in no order."""
    lengths = [2 + 37 * index % 63 for index in range(count)]
    return [[*("▁a" for _ in range(length - 1)), "</s>"] for length in lengths]


def agree(some: Engine, other: Engine, texts: list[list[str]]) -> None:
    pairs = zip(some.generate(texts, OPTIONS), other.generate(texts, OPTIONS), strict=True)
    for found, expected in pairs:
        assert found == replace(expected, score=found.score)
        assert found.score == pytest.approx(expected.score, abs=1e-4)


def test_it_says_what_one_says_and_all_work(
    parallel: Parallel, single: Engine, replicas: list[Any]
) -> None:
    assert parallel.name == single.name
    agree(parallel, single, sources(400))
    assert sum(sum(replica.sizes) for replica in replicas) == 400
    assert all(len(replica.sizes) > 1 for replica in replicas)
    assert parallel.generate([], OPTIONS) == []


def test_every_index_comes_once(parallel: Parallel) -> None:
    portions = list(parallel.stream(sources(300), OPTIONS))
    assert sorted(index for portion in portions for index in portion) == list(range(300))


def test_they_work_at_the_same_time(parallel: Parallel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits for the other: one after the other they would wait for ever."""
    together = Barrier(2, timeout=60)
    decode = Noting.decode

    def waiting(self: Any, batch: Any, options: DecodeOptions) -> Any:
        together.wait()
        return decode(self, batch, options)

    monkeypatch.setattr(Noting, "decode", waiting)
    assert len(parallel.generate([["▁a", "</s>"]] * 2, OPTIONS)) == 2


def test_scores_are_those_of_one(parallel: Parallel, single: Engine) -> None:
    texts = sources(60)
    targets = [source[:-2] for source in texts]
    for some, others in zip(
        parallel.score(texts, targets), single.score(texts, targets), strict=True
    ):
        assert some == pytest.approx(others, abs=1e-5)


def test_a_source_too_long_is_refused_before_any_is_decoded(
    parallel: Parallel, replicas: list[Any]
) -> None:
    with pytest.raises(ValueError, match="source 40 has 65 tokens; the model takes 64"):
        parallel.stream([*sources(40), ["▁a"] * 65], OPTIONS)
    assert not any(hasattr(replica, "sizes") for replica in replicas)


def test_a_closed_stream_begins_no_other(parallel: Parallel, replicas: list[Any]) -> None:
    portions: Any = parallel.stream(sources(400), OPTIONS)
    next(portions)
    portions.close()
    begun = sum(len(replica.sizes) for replica in replicas)
    assert begun <= 4  # one done, one in each device's hands, one waiting that a device took
    assert len(parallel.generate(sources(3), OPTIONS)) == 3
    assert sum(len(replica.sizes) for replica in replicas) <= begun + 3


def test_memory_that_ends_on_one_makes_batches_smaller_on_all(
    parallel: Parallel,
    single: Engine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    decode = Noting.decode

    def small(self: Any, batch: Any, options: DecodeOptions) -> Any:
        if len(batch) * max(map(len, batch)) > 130:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return decode(self, batch, options)

    monkeypatch.setattr(Noting, "decode", small)
    agree(parallel, single, sources(200))
    assert len(caplog.messages) == 1


def test_a_failure_of_one_comes_out(parallel: Parallel, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(Noting, "decode", broken)
    with pytest.raises(RuntimeError, match="illegal memory access"):
        parallel.generate(sources(5), OPTIONS)


def test_a_model_is_put_on_every_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[tuple[str, int | None, torch.dtype]] = []

    def to(self: torch.nn.Module, device: torch.device, dtype: torch.dtype) -> torch.nn.Module:
        placed.append((device.type, device.index, dtype))
        return self

    monkeypatch.setattr(pytorch, "supported", lambda _: ("float16",))
    monkeypatch.setattr(torch.nn.Module, "to", to)
    several: Any = pytorch.load(folder, compute="float16", device=Device("cuda", (2, 0)))
    assert isinstance(several, Parallel)
    assert placed == [("cuda", 2, torch.float16), ("cuda", 0, torch.float16)]
    models: list[Any] = [vars(replica)["_model"] for replica in several._replicas]
    assert models[0] is not models[1]
