"""A stage through the cache: what is kept is not computed again, and everything comes in order."""

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.cache import MEMORY, Cache
from pipeline.document import Document, StageReport
from pipeline.signature import Signature
from pipeline.stage import Stage, Staged, through_cache

DOCUMENTS = [Document(name, "ar", "", name) for name in "abcd"]


class Doubling:
    """A stage that doubles numbers and notes what it was asked."""

    def __init__(self, params: str = "1") -> None:
        self.asked: list[list[int]] = []
        self.stage: Stage[int, int] = Stage(
            Signature("double", 1, (("beam", params),)), self.compute, int, self.pack, self.unpack
        )

    def compute(self, numbers: list[int]) -> Iterator[dict[int, int]]:
        self.asked.append(numbers)
        yield {index: 2 * number for index, number in enumerate(numbers) if number < 100}
        yield {index: 2 * number for index, number in enumerate(numbers) if 100 <= number < 1000}
        if any(number >= 1000 for number in numbers):
            raise KeyboardInterrupt

    def pack(self, value: int) -> Any:
        return {"value": value}

    def unpack(self, row: Any) -> int:
        value: int = row["value"]
        return value


def run(doubling: Doubling, cache: Cache, inputs: list[int]) -> list[Staged[int]]:
    return through_cache(cache, doubling.stage, DOCUMENTS[: len(inputs)], inputs)


def test_outputs_in_the_order_of_the_inputs() -> None:
    cache, doubling = Cache(MEMORY), Doubling()
    assert [one.value for one in run(doubling, cache, [3, 1, 2])] == [6, 2, 4]
    assert doubling.asked == [[3, 1, 2]]


def test_only_what_is_missing_is_computed() -> None:
    cache, doubling = Cache(MEMORY), Doubling()
    run(doubling, cache, [1])
    staged = run(doubling, cache, [5, 1, 7])
    assert [one.value for one in staged] == [10, 2, 14]
    assert [one.report.cached for one in staged] == [False, True, False]
    assert doubling.asked == [[1], [5, 7]]


def test_a_cached_output_took_no_time() -> None:
    cache, doubling = Cache(MEMORY), Doubling()
    run(doubling, cache, [1])
    [again] = run(doubling, cache, [1])
    assert again.report == StageReport("double:v1|beam:1", cached=True, seconds=0.0)


def test_another_signature_computes_again() -> None:
    cache, other = Cache(MEMORY), Doubling("4")
    run(Doubling("1"), cache, [1])
    assert [one.report.cached for one in run(other, cache, [1])] == [False]
    assert other.asked == [[1]]


def test_documents_of_one_text_share_an_output_that_is_computed_once() -> None:
    cache, doubling = Cache(MEMORY), Doubling()
    staged = run(doubling, cache, [1, 2, 1])
    assert [one.value for one in staged] == [2, 4, 2]
    assert [one.report.cached for one in staged] == [False, False, True]
    assert doubling.asked == [[1, 2]]


def test_no_documents() -> None:
    assert through_cache(Cache(MEMORY), Doubling().stage, [], []) == []


def test_outputs_are_kept_portion_by_portion() -> None:
    cache, doubling = Cache(MEMORY), Doubling()
    with pytest.raises(KeyboardInterrupt):
        run(doubling, cache, [1000, 2, 500])
    staged = run(doubling, cache, [500, 2])
    assert [one.report.cached for one in staged] == [True, True]


def test_the_time_of_a_portion_is_shared_out_by_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 16.0, 20.0, 25.0, 30.0])
    monkeypatch.setattr("pipeline.stage.time.perf_counter", lambda: next(clock))
    staged = run(Doubling(), Cache(MEMORY), [1, 200, 3, 2])
    assert [one.report.seconds for one in staged] == [1.0, 5.0, 3.0, 2.0]


def test_the_output_is_kept_for_its_document() -> None:
    cache = Cache(MEMORY)
    run(Doubling(), cache, [1, 2])
    assert len(cache.history("double", "b", "")) == 1
    assert cache.history("double", "c", "") == []
