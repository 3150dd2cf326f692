"""Documents in more than one language: what leaves the main language, what stays, and any text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import catalog
from pipeline.document import Segment
from pipeline.mixed import language, params, segment
from pipeline.segment import segment as cut
from tests.benchmarks import flores
from tests.pipeline.test_segment import TEXTS, rules_lines

ENGLISH = "The president arrived in the capital on Monday."
ARABIC = "وصل الرئيس إلى العاصمة يوم الاثنين."


def languages(text: str, main: str) -> list[tuple[str, str]]:
    return [(found.lang, found.text) for found in segment(text, main)]


def test_a_sentence_of_another_language_is_found_inside_a_line() -> None:
    text = f"{ARABIC} {ENGLISH} أصيب ثلاثة أشخاص في الحادث."
    assert segment(text, "ar") == [
        Segment(0, 0, 0, 35, ARABIC),
        Segment(1, 0, 36, 83, ENGLISH, "en"),
        Segment(2, 0, 84, 111, "أصيب ثلاثة أشخاص في الحادث."),
    ]


def test_a_line_of_another_language_is_cut_by_its_own_rules() -> None:
    english = "Mr. Smith met Dr. Jones of the ministry on Monday. He was pleased with the answers."
    assert languages(f"{ARABIC}\n{english}\n{ARABIC}", "ar") == [
        ("", ARABIC),
        ("en", "Mr. Smith met Dr. Jones of the ministry on Monday."),
        ("en", "He was pleased with the answers."),
        ("", ARABIC),
    ]


def test_short_sentences_follow_the_line_that_they_stand_in() -> None:
    line = (
        "The minister said that he would not resign before the vote. He left. Nobody followed him."
    )
    assert [lang for lang, _ in languages(f"{ARABIC}\n{line}", "ar")] == ["", "en", "en", "en"]


def test_a_sentence_goes_back_to_the_document_from_a_line_that_left_it() -> None:
    line = "彼は昨日東京に着いたと言いました。会談は来週行われる予定です。他来了北京。"
    assert [lang for lang, _ in languages(f"会谈将于下周举行。\n{line}", "zh")] == [
        "",
        "ja",
        "ja",
        "",
    ]


@pytest.mark.parametrize(
    ("main", "text", "lang"),
    [
        ("ar", "President Trump said on Tuesday that he would not attend the meeting.", "en"),
        ("ar", "Le président est arrivé dans la capitale lundi soir.", "fr"),
        ("ar", "رئیس جمهور روز دوشنبه وارد پایتخت شد.", "fa"),
        ("ar", "سەرۆکی حکوومەت ڕۆژی دووشەممە گەیشتە هەولێر.", "ckb"),
        ("fa", "قال الوزير إن الوضع مستقر في المدينة.", "ar"),
        ("fr", "We use cookies to improve your experience on this site.", "en"),
        ("ru", "Президент України Володимир Зеленський заявив про це у вівторок.", "uk"),
        ("de", "Ik weet niet waar ze naartoe zijn gegaan.", "nl"),
        ("da", "Mötet kommer att hållas nästa vecka i Stockholm, säger statsministern.", "sv"),
        ("en", ARABIC, "ar"),
        ("zh", "This is an English sentence in the text.", "en"),
        ("ja", "中华人民共和国外交部发言人星期一说，会谈将于下周举行。", "zh"),
        ("he", "Привет всем, кто читает эту новость сегодня", "ru"),
    ],
)
def test_what_is_surely_another_language_leaves(main: str, text: str, lang: str) -> None:
    assert languages(text, main) == [(lang, text)]


STAYS = {
    "ar": (
        "BBC News",
        "Follow us on Twitter",
        "The New York Times",
        "Game of Thrones",
        "The Lord of the Rings: The Return of the King",
        "Photo by John Smith for Getty Images",
        "Jean-Claude Juncker, Emmanuel Macron et Angela Merkel",
        "@user1 #hashtag RT",
        "iPhone 15 Pro Max vs Samsung Galaxy S24 Ultra",
        "marhaba kifak habibi shu akhbarak",
        "(CNN)--",
        "Read more: https://example.com/a",
        'وقال "we will never surrender to them" في خطابه أمس أمام الكونغرس الأمريكي',
        "پاکستان",
        "תל אביב",
        "12:30 - 14:00",
    ),
    "de": ("The Beatles", "Made in Germany", "De Nederlandse Bank", "Das ist gut"),
    "es": ("O Globo", "Rio de Janeiro, São Paulo", "La casa de papel", "Madrid, 3 de marzo (EFE)"),
    "fa": ("بسم الله الرحمن الرحیم", "اعلام کرد"),
    "fr": (
        "Breaking news",
        "« Make America Great Again »",
        "Le film « The Lord of the Rings » est sorti.",
        "New York, Los Angeles, San Francisco, Chicago",
        "Real Madrid - FC Barcelona 2-1",
        "Veni, vidi, vici",
    ),
    "hr": ("Predsednik je stigao u glavni grad u ponedeljak.",),
    "ja": ("東京都知事選挙結果", "衆議院本会議", "国会中継", "All rights reserved."),
    "no": ("Mødet vil blive holdt i næste uge, siger statsministeren.",),
    "ru": (
        "BBC",
        "Вооружённые силы Украины",
        "Українська правда",
        "Windows 10 Pro for Workstations",
    ),
    "tr": ("Ben yol bilmem, iz bilmem.",),
    "ur": ("السلام علیکم", "اسلام آباد"),
    "zh": ("iPhone 15 Pro Max", "東京", "World Trade Organization"),
}


@pytest.mark.parametrize(("main", "text"), [(main, one) for main in STAYS for one in STAYS[main]])
def test_names_titles_and_short_pieces_stay(main: str, text: str) -> None:
    assert languages(text, main) == [("", text)]


@pytest.mark.parametrize("code", catalog.languages())
def test_a_golden_sentence_stays_in_its_language(code: str) -> None:
    for golden in catalog.languages()[code].golden:
        assert languages(golden.source, code) == [("", golden.source)]


@pytest.mark.parametrize(
    "code",
    [
        code
        for code, one in catalog.languages().items()
        if one.golden and code not in ("ga", "gl", "sq", "sw")
    ],
)
def test_english_is_found_in_every_language(code: str) -> None:
    own = catalog.languages()[code].golden[0].source
    assert languages(f"{own}\n{ENGLISH}", code) == [("", own), ("en", ENGLISH)]


def test_a_text_without_a_language_is_cut_too() -> None:
    assert languages("12:30\nhttps://example.com", "und") == [
        ("", "12:30"),
        ("", "https://example.com"),
    ]


def test_params_name_the_rules() -> None:
    assert params() == {"identifier": "v1", "mixed": "v1"}


# --- any text -------------------------------------------------------------------------------

FOREIGN = st.sampled_from([ENGLISH, ARABIC, "Le président est arrivé.", "他来了北京。", "\n", " "])
MIXED = st.one_of(TEXTS, st.lists(st.one_of(FOREIGN, TEXTS), max_size=6).map("".join))
MAINS = st.sampled_from(["ar", "en", "fr", "ja", "sr", "und", "zh"])


@given(MIXED, MAINS)
def test_segments_are_trimmed_slices_that_cover_everything_in_order(text: str, main: str) -> None:
    segments = segment(text, main)
    position = 0
    for index, found in enumerate(segments):
        assert found.index == index
        assert text[found.start : found.end] == found.text == found.text.strip() != ""
        assert text[position : found.start].strip() == ""
        assert found.lang != main
        position = found.end
    assert text[position:].strip() == ""
    assert segment(text, main) == segments


@given(MIXED, MAINS)
def test_paragraphs_are_the_lines_and_do_not_depend_on_each_other(text: str, main: str) -> None:
    lines = [line for line in rules_lines(text) if line.strip()]
    alone = [
        (number, found.lang, found.text)
        for number, line in enumerate(lines)
        for found in segment(line, main)
    ]
    assert [(found.paragraph, found.lang, found.text) for found in segment(text, main)] == alone


@given(MIXED, MAINS)
def test_a_text_that_never_leaves_is_cut_as_ever(text: str, main: str) -> None:
    if all(language(line, main) == main for line in rules_lines(text)):
        ours = [(found.start, found.end) for found in segment(text, main)]
        assert ours == [(found.start, found.end) for found in cut(text, main)]


# --- real text ------------------------------------------------------------------------------


@pytest.mark.parametrize("code", flores.CODES.values())
def test_articles_in_one_language_stay_in_it(code: str, shared: Path) -> None:
    folder = shared / "mt" / "flores200-devtest"
    articles = flores.documents(folder, flores.sentences(folder)[code])[::4]
    left = [one for text in articles for one in segment("\n".join(text), code) if one.lang]
    assert left == []


def test_arabic_news_stays_arabic(shared: Path) -> None:
    file = shared / "news" / "ar-news-2000.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()[::10]]
    segments = [one for row in rows for one in segment(f"{row['title']}\n{row['text']}", "ar")]
    assert len(segments) > 2000
    assert [one.text for one in segments if one.lang] == []


@pytest.mark.parametrize(
    ("main", "other", "found"), [("ar", "en", 0.95), ("es", "pt", 0.85), ("fr", "en", 0.95)]
)
def test_lines_of_another_language_are_found(
    main: str, other: str, found: float, shared: Path
) -> None:
    gold = flores.sentences(shared / "mt" / "flores200-devtest")
    lines = [line for pair in zip(gold[main], gold[other], strict=True) for line in pair][:400]
    segments = segment("\n".join(lines), main)
    leaving = {one.paragraph for one in segments if one.lang == other}
    assert {one.lang for one in segments} == {"", other}
    assert all(paragraph % 2 for paragraph in leaving)
    assert len(leaving) > found * len(lines) / 2
