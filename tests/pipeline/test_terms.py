"""A glossary's terms stand where a translation lacked them, or a flag says which it lacks."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.model import Model, open_translator
from pipeline.cache import MEMORY, Cache
from pipeline.document import Again, Translation
from pipeline.glossary import Glossary, Term
from pipeline.translate import Translator, unsure
from tests.pipeline import scripted
from tests.pipeline.scripted import ScriptedEngine, english, into_english

MINES = (
    "أزال فريق من 45 خبيرا 1,240 لغما من الأراضي الزراعية شمال البصرة، حسبما ذكر المركز الوطني "
    "لإزالة الألغام يوم الثلاثاء."
)
RETURN = "وسمحت السلطات بعودة 613 مزارعا إلى حقولهم في محيط البصرة."
USUAL = (
    "A team of 45 experts removed 1,240 mines from farmland north of Basra, the National Demining "
    "Center said on Tuesday."
)
BASRA = Term("البصرة", "Al Basrah")
LANDMINES = Term("لغما", "landmines")


@pytest.fixture(scope="module")
def tiny() -> Model:
    return open_translator("ar", "tiny")


def translator(model: Model, *terms: Term, memory: Cache | None = None) -> Translator:
    options = model.config.decode
    glossary = Glossary(terms) if terms else None
    return Translator(model, "ar", "Arab", options, memory or Cache(MEMORY), glossary)


def test_the_bundled_model_writes_the_terms_and_the_rest_as_before(tiny: Model) -> None:
    plain, _ = translator(tiny).translate([MINES])
    assert plain[MINES].text == USUAL
    made, decoded = translator(tiny, BASRA, LANDMINES).translate([MINES])
    assert made[MINES].text == USUAL.replace("mines", "landmines").replace("Basra", "Al Basrah")
    assert made[MINES].flags == ("decoded-again",)
    assert made[MINES].again == Again(("glossary",), ("term",), "term")
    assert decoded == {MINES}


def test_only_what_lacks_a_term_is_decoded_again_and_that_is_remembered(tiny: Model) -> None:
    memory = Cache(MEMORY)
    translator(tiny, memory=memory).translate([MINES, RETURN])
    wanted = translator(tiny, LANDMINES, memory=memory)
    made, decoded = wanted.translate([MINES, RETURN])
    assert decoded == {MINES}
    assert made[RETURN].again is None
    assert wanted.translate([MINES, RETURN]) == (made, set())
    # Without the glossary the sentence is what it was.
    assert translator(tiny, memory=memory).translate([MINES])[0][MINES].text == USUAL


def test_a_term_that_is_there_costs_nothing(tiny: Model) -> None:
    memory = Cache(MEMORY)
    plain, _ = translator(tiny, memory=memory).translate([MINES])
    made, decoded = translator(tiny, Term("لغما", "mine"), memory=memory).translate([MINES])
    assert (made, decoded) == (plain, set())


def test_a_term_that_the_model_does_not_let_in_is_flagged() -> None:
    """The double finds every word of its own likely and no other: nothing gives way."""
    model = scripted.model(ScriptedEngine(into_english))
    source = "افتتح الوزير جسرا"
    made, _ = translator(model, Term("الوزير", "secretary")).translate([source])
    assert made[source] == Translation(
        english(source),
        -0.5,
        ("decoded-again", "glossary"),
        {"glossary": "الوزير: secretary"},
        Again(("glossary",), ("term",), "first"),
    )


def test_the_glossary_is_part_of_the_signature(tiny: Model) -> None:
    plain, one, other = (
        translator(tiny, *terms).signature for terms in ((), (BASRA,), (BASRA, LANDMINES))
    )
    [(name, absent, there)] = plain.changes(one)
    assert (name, absent) == ("glossary", "-")
    assert there.startswith("v")
    assert [change[0] for change in one.changes(other)] == ["glossary"]
    assert translator(tiny, LANDMINES, BASRA).signature == other


def test_what_has_a_term_is_not_called_unlikely() -> None:
    usual = [Translation(f"{number}", -0.3) for number in range(9)]
    forced = Translation("Al Basrah", -5.0, again=Again(("glossary",), ("term",), "term"))
    assert unsure([*usual, forced]) == [*usual, forced]
    low = replace(forced, again=None)
    assert unsure([*usual, low])[-1].flags == ("low-score",)


def test_from_a_file_through_the_pipeline(tmp_path: Path) -> None:
    from pipeline.document import Document
    from pipeline.flow import Pipeline

    path = tmp_path / "terms.tsv"
    path.write_text("source\tenglish\nالبصرة\tAl Basrah\n", encoding="utf-8")
    pipeline = Pipeline("tiny", glossary=Glossary.read(path))
    [record] = pipeline.run([Document("a", "ar", "", f"{MINES}\n{RETURN}")])
    assert all("Al Basrah" in one.text for one in record.translations)
    assert "|glossary:v" in record.stages["translate"].signature
