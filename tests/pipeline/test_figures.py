"""Figures as they are printed, letter by letter."""

import pytest

from pipeline.figures import chance, change, count, duration, in_bytes, rate, score, share


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "", "0"),
        (1_240, "", "1,240"),
        (1, "document", "1 document"),
        (0, "document", "0 documents"),
        (40_000, "document", "40,000 documents"),
    ],
)
def test_a_count(number: int, noun: str, said: str) -> None:
    assert count(number, noun) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, "0.0 s"),
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3_599.6, "1 h"),
        (4_329, "1 h 12 min"),
        (86_390, "1 d"),
        (183_600, "2 d 3 h"),
        (1_000 * 86_400, "1,000 d"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "–"),
        (0, 7, "0 %"),
        (1, 1_000, "< 1 %"),
        (1, 3, "33 %"),
        (999, 1_000, "> 99 %"),
        (7, 7, "100 %"),
    ],
)
def test_a_share_is_whole_or_nothing_only_where_it_is(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


@pytest.mark.parametrize(
    ("number", "seconds", "said"),
    [
        (5, 0, "–"),
        (0, 5, "0"),
        (1, 3, "0.33"),
        (99, 10, "9.90"),
        (225, 10, "22.5"),
        (12_400, 10, "1,240"),
    ],
)
def test_a_rate_has_three_digits_or_so(number: float, seconds: float, said: str) -> None:
    assert rate(number, seconds) == said


@pytest.mark.parametrize(("percent", "said"), [(None, "–"), (0.0, "0.0"), (42.649, "42.6")])
def test_a_score(percent: float | None, said: str) -> None:
    assert score(percent) == said


@pytest.mark.parametrize(
    ("points", "said"),
    [(1.26, "+1.3"), (-0.2, "−0.2"), (0.0, "±0.0"), (0.04, "±0.0"), (-0.04, "±0.0")],
)
def test_a_change(points: float, said: str) -> None:
    assert change(points) == said


@pytest.mark.parametrize(
    ("p", "said"), [(None, "too few"), (1.0, "1.000"), (0.0499, "0.050"), (0.0001, "< 0.001")]
)
def test_a_chance(p: float | None, said: str) -> None:
    assert chance(p) == said


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 kB"), (1499, "1 kB"), (340e6, "340 MB"), (1.25e9, "1.2 GB"), (1.2e13, "12,000.0 GB")],
)
def test_bytes_as_they_are_read(number: float, told: str) -> None:
    assert in_bytes(number) == told
