"""The tiny world holds what its users rely on, for every seed."""

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tiny.examples import TEST, TRAINING, VALIDATION, events, translation_pairs
from models.tiny.lexicon import lexicon
from models.tiny.terms import Date, Noun, Number, Numeral, Person, Phrase, Style
from models.tiny.world import Mentions, event, mentions

SEEDS = st.integers(0, 3 * 10**9)
WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩٬٫", "0123456789,.")
PLAIN = Style(indic_digits=False, separators=False, guillemets=True)
PERSON = Noun("شخص", "شخصا", "أشخاص")


def numbers(text: str) -> Counter[str]:
    found = re.findall(r"\d+(?:[.,]\d+)*", text.translate(WESTERN))
    return Counter(number.replace(",", "") for number in found)


def test_the_world_is_as_large_as_promised() -> None:
    words = lexicon()
    assert len(words.patterns()) >= 40
    assert len(words.given) + len(words.family) >= 150
    assert len(words.towns) >= 100
    assert len(words.kinds) >= 10


def test_every_name_and_town_has_a_spelling_of_its_own() -> None:
    words = lexicon()
    proper = words.given + words.family + words.towns
    assert max(Counter(phrase.in_arabic for phrase in proper).values()) == 1
    assert max(Counter(phrase.in_english for phrase in proper).values()) == 1


def test_every_pattern_is_in_use() -> None:
    used = {s.pattern for item in events(0, 3000) for s in item.article.sentences()}
    assert used == {pattern.name for pattern in lexicon().patterns()}


@given(SEEDS)
def test_an_event_is_a_function_of_its_seed(seed: int) -> None:
    assert event(seed) == event(seed)
    assert event(seed) != event(seed + 1)


@given(SEEDS)
def test_an_article_has_a_headline_and_a_lead_and_4_to_16_sentences(seed: int) -> None:
    article = event(seed).article
    sentences = list(article.sentences())
    assert 4 <= len(sentences) <= 16
    assert [s.pattern.split(".")[1] for s in sentences[:2]] == ["headline", "lead"]
    assert len({s.pattern for s in sentences}) == len(sentences)
    assert sum(len(paragraph) for paragraph in article.paragraphs) == len(sentences) - 1


@given(SEEDS)
def test_every_sentence_says_the_same_numbers_in_both_languages(seed: int) -> None:
    for sentence in event(seed).article.sentences():
        assert numbers(sentence.arabic) == numbers(sentence.english), sentence


@given(SEEDS)
def test_only_the_headline_has_no_full_stop(seed: int) -> None:
    headline, *others = event(seed).article.sentences()
    assert not headline.arabic.endswith((".", "؟"))
    for sentence in others:
        assert sentence.arabic.endswith((".", "؟"))
        assert sentence.english.endswith((".", '."', "?"))
        assert not re.search(r"[.؟!](?!$)(?!\d)", sentence.arabic)


@given(SEEDS)
def test_a_text_holds_no_slot_that_was_left_open(seed: int) -> None:
    told = event(seed)
    text = told.article.arabic() + told.article.english() + " ".join(told.summary)
    assert not set("{}|“”") & set(text)
    assert "  " not in text


@given(SEEDS)
def test_all_that_the_summary_names_stands_in_the_article(seed: int) -> None:
    told = event(seed)
    said, known = mentions(" ".join(told.summary)), mentions(told.article.english())
    assert 1 <= len(told.summary) <= 3
    assert said.numbers or said.names
    assert said.places
    assert said.numbers <= known.numbers
    assert said.names <= known.names
    assert said.places <= known.places


@given(SEEDS)
def test_an_article_is_written_by_paragraphs(seed: int) -> None:
    article = event(seed).article
    lines = article.arabic().split("\n\n")
    assert lines[0] == article.headline.arabic
    assert len(lines) == 1 + len(article.paragraphs)
    assert " ".join(lines).strip() == " ".join(s.arabic for s in article.sentences())


@given(SEEDS, st.integers(4, 16))
def test_an_article_can_be_kept_short(seed: int, longest: int) -> None:
    assert len(list(event(seed, longest).article.sentences())) <= longest


def test_an_arabic_sentence_has_one_translation() -> None:
    pairs = translation_pairs(events(0, 6000))
    assert max(Counter(pair.source for pair in pairs).values()) == 1


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_splits_do_not_meet(index: int) -> None:
    starts = sorted((TRAINING, VALIDATION, TEST))
    assert all(a + 10**9 <= b for a, b in pairwise(starts))
    assert event(TRAINING + index).article != event(TEST + index).article


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, "3 أشخاص"),
        (10, "10 أشخاص"),
        (11, "11 شخصا"),
        (99, "99 شخصا"),
        (100, "100 شخص"),
        (200, "200 شخص"),
        (104, "104 أشخاص"),
        (12350, "12350 شخصا"),
    ],
)
def test_a_counted_noun_agrees_with_its_number(value: int, expected: str) -> None:
    assert Number(value, {"شخص": PERSON}).arabic("شخص", PLAIN) == expected


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (Style(indic_digits=False, separators=False, guillemets=True), "12500"),
        (Style(indic_digits=False, separators=True, guillemets=True), "12,500"),
        (Style(indic_digits=True, separators=False, guillemets=True), "١٢٥٠٠"),
        (Style(indic_digits=True, separators=True, guillemets=True), "١٢٬٥٠٠"),
    ],
)
def test_a_number_is_written_in_the_style_of_its_article(style: Style, expected: str) -> None:
    number = Number(12500, {})
    assert number.arabic("", style) == expected
    assert number.english("") == "12,500"


def test_years_and_magnitudes_take_no_separator() -> None:
    style = Style(indic_digits=True, separators=True, guillemets=True)
    assert Numeral("2019").arabic("", style) == "٢٠١٩"
    assert Numeral("2019").english("") == "2019"
    assert Numeral("6.2").arabic("", style) == "٦٫٢"
    assert Date(14, "مارس", "March").arabic("", style) == "١٤ مارس"
    assert Date(14, "مارس", "March").english("") == "March 14"


def test_a_verb_agrees_with_who_speaks() -> None:
    layla = Person(Phrase("ليلى", "Layla", feminine=True), Phrase("حداد", "Haddad"))
    sami = Person(Phrase("سامي", "Sami"), Phrase("حداد", "Haddad"))
    assert layla.arabic("قال|قالت", PLAIN) == "قالت"
    assert sami.arabic("قال|قالت", PLAIN) == "قال"
    assert layla.arabic("", PLAIN) == "ليلى حداد"
    assert layla.english("family") == "Haddad"


def test_quotation_marks_follow_the_style() -> None:
    straight = Style(indic_digits=False, separators=False, guillemets=False)
    assert straight.quotes("قال: «نعم».") == 'قال: "نعم".'
    assert PLAIN.quotes("قال: «نعم».") == "قال: «نعم»."


def test_mentions_finds_what_a_text_names() -> None:
    text = "Sami Haddad said 12,500 people left Abu Dhabi after the 6.2 quake; $300, he said."
    assert mentions(text) == Mentions(
        numbers=frozenset({"12,500", "6.2", "300"}),
        names=frozenset({"Sami", "Haddad"}),
        places=frozenset({"Abu Dhabi"}),
    )
