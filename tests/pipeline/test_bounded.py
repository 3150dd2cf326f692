"""What is kept of a stream: the right things, and no more than promised."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.bounded import FINEST, MOST_POINTS, Point, Timeline, Top, merged


@given(st.lists(st.integers(0, 9)), st.integers(1, 5))
def test_the_largest_are_kept_and_the_first_among_equals(weights: list[int], limit: int) -> None:
    top: Top[int] = Top(limit)
    for index, weight in enumerate(weights):
        if top.wants(weight):
            top.add(weight, index)
    ranked = sorted(range(len(weights)), key=lambda index: -weights[index])
    assert top.ranked() == tuple(ranked[:limit])


STEPS = st.lists(
    st.tuples(st.floats(0, 100), st.integers(0, 3), st.integers(0, 50)), max_size=1_000
)


@given(STEPS)
def test_a_timeline_loses_no_work_and_stays_short(steps: list[tuple[float, int, int]]) -> None:
    timeline, now = Timeline(), 0.0
    for pause, documents, sentences in steps:
        now += pause
        timeline.add(now, documents, sentences)
    points = timeline.points
    assert len(points) <= MOST_POINTS
    assert sum(point.documents for point in points) == sum(step[1] for step in steps)
    assert sum(point.sentences for point in points) == sum(step[2] for step in steps)
    times = [point.seconds for point in points]
    assert times == sorted(set(times))
    assert not steps or times[-1] == now


def test_a_night_of_forty_thousand_documents() -> None:
    timeline = Timeline()
    for index in range(40_000):
        timeline.add(index * 0.7, 1, 16)
    points = timeline.points
    assert MOST_POINTS / 3 < len(points) <= MOST_POINTS
    spans = [b.seconds - a.seconds for a, b in pairwise(points)][:-1]
    assert max(spans) < 1.5 * min(spans)


def test_what_a_burst_took_is_the_time_before_it() -> None:
    timeline = Timeline()
    for second in (50.01, 50.02, 100.01, 100.02):
        timeline.add(second, 10, 160)
    assert timeline.points == (Point(50.02, 20, 320), Point(100.02, 20, 320))


def test_points_are_merged_by_spans_of_the_clock() -> None:
    points = [Point(float(second), 1, 2) for second in range(1, 6)]
    assert merged(points, 2) == [Point(2.0, 2, 4), Point(4.0, 2, 4), Point(5.0, 1, 2)]
    assert merged(points, FINEST) == points
