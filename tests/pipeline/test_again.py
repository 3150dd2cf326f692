"""What looks wrong is decoded again, rung by rung; the best is kept and the attempt is told."""

from collections import Counter
from dataclasses import replace

import pytest

from models.engines.engine import DecodeOptions, Hypothesis
from models.model import open_translator
from pipeline.again import LADDER, Ladder
from pipeline.cache import MEMORY, Cache
from pipeline.decode import Decoder
from pipeline.document import Again, Translation
from pipeline.translate import Translator, remembered
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine

SOURCE = "افتتح الوزير جسرا جديدا في الموصل، وقال إن العمل مستمر في المدينة."
GOOD = "The minister opened a new bridge in Mosul, and said that work in the city goes on."
LOOP = "The minister opened a new " + "bridge in Mosul, a new " * 8 + "bridge."
RUNGS = tuple(rung.name for rung in LADDER)


def engine(*answers: str, halves: tuple[str, str] = ("", "")) -> ScriptedEngine:
    """Gives one answer after the other, for each source anew; `halves` for those of SOURCE."""
    seen = Counter[str]()

    def script(words: list[str]) -> Hypothesis:
        source = " ".join(words)
        text = answers[min(seen[source], len(answers) - 1)]
        if source != SOURCE and source in SOURCE:
            text = halves["جسرا" not in words]
        seen[source] += 1
        return Hypothesis(tuple(text.split()), -0.5, finished=True)

    return ScriptedEngine(script)


def ladder(engine: ScriptedEngine) -> Ladder:
    return Ladder(Decoder(scripted.model(engine), "Arab"), DecodeOptions(), "ar")


def climbed(engine: ScriptedEngine, first: str) -> Translation:
    return ladder(engine).climb({SOURCE: Translation(first, -0.1)})[SOURCE]


@pytest.mark.parametrize(
    ("first", "reasons"),
    [
        (LOOP, {"loop"}),
        ("", {"empty"}),
        (SOURCE, {"copied"}),
        ("The minister.", {"too-short"}),
        (f"The minister opened جسرا جديدا في الموصل، وقال {GOOD}", {"source-left"}),
        (" ".join(f"word{chr(97 + n % 26)}{n * n}" for n in range(120)), {"too-long"}),
        (GOOD, set()),
        (GOOD.replace("a new", "12 new"), set()),  # another search does not mend a number
    ],
)
def test_what_is_doubtful(first: str, reasons: set[str]) -> None:
    doubts = ladder(ScriptedEngine()).doubts(SOURCE, Translation(first, -0.1))
    assert reasons <= set(doubts)
    assert bool(reasons) == bool(doubts)


def test_what_the_model_does_not_know_is_not_decoded_again() -> None:
    assert ladder(ScriptedEngine()).doubts(SOURCE, Translation("", -9.0, ("unknown-tokens",))) == ()


def test_blocking_the_n_gram_mends_a_loop() -> None:
    used = engine(GOOD)
    assert climbed(used, LOOP) == Translation(
        GOOD,
        -0.5,
        ("decoded-again",),
        again=Again(("loop", "too-long"), ("no-repeat",), "no-repeat"),
    )
    [(_, options)] = used.calls
    assert options == DecodeOptions(no_repeat_ngram=3)


def test_a_wider_beam_is_tried_where_that_does_not_help() -> None:
    used = engine(LOOP, GOOD)
    made = climbed(used, LOOP)
    assert made.again == Again(("loop", "too-long"), ("no-repeat", "wider-beam"), "wider-beam")
    assert [options.beam for _, options in used.calls] == [4, 12]


def test_an_empty_hypothesis_does_not_repeat_so_nothing_is_blocked_for_it() -> None:
    made = climbed(engine(GOOD), "")
    assert made.again == Again(("empty",), ("wider-beam",), "wider-beam")


def test_the_last_rung_cuts_the_source() -> None:
    halves = ("The minister opened a new bridge in Mosul,", "and said that work goes on.")
    made = climbed(engine("", halves=halves), "")
    assert made.text == " ".join(halves)
    assert made.flags == ("split", "decoded-again")
    assert made.again == Again(("empty",), ("wider-beam", "split"), "split")


def test_what_nothing_mends_is_the_first_and_stays_flagged() -> None:
    made = climbed(engine(LOOP, halves=(LOOP, LOOP)), LOOP)
    assert made == Translation(
        LOOP, -0.1, ("decoded-again",), again=Again(("loop", "too-long"), RUNGS, "first")
    )


def test_the_lesser_evil_is_kept() -> None:
    short = "The minister."
    made = climbed(engine(short), "")
    assert (made.text, made.again) == (
        short,
        Again(("empty",), ("wider-beam", "split"), "wider-beam"),
    )


def test_what_came_out_in_the_end_is_remembered() -> None:
    used, memory = engine(LOOP, GOOD), Cache(MEMORY)
    made = Translator(scripted.model(used), "ar", "Arab", DecodeOptions(), memory)
    translations, decoded = made.translate([SOURCE])
    assert decoded == {SOURCE}
    assert (translations[SOURCE].text, translations[SOURCE].flags) == (GOOD, ("decoded-again",))
    [row] = memory.recall(made.memory_signature, [SOURCE]).values()
    assert remembered(row).again == Again(("loop", "too-long"), ("no-repeat",), "no-repeat")
    used.calls.clear()
    assert made.translate([SOURCE]) == (translations, set())
    assert used.calls == []


def test_what_looks_right_is_decoded_once() -> None:
    used = engine(GOOD)
    made = Translator(scripted.model(used), "ar", "Arab", DecodeOptions(), Cache(MEMORY))
    assert made.translate([SOURCE])[0] == {SOURCE: Translation(GOOD, -0.5)}
    assert len(used.calls) == 1


def test_doubtful_ones_are_decoded_together_when_they_fill_a_batch() -> None:
    lines = [f"{SOURCE} {number}" for number in range(30)]
    used = engine(LOOP, GOOD)
    made = Translator(scripted.model(used), "ar", "Arab", DecodeOptions(), Cache(MEMORY))
    translations, _ = made.translate(lines)
    assert {one.text for one in translations.values()} == {GOOD}
    # 48 hypotheses, four a source: twelve together, and the rest at the end.
    assert [len(batch) for batch, _ in used.calls] == [30, 12, 12, 6]


def test_a_real_model_made_to_loop_is_mended() -> None:
    """The bundled translator, its end forbidden for 60 tokens: it goes on until it may end."""
    model = open_translator("ar", "tiny")
    source = "وسمحت السلطات بعودة 613 مزارعا إلى حقولهم في محيط البصرة."
    forced = replace(model.config.decode, min_length=60, beam=1)
    [first] = model.engine.generate([model.tokenizer.encode(source)], forced)
    text = model.tokenizer.decode(first.tokens)
    made = Ladder(Decoder(model, "Arab"), model.config.decode, "ar")
    assert made.doubts(source, Translation(text, first.score))
    mended = made.climb({source: Translation(text, first.score)})[source]
    assert mended.again is not None
    assert mended.again.kept != "first"
    expected = "The authorities allowed 613 farmers to return to their fields around Basra."
    assert mended.text == expected
