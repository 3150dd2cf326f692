"""Cutting work into batches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engine import check_lengths, partition

lengths_and_budget = st.tuples(st.lists(st.integers(1, 600), max_size=60), st.integers(1, 1500))


@given(lengths_and_budget)
def test_every_index_comes_out_once_and_longest_first(work: tuple[list[int], int]) -> None:
    lengths, budget = work
    out = [index for batch in partition(lengths, budget) for index in batch]
    assert sorted(out) == list(range(len(lengths)))
    assert [lengths[i] for i in out] == sorted(lengths, reverse=True)


@given(lengths_and_budget)
def test_a_batch_keeps_to_the_budget_unless_it_is_one_source(work: tuple[list[int], int]) -> None:
    lengths, budget = work
    for batch in partition(lengths, budget):
        assert batch
        assert len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= budget


@given(lengths_and_budget)
def test_no_batch_could_have_taken_the_next_source(work: tuple[list[int], int]) -> None:
    lengths, budget = work
    batches = list(partition(lengths, budget))
    for batch in batches[:-1]:
        assert lengths[batch[0]] * (len(batch) + 1) > budget


def test_a_case_by_hand() -> None:
    assert list(partition([3, 10, 4, 3, 25], 12)) == [[4], [1], [2, 0, 3]]
    assert list(partition([], 12)) == []


def test_a_source_over_the_positions_is_named() -> None:
    check_lengths([["a"] * 4, []], 4)
    with pytest.raises(ValueError, match="source 1 has 5 tokens; the model takes 4"):
        check_lengths([["a"], ["a"] * 5], 4)
