"""Every segment gets its translation, or a flag says why not; nothing is translated twice."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engine import DecodeOptions, Hypothesis
from models.model import Runtime, open_translator
from pipeline.cache import MEMORY, Cache
from pipeline.document import Translation
from pipeline.translate import Translator, pack, unpack
from tests import factory
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine

BRIDGE, FERRY, ROAD = "افتتح الوزير جسرا", "توقفت العبارة", "أغلق الطريق"


few = settings(max_examples=25)  # each opens a database


def translator(engine: ScriptedEngine, memory: Cache | None = None, **unknown: str) -> Translator:
    model = scripted.model(engine, unknown=frozenset(unknown.values()))
    return Translator(model, "Arab", DecodeOptions(), memory or Cache(MEMORY))


def test_every_text_is_translated_in_its_own_words() -> None:
    translations, decoded = translator(ScriptedEngine()).translate(["a b ج", "د", "a b ج"])
    assert translations == {"a b ج": Translation("A B ج", -0.5), "د": Translation("د", -0.5)}
    assert decoded == {"a b ج", "د"}


def test_nothing_to_translate() -> None:
    assert translator(ScriptedEngine()).translate([]) == ({}, set())


@pytest.mark.parametrize("source", ["…", "🙂", "Reuters reported", "2026", "؟!"])
def test_what_is_not_in_the_language_passes_as_it_is(source: str) -> None:
    engine = ScriptedEngine()
    translations, _ = translator(engine).translate([source, BRIDGE])
    assert translations[source] == Translation(source, None, ("untranslated",))
    assert engine.sources == [BRIDGE]


def test_a_long_segment_is_translated_in_parts_and_joined() -> None:
    engine = ScriptedEngine(positions=5)
    source = "أ ب ج، د ه و ز ح"
    translations, _ = translator(engine).translate([source])
    assert engine.sources == ["أ ب ج،", "د ه", "و ز ح"]
    assert translations == {source: Translation(source, -0.5, ("split",))}


@few
@given(st.lists(st.sampled_from(["كلمة", "جسر،", "a", "🙂"]), min_size=1, max_size=60))
def test_no_word_is_lost_whatever_the_length(words: list[str]) -> None:
    source = " ".join(["كلمة", *words])
    translations, _ = translator(ScriptedEngine(positions=7)).translate([source])
    assert translations[source].text == source.upper()
    assert ("split" in translations[source].flags) == (len(words) > 5)


def test_a_translation_that_met_the_limit_is_flagged() -> None:
    engine = ScriptedEngine(lambda words: Hypothesis(("so", "on"), -1.0, finished=False))
    translations, _ = translator(engine).translate([BRIDGE])
    assert translations[BRIDGE] == Translation("so on", -1.0, ("unfinished",))


def test_one_unfinished_part_flags_the_whole() -> None:
    def script(words: list[str]) -> Hypothesis:
        return Hypothesis(tuple(words), -1.0, finished="ه" not in words)

    engine = ScriptedEngine(script, positions=5)
    translations, _ = translator(engine).translate(["أ ب ج، د ه"])
    assert translations["أ ب ج، د ه"].flags == ("split", "unfinished")


def test_an_empty_translation_is_flagged() -> None:
    engine = ScriptedEngine(lambda words: Hypothesis((), -3.0, finished=True))
    translations, _ = translator(engine).translate([BRIDGE])
    assert translations[BRIDGE] == Translation("", -3.0, ("empty",))


def test_unknown_tokens_are_flagged() -> None:
    made = translator(ScriptedEngine(), word="جسرا")
    translations, _ = made.translate([BRIDGE, FERRY])
    assert translations[BRIDGE].flags == ("unknown-tokens",)
    assert translations[FERRY].flags == ()


def test_the_score_is_the_mean_over_the_tokens_of_all_parts() -> None:
    def script(words: list[str]) -> Hypothesis:
        # Scores are means with the end token: three tokens at -1, five at -2.
        score, length = (-1.0, 2) if words[0] == "أ" else (-2.0, 4)
        return Hypothesis(("x",) * length, score, finished=True)

    engine = ScriptedEngine(script, positions=4)
    translations, _ = translator(engine).translate(["أ ب ج، د ه و"])
    assert translations["أ ب ج، د ه و"].score == pytest.approx(-(3 * 1 + 5 * 2) / 8)


def test_scores_are_kept_to_four_digits() -> None:
    engine = ScriptedEngine(lambda words: Hypothesis(("x",), -0.123456, finished=True))
    assert translator(engine).translate([BRIDGE])[0][BRIDGE].score == -0.1235


def test_what_is_remembered_is_not_decoded_again() -> None:
    memory, engine = Cache(MEMORY), ScriptedEngine()
    first, _ = translator(engine, memory).translate([BRIDGE, FERRY, "…"])
    again, decoded = translator(engine, memory).translate([BRIDGE, FERRY, "…"])
    assert again == first
    assert decoded == set()
    assert len(engine.calls) == 1


def test_of_a_changed_document_only_the_changed_sentence_is_decoded() -> None:
    memory, engine = Cache(MEMORY), ScriptedEngine()
    made = translator(engine, memory)
    made.translate([BRIDGE, FERRY])
    engine.calls.clear()
    translations, decoded = made.translate([BRIDGE, ROAD])
    assert engine.sources == [ROAD]
    assert set(translations) == {BRIDGE, ROAD}
    assert decoded == {ROAD}


def test_the_same_sentence_is_decoded_once() -> None:
    engine = ScriptedEngine()
    translator(engine).translate([BRIDGE, FERRY, BRIDGE, BRIDGE])
    assert sorted(engine.sources) == sorted([BRIDGE, FERRY])


def test_another_beam_decodes_again() -> None:
    memory, engine = Cache(MEMORY), ScriptedEngine()
    model = scripted.model(engine)
    Translator(model, "Arab", DecodeOptions(beam=4), memory).translate([BRIDGE])
    _, decoded = Translator(model, "Arab", DecodeOptions(beam=1), memory).translate([BRIDGE])
    assert decoded == {BRIDGE}
    assert [options.beam for _, options in engine.calls] == [4, 1]


def test_the_translation_that_another_process_stored_first_is_taken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cache.sqlite'}"
    other = Cache(url)

    def script(words: list[str]) -> Hypothesis:
        # While this decodes, another process stores what it has made of the same sentence.
        rows = {BRIDGE: pack(Translation("the other's", -0.1))}
        other.remember(made.signature, rows)
        return Hypothesis(("ours",), -0.2, finished=True)

    made = translator(ScriptedEngine(script), Cache(url))
    translations, decoded = made.translate([BRIDGE, FERRY])
    assert translations[BRIDGE] == Translation("the other's", -0.1)
    assert translations[FERRY] == Translation("ours", -0.2)
    assert decoded == {BRIDGE, FERRY}


def test_what_was_decoded_before_a_failure_is_remembered() -> None:
    memory = Cache(MEMORY)
    lines = [f"{word} {word}" for word in "أبجد"]  # decoded two at a time

    def script(words: list[str]) -> Hypothesis:
        if "ج" in words:
            raise KeyboardInterrupt
        return scripted.upper(words)

    with pytest.raises(KeyboardInterrupt):
        translator(ScriptedEngine(script), memory).translate(lines)
    _, decoded = translator(ScriptedEngine(), memory).translate(lines)
    assert decoded == set(lines[2:])


def test_what_hears_of_a_batch_can_end_the_work() -> None:
    memory, heard = Cache(MEMORY), list[int]()

    def hear(count: int) -> None:
        heard.append(count)
        raise StopAsyncIteration

    made = replace(translator(ScriptedEngine(), memory), kept=hear)
    with pytest.raises(StopAsyncIteration):
        made.translate(["أ أ", "ب ب", "ج ج"])
    assert heard == [2]
    assert set(memory.recall(made.signature, ["أ أ", "ب ب", "ج ج"])) == {"أ أ", "ب ب"}


def test_a_text_of_several_parts_waits_for_all_of_them() -> None:
    engine = ScriptedEngine(positions=4)
    long, short = "أ ب ج د ه و ز ح", "ط ي"  # three parts among six sources, two at a time
    made = translator(engine)
    translations, decoded = made.translate([long, short, "ك ل م"])
    assert translations[long].text == long
    assert translations[long].flags == ("split",)
    assert translations[short].text == short
    assert decoded == {long, short, "ك ل م"}


def test_the_signature_names_all_that_decides() -> None:
    assert str(translator(ScriptedEngine()).signature) == (
        "translate:v1|model:dir:translator|weights:sha256:marian|tokens:sha256:words"
        "|engine:scripted-1|script:Arab|beam:4|max_length:511|min_length:0|no_repeat_ngram:0"
        "|length_penalty:1.0|early_stopping:False"
    )


@given(
    st.builds(Translation, st.text(), st.none() | st.floats(-9, 0), st.lists(st.text()).map(tuple))
)
def test_a_translation_comes_back_from_its_json_form(translation: Translation) -> None:
    assert unpack(pack(translation)) == translation


def test_a_real_model_translates_every_line_of_any_length(tmp_path: Path) -> None:
    model = open_translator(
        "ar", reference=str(factory.marian(tmp_path / "m")), runtime=Runtime(self_test="skipped")
    )
    short = [line for line in factory.ARABIC.splitlines() if line]
    long = " ".join(short[:6])
    made = Translator(model, "Arab", DecodeOptions(beam=1, max_length=20), Cache(MEMORY))
    translations, _ = made.translate([*short, long])
    assert set(translations) == {*short, long}
    assert "split" in translations[long].flags
    assert all(one.text or "empty" in one.flags for one in translations.values())
