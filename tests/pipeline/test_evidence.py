"""Which segments support a summary sentence."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evidence import MOST_SUPPORTS, Evidence, stem, words

ARTICLE = [
    "Minister opens bridge",
    "The minister of transport opened a bridge over the Tigris in Mosul on Monday.",
    "The bridge cost 3.5 million dollars and took 14 months to build.",
    "Residents said the ferry had been slow.",
    "The ferry will stop on Friday.",
]


def supports(sentence: str, segments: list[str]) -> tuple[tuple[int, ...], float]:
    return Evidence(segments).supports(sentence)


@pytest.mark.parametrize(
    ("sentence", "indexes"),
    [
        ("The minister opened a bridge over the Tigris in Mosul.", (1,)),
        ("The bridge cost 3.5 million dollars.", (2,)),
        ("THE FERRY WILL STOP ON FRIDAY", (4,)),
        ("A bridge in Mosul cost 3.5 million dollars and the ferry will stop.", (1, 2, 4)),
    ],
)
def test_the_segments_that_say_it(sentence: str, indexes: tuple[int, ...]) -> None:
    found, share = supports(sentence, ARTICLE)
    assert found == indexes
    assert share == pytest.approx(1.0)


@pytest.mark.parametrize("sentence", ["Penguins swim northwards.", "", "…!", "3,5"])
def test_what_no_segment_says(sentence: str) -> None:
    assert supports(sentence, ARTICLE) == ((), 0.0)


def test_no_segments() -> None:
    assert supports("The bridge cost 3.5 million dollars.", []) == ((), 0.0)


def test_a_number_is_evidence_as_a_whole() -> None:
    found, share = supports("35", ["It cost 3.5 dollars", "It cost 35 dollars", "It cost 5.3"])
    assert (found, share) == ((1,), 1.0)


def test_of_two_segments_that_say_the_same_the_first_is_named() -> None:
    assert supports("ferry", ["Cars", "The ferry", "The ferry"])[0] == (1,)


def test_the_share_is_by_weight() -> None:
    # Two segments: "oil" stands in both and weighs log 2, "fell" and "sharply" stand in none and
    # weigh log 3 each. Covered: log 2 / (log 2 + 2 log 3) = 0.2398.
    found, share = supports("Oil fell sharply", ["oil rose", "oil prices"])
    assert found == (0,)
    assert share == pytest.approx(0.2398, abs=1e-4)


def test_a_function_word_weighs_half() -> None:
    # Of three segments one has "oil" and one has "the": log 4, and half of it.
    evidence = Evidence(["oil", "the", "gas"])
    assert evidence.weight("oil") == pytest.approx(1.3863, abs=1e-4)
    assert evidence.weight("the") == pytest.approx(0.6931, abs=1e-4)
    assert evidence.weight("water") == pytest.approx(1.3863, abs=1e-4)
    found, share = evidence.supports("the oil")
    assert found == (0, 1)
    assert share == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("sentence", "indexes"),
    [
        ("The ministers opens bridges in Mosul", (1,)),
        ("It costs 3.5 million dollar, took 14 month", (2,)),
    ],
)
def test_words_are_found_in_other_forms(sentence: str, indexes: tuple[int, ...]) -> None:
    found, share = Evidence(ARTICLE).supports(sentence)
    assert found == indexes
    assert share > 0.8


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("killed", "kill"),
        ("officials", "offici"),
        ("official", "offici"),
        ("countries", "countr"),
        ("country", "countr"),
        ("houses", "hous"),
        ("house", "hous"),
        ("nations", "nation"),  # four letters stay
        ("jobs", "job"),
        ("gas", "gas"),
        ("this", "this"),
        ("plus", "plus"),
        ("less", "less"),
        ("1,240", "1240"),
        ("3.5", "3.5"),
        ("3,5", "3,5"),
        ("1,2400", "1,2400"),
    ],
)
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_the_words_of_a_text_come_once_in_order() -> None:
    assert words("Oil, the oils: 1,240 OIL wells") == ["oil", "the", "1240", "well"]


def test_a_segment_must_add_enough_to_be_named() -> None:
    # Each word stands in one of twelve segments and is a twelfth of the sentence: too little.
    apart = list("abcdefghijkl")
    segments = [2 * letter for letter in apart]
    assert supports(" ".join(segments), segments) == ((), 0.0)
    # Of nine words each is a ninth: enough to begin with, not to go on.
    found, share = Evidence(segments[:9]).supports(" ".join(segments[:9]))
    assert found == (0,)
    assert share == pytest.approx(1 / 9)


def test_a_book_is_held_against_its_summary_in_no_time() -> None:
    segments = [f"Chapter {n} tells of the minister and bridge {n % 97}." for n in range(5_000)]
    started = perf_counter()
    evidence = Evidence(segments)
    for n in range(5):
        evidence.supports(f"The minister of chapter {n} tells of the bridge.")
    assert perf_counter() - started < 2  # 0.1 s where nothing else runs


tokens = st.sampled_from(["bridge", "ferry", "oil", "35", "3.5", "Mosul", "جسر", "."])
texts = st.lists(tokens, max_size=8).map(" ".join)


@given(texts, st.lists(texts, max_size=6))
def test_supports_are_few_ascending_and_real(sentence: str, segments: list[str]) -> None:
    found, share = supports(sentence, segments)
    assert list(found) == sorted(set(found))
    assert len(found) <= MOST_SUPPORTS
    assert all(set(sentence.split()) & set(segments[index].split()) for index in found)
    assert -1e-9 <= share <= 1 + 1e-9
    assert (share > 0) == bool(found)


@given(texts.filter(lambda text: any(map(str.isalnum, text))), st.lists(texts, max_size=6))
def test_a_sentence_supports_itself(sentence: str, segments: list[str]) -> None:
    _, share = supports(sentence, [*segments, sentence])
    assert share == pytest.approx(1.0)
