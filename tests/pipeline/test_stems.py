"""Which words of a text are forms of a term's word, script by script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stems import bases, fold, stems, words


def is_form(word: str, term: str) -> bool:
    return not bases(term).isdisjoint(stems(word))


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        (
            "الجيش",
            "الجيش جيش للجيش والجيش بالجيش وبالجيش فللجيش كالجيش جيشا جيشه جيشها الجَيْشُ الجـــيش",
        ),
        ("جيش", "الجيش لجيش بجيش وجيش جيشهم الجيشين"),
        ("لغم", "لغما لغمًا لغمين اللغم بلغم"),
        ("مدرسة", "مدرسة المدرسه مدرسته مدرستها المدرسات للمدرسات"),
        ("أحمد", "احمد أحمد لأحمد وإحمد"),
        ("مستشفى", "مستشفى المستشفي"),
        ("مصر", "مصر لمصر بمصر ومصر"),
        ("التزام", "التزام والالتزام التزاما التزامه"),
        ("دم", "دم الدم بالدم للدم"),
        ("کتاب", "کتاب كتاب کتابها کتاب\u200cهای"),
        ("آتش\u200cبس", "آتشبس آتش\u200cبس"),
        ("армия", "армия армии армию армией Армия"),
        ("город", "город города городе городами"),
        ("école", "école écoles École"),
        ("ejército", "Ejército ejércitos"),
        ("savaş", "savaş savaşlar savaşın Savaşı"),
        ("İstanbul", "istanbul İSTANBUL"),
        ("सरकार", "सरकार"),
        ("정부", "정부 정부는 정부에서"),
        ("WHO", "who WHO"),
    ],
)
def test_forms_of_a_word(term: str, forms: str) -> None:
    assert [form for form in forms.split(" ") if not is_form(form, term)] == []


@pytest.mark.parametrize(
    ("term", "others"),
    [
        ("مصر", "مصري مصريا قصر"),
        ("سوري", "سوريا"),
        ("لبن", "لبنان"),
        ("علي", "على وعلى فعلى عليه عليها إلى"),
        ("كرة", "فكرة"),
        ("مال", "كمال شمال"),
        ("حر", "بحر حرب"),
        ("حرب", "حربة"),
        ("جيش", "جيشان"),  # a miss that is accepted, as in Lebanon and milk
        ("قط", "فقط"),
        ("زيت", "زيتون الزيتي"),
        ("порт", "портал портфель спорт"),
        ("мина", "минута"),
        ("port", "portal porter sport"),
        ("ordu", "orduya"),  # a miss that is accepted: behind short words endings tell too little
        ("देश", "विदेश"),
    ],
)
def test_other_words(term: str, others: str) -> None:
    assert [other for other in others.split() if is_form(other, term)] == []


def test_words_have_their_places_and_their_marks() -> None:
    text = "قال: «الجَيْشُ» l'armée, हिन्दी آتش\u200cبس_3,5"
    found = list(words(text))
    assert [word for *_, word in found] == [
        "قال", "الجَيْشُ", "l", "armée", "हिन्दी", "آتش\u200cبس", "3", "5",
    ]  # fmt: skip
    assert all(text[start:end] == word for start, end, word in found)


@given(st.text(max_size=30))
def test_every_word_is_a_form_of_itself(text: str) -> None:
    for *_, word in words(text):
        assert is_form(word, word)


@given(st.text(alphabet="ابتجليوهنةىيأإكف", min_size=1, max_size=12))
def test_stripping_leaves_two_letters_at_least(word: str) -> None:
    assert all(len(stem) >= min(2, len(fold(word))) for stem in stems(word))
