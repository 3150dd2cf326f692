"""A chart says what was done, and when: checked by its numbers."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.bounded import Point
from pipeline.render.chart import HEIGHT, STEPS, WIDTH, X_TICKS, Chart, Tick, chart


def documents(points: list[Point], seconds: float) -> Chart | None:
    return chart(points, seconds, "Documents a second", lambda point: point.documents)


def test_a_rate_is_a_step() -> None:
    drawn = documents([Point(10.0, 20, 0), Point(20.0, 10, 0), Point(40.0, 0, 0)], 40)
    assert drawn is not None
    assert drawn.line == "M0,0.0H250.0V50.0H500.0V100.0H1000.0"
    assert drawn.area == "M0,100L0,0.0H250.0V50.0H500.0V100.0H1000.0V100Z"
    assert drawn.y == (Tick(50, "1"), Tick(0, "2"))
    assert [tick.label for tick in drawn.x] == ["0", "10 s", "20 s", "30 s", "40 s"]
    assert [tick.at for tick in drawn.x] == [0, 25, 50, 75, 100]
    assert drawn.average == Tick(62.5, "0.75")
    assert drawn.said == (
        "Documents a second: 0.75 on average, 2.00 at the busiest (at the start), 0 at the slowest."
    )


@pytest.mark.parametrize(
    ("points", "seconds"),
    [([], 0.0), ([], 10.0), ([Point(5.0, 0, 7)], 10.0), ([Point(0.0, 3, 0)], 0.0)],
)
def test_where_nothing_was_done_nothing_is_drawn(points: list[Point], seconds: float) -> None:
    assert documents(points, seconds) is None


def test_the_tail_of_a_burst_is_no_spike() -> None:
    """Ten windows of 40 s, each written in two instants that fall into different points."""
    points: list[Point] = []
    for second in range(40, 440, 40):
        points += [Point(second - 0.001, 20, 0), Point(second + 0.001, 20, 0)]
    drawn = documents(points, 400.001)
    assert drawn is not None
    rates = {float(y) for y in re.findall(r"[V,]([\d.]+)", drawn.line)}
    assert max(rates) - min(rates) < 1
    assert drawn.y[-1].label == "1.5"


def test_a_rush_through_the_cache_does_not_press_the_night_flat() -> None:
    points = [Point(2.0, 800, 0), *(Point(float(t), 15, 0) for t in range(10, 1_010, 10))]
    drawn = documents(points, 1_000)
    assert drawn is not None
    assert [tick.label for tick in drawn.y] == ["2", "4"]
    assert drawn.cut == drawn.said.partition(" at the busiest")[0].split()[-1]
    assert drawn.line.startswith("M0,0.0H")
    calm = chart(points[1:], 1_000, "Documents a second", lambda point: point.documents)
    assert calm is not None
    assert calm.cut is None


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (0.4, ["0"]),
        (4.9, ["0", "1 s", "2 s", "3 s", "4 s"]),
        (90, ["0", "30 s", "1 min", "1 min 30 s"]),
        (28_800, ["0", "2 h", "4 h", "6 h", "8 h"]),
    ],
)
def test_the_axis_of_time_has_round_values(seconds: float, labels: list[str]) -> None:
    drawn = documents([Point(seconds, 1, 0)], seconds)
    assert drawn is not None
    assert [tick.label for tick in drawn.x] == labels


WORK = st.lists(
    st.tuples(st.floats(0.001, 1_000), st.integers(0, 10_000)), min_size=1, max_size=200
)


@given(WORK, st.floats(0, 100))
def test_the_drawing_stays_in_its_box(work: list[tuple[float, int]], idle: float) -> None:
    points, now = [], 0.0
    for span, done in work:
        now += span
        points.append(Point(now, done, 0))
    drawn = documents(points, now + idle)
    if drawn is None:
        assert not any(done for _, done in work)
        return
    xs = [float(x) for x in re.findall(r"H([\d.]+)", drawn.line)]
    ys = [float(y) for y in re.findall(r"[V,]([\d.]+)", drawn.line)]
    assert xs == sorted(xs)
    assert 0 <= xs[0] <= xs[-1] <= WIDTH
    assert len(ys) == len(xs) <= STEPS + 1
    assert 0 <= min(ys) <= max(ys) <= HEIGHT
    assert all(0 <= tick.at <= 100 for tick in (*drawn.x, *drawn.y, drawn.average))
    assert 1 <= len(drawn.y) <= 4
    assert len(drawn.x) <= X_TICKS + 1
