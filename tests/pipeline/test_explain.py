"""What `explain` says of a document: kept since when, or what changed."""

from dataclasses import replace
from typing import Any

import pytest

from models.engines.engine import DecodeOptions
from models.model import Model
from pipeline import flow, translators
from pipeline.cache import MEMORY, Cache
from pipeline.document import Document
from pipeline.explain import Explanation, explain
from pipeline.flow import Pipeline
from pipeline.signature import digest
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine

NEWS = Document("news", "ar", "", "افتتح الوزير جسرا. توقفت العبارة.")
OTHER = replace(NEWS, text="افتتح الوزير جسرا. أغلق الطريق.")


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> ScriptedEngine:
    """One echoing engine in both places."""
    engine = ScriptedEngine()

    def opened(role: Any) -> Any:
        def open_model(*args: Any) -> Model:
            return scripted.model(engine, role, DecodeOptions(min_length=1, max_length=99))

        return open_model

    monkeypatch.setattr(translators, "open_translator", opened("translator"))
    monkeypatch.setattr(flow, "open_summarizer", opened("summarizer"))
    return engine


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> Cache:
    """A cache that holds what one run made of the document, at 1000 seconds of the epoch."""
    cache = Cache(MEMORY)
    monkeypatch.setattr("pipeline.cache.time.time", lambda: 1000.0)
    list(Pipeline(cache=cache).run([NEWS]))
    monkeypatch.setattr("pipeline.cache.time.time", lambda: 2000.0)
    return cache


def test_nothing_is_known() -> None:
    assert explain(Pipeline(), NEWS) == [
        Explanation("segment", None),
        Explanation("translate", None),
        Explanation("summarize", None, waits_for="translate"),
    ]


def test_everything_is_kept(cache: Cache) -> None:
    assert explain(Pipeline(cache=cache), NEWS) == [
        Explanation("segment", 1000.0),
        Explanation("translate", 1000.0),
        Explanation("summarize", 1000.0),
    ]


def test_another_beam_is_named_with_both_values(cache: Cache) -> None:
    assert explain(Pipeline(beam=2, cache=cache), NEWS) == [
        Explanation("segment", 1000.0),
        Explanation("translate", None, (("beam", "4", "2"),)),
        Explanation("summarize", None, waits_for="translate"),
    ]


def test_where_both_beams_are_kept_the_other_is_told(cache: Cache) -> None:
    list(Pipeline(beam=2, cache=cache).run([NEWS]))
    assert explain(Pipeline(beam=2, cache=cache), NEWS) == [
        Explanation("segment", 1000.0),
        Explanation("translate", 2000.0, (("beam", "4", "2"),)),
        Explanation("summarize", 2000.0, (("beam", "4", "2"),)),
    ]


def test_the_same_text_is_compared_rather_than_a_newer_one(cache: Cache) -> None:
    list(Pipeline(cache=cache).run([OTHER]))
    _, translated, _ = explain(Pipeline(beam=2, cache=cache), NEWS)
    assert translated == Explanation("translate", None, (("beam", "4", "2"),))


def test_a_changed_text_is_named_as_input(cache: Cache) -> None:
    segmented, translated, _ = explain(Pipeline(cache=cache), OTHER)
    before, now = digest(NEWS.text)[:12], digest(OTHER.text)[:12]
    assert segmented == Explanation("segment", None, (("input", before, now),))
    assert translated.kept is None
    assert [name for name, _, _ in translated.changes] == ["input"]


def test_a_changed_text_and_beam_are_both_named(cache: Cache) -> None:
    _, translated, _ = explain(Pipeline(beam=2, cache=cache), OTHER)
    assert [name for name, _, _ in translated.changes] == ["beam", "input"]


def test_the_same_text_under_another_name_is_kept(cache: Cache) -> None:
    found = explain(Pipeline(cache=cache), replace(NEWS, id="copy"))
    assert [one.kept for one in found] == [1000.0, 1000.0, 1000.0]


def test_explaining_decodes_and_stores_nothing(cache: Cache, engine: ScriptedEngine) -> None:
    engine.calls.clear()
    before = cache.counts()
    explain(Pipeline(beam=2, cache=cache), OTHER)
    explain(Pipeline(cache=cache), NEWS)
    assert cache.counts() == before
    assert engine.calls == []


@pytest.mark.parametrize(
    ("explanation", "said"),
    [
        (Explanation("segment", None), "segment: would be computed"),
        (
            Explanation("translate", None, (("beam", "4", "2"), ("input", "aa", "bb"))),
            "translate: would be computed; changed: beam 4 → 2, input aa → bb",
        ),
        (
            Explanation("summarize", None, waits_for="translate"),
            "summarize: would be computed, after translate",
        ),
    ],
)
def test_what_a_person_reads(explanation: Explanation, said: str) -> None:
    assert str(explanation) == said


def test_the_time_is_the_reader_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC-3")
    time.tzset()
    try:
        assert str(Explanation("segment", 0.0)) == "segment: kept since 1970-01-01 03:00:00"
    finally:
        monkeypatch.undo()
        time.tzset()
