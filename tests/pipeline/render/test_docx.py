"""A document for Word: its table reads back, its text runs as its languages do."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import pytest
from hypothesis import given

from pipeline.document import Block, SummarySentence
from pipeline.render import docx
from pipeline.render.docx_parts import WORD
from pipeline.render.xml import possible
from tests.pipeline.render.records import record
from tests.pipeline.render.written import changed, of_pairs, pairs, said, written

SPACE = {"w": WORD}
NAME = f"{{{WORD}}}"


def opened(data: bytes) -> Any:
    return pytest.importorskip("docx").Document(BytesIO(data))


def rows(data: bytes) -> list[list[Any]]:
    """The paragraphs of the cells below the header, row by row."""
    return [
        [cell.paragraphs for cell in row.cells]
        for table in opened(data).tables
        for row in table.rows[1:]
    ]


def text_of(data: bytes) -> Any:
    with ZipFile(BytesIO(data)) as file:
        return fromstring(file.read("word/document.xml"))


@given(pairs)
def test_every_pair_reads_back(pairs: list[tuple[str, str]]) -> None:
    found = [
        (source[0].text, target[0].text)
        for _, source, target in rows(written("docx", of_pairs(pairs)))
    ]
    assert found == [(possible(source), possible(target)) for source, target in pairs]


def test_what_stands_above_and_below_the_table() -> None:
    sentences = (SummarySentence("All agree.", (1, 0)), SummarySentence("?", (), ("weak-support",)))
    given = record(["عنوان", "نعم"], ["Title", "Yes"], sentences, title="عنوان")
    given = said(given, time="2026-11-23", url="https://example.org")
    document = opened(written("docx", given))
    assert [(one.style.name, one.text) for one in document.paragraphs] == [
        ("Title", "عنوان"),
        ("Title", "Title"),
        ("Subtitle", "news  ·  Arabic → English  ·  2026-11-23  ·  https://example.org"),
        ("Heading 1", "Summary"),
        ("Normal", "All agree. [2] [1]"),
        ("Normal", "?"),
        ("Flag", "⚑ weak-support"),
        ("Heading 1", "Translation"),
        ("Note", ""),
        ("Flag", "⚑ weak-support: no sentence of the document says most of this"),
        ("Note", "translate: translate:v1|model:a/b@1|beam:4"),
        ("Note", "summarize: summarize:v1|model:c/d@2"),
    ]
    assert (document.core_properties.title, document.core_properties.author) == ("Title", "khulasa")


def test_a_row() -> None:
    given = record(["أ", "ب"], ["A", "B"], flags=(("quotes", "number-missing"),))
    given = changed(given, 0, details={"number-missing": "7"})
    given = said(changed(given, 1, by="memory"), blocks=(Block("heading", 1), Block()))
    [[number, source, target], second] = rows(written("docx", given))
    styled = [(one.style.name, one.text) for one in (*number, *source, *target, *second[2])]
    assert styled == [
        ("Number", "1"),
        ("Cell Heading", "أ"),
        ("Cell Heading", "A"),
        ("Note", "· quotes"),
        ("Flag", "⚑ number-missing: 7"),
        ("Cell", "B"),
        ("Note", "by a person"),
    ]


def test_many_rows_are_several_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "ROWS", 2)
    data = written("docx", record(list("abcde"), list("ABCDE")))
    tables = opened(data).tables
    assert [[cell.text for cell in row.cells] for table in tables for row in table.rows] == [
        *(["", "Arabic", "English"], ["1", "a", "A"], ["2", "b", "B"]),
        *(["", "Arabic", "English"], ["3", "c", "C"], ["4", "d", "D"]),
        *(["", "Arabic", "English"], ["5", "e", "E"]),
    ]


def test_our_reader_reads_it_back() -> None:
    read = pytest.importorskip("pipeline.readers.docx").read
    [found] = read(BytesIO(written("docx", record(["نعم.", "لا."], ["Yes.", "No."]))))
    cells = [
        line
        for line, block in zip(found.text.split("\n"), found.blocks, strict=True)
        if block.kind == "cell"
    ]
    assert cells == ["Arabic", "English", "1", "نعم.", "Yes.", "2", "لا.", "No."]


def test_the_header_stands_on_every_page() -> None:
    row = text_of(written("docx", record(["أ"], ["A"]))).find(".//w:tr", SPACE)
    assert row.find("w:trPr/w:tblHeader", SPACE) is not None
    assert [text.text for text in row.iterfind(".//w:t", SPACE)] == ["Arabic", "English"]


@pytest.mark.parametrize(
    ("about", "turned", "codes"),
    [
        ({}, (True, False), ("ar", "en")),
        ({"by": "source"}, (True, True), ("ar", "ar")),
    ],
)
def test_text_runs_as_its_language_does(
    about: dict[str, Any], turned: tuple[bool, bool], codes: tuple[str, str]
) -> None:
    data = written("docx", changed(record(["نعم (yes)"], ["Yes"]), 0, **about))
    cells = text_of(data).findall(".//w:tr", SPACE)[1].findall("w:tc/w:p", SPACE)[1:]
    assert tuple(cell.find("w:pPr/w:bidi", SPACE) is not None for cell in cells) == turned
    assert tuple(cell.find("w:r/w:rPr/w:rtl", SPACE) is not None for cell in cells) == turned
    langs = [cell.find("w:r/w:rPr/w:lang", SPACE) for cell in cells]
    assert tuple(lang.get(f"{NAME}bidi") for lang in langs) == codes


def test_evidence_leads_to_its_row() -> None:
    given = record(["أ", "ب"], ["A", "B"], (SummarySentence("All agree.", (1,)),))
    root = text_of(written("docx", given, said(given, id="other")))
    links = [link.get(f"{NAME}anchor") for link in root.iterfind(".//w:hyperlink", SPACE)]
    marks = [
        (mark.get(f"{NAME}name"), mark.get(f"{NAME}id"))
        for mark in root.iterfind(".//w:bookmarkStart", SPACE)
    ]
    assert links == ["d1s1", "d2s1"]
    assert [name for name, _ in marks] == ["d1s0", "d1s1", "d2s0", "d2s1"]
    assert len({number for _, number in marks}) == 4


def test_equal_records_make_equal_files() -> None:
    given = record(["أ"], ["A"])
    assert written("docx", given) == written("docx", given)


def test_libreoffice_opens_it(tmp_path: Path) -> None:
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if not office or not reader:
        pytest.skip("no LibreOffice here")
    path = tmp_path / "a.docx"
    path.write_bytes(
        written("docx", record(["أعلنت الوزارة"] * 60, ["The ministry announced"] * 60))
    )
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [
        office,
        home,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    made = subprocess.run(
        [reader, str(path.with_suffix(".pdf")), "-"], check=True, capture_output=True, text=True
    )
    pages = made.stdout.split("\f")[:-1]
    assert len(pages) > 1
    assert all("Arabic" in page and "English" in page for page in pages[:-1])
    assert made.stdout.count("The ministry announced") == 60
