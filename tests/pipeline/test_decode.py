"""Sources through a model: cut where they must be, joined again, nothing lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.engines.engine import DecodeOptions, Hypothesis
from pipeline.decode import Decoder
from pipeline.document import Translation
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine

BRIDGE, FERRY = "افتتح الوزير جسرا", "توقفت العبارة"


def decoded(
    engine: ScriptedEngine, sources: list[str], parts: int = 1, **unknown: str
) -> dict[str, Translation]:
    """What all portions hold together."""
    decoder = Decoder(scripted.model(engine, unknown=frozenset(unknown.values())), "Arab")
    made: dict[str, Translation] = {}
    for portion in decoder.decode(sources, DecodeOptions(), parts):
        assert made.keys().isdisjoint(portion)
        made |= portion
    return made


def test_every_text_in_its_own_words() -> None:
    assert decoded(ScriptedEngine(), ["a b ج", "د"]) == {
        "a b ج": Translation("A B ج", -0.5),
        "د": Translation("د", -0.5),
    }


def test_nothing_to_decode() -> None:
    engine = ScriptedEngine()
    assert decoded(engine, []) == {}
    assert engine.calls == []


def test_a_long_segment_is_translated_in_parts_and_joined() -> None:
    engine = ScriptedEngine(positions=5)
    source = "أ ب ج، د ه و ز ح"
    assert decoded(engine, [source]) == {source: Translation(source, -0.5, ("split",))}
    assert engine.sources == ["أ ب ج،", "د ه", "و ز ح"]


@settings(max_examples=50)
@given(
    st.lists(st.sampled_from(["كلمة", "جسر،", "a", "🙂"]), min_size=1, max_size=60),
    st.integers(1, 4),
)
def test_no_word_is_lost_whatever_the_length(words: list[str], parts: int) -> None:
    source = " ".join(["كلمة", *words])
    made = decoded(ScriptedEngine(positions=7), [source], parts)[source]
    assert made.text == source.upper()
    assert ("split" in made.flags) == (len(words) > 5)


@pytest.mark.parametrize(
    ("words", "parts", "cut"),
    [
        (20, 1, ["1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"]),
        (20, 2, ["1 2 3 4 5 6 7 8 9 10 11", "12 13 14 15 16 17 18 19 20"]),
        (7, 2, ["1 2 3 4 5 6 7"]),
    ],
)
def test_a_source_is_cut_into_as_many_parts_as_are_asked_for(
    words: int, parts: int, cut: list[str]
) -> None:
    engine = ScriptedEngine()
    decoded(engine, [" ".join(str(number + 1) for number in range(words))], parts)
    assert engine.sources == cut


def test_one_unfinished_part_flags_the_whole() -> None:
    def script(words: list[str]) -> Hypothesis:
        return Hypothesis(tuple(words), -1.0, finished="ه" not in words)

    [made] = decoded(ScriptedEngine(script, positions=5), ["أ ب ج، د ه"]).values()
    assert made.flags == ("split", "unfinished")


def test_unknown_tokens_are_flagged() -> None:
    made = decoded(ScriptedEngine(), [BRIDGE, FERRY], word="جسرا")
    assert (made[BRIDGE].flags, made[FERRY].flags) == (("unknown-tokens",), ())


def test_the_score_is_the_mean_over_the_tokens_of_all_parts() -> None:
    def script(words: list[str]) -> Hypothesis:
        # Scores are means with the end token: three tokens at -1, five at -2.
        score, length = (-1.0, 2) if words[0] == "أ" else (-2.0, 4)
        return Hypothesis(("x",) * length, score, finished=True)

    [made] = decoded(ScriptedEngine(script, positions=4), ["أ ب ج، د ه و"]).values()
    assert made.score == pytest.approx(-(3 * 1 + 5 * 2) / 8)


def test_scores_are_kept_to_four_digits() -> None:
    engine = ScriptedEngine(lambda words: Hypothesis(("x",), -0.123456, finished=True))
    assert decoded(engine, [BRIDGE])[BRIDGE].score == -0.1235


def test_a_text_of_several_parts_waits_for_all_of_them() -> None:
    engine = ScriptedEngine(positions=4)
    long, short = "أ ب ج د ه و ز ح", "ط ي"  # three parts among six sources, two at a time
    made = decoded(engine, [long, short, "ك ل م"])
    assert made[long] == Translation(long, -0.5, ("split",))
    assert made[short].text == short
    assert set(made) == {long, short, "ك ل م"}
