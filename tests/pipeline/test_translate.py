"""Every segment gets its translation, or a flag says why not; nothing is translated twice."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engines.engine import DecodeOptions, Hypothesis
from models.model import Runtime, open_translator
from pipeline import checks
from pipeline.cache import MEMORY, Cache
from pipeline.document import Again, Translation
from pipeline.translate import Translator, pack, remembered, unpack, unsure
from tests import factory
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine, english, into_english

BRIDGE, FERRY, ROAD = "افتتح الوزير جسرا", "توقفت العبارة", "أغلق الطريق"


def engine() -> ScriptedEngine:
    return ScriptedEngine(into_english)


def translator(engine: ScriptedEngine, memory: Cache | None = None) -> Translator:
    options = DecodeOptions()
    return Translator(scripted.model(engine), "ar", "Arab", options, memory or Cache(MEMORY))


def test_every_text_is_translated_in_its_own_words() -> None:
    translations, decoded = translator(engine()).translate([BRIDGE, ROAD, BRIDGE])
    assert translations == {t: Translation(english(t), -0.5) for t in (BRIDGE, ROAD)}
    assert decoded == {BRIDGE, ROAD}


def test_nothing_to_translate() -> None:
    assert translator(engine()).translate([]) == ({}, set())


@pytest.mark.parametrize("source", ["…", "🙂", "Reuters reported", "2026", "؟!"])
def test_what_is_not_in_the_language_passes_as_it_is(source: str) -> None:
    used = engine()
    translations, _ = translator(used).translate([source, BRIDGE])
    assert translations[source] == Translation(source, None, ("untranslated",), by="source")
    assert used.sources == [BRIDGE]


def test_what_is_remembered_is_not_decoded_again() -> None:
    memory, used = Cache(MEMORY), engine()
    first, _ = translator(used, memory).translate([BRIDGE, FERRY, "…"])
    again, decoded = translator(used, memory).translate([BRIDGE, FERRY, "…"])
    assert again == first
    assert decoded == set()
    assert len(used.calls) == 1


def test_of_a_changed_document_only_the_changed_sentence_is_decoded() -> None:
    memory, used = Cache(MEMORY), engine()
    made = translator(used, memory)
    made.translate([BRIDGE, FERRY])
    used.calls.clear()
    translations, decoded = made.translate([BRIDGE, ROAD])
    assert used.sources == [ROAD]
    assert set(translations) == {BRIDGE, ROAD}
    assert decoded == {ROAD}


def test_the_same_sentence_is_decoded_once() -> None:
    used = engine()
    translator(used).translate([BRIDGE, FERRY, BRIDGE, BRIDGE])
    assert sorted(used.sources) == sorted([BRIDGE, FERRY])


def test_another_beam_decodes_again() -> None:
    memory, used = Cache(MEMORY), engine()
    model = scripted.model(used)
    Translator(model, "ar", "Arab", DecodeOptions(beam=4), memory).translate([BRIDGE])
    _, decoded = Translator(model, "ar", "Arab", DecodeOptions(beam=1), memory).translate([BRIDGE])
    assert decoded == {BRIDGE}
    assert [options.beam for _, options in used.calls] == [4, 1]


def test_the_translation_that_another_process_stored_first_is_taken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cache.sqlite'}"
    other = Cache(url)

    def script(words: list[str]) -> Hypothesis:
        # While this decodes, another process stores what it has made of the same sentence.
        rows = {BRIDGE: pack(Translation("the other's words", -0.1))}
        other.remember(made.memory_signature, rows)
        return replace(into_english(words), score=-0.2)

    made = translator(ScriptedEngine(script), Cache(url))
    translations, decoded = made.translate([BRIDGE, FERRY])
    assert translations[BRIDGE] == Translation("the other's words", -0.1)
    assert translations[FERRY] == Translation(english(FERRY), -0.2)
    assert decoded == {BRIDGE, FERRY}


def test_what_was_decoded_before_a_failure_is_remembered() -> None:
    memory = Cache(MEMORY)
    lines = [f"{word} {word}" for word in "أبجد"]  # decoded two at a time

    def script(words: list[str]) -> Hypothesis:
        if "ج" in words:
            raise KeyboardInterrupt
        return into_english(words)

    with pytest.raises(KeyboardInterrupt):
        translator(ScriptedEngine(script), memory).translate(lines)
    _, decoded = translator(engine(), memory).translate(lines)
    assert decoded == set(lines[2:])


def test_what_hears_of_a_batch_can_end_the_work() -> None:
    memory, heard = Cache(MEMORY), list[int]()

    def hear(count: int) -> None:
        heard.append(count)
        raise StopAsyncIteration

    made = replace(translator(engine(), memory), kept=hear)
    with pytest.raises(StopAsyncIteration):
        made.translate(["أ أ", "ب ب", "ج ج"])
    assert heard == [2]
    assert set(memory.recall(made.memory_signature, ["أ أ", "ب ب", "ج ج"])) == {"أ أ", "ب ب"}


def test_the_signature_names_all_that_decides() -> None:
    assert str(translator(engine()).signature) == (
        "translate:v3|model:dir:translator|weights:sha256:marian|tokens:sha256:words"
        "|engine:scripted-1|lang:ar|script:Arab|beam:4|max_length:511|min_length:0"
        f"|no_repeat_ngram:0|length_penalty:1.0|early_stopping:False|checks:v{checks.VERSION}"
    )


words = st.lists(st.text()).map(tuple)


@given(
    st.builds(
        Translation,
        st.text(),
        st.none() | st.floats(-9, 0),
        words,
        st.dictionaries(st.text(), st.text()),
        st.none() | st.builds(Again, words, words, st.text()),
    )
)
def test_a_translation_comes_back_from_its_json_form(translation: Translation) -> None:
    assert unpack(pack(translation)) == translation


def test_a_real_model_translates_every_line_of_any_length(tmp_path: Path) -> None:
    model = open_translator(
        "ar", reference=str(factory.marian(tmp_path / "m")), runtime=Runtime(self_test="skipped")
    )
    short = [line for line in factory.ARABIC.splitlines() if line]
    long = " ".join(short[:6])
    made = Translator(model, "ar", "Arab", DecodeOptions(beam=1, max_length=20), Cache(MEMORY))
    translations, _ = made.translate([*short, long])
    assert set(translations) == {*short, long}
    assert "split" in translations[long].flags
    assert all(one.text or "empty" in one.flags for one in translations.values())


def test_what_the_checks_find_is_told_but_not_remembered() -> None:
    memory = Cache(MEMORY)
    used = ScriptedEngine(lambda words: Hypothesis(("In", "2026."), -0.1, finished=True))
    made = translator(used, memory)
    translations, _ = made.translate(["في 2025."])
    assert translations["في 2025."] == Translation(
        "In 2026.", -0.1, ("number-changed",), {"number-changed": "2025 → 2026"}
    )
    rows = memory.recall(made.memory_signature, ["في 2025."])
    assert remembered(rows["في 2025."]) == Translation("In 2026.", -0.1)


def test_all_that_a_flag_was_raised_for_is_told() -> None:
    said = ("In", "2024,", "35", "of", "800", "people", "died.")
    used = ScriptedEngine(lambda words: Hypothesis(said, -0.1, finished=True))
    source = "مات عدد كبير من الناس في عام 2024."
    one = translator(used).translate([source])[0][source]
    assert one.flags == ("number-added",)
    assert one.details == {"number-added": "35, 800"}


def test_another_version_of_the_checks_decodes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, used = Cache(MEMORY), engine()
    made = translator(used, memory)
    made.translate([BRIDGE])
    before = made.signature
    monkeypatch.setattr(checks, "VERSION", 999)
    assert made.signature.changes(before) == [("checks", "v999", before.params[-1][1])]
    assert made.translate([BRIDGE])[1] == set()


def scored(*scores: float | None) -> list[Translation]:
    return [Translation(f"{number}", score) for number, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "low"),
    [
        ([-0.3, -0.4, -0.5, -0.4, -0.3, -0.5, -0.4, -2.9], [7]),
        ([-0.3, -0.4, -0.5, -0.4, -0.3, -0.5, -2.9], []),  # too few to tell
        ([-0.4] * 8 + [-0.8], []),  # not clearly
        ([-0.4] * 8 + [-0.95, None], [8]),
        ([-0.1, -0.9, -0.2, -1.8, -0.3, -1.1, -0.5, -1.5, -2.4], []),  # they are of all kinds
        ([None] * 20, []),
        ([], []),
    ],
)
def test_scores_far_below_the_others_are_noted(scores: list[float | None], low: list[int]) -> None:
    made = unsure(scored(*scores))
    assert [index for index, one in enumerate(made) if "low-score" in one.flags] == low
    assert [replace(one, flags=(), details={}) for one in made] == scored(*scores)


def test_a_low_score_says_how_low() -> None:
    [*_, last] = unsure(scored(*[-0.4] * 8, -2.0))
    assert last.details == {"low-score": "-2.00, the median is -0.40"}
