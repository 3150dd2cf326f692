"""Cutting work into batches."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engines.engine import BATCH, BUDGET, check_lengths, partition

work = st.tuples(st.lists(st.integers(1, 600), max_size=60), st.integers(1, 8), st.integers(1, 9))
Work = tuple[list[int], int, int]


@given(work)
def test_every_index_comes_out_once_and_longest_first(work: Work) -> None:
    lengths, beam, workers = work
    out = [index for batch in partition(lengths, beam, workers) for index in batch]
    assert sorted(out) == list(range(len(lengths)))
    assert [lengths[i] for i in out] == sorted(lengths, reverse=True)


@given(work)
def test_a_batch_keeps_to_its_limits_unless_it_is_one_source(work: Work) -> None:
    lengths, beam, workers = work
    left = sum(lengths)
    for batch in partition(lengths, beam, workers):
        assert batch
        taken = sum(lengths[i] for i in batch)
        if len(batch) > 1:
            assert len(batch) * beam <= BATCH
            assert max(lengths[i] for i in batch) * len(batch) <= BUDGET
            assert taken * workers <= left
        left -= taken


@given(work)
def test_no_batch_could_have_taken_the_next_source(work: Work) -> None:
    lengths, beam, workers = work
    left = sum(lengths)
    batches = list(partition(lengths, beam, workers))
    for batch, following in pairwise(batches):
        size, taken = len(batch) + 1, sum(lengths[i] for i in batch)
        assert (
            size * beam > BATCH
            or size * lengths[batch[0]] > BUDGET
            or (taken + lengths[following[0]]) * workers > left
        )
        left -= taken


@pytest.mark.parametrize(
    ("lengths", "beam", "workers", "batches"),
    [
        ([], 4, 2, []),
        ([3, 10, 4, 3, 25], 4, 1, [[4, 1, 2, 0, 3]]),
        ([3, 10, 4, 3, 25], 24, 1, [[4, 1], [2, 0], [3]]),
        ([3, 10, 4, 3, 25], 100, 1, [[4], [1], [2], [0], [3]]),
        ([3, 10, 4, 3, 25], 4, 2, [[4], [1], [2], [0], [3]]),
        ([600, 1024, 700, 2048], 4, 1, [[3], [1, 2], [0]]),
        ([8] * 8, 4, 2, [[0, 1, 2, 3], [4, 5], [6], [7]]),
    ],
)
def test_cases_by_hand(
    lengths: list[int], beam: int, workers: int, batches: list[list[int]]
) -> None:
    assert list(partition(lengths, beam, workers)) == batches


def test_a_source_over_the_positions_is_named() -> None:
    check_lengths([["a"] * 4, []], 4)
    with pytest.raises(ValueError, match="source 1 has 5 tokens; the model takes 4"):
        check_lengths([["a"], ["a"] * 5], 4)
