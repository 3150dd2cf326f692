"""How long a translation should be."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.lengths import Length, compare, expected


@pytest.mark.parametrize(
    ("source", "lang", "script", "characters"),
    [
        ("x" * 50 + " " * 10 + "é" * 50, "fr", "Latn", 83.8),
        ("x" * 100, "pl", "Latn", 93.0),
        ("و" * 100, "ar", "Arab", 116.8),
        ("و\u064e" * 100, "ar", "Arab", 116.8),
        ("و" * 10 + "BBC 24", "ar", "Arab", 16.68),
        ("国" * 10 + " (Zhongguo)", "zh", "Hans", 28.29),
        ("国" * 10, "xx", "Qaaa", 9.3),
        ("", "ar", "Arab", 0),
    ],
)
def test_what_counts(source: str, lang: str, script: str, characters: float) -> None:
    assert math.isclose(expected(source, lang, script), characters, rel_tol=1e-9)


def test_a_length_in_spreads() -> None:
    source = "x" * 100
    of_its_length = compare(source, "y" * 84, "fr", "Latn")
    assert (of_its_length.actual, of_its_length.expected) == (84, 84)
    assert abs(of_its_length.deviation) < 0.05
    half = compare(source, "y" * 42, "fr", "Latn")
    assert half.deviation == pytest.approx(math.log(42 / 83.8) / 0.129 / math.sqrt(0.3 + 65 / 83.8))
    assert compare(source, "", "fr", "Latn").actual == 0
    assert compare("", "", "fr", "Latn") == Length(0, 1, 0.0)


@given(st.integers(1, 500), st.integers(1, 500))
def test_longer_is_longer_and_the_short_may_vary(long: int, more: int) -> None:
    source = "x" * long
    assert (
        compare(source, "y" * long, "fr", "Latn").deviation
        < compare(source, "y" * (long + more), "fr", "Latn").deviation
    )
    doubled = [compare("x" * n, "y" * 2 * n, "fr", "Latn").deviation for n in (long, long + more)]
    assert doubled[0] <= doubled[1] or long < 2
