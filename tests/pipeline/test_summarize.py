"""Summaries: nothing of a document is left out, and each sentence points at its evidence."""

from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engines.engine import DecodeOptions, Hypothesis
from models.tokens import Tokenizer
from models.tokens import load as load_tokenizer
from pipeline import evidence, segment
from pipeline.cache import MEMORY, Cache
from pipeline.checks import summaries
from pipeline.document import Summary, SummarySentence
from pipeline.summarize import Bilingual, Summarizer, unpack
from tests import factory
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine

ARTICLE = [
    "Minister opens bridge",
    "The minister opened a bridge in Mosul.",
    "It cost 3.5 million dollars.",
    "Residents thanked nobody.",
]


def says(text: str, finished: bool = True) -> ScriptedEngine:
    return ScriptedEngine(lambda words: Hypothesis(tuple(text.split()), -0.5, finished))


def first_words(count: int, positions: int) -> ScriptedEngine:
    """Writes the first words of what it reads."""
    return ScriptedEngine(
        lambda words: Hypothesis(tuple(words[:count]), -0.5, finished=True), positions
    )


def summarizer(
    engine: ScriptedEngine, words: int = 60, memory: Cache | None = None, **decode: int
) -> Summarizer:
    options = DecodeOptions(**decode)  # type: ignore[arg-type]
    model = scripted.model(engine, "summarizer", options)
    return Summarizer(model, options, words, memory or Cache(MEMORY))


def summarize(stage: Summarizer, documents: list[list[str]]) -> list[Summary]:
    """What all portions hold together, in order."""
    made: dict[int, Summary] = {}
    for portion in stage.summarize([Bilingual("fr", texts, texts) for texts in documents]):
        assert made.keys().isdisjoint(portion)
        made |= portion
    return [made[index] for index in range(len(documents))]


def test_sentences_with_the_segments_that_support_them() -> None:
    engine = says("The bridge in Mosul cost 3.5 million dollars. Penguins swim.")
    assert summarize(summarizer(engine), [ARTICLE]) == [
        Summary(
            (
                SummarySentence("The bridge in Mosul cost 3.5 million dollars.", (1, 2)),
                SummarySentence("Penguins swim.", (), ("weak-support",)),
            )
        )
    ]
    assert engine.sources == [" ".join(ARTICLE)]


def test_no_documents() -> None:
    engine = ScriptedEngine()
    assert summarize(summarizer(engine), []) == []
    assert engine.calls == []


@pytest.mark.parametrize("texts", [[], [""], ["…", "12 345", "🙂"]])
def test_a_document_without_words_is_not_summarised(texts: list[str]) -> None:
    engine = ScriptedEngine()
    assert summarize(summarizer(engine), [texts]) == [Summary((), ("nothing-to-summarise",))]
    assert engine.calls == []


def test_supports_count_all_segments_also_those_without_words() -> None:
    engine = ScriptedEngine(scripted.upper)
    [summary] = summarize(summarizer(engine), [["* * *", "Oil fell.", "", "Gold rose."]])
    assert engine.sources == ["Oil fell. Gold rose."]
    assert summary.sentences == (
        SummarySentence("OIL FELL.", (1,)),
        SummarySentence("GOLD ROSE.", (3,)),
    )


def test_order_is_kept_over_short_long_and_empty_documents() -> None:
    engine = first_words(3, positions=12)
    documents = [["alpha one two three."], ["…"], ["beta " * 8 + "end."] * 4, ["gamma one two."]]
    summaries = summarize(summarizer(engine, words=4, min_length=60), documents)
    assert [summary.text.split(" ")[0] for summary in summaries] == ["alpha", "", "beta", "gamma"]
    assert [summary.flags for summary in summaries] == [
        (),
        ("nothing-to-summarise",),
        ("merged",),
        (),
    ]


def test_a_short_document_is_not_stretched() -> None:
    engine = ScriptedEngine()
    short, long = (
        ["seven words and two marks make nine."],
        ["eight words and two marks, which make ten."],
    )
    summarize(summarizer(engine, min_length=5), [short, long])
    asked = {len(batch[0]): options.min_length for batch, options in engine.calls}
    assert asked == {9: 0, 10: 5}


def test_what_was_cut_off_is_flagged() -> None:
    [summary] = summarize(summarizer(says("The minister opened", finished=False)), [ARTICLE])
    assert summary.flags == ("unfinished",)


def test_a_model_that_writes_nothing_is_flagged() -> None:
    [summary] = summarize(summarizer(says("")), [ARTICLE])
    assert summary == Summary((), ("empty",))


def test_a_long_document_is_summarised_in_parts_of_whole_sentences_and_merged() -> None:
    engine = first_words(2, positions=12)
    sentences = [f"s{number} b c d." for number in range(7)]  # 28 words, ten at a time
    [summary] = summarize(summarizer(engine, words=2), [sentences])
    assert engine.sources == [
        "s0 b c d. s1 b c d.",
        "s2 b c d. s3 b c d.",
        "s4 b c d. s5 b c d.",
        "s6 b c d.",
        "s0 b s2 b s4 b s6 b",
    ]
    assert summary.text == "s0 b"
    assert summary.flags == ("merged",)


def test_parts_are_about_equally_long() -> None:
    engine = first_words(1, positions=102)
    summarize(summarizer(engine), [["word " * 9 + "end."] * 11])  # 110 words, a hundred at a time
    assert [len(text.split()) for text in engine.sources[:2]] == [60, 50]


def test_a_sentence_longer_than_the_window_is_cut_and_nothing_lost() -> None:
    engine = first_words(1, positions=12)
    words = [f"w{number}" for number in range(25)]
    summarize(summarizer(engine), [[" ".join(words)]])
    read = " ".join(engine.sources).split()
    assert read[:25] == words
    assert all(len(text.split()) <= 10 for text in engine.sources)


def test_a_model_that_does_not_shorten_comes_to_an_end() -> None:
    engine = ScriptedEngine(positions=12)
    sentences = [f"s{number} b c d." for number in range(10)]
    [summary] = summarize(summarizer(engine), [sentences])
    assert summary.text == " ".join(sentences).upper()
    assert summary.flags == ("merged",)


def test_parts_of_which_nothing_is_made_come_to_an_end() -> None:
    engine = ScriptedEngine(lambda words: Hypothesis((), -1.0, finished=True), positions=12)
    [summary] = summarize(summarizer(engine), [["s b c d."] * 10])
    assert summary == Summary((), ("merged", "empty"))


def test_flags_of_parts_are_those_of_the_whole() -> None:
    def script(words: list[str]) -> Hypothesis:
        return Hypothesis(tuple(words[:1]), -0.5, finished="s2" not in words)

    engine = ScriptedEngine(script, positions=12)
    [summary] = summarize(summarizer(engine), [[f"s{n} b c d." for n in range(6)]])
    assert summary.flags == ("merged", "unfinished")


def test_all_parts_of_all_documents_are_drafted_together_and_then_all_merges() -> None:
    engine = first_words(2, positions=12)
    long = [["one two three four."] * 6, ["five six seven eight."] * 6]
    summaries = summarize(summarizer(engine, words=1), [long[0], ["short one."], long[1]])
    assert [summary.flags for summary in summaries] == [
        ("merged", "longer-than-asked"),
        ("longer-than-asked",),
        ("merged", "longer-than-asked"),
    ]
    assert [len(batch) for batch, _ in engine.calls] == [3, 2]


@pytest.fixture(scope="module", params=["bart", "pegasus", "t5"])
def tokenizer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Tokenizer:
    """A real one, without the model that belongs to it. T5's says the task in every text."""
    return load_tokenizer(factory.EVERY_KIND[request.param](tmp_path_factory.mktemp("model")))


sentences = st.lists(
    st.text(st.sampled_from("aehT .,é🙂ج\u00a0"), max_size=60).map(str.strip).filter(bool)
    | st.sampled_from([line for line in factory.ENGLISH.splitlines() if line]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=50)
@given(sentences)
def test_every_part_fits_and_no_sentence_is_lost(tokenizer: Tokenizer, texts: list[str]) -> None:
    engine = ScriptedEngine(positions=32)
    model = scripted.model(engine, "summarizer")
    vars(model)["tokenizer"] = tokenizer
    parts = Summarizer(model, DecodeOptions(), 60, Cache(MEMORY))._parts(texts)
    assert all(len(tokenizer.encode(part)) <= 32 for part in parts)
    assert "".join("".join(parts).split()) == "".join("".join(texts).split())


@pytest.mark.parametrize(
    ("positions", "words", "lengths"),
    [
        (1024, 60, (140, 54)),  # as published
        (1024, 30, (140, 27)),  # it may end sooner, and has room for its one sentence
        (1024, 120, (280, 108)),
        (1024, 600, (341, 170)),  # no more than a third of the window
        (90, 60, (30, 15)),
    ],
)
def test_the_limits_are_those_of_the_words_asked_for(
    positions: int, words: int, lengths: tuple[int, int]
) -> None:
    engine = ScriptedEngine(positions=positions)
    stage = summarizer(engine, words, max_length=140, min_length=54)
    summarize(stage, [["word " * (positions - 5) + "end."]])
    [(_, options)] = engine.calls
    assert (options.max_length, options.min_length) == lengths


SENTENCES = "The minister opened it. It cost a lot. Nobody came to see it. Rain fell."


@pytest.mark.parametrize(
    ("words", "finished", "text", "flags"),
    [
        (60, True, SENTENCES, ()),
        (15, True, SENTENCES, ()),
        (11, True, "The minister opened it. It cost a lot. Nobody came to see it.", ()),
        (8, True, "The minister opened it. It cost a lot.", ()),
        (5, True, "The minister opened it.", ()),
        (3, True, "The minister opened it.", ("longer-than-asked",)),
        # The limit was met right at the end.
        (60, False, SENTENCES, ()),
    ],
)
def test_a_summary_is_of_whole_sentences_within_what_was_asked_for(
    words: int, finished: bool, text: str, flags: tuple[str, ...]
) -> None:
    [summary] = summarize(summarizer(says(SENTENCES, finished), words), [ARTICLE])
    assert (summary.text, summary.flags) == (text, flags)


def test_what_the_limit_left_of_a_sentence_goes_and_the_whole_ones_stay() -> None:
    engine = says(f"{SENTENCES} Then they", finished=False)
    [summary] = summarize(summarizer(engine), [ARTICLE])
    assert (summary.text, summary.flags) == (SENTENCES, ())


def test_drafts_that_are_short_enough_together_are_the_summary() -> None:
    engine = first_words(3, positions=12)
    sentences = [f"Chapter {word} tells much." for word in ("one", "two", "three", "four")]
    [summary] = summarize(summarizer(engine, words=60), [sentences])
    assert summary.text == "Chapter one tells Chapter three tells"
    assert summary.flags == ("merged",)
    assert [sentence.supports for sentence in summary.sentences] == [(0,), (2,)]


def test_every_part_of_a_book_is_read_and_stands_in_a_long_summary() -> None:
    letters = "abcdefghijklmnopqrst"
    chapters = [[f"Then {a}{b}person walks on {b}{a}day there." for b in letters] for a in letters]

    def script(words: list[str]) -> Hypothesis:  # the first sentence of what it reads
        end = next(i for i, word in enumerate(words) if word.endswith("."))
        return Hypothesis(tuple(words[: end + 1]), -0.5, finished=True)

    engine = ScriptedEngine(script, positions=130)
    book = [sentence for chapter in chapters for sentence in chapter]
    [summary] = summarize(summarizer(engine, words=1000), [book])
    assert " ".join(engine.sources) == " ".join(book)
    assert {sentence.text.split()[1][0] for sentence in summary.sentences} == set(letters)
    # Each sentence points into the part that it was made from.
    parts = [text.split(". ")[0].rstrip(".") + "." for text in engine.sources]
    assert [sentence.text for sentence in summary.sentences] == parts
    assert [book[sentence.supports[0]] for sentence in summary.sentences] == parts


def test_a_draft_is_written_once_for_equal_texts_and_remembered() -> None:
    memory, engine = Cache(MEMORY), says("The minister opened a bridge.")
    first = summarize(summarizer(engine, memory=memory), [ARTICLE, ARTICLE])
    assert engine.sources == [" ".join(ARTICLE)]
    other = [Bilingual("ar", ["جسر"] * len(ARTICLE), ARTICLE)]
    [portion] = [p for p in summarizer(engine, memory=memory).summarize(other) if p]
    assert [portion[0]] == first[:1]
    assert len(engine.calls) == 1


def test_other_limits_write_another_draft() -> None:
    memory, engine = Cache(MEMORY), says("The minister opened a bridge.")
    for words in (60, 30, 60):
        summarize(summarizer(engine, words, memory, min_length=8), [ARTICLE])
    assert len(engine.calls) == 2


def test_a_summary_comes_back_from_its_json_form() -> None:
    from dataclasses import asdict
    from json import dumps, loads

    summary = Summary(
        (SummarySentence("One.", (0, 2), ("weak-support",), {"repetition": "a"}),), ("merged",)
    )
    assert unpack(loads(dumps(asdict(summary)))) == summary


def test_the_signature_names_all_that_decides() -> None:
    assert str(summarizer(ScriptedEngine(), beam=2, min_length=5).signature) == (
        "summarize:v2|model:dir:summarizer|weights:sha256:bart|tokens:sha256:words"
        "|engine:scripted-1|beam:2|max_length:511|min_length:5|no_repeat_ngram:0"
        "|length_penalty:1.0|early_stopping:False"
        f"|words:60|segment:v{segment.VERSION}|segmenter:sentencex-{version('sentencex')}|lang:en"
        f"|evidence:v{evidence.VERSION}|checks:v{summaries.VERSION}"
    )
