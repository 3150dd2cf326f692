"""Summaries without a model: sentences of the document as they stand."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import evidence
from pipeline.document import Summary, SummarySentence
from pipeline.extract import Extractor
from pipeline.flow import Pipeline
from pipeline.summarize import Bilingual
from tests.pipeline.scripted import Models, english
from tests.pipeline.test_flow import NEWS

ARTICLE = [
    "Minister opens bridge over the Tigris",
    "The minister of transport opened a bridge over the Tigris in Mosul on Monday.",
    "On Monday the transport minister opened the bridge over the Tigris in Mosul.",
    "The bridge cost 3.5 million dollars and took 14 months to build.",
    "It rained.",
    "Penguins swim well, as a visitor from the south remarked.",
    "The ferry over the Tigris will stop now that the bridge is open.",
]


def chosen(words: int, segments: list[str]) -> list[int]:
    """Indexes of the segments that make the summary."""
    summary = Extractor(words).extract(segments)
    assert all(one.text == segments[one.supports[0]] for one in summary.sentences)
    return [index for one in summary.sentences for index in one.supports]


def test_a_sentence_is_its_own_evidence() -> None:
    assert Extractor(14).extract(ARTICLE) == Summary(
        (SummarySentence("The minister of transport opened a bridge over the Tigris in Mosul on "
                         "Monday.", (1,)),), ("extractive",)
    )  # fmt: skip


def test_what_was_said_is_not_said_again() -> None:
    assert chosen(25, ARTICLE) == [1, 3]


def test_what_is_like_the_rest_comes_before_what_is_not() -> None:
    assert chosen(27, ARTICLE) == [1, 3]
    assert chosen(40, ARTICLE) == [1, 3, 5, 6]


def test_what_comes_early_comes_first_where_all_else_is_equal() -> None:
    strangers = ["Oil fell far today.", "Cats sleep every night.", "Rivers run very fast."]
    assert chosen(4, strangers) == [0]
    assert chosen(8, strangers) == [0, 1]


@pytest.mark.parametrize(
    ("segments", "indexes"),
    [
        (["Bridge", "Ferry and bridge", "Bridge"], [0, 1]),  # where nothing ends, all may stand
        (["Bridge", "Yes.", "The ferry stopped in Mosul."], [2]),
        (["* * *", "", "Oil fell again."], [2]),
        (["word " * 90 + "end.", "word " * 80 + "end."], [1]),
    ],
)
def test_what_may_stand_in_a_summary(segments: list[str], indexes: list[int]) -> None:
    assert chosen(4, segments) == indexes


def test_a_sentence_longer_than_was_asked_for_says_so() -> None:
    summary = Extractor(4).extract(["word " * 9 + "end."])
    assert summary.flags == ("extractive", "longer-than-asked")


@pytest.mark.parametrize("segments", [[], [""], ["…", "12 345", "🙂"]])
def test_a_document_without_words_has_no_summary(segments: list[str]) -> None:
    assert Extractor(60).extract(segments) == Summary((), ("nothing-to-summarise",))


WORDS = ["oil", "bridge", "minister", "ferry", "the", "in", "7", "…"]
sentence = st.lists(st.sampled_from(WORDS), max_size=12)
segments = st.lists(sentence.map(lambda words: " ".join(words) + "."), max_size=25)


@given(segments, st.integers(5, 60))
def test_whole_sentences_in_order_and_no_more_words_than_asked_for(
    texts: list[str], words: int
) -> None:
    summary = Extractor(words).extract(texts)
    indexes = [one.supports for one in summary.sentences]
    assert indexes == sorted(set(indexes))
    assert [one.text for one in summary.sentences] == [texts[index] for (index,) in indexes]
    assert (len(summary.text.split()) > 1.25 * words) == ("longer-than-asked" in summary.flags)
    assert len(indexes) == 1 or "longer-than-asked" not in summary.flags
    assert bool(indexes) == any(map(str.isalpha, "".join(texts)))
    assert Extractor(words).extract(texts) == summary


def test_each_document_has_its_own() -> None:
    documents = [Bilingual("fr", [], one) for one in (ARTICLE, [], ["Oil fell far today."])]
    made = list(Extractor(14).summarize(documents))
    assert [[*portion] for portion in made] == [[0], [1], [2]]
    assert [one.text for portion in made for one in portion.values()] == [
        ARTICLE[1], "", "Oil fell far today.",
    ]  # fmt: skip


def test_what_says_nothing_new_is_left_out() -> None:
    assert chosen(100, [ARTICLE[1]] * 3) == [0]


def test_a_book_takes_seconds() -> None:
    letters = str.maketrans("0123456789", "abcdefghij")
    names = [str(n).translate(letters) for n in range(9_000)]
    book = [
        f"The {n}is told how a {n}at met {m}o in {m}us."
        for n, m in zip(names, names[::-1], strict=True)
    ]
    started = perf_counter()
    assert len(Extractor(100_000).extract(book).text.split()) > 50_000
    assert perf_counter() - started < 20


def test_the_signature_has_no_model() -> None:
    assert str(Extractor(60).signature) == (
        f"summarize:v1|method:extractive|words:60|evidence:v{evidence.VERSION}"
    )


def test_a_pipeline_that_extracts_opens_no_summariser(models: Models) -> None:
    [record] = Pipeline(summarizer="extractive").run([NEWS])
    assert models.opened == ["ar"]
    written = record.to_json()
    assert written["summary"]["flags"] == ["extractive"]
    assert [one["supports"] for one in written["summary"]["sentences"]] == [[0], [1], [2]]
    assert written["summary"]["text"] == english("جسر جديد افتتح الوزير جسرا. توقفت العبارة.")
    assert record.flags == ("unverified-model", "extractive")
    assert record.stages["summarize"].signature.startswith("summarize:v1|method:extractive|")
