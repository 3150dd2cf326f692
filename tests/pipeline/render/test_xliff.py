"""XLIFF as translators' tools read it, with its states, notes and white space."""

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given

from models.errors import KhulasaError
from pipeline.document import Document, Record, Segment, Summary, SummarySentence, Translation
from pipeline.render.xml import possible
from tests.pipeline.render.records import record
from tests.pipeline.render.written import changed, of_pairs, pairs, said, written

Pairs = list[tuple[str, str]]

SPACE = {"x": "urn:oasis:names:tc:xliff:document:2.0"}
SCHEMAS = Path("/usr/share/php/Symfony/Component/Translation/Resources/schemas")


def parsed(*records: Record) -> Element:
    return fromstring(written("xliff", *records))


def held(pairs: Pairs) -> Pairs:
    return [(possible(source), possible(target)) for source, target in pairs]


@given(pairs)
def test_every_pair_reads_back(pairs: Pairs) -> None:
    found = [
        (segment.findtext("x:source", "", SPACE), segment.findtext("x:target", "", SPACE))
        for segment in parsed(of_pairs(pairs)).iterfind(".//x:segment", SPACE)
    ]
    assert found == held(pairs)


@given(pairs)
def test_every_pair_reads_back_in_a_translators_tool(pairs: Pairs) -> None:
    storage = pytest.importorskip("translate.storage.xliff2")
    units = storage.Xliff2File.parsestring(written("xliff", of_pairs(pairs))).units
    assert [(unit.source, unit.target) for unit in units] == held(pairs)


def two_sentences() -> Record:
    """A paragraph of two sentences, of which one is in another language."""
    text = "نعم.  Non."
    segments = (Segment(0, 0, 0, 4, "نعم."), Segment(1, 0, 6, 10, "Non.", "fr"))
    translations = (
        Translation("Yes.", -0.25, ("number-added", "quotes"), {"number-added": "<7>"}),
        Translation("Non.", None, ("no-model",), by="source"),
    )
    summary = Summary((SummarySentence("All agree.", (0, 1)),))
    document = Document("news", "ar", "", text, path="a/news.txt", url="https://example.org/?a&b")
    return Record(document, segments, translations, summary, ("tiny-models",), {})


def test_a_document() -> None:
    root = parsed(two_sentences())
    assert root.attrib == {
        "version": "2.1",
        "srcLang": "ar",
        "trgLang": "en",
        "{http://www.w3.org/XML/1998/namespace}space": "preserve",
    }
    [file] = root
    assert file.attrib == {"id": "d1", "original": "a/news.txt", "srcDir": "rtl", "trgDir": "ltr"}
    assert [
        (note.get("category"), note.text) for note in file.iterfind("x:notes/x:note", SPACE)
    ] == [
        ("id", "news"),
        ("url", "https://example.org/?a&b"),
        ("summary", "All agree. [s0] [s1]"),
        (
            "flag",
            "⚑ tiny-models: made by the bundled models, which know only the small world of the"
            " samples",
        ),
    ]


def test_a_paragraph() -> None:
    [unit] = parsed(two_sentences()).iterfind(".//x:unit", SPACE)
    parts = unit.findall("x:segment", SPACE) + unit.findall("x:ignorable", SPACE)
    assert unit.get("id") == "p0"
    assert [(part.attrib, [text.text for text in part]) for part in parts] == [
        ({"id": "s0", "state": "translated", "subState": "khulasa:flagged"}, ["نعم.", "Yes."]),
        ({"id": "s1", "state": "initial", "subState": "khulasa:flagged"}, ["Non.", "Non."]),
        ({}, ["  ", " "]),
    ]
    notes = [(note.attrib, note.text) for note in unit.iterfind("x:notes/x:note", SPACE)]
    about = {"appliesTo": "target", "category": "flag"}
    assert notes == [
        (about | {"priority": "1"}, "s0: ⚑ number-added: <7>"),
        (
            about | {"priority": "3"},
            "s0: · quotes: the source quotes, its translation does not, or half",
        ),
        ({"appliesTo": "source", "category": "language"}, "s1: in fr"),
        (
            about | {"priority": "1"},
            "s1: ⚑ no-model: in another language, for which no model is at hand: passed through",
        ),
    ]


@pytest.mark.parametrize(
    ("about", "state"),
    [
        ({}, "translated"),
        ({"by": "memory"}, "reviewed"),
        ({"by": "source", "flags": ("english",)}, "translated"),
        ({"by": "source", "flags": ("no-model",)}, "initial"),
        ({"text": "", "flags": ("empty",)}, "initial"),
    ],
)
def test_states(about: dict[str, object], state: str) -> None:
    [segment] = parsed(changed(record(["a"], ["A"]), 0, **about)).iterfind(".//x:segment", SPACE)
    assert segment.get("state") == state


def test_a_file_has_one_source_language() -> None:
    first, second = record(["a"], ["A"]), record(["b"], ["B"], name="other")
    assert [file.get("id") for file in parsed(first, second)] == ["d1", "d2"]
    with pytest.raises(KhulasaError, match="other: is in fr, what stands in the file before it in"):
        written("xliff", first, said(second, lang="fr"))


def test_it_keeps_to_the_schema() -> None:
    """The schema of the core, the same for 2.0 and 2.1, where a package of Debian brings it."""
    etree = pytest.importorskip("lxml.etree")
    if not (SCHEMAS / "xliff-core-2.0.xsd").exists():
        pytest.skip("no schema of XLIFF here")
    tree = etree.parse(SCHEMAS / "xliff-core-2.0.xsd")
    for imported in tree.iterfind("{http://www.w3.org/2001/XMLSchema}import"):
        imported.set("schemaLocation", str(SCHEMAS / "xml.xsd"))
    schema = etree.XMLSchema(tree)
    given = two_sentences()
    data = written("xliff", given, replace(given, summary=Summary()))
    schema.assertValid(etree.fromstring(data))
    assert not schema.validate(etree.fromstring(data.replace(b'id="p0"', b'id="p 0"')))
