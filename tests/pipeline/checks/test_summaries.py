"""What is wrong with a summary: each finding, and silence where nothing is."""

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.checks.summaries import check
from pipeline.evidence import Evidence
from pipeline.flags import Finding
from pipeline.segment import segment
from pipeline.sources import read
from tests.benchmarks import summary_checks as benchmark

ARTICLE = [
    "Rebels attack Mosul",
    "54 people were killed and 45 wounded when rebels attacked a market in Mosul on 3 May, Nick "
    "Scholfield of the United Nations said.",
    "The market, which cost 4.9 million dollars, had opened at 12.30 in 2012 with 1,240 shops.",
    "Three men from France were arrested, and hundreds fled.",
]
SOURCES = ["", "", "Le marché de Nadège Roux, qui a coûté 77,5 %", ""]


def findings(*sentences: str, sources: list[str] | None = None) -> list[dict[str, str]]:
    """For every sentence, the details of its findings by name."""
    evidence = Evidence(ARTICLE)
    supports = [evidence.supports(sentence)[0] for sentence in sentences]
    checked = check(sentences, supports, ARTICLE, sources or [], "fr")
    return [{finding.name: finding.detail for finding in of_one} for of_one in checked]


@pytest.mark.parametrize(
    "sentence",
    [
        "54 people were killed and 45 wounded in Mosul.",
        "Rebels killed fifty-four people in a market.",
        "Three French men were arrested, 3 May.",
        "Two or eleven men fled, a century ago, with thousands of others.",  # words, small or vague
        "The market cost $4.9m.",
        "The market cost nearly $5m and had more than 1,200 shops.",
        "The market had about 1,300 shops.",
        "The market opened at 12:30 in 2012.",
        "The UN's Scholfield said so.",
        "Mr Scholfield said so in MOSUL.",
        "",
        "…!",
    ],
)
def test_what_raises_nothing(sentence: str) -> None:
    assert findings(sentence) == [{}]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The market had 1,420 shops.", {"unsupported-number": "1,420"}),
        ("The market cost 4.8 million dollars.", {"unsupported-number": "4.8 million"}),
        ("The market cost 49 million dollars.", {"unsupported-number": "49 million"}),
        ("Twenty men were arrested, 21 fled.", {"unsupported-number": "Twenty, 21"}),
        ("The market had 1,200 shops.", {"unsupported-number": "1,200"}),  # no word of caution
        ("It had less than 1,200 shops.", {"unsupported-number": "1,200"}),  # 1,240 is not less
        ("It had about 3,000 shops.", {"unsupported-number": "3,000"}),  # too far
        ("It had about 1,239 shops.", {"unsupported-number": "1,239"}),  # no round number
        ("45 people were killed in the market.", {"contradiction": "45 → 54"}),
        ("Rebels wounded 54 in a market.", {"contradiction": "54 → 45"}),
        ("The market had opened with 45 shops.", {"contradiction": "45 → 1,240"}),
        ("Rebels attacked Basra.", {"unsupported-name": "Basra"}),
        ("There Nick France said so.", {"unsupported-name": "Nick France"}),
        ("There Nick Schofield said so.", {"name-spelling": "Schofield → Scholfield"}),
        ("The BBC said 7 fled.", {"unsupported-name": "BBC", "unsupported-number": "7"}),
        ("They came in an MI5 car.", {"unsupported-name": "MI5"}),  # a name, no 5
    ],
)
def test_what_is_found(sentence: str, found: dict[str, str]) -> None:
    assert findings(sentence) == [found]


def test_the_source_supports_too() -> None:
    sentence = "The market of Nadege Roux cost 77.5%."
    assert findings(sentence, sources=SOURCES) == [{}]
    assert findings(sentence) == [
        {"unsupported-number": "77.5", "unsupported-name": "Nadege, Roux"}
    ]


def test_a_sentence_that_says_what_another_says() -> None:
    said = ("54 people were killed in a market.", "Rebels fled.", "In a market, 54 were killed.")
    assert findings(*said, "Rebels fled.") == [{}, {}, {"repetition": "sentence 1"}, {}]


def test_other_figures_are_no_repetition() -> None:
    said = ("54 people were killed in Mosul on 3 May.", "45 people were wounded in Mosul on 3 May.")
    assert findings(*said) == [{}, {}]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("There 7 people died.", []),
        ("He scored 7 goals.", [Finding("unsupported-number", "7")]),
        ("He scored seven goals.", []),
        ("There 45 people died.", []),  # a number in words is not held against one in digits
    ],
)
def test_a_small_number_in_words(sentence: str, found: list[Finding]) -> None:
    article = ["Seven people died in Mosul.", "Then 45 fled."]
    assert check([sentence], [(0,)], article, [], "ar") == [tuple(found)]


def test_a_list_of_numbers_says_nothing_of_each_but_lacks_what_is_lacking() -> None:
    listed = "45 people were killed in the market, " + "54, 45, " * 10
    assert findings(listed) == [{}]
    assert findings(f"{listed} 63") == [{"unsupported-number": "63"}]


def test_hostile_text_takes_no_time() -> None:
    article = ["1 2 3 " * 3_000, "Ab of the " * 3_000, "A" * 20_000, "more than 3 % " * 1_000]
    started = perf_counter()
    check([text[:400] for text in article], [()] * 4, article, article, "fr")
    assert perf_counter() - started < 5  # half a second where nothing else runs


def test_no_document_and_no_summary() -> None:
    assert check([], [], ARTICLE, [], "ar") == []
    assert check(["He met 7 men."], [()], [], [], "ar") == [(Finding("unsupported-number", "7"),)]


SEEDS = sorted((Path(__file__).parents[3] / "seeds").glob("*.summary.en.txt"))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name.split(".")[0])
def test_a_faithful_summary_of_a_sample_raises_nothing(path: Path) -> None:
    stem = path.name.split(".")[0]
    lang = stem.split("-")[0]
    source = read(path.with_name(f"{stem}.txt"), lang)
    sources = [part.text for part in segment(source.text, lang)]
    article = path.with_name(f"{stem}.en.txt").read_text("utf-8").splitlines()
    sentences = [part.text for part in segment(path.read_text("utf-8"), "en")]
    evidence = Evidence(article)
    supports = [evidence.supports(sentence)[0] for sentence in sentences]
    for given_sources in (sources, []):
        checked = check(sentences, supports, article, given_sources, lang)
        assert checked == [()] * len(sentences)


TEXT = (
    "rebels killed wounded in the of and said market Mosul Basra Nick Scholfield UN France French "
    "54 45 3,000 2012 4.9 million three % £7 , . : “ ” - Dr. I'm 12.30"
)
words = st.sampled_from(TEXT.split())
texts = st.lists(words, min_size=1, max_size=12).map(" ".join)


@given(st.lists(texts, min_size=1, max_size=6, unique=True), st.data())
def test_a_summary_of_the_documents_own_sentences_raises_no_number_and_no_name(
    article: list[str], data: st.DataObject
) -> None:
    sentences = data.draw(st.lists(st.sampled_from(article), max_size=3))
    evidence = Evidence(article)
    supports = [evidence.supports(sentence)[0] for sentence in sentences]
    checked = check(sentences, supports, article, [], "en")
    assert {finding.name for of_one in checked for finding in of_one} <= {"repetition"}


@given(st.lists(st.text(max_size=40), max_size=4), st.lists(st.text(max_size=40), max_size=4))
@settings(max_examples=200)
def test_any_text_is_checked(sentences: list[str], article: list[str]) -> None:
    checked = check(sentences, [()] * len(sentences), article, article, "ar")
    assert len(checked) == len(sentences)


def test_summaries_that_people_wrote(shared: Path) -> None:
    pairs = benchmark.read(shared)
    raised = [{f.name for of_one in pair.checked(pair.sentences) for f in of_one} for pair in pairs]
    numbers = sum(not names.isdisjoint(benchmark.NUMBERS) for names in raised)
    names = sum(not names.isdisjoint(benchmark.NAMES) for names in raised)
    assert (numbers <= 0.05 * len(pairs), names <= 0.1 * len(pairs)) == (True, True)
