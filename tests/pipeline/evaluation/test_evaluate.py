"""Documents in, figures out: against texts whose figures are known."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from models.catalog import UnknownLanguage
from models.engines.engine import Hypothesis
from models.errors import ModelMissing
from models.model import Model
from pipeline import flow, translators
from pipeline.evaluation.align import Boundaries, Unit
from pipeline.evaluation.evaluate import evaluate
from pipeline.evaluation.findings import EVALUATION, PAGE, Evaluation, Flags, Measured, load, write
from pipeline.evaluation.references import Cases
from pipeline.flow import Pipeline
from pipeline.readers.content import Unreadable
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine

BRIDGE, FERRY, NOTHING = "افتتح الوزير جسرا.", "توقفت العبارة.", "لا شيء."
ENGLISH = {
    BRIDGE: "The minister opened a bridge.",
    FERRY: "The ferry stopped in the morning.",
    NOTHING: "",
}


def _written(words: list[str]) -> Hypothesis:
    text = ENGLISH.get(" ".join(words), "The minister opened a bridge.")
    return Hypothesis(tuple(text.split()), -0.5, finished=True)


@pytest.fixture(name="models")
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A translator that knows three sentences, and a summariser that always writes the first."""

    def open_translator(lang: str, *_: Any) -> Model:
        if lang == "fr":
            raise UnknownLanguage("translates Arabic only, not French")
        if lang == "ru":
            raise ModelMissing("is not here")
        return scripted.model(ScriptedEngine(_written))

    def open_summarizer(*_: Any) -> Model:
        return scripted.model(ScriptedEngine(_written), "summarizer")

    monkeypatch.setattr(translators, "open_translator", open_translator)
    monkeypatch.setattr(flow, "open_summarizer", open_summarizer)


Evaluated = Callable[..., Evaluation]


@pytest.fixture(name="evaluated")
def _evaluated(tmp_path: Path, models: None) -> Evaluated:
    def evaluated(*rows: Any) -> Evaluation:
        path = tmp_path / "set.jsonl"
        lines = (one if isinstance(one, str) else json.dumps(one) for one in rows)
        path.write_text("".join(f"{line}\n" for line in lines))
        return evaluate("the set", Cases(str(path)), Pipeline())

    return evaluated


RIGHT = {
    "id": "right",
    "text": f"{BRIDGE} {FERRY}",
    "reference": [ENGLISH[BRIDGE], ENGLISH[FERRY]],
    "summary": ["Something else.", "The minister opened a bridge."],
    "segments": [BRIDGE, FERRY],
}


def test_what_is_as_its_references_is_a_hundred(evaluated: Evaluated) -> None:
    evaluation = evaluated(RIGHT)
    [one] = evaluation.documents
    assert one.units == (
        Unit(1, BRIDGE, ENGLISH[BRIDGE], ENGLISH[BRIDGE]),
        Unit(1, FERRY, ENGLISH[FERRY], ENGLISH[FERRY]),
    )
    assert one.boundaries == Boundaries(1, 1, 1)
    assert one.remarks == ()
    names = ("bleu", "chrf", "rouge1", "rouge2", "rougeL", "segmentation")
    assert {name: one.scores[name] for name in names} == dict.fromkeys(names, 100)
    assert evaluation.scores == evaluation.languages["ar"] == one.scores
    assert evaluation.furthest == ()
    assert evaluation.exit_code == 0
    assert [(one.stage, one.lang, one.documents) for one in evaluation.signatures] == [
        ("segment", "ar", 1),
        ("translate", "ar", 1),
        ("summarize", "ar", 1),
    ]


def test_summaries_stand_beside_sentences_of_the_translation(evaluated: Evaluated) -> None:
    other = {"id": "other", "text": FERRY, "summary": "A ferry sank."}
    evaluation = evaluated(RIGHT, other, {"id": "bare", "text": FERRY})
    extracts = [one.extract for one in evaluation.documents]
    assert extracts == [f"{ENGLISH[BRIDGE]} {ENGLISH[FERRY]}", ENGLISH[FERRY], ENGLISH[FERRY]]
    # 5 of 11 words are the whole reference; "ferry" alone of 6 and 3: the mean of two F1.
    expected = 100 * (2 * 5 / (11 + 5) + 2 * 1 / (6 + 3)) / 2
    assert evaluation.baseline["rouge1"] == pytest.approx(expected)
    assert evaluated({"id": "bare", "text": FERRY}).baseline == {}


def test_a_corpus_counts_segments_alike_and_summaries_alike(evaluated: Evaluated) -> None:
    other = {
        "id": "other",
        "text": BRIDGE,
        "reference": "A minister opened a bridge",
        "summary": "The minister closed a road.",
    }
    evaluation = evaluated(RIGHT, other)
    # Full stops are words: 17 of 19, 14 of 16 pairs, 11 of 13 triples, 8 of 10 quadruples.
    assert evaluation.scores["bleu"] == pytest.approx(
        100 * (17 / 19 * 14 / 16 * 11 / 13 * 8 / 10) ** (1 / 4)
    )
    # 3 of 5 words; 1 of 4 pairs
    assert evaluation.documents[1].scores["rouge1"] == pytest.approx(60)
    assert evaluation.scores["rouge1"] == pytest.approx((100 + 60) / 2)
    assert evaluation.scores["rouge2"] == pytest.approx((100 + 25) / 2)
    [far] = evaluation.furthest
    assert (far.id, far.number, far.unit) == ("other", 1, evaluation.documents[1].units[0])
    assert far.chrf == evaluation.documents[1].scores["chrf"]


def test_flags_that_ask_for_attention_and_notes_are_told_apart(evaluated: Evaluated) -> None:
    [one] = evaluated({"id": "a", "text": f"{BRIDGE}\nBBC 2026\n{NOTHING}"}).documents
    assert one.flags.parts == 3
    assert one.flags.attention == 1
    assert one.flags.notes >= 1
    assert one.flags.names["empty"] == one.flags.names["untranslated"] == 1
    assert one.scores["flagged"] == pytest.approx(100 / 3)
    assert one.remarks == ("no reference",)
    assert "bleu" not in one.scores


def test_other_numbers_of_lines_are_said(evaluated: Evaluated) -> None:
    one, joined, wrong = evaluated(
        {**RIGHT, "segments": None, "reference": "The minister opened a bridge."},
        {**RIGHT, "id": "joined", "segments": [f"{BRIDGE} {FERRY}"], "reference": ["All."]},
        {**RIGHT, "id": "wrong", "segments": [BRIDGE]},
    ).documents
    assert one.remarks == ("document level: 2 segments, 1 line of reference",)
    assert len(one.units) == 1
    assert joined.remarks == ("document level: 2 segments, 1 line of reference",)
    assert joined.boundaries == Boundaries(0, 1, 0)
    assert wrong.remarks == ("the gold segments are not the text of the document",)
    assert wrong.boundaries is None
    assert len(wrong.units) == 2


def test_lines_that_are_cut_otherwise_are_joined(evaluated: Evaluated) -> None:
    thirds = ["افتتح الوزير", "جسرا.", FERRY]
    row = {**RIGHT, "segments": thirds, "reference": ["The minister", "opened.", "It stopped."]}
    [one] = evaluated(row).documents
    assert [unit.reference for unit in one.units] == ["The minister opened.", "It stopped."]
    assert one.remarks == ("2 lines of reference joined: we cut elsewhere",)


def test_a_language_that_nobody_translates_is_no_failure(evaluated: Evaluated) -> None:
    evaluation = evaluated(
        RIGHT, {"lang": "fr", "id": "b", "text": "Oui. Non.", "segments": ["Oui. Non."]}
    )
    french = evaluation.documents[1]
    assert french.untranslated == "translates Arabic only, not French"
    assert french.boundaries == Boundaries(0, 1, 0)
    assert french.scores == {"segmentation": 0}
    assert (evaluation.exit_code, evaluation.failures) == (0, ())
    assert evaluation.languages["fr"] == french.scores
    assert evaluation.scores["segmentation"] == pytest.approx(100 * 2 / 3)


def test_an_untranslated_document_has_no_rouge(evaluated: Evaluated) -> None:
    evaluation = evaluated({"lang": "fr", "text": "Oui.", "summary": "Yes."}, RIGHT)
    assert evaluation.documents[0].scores == {}
    assert evaluation.scores["rouge1"] == 100


def test_a_missing_model_and_a_bad_row_are_failures(
    evaluated: Evaluated, caplog: pytest.LogCaptureFixture
) -> None:
    missing = {"lang": "ru", "id": "c", "text": "Да."}
    with caplog.at_level(logging.ERROR):
        evaluation = evaluated("{", RIGHT, missing)
    assert evaluation.exit_code == 3
    reasons = [failure.reason for failure in evaluation.failures]
    assert reasons[0].startswith("is not JSON: ")
    assert reasons[1] == "is not here"
    assert [failure.line for failure in evaluation.failures] == [1, 3]
    told = [record.getMessage() for record in caplog.records]
    assert [one.rpartition(f": {reasons[i]}")[2] for i, one in enumerate(told)] == ["", ""]
    assert [one.id for one in evaluation.documents] == ["right", "c"]
    assert evaluated("{", RIGHT).exit_code == 1


def test_nothing_that_can_be_read(evaluated: Evaluated) -> None:
    with pytest.raises(Unreadable, match="the set: holds no document that can be read"):
        evaluated("{")


def test_what_is_kept_can_be_read_again(evaluated: Evaluated, tmp_path: Path) -> None:
    evaluation = evaluated(RIGHT, {"lang": "fr", "text": "Oui.", "segments": ["Oui."]})
    folder = tmp_path / "deep" / "out"
    write(evaluation, folder)
    assert sorted(path.name for path in folder.iterdir()) == [PAGE, EVALUATION]
    kept = load(folder / EVALUATION)
    assert kept == tuple(replace(one, scores={}) for one in evaluation.documents)
    assert "2 documents against their references" in (folder / PAGE).read_text("utf-8")


KEPT = Measured("a", "ar", None, None, "0" * 64, 1, units=(Unit(1, "s", "h", "r"),))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "schema 2, not 1"),
        ({"documents": None}, "is no evaluation"),
        ({"documents": [{}]}, "no 'units'"),
    ],
)
def test_what_is_no_evaluation(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"schema": 1, "documents": [], **change}))
    with pytest.raises(Unreadable, match=said):
        load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"id": 5},
        {"summaries": [None]},
        {"units": [{"lines": 0, "source": "", "hypothesis": "", "reference": ""}]},
        {"units": [{"lines": 1, "source": "", "hypothesis": None, "reference": ""}]},
        {"units": [{"lines": 1}]},
        {"boundaries": {"right": -1, "proposed": 0, "wanted": 0}},
        {"flags": {"parts": True}},
        {"more": 1},
    ],
)
def test_documents_that_cannot_be_computed_with(change: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    values = asdict(KEPT)
    path.write_text(json.dumps({"schema": 1, "documents": [values]}))
    assert load(path) == (KEPT,)
    path.write_text(json.dumps({"schema": 1, "documents": [values | change]}))
    with pytest.raises(Unreadable, match="is no evaluation that khulasa eval wrote"):
        load(path)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"no\.json: no such file or directory"):
        load(tmp_path / "no.json")
    (tmp_path / "a.json").write_text("[" * 100_000)
    with pytest.raises(Unreadable, match="is no evaluation"):
        load(tmp_path / "a.json")


def test_the_samples(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the real bundled models, as `khulasa eval seeds/` runs them."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    evaluation = evaluate("seeds", Cases(str(root / "seeds")), Pipeline(models="tiny"))
    assert evaluation.exit_code == 0
    assert evaluation.ignored == 2
    assert list(evaluation.languages) == ["ar", "es", "fa", "fr", "pt", "ru", "tr", "uk"]
    by_id = {one.id: one for one in evaluation.documents}
    demining = by_id["ar-demining"]
    assert len(demining.units) == 16
    assert demining.flags == Flags(16)
    quality = ("bleu", "chrf", "rouge1", "rouge2", "rougeL")
    assert [demining.scores[name] for name in quality] == [100] * 5
    assert by_id["ar-harvest"].scores["bleu"] < 10  # not of the small world
    assert sum(one.untranslated is not None for one in evaluation.documents) == 7
    assert {one.scores["segmentation"] for one in evaluation.documents} == {100}
    assert all(far.id != "ar-demining" for far in evaluation.furthest)
