"""Documents through all stages: in order, each thing done once, and every record complete."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest

from models.engines.engine import Hypothesis
from models.errors import ModelMissing, ModelUnfit, TextTooLarge
from models.model import Model
from pipeline import checks, evidence, flow, segment, translators
from pipeline.cache import MEMORY, Cache
from pipeline.checks import summaries
from pipeline.document import Document, Failure, Record
from pipeline.flow import Pipeline
from tests.pipeline.scripted import Models, ScriptedEngine, english, into_english

TEXT = "جسر جديد\nافتتح الوزير جسرا. توقفت العبارة."
NEWS = Document("news", "ar", "جسر جديد", TEXT, "news.txt")


SUMMARY = [english("جسر جديد افتتح الوزير جسرا.").upper(), english("توقفت العبارة.").upper()]


def sentence(text: str, supports: list[int], sources: list[str]) -> dict[str, Any]:
    return {"text": text, "supports": supports, "sources": sources, "flags": [], "details": {}}


SPANS = [(0, 0, 8), (1, 9, 27), (1, 28, 42)]
WRITTEN = {
    "schema": 1,
    "id": "news",
    "khulasa": version("khulasa"),
    "source": {
        "path": "news.txt",
        "line": None,
        "time": None,
        "lang": "ar",
        "lang_score": None,
        "title": "جسر جديد",
        "url": None,
        "blocks": [],
        "cues": [],
        "sha256": "4cdde300494e365a241e068af4ddf84268dcf32f41f1f2fc417fa1dfe33e8c3e",
    },
    "segments": [
        {
            "index": index,
            "paragraph": paragraph,
            "start": start,
            "end": end,
            "lang": "ar",
            "source": TEXT[start:end],
            "target": english(TEXT[start:end]),
            "by": "model",
            "score": -0.5,
            "flags": [],
            "details": {},
            "again": None,
        }
        for index, (paragraph, start, end) in enumerate(SPANS)
    ],
    "summary": {
        "text": " ".join(SUMMARY),
        "sentences": [
            sentence(SUMMARY[0], [0, 1], ["جسر جديد", "افتتح الوزير جسرا."]),
            sentence(SUMMARY[1], [2], ["توقفت العبارة."]),
        ],
        "flags": [],
    },
    "flags": ["unverified-model"],
}


def test_the_record_of_a_small_document(models: Models) -> None:
    [record] = Pipeline().run([NEWS])
    written = record.to_json()
    stages = written.pop("stages")
    made = (
        "engine:scripted-1|{script}beam:4|max_length:{most}|min_length:{least}"
        "|no_repeat_ngram:0|length_penalty:1.0|early_stopping:False"
    )
    segmenter = f"segmenter:sentencex-{version('sentencex')}"
    assert {name: report["signature"] for name, report in stages.items()} == {
        "segment": f"segment:v{segment.VERSION}|{segmenter}|lang:ar",
        "translate": "translate:v3|model:dir:translator|weights:sha256:marian|tokens:sha256:words|"
        + made.format(script="lang:ar|script:Arab|", most=511, least=0)
        + f"|checks:v{checks.VERSION}",
        "summarize": "summarize:v2|model:dir:summarizer|weights:sha256:bart|tokens:sha256:words|"
        + made.format(script="", most=100, least=1)
        + f"|words:60|segment:v{segment.VERSION}|{segmenter}|lang:en"
        + f"|evidence:v{evidence.VERSION}|checks:v{summaries.VERSION}",
    }
    assert [report["cached"] for report in stages.values()] == [False, False, False]
    assert (stages["translate"]["sentences"], stages["translate"]["remembered"]) == (3, 0)
    assert written == WRITTEN


LANGUAGES = {"ar": "جسر رقم", "fr": "pont numéro", "ru": "мост номер"}


def documents(count: int) -> list[Document]:
    langs = [list(LANGUAGES)[number % 3] for number in range(count)]
    return [Document(f"d{n}", lang, "", f"{LANGUAGES[lang]} {n}") for n, lang in enumerate(langs)]


@pytest.mark.parametrize("window", [1, 30, 150_000])
def test_order_over_languages_and_windows(
    window: int, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "WINDOW", window)
    given = documents(11)
    records = list(Pipeline().run(given))
    assert [record.document for record in records] == given
    assert [record.translations[0].text for record in records] == [
        english(document.text) for document in given
    ]
    assert [record.summary.text for record in records] == [
        english(document.text).upper() for document in given
    ]
    assert sorted(models.opened) == ["ar", "fr", "ru", "summary"]


def test_documents_of_a_window_are_translated_together(models: Models) -> None:
    list(Pipeline().run(documents(9)))
    assert {lang: len(engine.calls) for lang, engine in models.translators.items()} == {
        "ar": 1,
        "fr": 1,
        "ru": 1,
    }


def test_one_window_is_read_ahead_and_no_more(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "WINDOW", 20)
    read: list[str] = []

    def stream() -> Iterator[Document]:
        for document in documents(9):
            read.append(document.id)
            yield document

    records = Pipeline().run(stream())
    assert read == []
    assert next(records).document.id == "d0"
    assert read == ["d0", "d1", "d2", "d3"]


def test_no_documents_open_no_model(models: Models) -> None:
    assert list(Pipeline().run([])) == []
    assert models.opened == []


def test_a_second_run_loads_no_engine(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(MEMORY)
    [first] = Pipeline(cache=cache).run([NEWS])

    def without_engine(open_model: Any) -> Any:
        def opened(*args: Any) -> Model:
            model: Model = open_model(*args)
            for part in ("engine", "tokenizer"):
                del vars(model)[part]  # what asks for it now looks for files that are not there
            return model

        return opened

    monkeypatch.setattr(translators, "open_translator", without_engine(models.open_translator))
    monkeypatch.setattr(flow, "open_summarizer", without_engine(models.open_summarizer))
    [second] = Pipeline(cache=cache).run([NEWS])
    assert [report.cached for report in second.stages.values()] == [True, True, True]
    assert [report.seconds for report in second.stages.values()] == [0.0, 0.0, 0.0]
    assert second.stages["translate"].sentences is None
    assert replace(second, stages={}) == replace(first, stages={})


def test_of_a_changed_document_one_sentence_is_translated(models: Models) -> None:
    pipeline = Pipeline()
    list(pipeline.run([NEWS]))
    models.translators["ar"].calls.clear()
    changed = replace(NEWS, text=TEXT.replace("العبارة", "السفينة"))
    [record] = pipeline.run([changed])
    assert models.translators["ar"].sources == ["توقفت السفينة."]
    report = record.stages["translate"]
    assert (report.cached, report.sentences, report.remembered) == (False, 3, 2)


def test_a_copy_under_another_name_is_in_the_cache(models: Models) -> None:
    pipeline = Pipeline()
    list(pipeline.run([NEWS]))
    [copy] = pipeline.run([replace(NEWS, id="copy")])
    assert all(report.cached for report in copy.stages.values())
    assert copy.document.id == "copy"


def test_the_beam_is_part_of_the_signatures(models: Models) -> None:
    cache = Cache(MEMORY)
    list(Pipeline(cache=cache).run([NEWS]))
    [record] = Pipeline(beam=2, cache=cache).run([NEWS])
    assert {name: report.cached for name, report in record.stages.items()} == {
        "segment": True,
        "translate": False,
        "summarize": False,
    }
    assert "|beam:2|" in record.stages["translate"].signature
    assert "|beam:2|" in record.stages["summarize"].signature
    assert [options.beam for _, options in models.translators["ar"].calls] == [4, 2]


def test_one_model_for_two_scripts_keeps_them_apart(models: Models) -> None:
    pipeline = Pipeline()
    reuters = Document("a", "ar", "", "Reuters reported.")
    [untouched] = pipeline.run([reuters])
    [translated] = pipeline.run([replace(reuters, lang="fr")])
    assert untouched.translations[0].flags == ("untranslated",)
    assert translated.translations[0].text == english("Reuters reported.")


def test_a_missing_model_is_told_before_anything_is_computed(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*args: Any) -> Model:
        raise ModelMissing("not here")

    monkeypatch.setattr(flow, "open_summarizer", missing)
    cache = Cache(MEMORY)
    with pytest.raises(ModelMissing):
        list(Pipeline(cache=cache).run([NEWS]))
    assert models.translators["ar"].calls == []
    assert cache.counts() == []


def test_a_document_without_words_has_a_record(models: Models) -> None:
    [record] = Pipeline().run([Document("marks", "ar", "", "…\n🙂\n12")])
    assert [one.text for one in record.translations] == ["…", "🙂", "12"]
    assert record.summary.text == ""
    assert record.flags == ("unverified-model", "nothing-to-summarise")
    assert "untranslated" in record.all_flags


def test_offsets_are_true_for_every_segment(models: Models, root: Path) -> None:
    seeds = sorted((root / "seeds").glob("ar-*.txt"))
    texts = [seed.read_text("utf-8") for seed in seeds if seed.name.count(".") == 1]
    given = [Document(f"{n}", "ar", "", text) for n, text in enumerate(texts)]
    assert given
    for record in Pipeline().run(given):
        assert len(record.segments) == len(record.translations) > 3
        for one in record.to_json()["segments"]:
            assert record.document.text[one["start"] : one["end"]] == one["source"]


def test_a_failure_passes_through_in_its_place(models: Models) -> None:
    failure = Failure("is not JSON", "news.jsonl", 2)
    outcomes = list(Pipeline().outcomes([NEWS, failure, replace(NEWS, id="again")]))
    assert [type(one) for one in outcomes] == [Record, Failure, Record]
    assert outcomes[1] == failure


def test_failures_alone_open_no_model(models: Models) -> None:
    failure = Failure("is empty", "a.txt")
    assert list(Pipeline().outcomes([failure])) == [failure]
    assert models.opened == []


def poisoned(text: str) -> ScriptedEngine:
    """An engine that breaks on one word."""

    def script(words: list[str]) -> Hypothesis:
        if text in words:
            raise RuntimeError("out of luck\nat line 3")
        return into_english(words)

    return ScriptedEngine(script)


@pytest.mark.parametrize("role", ["translator", "summarizer"])
def test_a_document_that_breaks_a_stage_fails_alone(models: Models, role: str) -> None:
    engine = poisoned("سم" if role == "translator" else english("سم"))
    if role == "translator":
        models.translators["ar"] = engine
    else:
        models.summarizer = engine
    given = [Document(f"d{n}", "ar", "", f"جسر {n}", "d.jsonl", line=n) for n in range(9)]
    given[4] = replace(given[4], text="سم ناقع")
    outcomes = list(Pipeline().outcomes(given))
    assert [one.document for one in outcomes if isinstance(one, Record)] == given[:4] + given[5:]
    assert outcomes[4] == Failure("unexpected RuntimeError: out of luck", "d.jsonl", 4, "d4")
    assert str(outcomes[4]) == "d.jsonl, line 4: unexpected RuntimeError: out of luck"


def test_a_text_that_memory_does_not_hold_fails_its_document_alone(models: Models) -> None:
    def script(words: list[str]) -> Hypothesis:
        if "سم" in words:
            raise TextTooLarge("a text of 2 tokens does not fit")
        return into_english(words)

    models.translators["ar"] = ScriptedEngine(script)
    given = [Document(f"d{n}", "ar", "", f"جسر {n}") for n in range(9)]
    given[4] = replace(given[4], text="سم ناقع")
    outcomes = list(Pipeline().outcomes(given))
    assert [one.document for one in outcomes if isinstance(one, Record)] == given[:4] + given[5:]
    assert outcomes[4] == Failure("a text of 2 tokens does not fit", id="d4")


def test_a_language_without_a_model_fails_its_documents_and_is_tried_once(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def open_translator(lang: str, *args: Any) -> Model:
        tried.append(lang)
        if lang == "fr":
            raise ModelMissing("no French here")
        return models.open_translator(lang, *args)

    monkeypatch.setattr(translators, "open_translator", open_translator)
    monkeypatch.setattr(flow, "WINDOW", 20)
    outcomes = list(Pipeline().outcomes(documents(9)))
    assert [str(one) if isinstance(one, Failure) else one.document.id for one in outcomes] == [
        "d0", "no French here", "d2", "d3", "no French here", "d5", "d6", "no French here", "d8",
    ]  # fmt: skip
    assert all(isinstance(o.cause, ModelMissing) for o in outcomes if isinstance(o, Failure))
    assert sorted(tried) == ["ar", "fr", "ru"]


def test_a_translator_that_does_not_load_fails_its_documents_and_is_tried_once(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    class Unfit(ScriptedEngine):
        def stream(self, *args: Any) -> Any:
            loaded.append("fr")
            raise ModelUnfit("fails its self-test")

    models.translators["fr"] = Unfit()
    monkeypatch.setattr(flow, "WINDOW", 20)
    outcomes = list(Pipeline().outcomes(documents(30)))
    failed = [n for n, one in enumerate(outcomes) if isinstance(one, Failure)]
    assert failed == list(range(1, 30, 3))
    assert len(loaded) <= 2  # the window that was prepared meanwhile


def test_an_unfit_summariser_ends_everything(models: Models) -> None:
    class Unfit(ScriptedEngine):
        def stream(self, *args: Any) -> Any:
            raise ModelUnfit("fails its self-test")

    models.summarizer = Unfit()
    with pytest.raises(ModelUnfit):
        list(Pipeline().outcomes([NEWS]))


def test_a_sentence_that_documents_share_counts_as_decoded_for_the_first(models: Models) -> None:
    shared = [replace(NEWS, id="other", text=f"{TEXT} نهاية."), NEWS]
    first, second = (record.stages["translate"] for record in Pipeline().run(shared))
    assert (first.sentences, first.remembered) == (4, 0)
    assert (second.sentences, second.remembered) == (3, 3)


def test_the_caller_hears_what_is_decoded(models: Models) -> None:
    heard: list[tuple[str, int]] = []
    list(Pipeline(decoded=lambda *event: heard.append(event)).run([NEWS]))
    assert [event for event in heard if event[1]] == [
        ("translate", 2),
        ("translate", 1),
        ("summarize", 1),
    ]


def test_closing_keeps_the_batch_in_flight_and_leaves_the_rest(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "WINDOW", 20)
    decoding, closing = Event(), Event()

    def script(words: list[str]) -> Hypothesis:
        if "12" in words:  # in the window after the first one that is asked for
            decoding.set()
            assert closing.wait(10)
        return into_english(words)

    engine = models.translators["ar"] = ScriptedEngine(script)
    given = [Document(f"d{n}", "ar", "", f"جسر {n}\nطريق {n}") for n in range(10, 20)]
    cache = Cache(MEMORY)
    records = Pipeline(cache=cache).outcomes(given)
    next(records)
    assert decoding.wait(10)
    Timer(0.2, closing.set).start()
    records.close()
    assert engine.decoded == ["جسر 10", "طريق 10", "جسر 11", "طريق 11", "جسر 12", "طريق 12"]
    of_sentences = [one for one in cache.counts() if one.signature.startswith("translate")]
    assert sum(one.sentences for one in of_sentences) == 6
