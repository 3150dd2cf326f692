"""Figures as people read them: grouped numbers, durations, shares, rates."""

from itertools import pairwise

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def count(number: int, noun: str = "") -> str:
    """`1,240`; with a noun `1 document`, `1,240 documents`."""
    return f"{number:,} {noun}{'s' * (number != 1)}" if noun else f"{number:,}"


def duration(seconds: float) -> str:
    """Two units at most: `0.4 s`, `45 s`, `3 min 20 s`, `1 h 12 min`, `2 d 3 h`."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    for (unit, size), (smaller, step) in pairwise(_UNITS):
        whole, rest = divmod(round(seconds / step), size // step)
        if whole:
            return f"{whole:,} {unit} {rest} {smaller}" if rest else f"{whole:,} {unit}"
    return f"{round(seconds)} s"


def in_bytes(number: float) -> str:
    """`12 kB`, `340 MB`, `1.2 GB`: decimal, as disks and downloads are counted."""
    if number >= 1e9:
        return f"{number / 1e9:,.1f} GB"
    return f"{number / 1e6:.0f} MB" if number >= 1e6 else f"{number / 1e3:.0f} kB"


def share(part: float, whole: float) -> str:
    """A percentage that says 0 or 100 only where it is exactly that, and nothing of nothing."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "< 1 %"
    if 99 < percent < 100:
        return "> 99 %"
    return f"{percent:.0f} %"


def rate(number: float, seconds: float) -> str:
    """How many a second, in three digits or so; nothing where no time passed."""
    if seconds <= 0:
        return "–"
    each = number / seconds
    if each >= 99.5 or not each:
        return f"{each:,.0f}"
    return f"{each:.1f}" if each >= 9.95 else f"{each:.2f}"


def score(percent: float | None) -> str:
    """A figure of quality in percent, as papers give it: `42.6`; `–` where there is none."""
    return "–" if percent is None else f"{percent:.1f}"


def change(points: float) -> str:
    """A difference with its sign: `+1.3`, `−0.2`, `±0.0`."""
    rounded = round(points, 1)
    return f"+{rounded:.1f}" if rounded > 0 else f"−{-rounded:.1f}" if rounded < 0 else "±0.0"


def chance(p: float | None) -> str:
    """A p-value in three decimals, never as 0; what cannot be told says so."""
    if p is None:
        return "too few"
    return "< 0.001" if p < 0.0005 else f"{p:.3f}"
