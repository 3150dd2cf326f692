"""The geometry of a chart of throughput: what a template needs to draw it, and no more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from pipeline.bounded import Point, merged
from pipeline.figures import duration, rate

STEPS = 80  # in a chart at most
WIDTH, HEIGHT = 1000.0, 100.0  # of the drawing, which the page stretches
X_TICKS, Y_TICKS = 5, 3  # at most, besides the origin
CALM = 2.5  # times the median: what goes beyond it is cut off

_SPANS = (
    *(1, 2, 5, 10, 15, 30),
    *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
    *(3_600 * hours for hours in (1, 2, 3, 6, 12, 24, 48, 96, 168)),
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on an axis: where it stands, in percent from the left or from the top."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The rate of some work as a line of steps over time, and `said`, the same in words.

    `line` and `area` are paths in a box of WIDTH × HEIGHT. `cut` is the highest rate where that
    does not fit in.
    """

    unit: str
    line: str
    area: str
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]
    average: Tick
    cut: str | None
    said: str


def chart(
    points: Sequence[Point], seconds: float, unit: str, work: Callable[[Point], int]
) -> Chart | None:
    """Draw how much `work` a job of `seconds` did a second; None where there is none to draw."""
    total, steps = sum(map(work, points)), _steps(points, seconds)
    if not total or not steps:
        return None
    ends = [0.0, *(step.seconds for step in steps)]
    spans = [end - begin for begin, end in pairwise(ends)]
    rates = [work(step) / span for step, span in zip(steps, spans, strict=True)]
    width, average, busiest = max(seconds, ends[-1]), total / ends[-1], max(rates)
    y = _y_values(max(average, _ceiling(rates, spans)))
    heights = [max(0.0, 1 - each / y[-1]) for each in rates]
    line = _line([WIDTH * end / width for end in ends], heights)
    return Chart(
        unit=unit,
        line=line,
        area=f"M0,{HEIGHT:g}L{line[1:]}V{HEIGHT:g}Z",
        x=_x_ticks(width),
        y=tuple(Tick(100 - 100 * value / y[-1], f"{value:,.10g}") for value in y),
        average=Tick(100 - 100 * average / y[-1], rate(average, 1)),
        cut=rate(busiest, 1) if busiest > y[-1] else None,
        said=f"{unit}: {rate(average, 1)} on average, {rate(busiest, 1)} at the busiest"
        f" ({_when(ends[rates.index(busiest)])}), {rate(min(rates), 1)} at the slowest.",
    )


def _when(seconds: float) -> str:
    return f"{duration(seconds)} after the start" if seconds else "at the start"


def _ceiling(rates: list[float], spans: list[float]) -> float:
    """The highest rate that is drawn in full.

    A job that goes on where another was killed rushes through what that one did: seconds that
    would press hours into the ground. Half of the time a job is no faster than its median.
    """
    passed, half = 0.0, sum(spans) / 2
    for each, span in sorted(zip(rates, spans, strict=True)):
        passed += span
        if passed >= half:
            return min(max(rates), CALM * each) if each else max(rates)
    return max(rates)


def _y_values(highest: float) -> list[float]:
    """Round values from the first above 0 to the first that is not below the highest."""
    step = _round_up(highest / Y_TICKS)
    return [number * step for number in range(1, ceil(highest / step) + 1)]


def _steps(points: Sequence[Point], seconds: float) -> list[Point]:
    """At most STEPS or so, none so short that the tail of a burst would stand out as a spike."""
    span = seconds / STEPS
    steps: list[Point] = []
    begin = 0.0
    for step in merged(points, span) if span else ():
        if step.seconds - begin < span / 2 and steps:
            steps[-1] = steps[-1].joined(step)
        elif step.seconds > 0:
            steps.append(step)
        begin = step.seconds
    return steps


def _line(xs: list[float], ys: list[float]) -> str:
    first, *rest = [f"{HEIGHT * y:.1f}" for y in ys]
    path = [f"M0,{first}", f"H{xs[1]:.1f}"]
    for x, y in zip(xs[2:], rest, strict=True):
        path.append(f"V{y}H{x:.1f}")
    return "".join(path)


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, … and their fractions."""
    unit = 10.0 ** floor(log10(value))
    return next(unit * times for times in (1, 2, 5, 10) if unit * times >= value * 0.999999)


def _x_ticks(seconds: float) -> tuple[Tick, ...]:
    step = next((span for span in _SPANS if seconds <= span * X_TICKS), _SPANS[-1])
    values = range(step, int(seconds) + 1, step)
    ticks = (Tick(100 * value / seconds, _time(value)) for value in values)
    return (Tick(0, "0"), *ticks)


def _time(seconds: int) -> str:
    return f"{seconds} s" if seconds < 10 else duration(seconds)
