"""Documents in several languages: every segment to the model of its own, English to none."""

from typing import Any

import pytest

from models.errors import ModelMissing, ModelUnfit
from models.model import Model
from pipeline import translators
from pipeline.cache import MEMORY, Cache
from pipeline.corrections import Correction
from pipeline.document import Document, Failure, Record
from pipeline.flow import Pipeline
from tests.pipeline.scripted import Models, ScriptedEngine, english

ARABIC = "افتتح وزير النقل اليوم جسرا جديدا على النهر في مدينة الموصل."
FRENCH = "Le ministre a inauguré hier un nouveau pont."
ENGLISH = "The minister of transport opened a new bridge over the river yesterday."
BY_A_PERSON = "A new bridge over the river was opened in Mosul today."
MIXED = Document("mixed", "ar", "", "\n".join([ARABIC, FRENCH, ENGLISH]), lang_score=0.9)


def told(record: Record) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [
        (segment.lang, one.text, one.flags, one.by)
        for segment, one in zip(record.segments, record.translations, strict=True)
    ]


def without(models: Models, lang: str, error: Exception) -> Any:
    def open_translator(wanted: str, *args: Any) -> Model:
        if wanted == lang:
            raise error
        return models.open_translator(wanted, *args)

    return open_translator


def test_every_segment_goes_to_the_model_of_its_language(models: Models) -> None:
    [record] = Pipeline().run([MIXED])
    assert told(record) == [
        ("", english(ARABIC), (), "model"),
        ("fr", english(FRENCH), (), "model"),
        ("en", ENGLISH, ("english",), "source"),
    ]
    assert "mixed-languages" in record.flags
    assert sorted(models.opened) == ["ar", "fr", "summary"]
    assert models.translators["ar"].sources == [ARABIC]
    assert models.translators["fr"].sources == [FRENCH]


def test_a_language_that_a_person_named_is_that_of_all(models: Models) -> None:
    [record] = Pipeline().run([Document("mixed", "ar", "", MIXED.text)])
    assert [segment.lang for segment in record.segments] == ["", "", ""]
    assert models.opened.count("fr") == 0
    assert "mixed-languages" not in record.flags


def test_an_english_document_needs_no_translator(models: Models) -> None:
    [record] = Pipeline().run([Document("en", "en", "", ENGLISH, lang_score=0.9)])
    assert told(record) == [("", ENGLISH, ("english",), "source")]
    assert record.summary.text
    assert models.opened == ["summary"]
    assert record.stages["translate"].signature.endswith("|lang:en")


def test_arabic_in_an_english_document_is_translated(models: Models) -> None:
    document = Document("en", "en", "", f"{ENGLISH}\n{ARABIC}", lang_score=0.9)
    [record] = Pipeline().run([document])
    assert told(record) == [
        ("", ENGLISH, ("english",), "source"),
        ("ar", english(ARABIC), (), "model"),
    ]


def test_numbers_alone_are_not_called_english(models: Models) -> None:
    [record] = Pipeline().run([Document("n", "en", "", "35 %", lang_score=0.0)])
    assert told(record) == [("", "35 %", ("untranslated",), "source")]


def test_another_language_without_a_model_passes_flagged(
    models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = without(models, "fr", ModelMissing("no French here"))
    monkeypatch.setattr(translators, "open_translator", missing)
    cache = Cache(MEMORY)
    [record] = Pipeline(cache=cache).run([MIXED])
    assert told(record)[1] == ("fr", FRENCH, ("no-model",), "source")
    monkeypatch.setattr(translators, "open_translator", models.open_translator)
    [later] = Pipeline(cache=cache).run([MIXED])
    assert told(later)[1] == ("fr", english(FRENCH), (), "model")


def test_another_language_whose_model_fails_passes_flagged(models: Models) -> None:
    class Unfit(ScriptedEngine):
        def stream(self, *args: Any) -> Any:
            raise ModelUnfit("fails its self-test")

    models.translators["fr"] = Unfit()
    [outcome] = Pipeline().outcomes([MIXED])
    assert not isinstance(outcome, Failure)
    assert [one[2] for one in told(outcome)] == [(), ("no-model",), ("english",)]


def test_a_translator_that_was_named_serves_all_but_english(models: Models) -> None:
    [record] = Pipeline(translator="org/any").run([MIXED])
    assert models.opened.count("fr") == 0
    assert told(record)[2] == ("en", ENGLISH, ("english",), "source")


def test_equal_sentences_of_two_languages_are_two(models: Models) -> None:
    word = [Document(lang, lang, "", "Taxi Taxi.") for lang in ("fr", "de")]
    list(Pipeline().run(word))
    assert models.translators["fr"].sources == models.translators["de"].sources == ["Taxi Taxi."]


def test_what_a_person_translated_comes_first_whatever_the_model(models: Models) -> None:
    cache = Cache(MEMORY)
    other = Document("other", "ar", "", "توقفت العبارة عن العمل في المدينة أمس.", lang_score=0.9)
    list(Pipeline(cache=cache).run([MIXED, other]))
    list(cache.correct([Correction("ar", ARABIC, BY_A_PERSON)]))
    mixed, same = Pipeline(cache=cache).run([MIXED, other])
    assert told(mixed)[0][1:] == (BY_A_PERSON, (), "memory")
    assert not mixed.stages["translate"].cached
    assert same.stages["translate"].cached
    [wider] = Pipeline(cache=cache, beam=7).run([MIXED])
    assert told(wider)[0][1:] == (BY_A_PERSON, (), "memory")
    assert models.translators["ar"].sources.count(ARABIC) == 1
    [again] = Pipeline(cache=cache).run([MIXED])
    assert again.stages["translate"].cached
    assert told(again)[0][3] == "memory"


def test_what_a_person_translated_is_checked_too(models: Models) -> None:
    cache = Cache(MEMORY)
    person = Correction("ar", "قتل 25 شخصا في المدينة.", "In the town 35 people died.")
    list(cache.correct([person]))
    [record] = Pipeline(cache=cache).run([Document("a", "ar", "", "قتل 25 شخصا في المدينة.")])
    assert told(record) == [("", "In the town 35 people died.", ("number-changed",), "memory")]
    assert "ar" not in models.translators or models.translators["ar"].sources == []
