"""Texts that were cut differently come together again where both are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.align import (
    Boundaries,
    Unit,
    boundaries,
    common,
    ends,
    shared_blocks,
    units,
)
from pipeline.evaluation.references import References

cuts = st.lists(st.text("abc ", min_size=1).filter(str.strip), min_size=1, max_size=8)


def test_ends_are_counts_of_what_is_no_white_space() -> None:
    assert ends(["ab c", " d", "e\u00a0f\n"]) == [3, 4, 6]


@pytest.mark.parametrize(
    ("ours", "gold", "expected"),
    [
        (["A b.", "C."], ["A b.", "C."], Boundaries(1, 1, 1)),
        (["A b. C."], ["A b.", "C."], Boundaries(0, 0, 1)),
        (["A", "b.", "C."], ["A b.", "C."], Boundaries(1, 2, 1)),
        (["A b", ". C."], ["A b.", "C."], Boundaries(0, 1, 1)),
        (["one"], ["one"], Boundaries(0, 0, 0)),
        (["one"], ["two"], None),
        (["A b.", "C."], ["A b."], None),
    ],
)
def test_boundaries(ours: list[str], gold: list[str], expected: Boundaries | None) -> None:
    assert boundaries(ours, gold) == expected


def test_parts_belong_together_between_shared_ends() -> None:
    assert shared_blocks([2, 5, 9], [2, 4, 5, 9]) == [
        (slice(0, 1), slice(0, 1)),
        (slice(1, 2), slice(1, 3)),
        (slice(2, 3), slice(3, 4)),
    ]
    assert shared_blocks([9], [3, 9]) == [(slice(0, 1), slice(0, 2))]
    assert shared_blocks([], []) == []


@given(cuts, st.data())
def test_every_part_is_in_exactly_one_block(left: list[str], data: st.DataObject) -> None:
    whole = "".join("".join(left).split())
    inner = data.draw(st.sets(st.integers(1, max(1, len(whole) - 1))))
    right = sorted({end for end in inner if end < len(whole)} | {len(whole)})
    blocks = shared_blocks(ends(left), right)
    assert [i for block, _ in blocks for i in range(len(left))[block]] == list(range(len(left)))
    assert [i for _, block in blocks for i in range(len(right))[block]] == list(range(len(right)))
    for ours, theirs in blocks:
        assert ends(left)[ours][-1] == right[theirs][-1]


SEGMENTS = ["a b.", "c.", "d."]
ENGLISH = ["A B.", "C.", "D."]


def test_equal_numbers_are_line_by_line() -> None:
    references = References(("r1", "r2", "r3"))
    assert units(SEGMENTS, ENGLISH, references) == (
        Unit(1, "a b.", "A B.", "r1"),
        Unit(1, "c.", "C.", "r2"),
        Unit(1, "d.", "D.", "r3"),
    )


def test_other_numbers_are_one_document() -> None:
    whole = Unit(2, "a b. c. d.", "A B. C. D.", "r1 r2")
    assert units(SEGMENTS, ENGLISH, References(("r1", "r2"))) == (whole,)
    # gold that is another text, or has not a line each, aligns nothing
    other = References(("r1", "r2"), segments=("a b.", "c. x."))
    assert units(SEGMENTS, ENGLISH, other) == (whole,)
    assert units(SEGMENTS, ENGLISH, References(("r1", "r2"), segments=("a b. c. d.",))) == (whole,)


def test_gold_segments_align_what_was_cut_otherwise() -> None:
    references = References(("r1", "r2", "r3", "r4"), segments=("a", "b.", "c. d", "."))
    assert units(SEGMENTS, ENGLISH, references) == (
        Unit(2, "a b.", "A B.", "r1 r2"),
        Unit(2, "c. d.", "C. D.", "r3 r4"),
    )


def test_equal_numbers_cut_at_other_places_are_not_compared_line_by_line() -> None:
    references = References(("r1", "r2", "r3"), segments=("a", "b. c.", "d."))
    assert units(SEGMENTS, ENGLISH, references) == (
        Unit(2, "a b. c.", "A B. C.", "r1 r2"),
        Unit(1, "d.", "D.", "r3"),
    )


def test_nothing_to_compare() -> None:
    assert units(SEGMENTS, ENGLISH, References(segments=tuple(SEGMENTS))) == ()


def test_two_runs_meet_where_both_cut() -> None:
    before = [Unit(1, "a", "A", "r1"), Unit(1, "b", "B", "r2"), Unit(1, "c", "C", "r3")]
    now = [Unit(1, "a", "a!", "r1"), Unit(2, "b c", "b! c!", "r2 r3")]
    assert common(before, now) == [
        (before[0], now[0]),
        (Unit(2, "b c", "B C", "r2 r3"), now[1]),
    ]
    assert common(before, []) is None
    assert common(before, now[:1]) is None
    assert common(before, [now[0], Unit(2, "b c", "b c", "r2 other")]) is None
    assert common([], []) == []
