"""Numbers: what they say in many languages, which of them a translation lost or changed."""

import random
import sys
import time
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numbers import Number, compare, read
from tests.benchmarks import broken_numbers as broken

LANGUAGES = [
    "ar",
    "de",
    "en",
    "fa",
    "fr",
    "he",
    "hi",
    "it",
    "ja",
    "ko",
    "pl",
    "pt",
    "ru",
    "tr",
    "uk",
    "zh",
]
FLORES = {
    "ar": "arb_Arab",
    "es": "spa_Latn",
    "fa": "pes_Arab",
    "fr": "fra_Latn",
    "hi": "hin_Deva",
    "ru": "rus_Cyrl",
    "tr": "tur_Latn",
    "zh": "zho_Hans",
}


def said(text: str, lang: str) -> list[set[str]]:
    """The values of every number of a text, plainly."""
    return [{f"{value.normalize():f}" for value in number.values} for number in read(text, lang)]


@pytest.mark.parametrize(
    ("lang", "text", "values"),
    [
        ("en", "1,240 people", {"1240"}),
        ("en", "1.240 euros", {"1.24"}),
        ("de", "1.240 Euro", {"1240", "1.24"}),
        ("de", "1.000 Euro", {"1000"}),
        ("fr", "1 240,5 €", {"1240.5"}),
        ("fr", "1\u202f240 euros", {"1240"}),
        ("de", "1'240 Franken", {"1240"}),
        ("en", "12,34,567 rupees", {"1234567"}),
        ("ar", "١٬٢٤٠٫٥ دولار", {"1240.5"}),
        ("fa", "۱۲۵ نفر", {"125"}),
        ("hi", "१२५ लोग", {"125"}),
        ("zh", "１２．５％", {"12.5"}),
        ("en", "0.150 m", {"0.15"}),
        ("en", "29¾ inches", {"29.75"}),
        ("en", "in the 1990s", {"1990", "90"}),
        ("en", "since the 1800s", {"1800", "19"}),
        ("en", "US$5m", {"5", "5000000"}),
        ("en", "$3.7 billion", {"3700000000"}),
        ("en", "5 lakh", {"500000"}),
        ("en", "at 9 p.m.", {"9", "21"}),
        ("en", "20 km2", {"20"}),
        ("ar", "15 ألفا", {"15000"}),
        ("ar", "3 ملايين و200 ألف", {"3200000"}),
        ("ru", "15 тыс. человек", {"15000"}),
        ("es", "14.000 millones", {"14000000000"}),
        ("tr", "2,5 milyon", {"2500000"}),
        ("fa", "۲ هزار و ۷۴۰ متر", {"2740"}),
        ("hi", "4 लाख 50 हज़ार", {"450000"}),
        ("zh", "33万人", {"330000"}),
        ("zh", "400 多万人", {"4000000"}),
        ("ja", "5億2千万円", {"520000000"}),
        ("ko", "3만 5천명", {"35000"}),
        ("pl", "3,5 mln", {"3500000"}),
    ],
)
def test_digits_are_read(lang: str, text: str, values: set[str]) -> None:
    assert said(text, lang)[0] == values
    assert read(text, lang)[0].digits


@pytest.mark.parametrize(
    ("lang", "text", "values"),
    [
        ("en", "twenty-one", {"21"}),
        ("en", "the twenty-first", {"21"}),
        ("en", "one hundred and five", {"105"}),
        ("en", "two hundred thousand", {"200000"}),
        ("en", "two and a half million", {"2500000"}),
        ("ar", "خمسة وعشرون", {"25"}),
        ("ar", "الثاني والثلاثين", {"32"}),
        ("ar", "الحادي عشر", {"11"}),
        ("ar", "ثلاثمئة وخمسة وعشرين ألف", {"325000"}),
        ("ar", "مئتا", {"200"}),
        ("ar", "مليون ونصف", {"1500000"}),
        ("ar", "التسعينيات", {"90", "1990"}),
        ("fr", "quatre-vingt-dix-sept", {"97"}),
        ("fr", "soixante et onze", {"71"}),
        ("ru", "двадцать первого", {"21"}),
        ("es", "veintidós mil", {"22000"}),
        ("tr", "yirmi bin beş yüz", {"20500"}),
        ("fa", "بیست و پنج", {"25"}),
        ("hi", "पच्चीसवां", {"25"}),
        ("zh", "二十一", {"21"}),
        ("zh", "一九九八", {"1998"}),
        ("de", "zweihundertfünfundzwanzig", {"225"}),
        ("it", "duecentoventuno", {"221"}),
        ("pt", "vinte e um", {"21"}),
        ("uk", "двадцяти п’яти", {"25"}),
        ("he", "עשרים וחמישה", {"25"}),
        ("ur", "پچیس", {"25"}),
        ("fr", "Louis XVI", {"16"}),
        ("ru", "XXI", {"21"}),
    ],
)
def test_words_are_read(lang: str, text: str, values: set[str]) -> None:
    assert said(text, lang) == [values]
    assert not read(text, lang)[0].digits


SAME = [
    ("ar", "القرن العشرين", "the 20th century"),
    ("ar", "في تسعينيات القرن الماضي", "in the 1990s"),
    ("ar", "قتل 15 ألفا و1,240 آخرون", "15,000 and another 1,240 were killed"),
    ("ar", "مئتا شخص", "200 people"),
    ("ar", "الساعة 22:08", "at 10:08 p.m."),
    ("fr", "à 20 h 15, 50 % des 3,5 millions", "at 8.15 pm, half of the 3.5 million"),
    ("fr", "du XVe au XVIIe siècle", "from the 15th to the 17th century"),
    ("ru", "в 1990-х и на 21-й день", "in the nineties and on day 21"),
    ("es", "de 10 a 15 millones", "10-15 million"),
    ("zh", "2020 年 3 月 4 日", "4 March 2020"),
    ("zh", "20 世纪 60 年代", "the 1960s"),
    ("zh", "10万至15万人", "100,000 to 150,000 people"),
    ("hi", "12,34,567 रुपये", "1,234,567 rupees"),
    ("tr", "%50'si", "50 percent of them"),
    ("de", "1914–1918", "1914-18"),
    ("ar", "الساعة 12:00 بتوقيت غرينتش", "at 1200 GMT"),
    ("fr", "COVID-19 : la COVID-19", "COVID-19: the disease"),
    ("ar", "كوفيد-19، انتشار كوفيد-19", "COVID-19, the spread of it"),
    ("ru", "1 240 человек", "1,240 people, 1,240 in all"),
    ("ja", "1週間後", "a week later"),
    ("es", "dos tercios", "two thirds"),
    ("de", "1/2 Liter am 3/4", "half a litre on 3 April"),
    ("fr", "le 3/4/2020", "April 3, 2020"),
]


@pytest.mark.parametrize(("lang", "source", "target"), SAME)
def test_the_same_numbers_raise_nothing(lang: str, source: str, target: str) -> None:
    assert [finding for finding in compare(source, target, lang) if not finding.note] == []


@pytest.mark.parametrize(
    ("lang", "source", "target", "findings"),
    [
        ("fr", "1 240 morts", "1,420 dead", [("number-changed", "1 240 → 1,420")]),
        ("ru", "в 1990 году", "in that year", [("number-missing", "1990")]),
        ("es", "murieron varios", "17 died", [("number-added", "17")]),
        ("de", "1,5 Millionen", "15 million", [("number-changed", "1,5 Millionen → 15 million")]),
        ("fr", "3 millions", "3 billion", [("number-changed", "3 millions → 3 billion")]),
        ("ar", "خمسة عشر قتيلا", "several dead", [("number-missing", "خمسة عشر")]),
        ("zh", "世界第七大岛国", "a large island country", [("number-missing", "七")]),
        ("ar", "القرن الخامس عشر", "the 16th century", [("number-changed", "الخامس عشر → 16th")]),
        ("fr", "20 % contre 20 %", "20 percent", [("number-missing", "20")]),
        ("fa", "۸۰۰٬۰۰۰ نفر", "800,800 people", [("number-changed", "۸۰۰٬۰۰۰ → 800,800")]),
        ("ru", "с 12 до 47", "from 47 to 12", [("number-order", "12, 47 → 47, 12")]),
        ("zh", "5 个和 7 个", "5 and 8", [("number-changed", "7 → 8")]),
    ],
)
def test_other_numbers_are_found(
    lang: str, source: str, target: str, findings: list[tuple[str, str]]
) -> None:
    found = [(finding.name, finding.detail) for finding in compare(source, target, lang)]
    assert found == [(name, detail.replace("16th", "16")) for name, detail in findings]


def test_words_for_some_and_for_one_are_not_missed() -> None:
    assert compare("des milliers de gens, un homme, les deux", "many people and a man", "fr") == []


MIXED = st.text(
    alphabet=st.one_of(
        st.sampled_from(" .,:'-/و%½¼XVI\u00a0٬٫年万百三二十ألفمليون"),
        st.characters(categories=["Nd"]),
        st.characters(),
    ),
    max_size=60,
)


@given(MIXED, st.sampled_from(LANGUAGES))
def test_reading_never_raises_and_keeps_the_text(text: str, lang: str) -> None:
    end = 0
    for number in read(text, lang):
        assert end <= number.start < number.end
        assert text[number.start : number.end] == number.text
        assert number.values
        end = number.end


@given(MIXED)
def test_a_text_has_the_numbers_of_itself(text: str) -> None:
    assert compare(text, text, "en") == []


def zeros() -> list[str]:
    """The zero of every set of decimal digits that Unicode has."""
    return [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.decimal(c, None) == 0]


@pytest.mark.parametrize("zero", zeros())
@given(number=st.integers(min_value=0, max_value=10**12))
def test_digits_of_every_script_are_the_same(zero: str, number: int) -> None:
    written = "".join(chr(ord(zero) + int(digit)) for digit in str(number))
    assert read(written, "en") == [
        Number(0, len(written), written, frozenset({Decimal(number)}), digits=True)
    ]


@pytest.mark.parametrize(
    "text",
    ["1" * 100_000, "," * 100_000, "1," * 50_000, "½" * 50_000, "12:30 " * 10_000, "X" * 10**5],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    start = time.process_time()
    compare(text, text[: len(text) // 2], "fr")
    assert time.process_time() - start < 5


def test_numbers_of_a_million_digits_are_numbers() -> None:
    long = "1" * 1_100_000
    assert [number.text for number in read(f"{long}.5 million", "en")] == [f"{long}.5", "million"]
    assert [number.text for number in read(f"{long} ½", "en")] == [long, "½"]


def flores(shared: Path, name: str) -> list[str]:
    path = shared / "mt" / "flores200-devtest" / f"{name}.devtest"
    return path.read_text(encoding="utf-8").splitlines()


def asks(source: str, target: str, lang: str) -> bool:
    return any(not finding.note for finding in compare(source, target, lang))


@pytest.mark.parametrize("lang", FLORES)
def test_good_translations_raise_little_and_broken_ones_nearly_all(lang: str, shared: Path) -> None:
    pairs = list(zip(flores(shared, FLORES[lang]), flores(shared, "eng_Latn"), strict=True))
    alarms = sum(asks(source, target, lang) for source, target in pairs)
    assert alarms <= 0.02 * len(pairs)
    for breaking in (broken.digit_changed, broken.number_dropped, broken.decimal_moved):
        rng = random.Random(1)
        tried = [(source, breaking(target, rng)) for source, target in pairs]
        caught = [asks(source, target, lang) for source, target in tried if target is not None]
        assert sum(caught) >= 0.96 * len(caught)
