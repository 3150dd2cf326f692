"""Lines as they are seen, in the order of reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.visual import Glyph, ending, in_pairs, is_right_to_left, logical


def seen(text: str) -> list[Glyph]:
    """Glyphs of one width, in the order in which they are seen from left to right."""
    return [Glyph(char, at * 5.0, at * 5.0 + 5) for at, char in enumerate(text)]


@pytest.mark.parametrize(
    ("shown", "right_to_left", "expected"),
    [
        ("דלי לש", True, "של ילד"),
        (".1 תיב", True, "בית 1."),
        ("5.3 היה", True, "היה 5.3"),
        ("50% דע", True, "עד 50%"),
        ("-2016 ماع", True, "عام 2016-"),
        ("802.11n رايعم", True, "معيار 802.11n"),
        ("٢٠٢٤-٥ ماع", True, "عام ٥-٢٠٢٤"),
        ("نأ ،Ring Works ةكرش", True, "شركة Ring Works، أن"),
        ("He said רמא today", False, "He said אמר today"),
        ("ABC דלי", False, "ABC ילד"),
        ("ﺎﻠﻗ", True, "قلا"),
        ("plain 12, text", False, "plain 12, text"),
    ],
)
def test_the_order_of_reading(shown: str, right_to_left: bool, expected: str) -> None:
    assert logical(seen(shown), right_to_left, 10) == expected


def test_ligatures_and_marks_by_where_they_stand() -> None:
    both = [Glyph("ا", 0, 5), Glyph("ل", 0, 5), Glyph("ق", 5, 10)]
    assert logical(both, True, 10) == "قلا"
    mark = [Glyph("د", 0, 5), Glyph("\u064f", 6, 8), Glyph("م", 5, 10)]
    assert logical(mark, True, 10) == "م\u064fد"


def test_a_wide_gap_before_a_number_is_a_space_though_the_file_has_none() -> None:
    glyphs = [Glyph("ب", 0, 5), Glyph("5", 7.1, 12), Glyph("م", 12.5, 17)]
    assert logical(glyphs, True, 10) == "م5 ب"
    assert logical([Glyph("ب", 0, 5), Glyph("د", 8, 12)], True, 10) == "دب"


def test_a_space_without_width_stands_for_the_widest_gap_beside_it() -> None:
    glyphs = [Glyph("ب", 0, 5), Glyph(" ", 0, 0), Glyph("ا", 8, 12), Glyph("م", 12, 17)]
    assert logical(glyphs, True, 10) == "ما ب"
    assert logical([Glyph("م", 5, 10), Glyph(" ", 0, 0), Glyph("ب", 0, 5)], True, 10) == "مب"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (")أ( ب", "(أ) ب"),
        ("أ (ب) [ج]", "أ (ب) [ج]"),
        ("أ) ب", "أ) ب"),
        ("((أ) ب)", "((أ) ب)"),
        ("»أ«", "«أ»"),
    ],
)
def test_brackets_in_pairs(text: str, expected: str) -> None:
    assert in_pairs(text) == expected


def test_the_side_on_which_sentences_end() -> None:
    assert [ending(seen(text)) for text in (".אב", "אב.", "אב", "،ab.")] == [
        "left",
        "right",
        "",
        "left",
    ]


@given(st.text(st.sampled_from("אבد ab 12٣.,-()%\u064e"), min_size=1), st.booleans())
def test_no_character_is_lost(text: str, right_to_left: bool) -> None:
    found = logical(seen(text), right_to_left, 10)
    assert sorted(found.replace(" ", "")) == sorted(text.replace(" ", ""))
    assert is_right_to_left(found) == is_right_to_left(text)
