"""Loops are told from what a source repeats too."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checks.repetition import Repeats, loop, repeats

PLAIN = "قال الوزير إن الحكومة ستبدأ العمل قريبا."


@pytest.mark.parametrize(
    ("target", "repeated"),
    [
        ("The minister said that work would begin soon.", ""),
        ("He had had enough; that that was so is not new.", ""),
        ("It was very, very, very late.", ""),
        ("It was very very very very late.", "very × 4"),
        ("The the THE the", "the × 4"),
        ("of the people of the people of the people of the people", "of the people × 4"),
        ("He said that he said that he left.", "said that he × 2"),
        ("in 2001, in 2002, in 2003, in 2004", "in 2004 × 4"),
        ("40 40 40 40 mines", "40 × 4"),
        ("at 802.11a, 802.11b and 802.11g", ""),
        ("Wait........", ". × 8"),
        ("- - - - - - - -", "- × 7"),
        ("hahahahahahaha", "ha × 7"),
        ("noooooooo", "o × 8"),
        ("1,000,000,000", ""),
        ("10000000000", ""),
        (
            "The talks on land ended, the talks on sea ended, the talks on air ended,"
            " the talks on rail ended.",
            "the talks on × 4",
        ),
        (
            "He left the house in the early morning of Tuesday, and she left too;"
            " he left the house in the early morning of Tuesday.",
            "he left the house in the early morning of Tuesday × 2",
        ),
    ],
)
def test_what_a_decoder_repeats(target: str, repeated: str) -> None:
    assert loop(PLAIN, target) == repeated


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("لا لا لا لا", "No, no, no, no!"),
        ("不不不不", "No, no, no, no!"),
        ("يحيا الملك! يحيا الملك!", "Long live the king! Long live the king!"),
        ("国王万岁！国王万岁！", "Long live the king! Long live the king!"),
        ("الفصل الأول ........ 5", "Chapter one ........ 5"),
        ("1، 2، 3، 4، 5", "1, 2, 3, 4, 5"),
        (
            "حصل الأول على 5 في المئة من الأصوات، والثاني على 6 في المئة من الأصوات، والثالث على 7"
            " في المئة من الأصوات، والرابع على 8 في المئة من الأصوات.",
            "The first won 5 percent of the vote, the second 6 percent of the vote, the third 7"
            " percent of the vote, the fourth 8 percent of the vote.",
        ),
    ],
)
def test_what_the_source_repeats_may_be_repeated(source: str, target: str) -> None:
    assert loop(source, target) == ""
    assert loop(PLAIN, target) != ""


def test_a_loop_that_varies_packs_too_well() -> None:
    words = ["minister", "ministers", "minister's", "ministry", "ministerial"]
    target = " ".join(words[n * n % 5] for n in range(100))
    assert loop(PLAIN, target)


def test_long_prose_is_no_loop(root: Path) -> None:
    for path in sorted((root / "seeds").glob("*.en.txt")):
        source = path.with_name(path.name.replace(".en.", ".segments."))
        if source.exists():
            assert loop(source.read_text("utf-8"), path.read_text("utf-8")) == ""


def test_measures_say_where() -> None:
    words = ["a", "b", "c", "a", "b", "c", "x", "y", "d", "e", "x", "y", "d", "e"]
    assert repeats(words, 2) == Repeats((2, 10, 14), (4, 10, 14), (4, 10, 14), (2, 12, 14))
    assert repeats(["a"] * 5, 3).row == (5, 4, 5)
    assert repeats("abcdef", 3) == repeats([], 2) == Repeats()


@given(st.lists(st.sampled_from("abc"), max_size=40), st.sampled_from([2, 3]))
def test_a_row_is_a_row(units: list[str], size: int) -> None:
    found = repeats(units, size)
    times, start, end = found.row
    phrase = units[start:end]
    assert (phrase * times == units[end - times * len(phrase) : end]) or times == 1
    again, start, end = found.stretch
    assert end - start == again
    assert not again or "".join(units[start:end]) in "".join(units[: end - 1])


@given(st.text(max_size=60), st.integers(5, 9))
def test_a_phrase_again_and_again_is_a_loop(phrase: str, times: int) -> None:
    spoken = " ".join(["surely", *[f"{phrase} indeed"] * times])
    assert loop(PLAIN, spoken)
