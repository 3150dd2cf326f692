"""Cutting what a model cannot take whole: parts fit, and only white space at the cuts is lost."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.split import split_to_fit


def characters(most: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= most


def words(most: int) -> Callable[[str], bool]:
    return lambda text: len(text.split()) <= most


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(st.text(), st.integers(1, 20))
@example("\u2003a\u2003", 1)
@example("،،،،،،،،", 3)
def test_parts_fit_and_nothing_but_space_is_lost(text: str, most: int) -> None:
    parts = split_to_fit(text, characters(most))
    assert all(len(part) <= most for part in parts)
    assert squeezed("".join(parts)) == squeezed(text)


@given(st.lists(st.sampled_from(["word", "كلمة", "a,", "b؛", "–", "12,5"])), st.integers(1, 9))
def test_no_word_is_cut_where_words_fit(tokens: list[str], most: int) -> None:
    parts = split_to_fit(" ".join(tokens), words(most))
    assert [word for part in parts for word in part.split()] == tokens


@pytest.mark.parametrize(
    ("text", "most", "parts"),
    [
        ("one two three", 99, ["one two three"]),
        ("one two, three four five", 4, ["one two,", "three four five"]),
        # The space is nearer to the middle; the comma is still well inside.
        (
            "one two three four five, six seven eight",
            5,
            ["one two three four five,", "six seven eight"],
        ),
        # A comma near the edge would leave next to nothing on one side.
        (
            "No, two three four five six seven eight",
            4,
            ["No, two three four", "five six seven eight"],
        ),
        (
            "قال الوزير إن الطريق مغلق، وإن العمل مستمر",
            5,
            ["قال الوزير إن الطريق مغلق،", "وإن العمل مستمر"],
        ),
        ("他说道路已经封闭 但工作仍在继续", 1, ["他说道路已经封闭", "但工作仍在继续"]),
        ("one two three – four five six", 4, ["one two three –", "four five six"]),
    ],
)
def test_a_clause_end_comes_before_a_space(text: str, most: int, parts: list[str]) -> None:
    assert split_to_fit(text, words(most)) == parts


@pytest.mark.parametrize(
    "number", ["1,250", "12:30", "٣،٥", "1:2:3", "https://example.org/a", "1,250,000"]
)
def test_a_sign_inside_a_number_or_address_ends_no_clause(number: str) -> None:
    parts = split_to_fit(f"aaa bbb {number} ccc ddd", words(3))
    assert any(number in part.split() for part in parts)


def test_three_thousand_words_without_punctuation() -> None:
    tokens = [f"word{number}" for number in range(3000)]
    parts = split_to_fit(" ".join(tokens), words(500))
    assert " ".join(parts).split() == tokens
    assert len(parts) == 8
    assert all(300 < len(part.split()) <= 500 for part in parts)


def test_a_word_of_a_hundred_thousand_characters() -> None:
    text = "ا" * 100_000
    parts = split_to_fit(text, characters(510))
    assert "".join(parts) == text
    assert {len(part) for part in parts} == {390, 391}
