"""A translation memory reads back as it was, by us and by translators' tools."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given

from pipeline import tmx
from pipeline.render.tmx import units_to
from pipeline.render.xml import possible
from tests.pipeline.render.records import record
from tests.pipeline.render.written import changed, of_pairs, pairs, written

Pairs = list[tuple[str, str]]

HEAD = (
    '<header creationtool="khulasa" creationtoolversion="0.1.0" segtype="sentence" o-tmf="khulasa"'
    ' adminlang="en" srclang="*all*" datatype="plaintext"/>'
)


def read(data: bytes) -> Pairs:
    return [tuple(text for _, text in unit.texts) for unit in tmx.units(BytesIO(data))]  # type: ignore[misc]


def held(pairs: Pairs) -> Pairs:
    return [(possible(source), possible(target)) for source, target in pairs if target.strip()]


@given(pairs)
def test_every_pair_reads_back(pairs: Pairs) -> None:
    data = written("tmx", of_pairs([*pairs, ("نعم", "Yes")]))
    assert read(data) == held([*pairs, ("نعم", "Yes")])


@given(pairs)
def test_every_pair_reads_back_in_a_translators_tool(pairs: Pairs) -> None:
    storage = pytest.importorskip("translate.storage.tmx")
    units = storage.tmxfile.parsestring(written("tmx", of_pairs(pairs))).units
    assert [(unit.source, unit.target) for unit in units] == held(pairs)


def test_a_unit() -> None:
    given = record(["كتب <1>"], ["He wrote & left"], flags=(("quotes", "number-missing"),))
    given = changed(given, 0, details={"number-missing": "1"})
    text = written("tmx", given).decode()
    assert HEAD in text
    assert (
        '<tu srclang="ar" creationid="khulasa">\n'
        '<prop type="x-document">news</prop>\n'
        '<prop type="x-segment">0</prop>\n'
        '<prop type="x-by">model</prop>\n'
        '<prop type="x-score">-0.5000</prop>\n'
        '<prop type="x-flags">quotes number-missing</prop>\n'
        '<prop type="x-flag-number-missing">1</prop>\n'
    ) in text
    assert (
        '<tuv xml:lang="ar"><seg>كتب &lt;1&gt;</seg></tuv>\n'
        '<tuv xml:lang="en"><seg>He wrote &amp; left</seg></tuv>\n'
        "</tu>\n"
    ) in text


def test_languages_of_segments_and_documents() -> None:
    first, second = record(["Oui"], ["Yes"], lang="fr"), record(["Да"], ["Yes"], lang="ru")
    units = list(tmx.units(BytesIO(written("tmx", first, second))))
    assert [unit.texts[0] for unit in units] == [("fr", "Oui"), ("ru", "Да")]


def test_a_memory_holds_translations_alone_and_says_what_it_leaves_out() -> None:
    given = changed(record(["a", "Yes", "b", "c"], ["A", "Yes", " ", "c"]), 1, by="source")
    text = written("tmx", changed(given, 3, by="source"))
    assert read(text) == [("a", "A")]
    assert b"<!-- left out: 2 segments passed through untranslated -->\n" in text
    assert b"<!-- left out: 1 segment without a translation -->\n" in text
    assert b"left out" not in written("tmx", record(["a"], ["A"]))


def test_what_a_person_made_is_nobody_elses() -> None:
    text = written("tmx", changed(record(["a"], ["A"]), 0, by="memory", score=None)).decode()
    assert '<tu srclang="ar" changeid="memory">' in text
    assert "creationid" not in text.partition("<body>")[2]
    assert "x-score" not in text


def test_units_of_anyone() -> None:
    out = BytesIO()
    with units_to(out) as write:
        write("Oui", "Yes", "fr-CA", {"made": 'by "me" & you'})
    [unit] = tmx.units(BytesIO(out.getvalue()))
    assert unit.texts == (("fr-CA", "Oui"), ("en", "Yes"))
    assert b'<prop type="x-made">by "me" &amp; you</prop>' in out.getvalue()


def test_what_was_interrupted_has_no_end() -> None:
    out = BytesIO()
    with suppress(KeyboardInterrupt), units_to(out) as write:
        write("Oui", "Yes", "fr", {})
        raise KeyboardInterrupt
    assert b"Yes" in out.getvalue()
    assert b"</tmx>" not in out.getvalue()
