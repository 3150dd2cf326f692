"""Word files, of real tools and with what real tools seldom write."""

import io

import pytest

from tests.pipeline.readers.office import BLOCKS, BRIDGE, FILES, docx, lines, only, packed, refusal


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def par(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


@pytest.mark.parametrize("tool", ["pandoc", "libreoffice"])
@pytest.mark.parametrize("lang", ["ar", "fr"])
def test_files_of_real_tools(tool: str, lang: str) -> None:
    found = only("docx", (FILES / f"bridge.{lang}.{tool}.docx").read_bytes())
    assert tuple(found.text.split("\n")) == BRIDGE[lang]
    assert found.blocks == BLOCKS
    assert (found.title, found.lang) == (BRIDGE[lang][0], lang)
    assert found.time.startswith("2026-11-23T04:05:")


def test_a_file_of_python_docx() -> None:
    made = pytest.importorskip("docx").Document()
    made.add_heading("جسر جديد", 0)
    made.add_heading("الكلفة", 2)
    made.add_paragraph("بلغت الكلفة 3 ملايين.")
    made.add_paragraph("حافلات", style="List Bullet")
    table = made.add_table(2, 2)
    for cell, text in zip(table._cells, ("أ", "ب", "ج", "د"), strict=True):
        cell.text = text
    table.cell(0, 0).merge(table.cell(0, 1))
    made.sections[0].header.paragraphs[0].text = "وكالة"
    out = io.BytesIO()
    made.save(out)
    assert lines("docx", out.getvalue()) == [
        ("جسر جديد", "heading", 1),
        ("الكلفة", "heading", 2),
        ("بلغت الكلفة 3 ملايين.", "paragraph", 0),
        ("حافلات", "item", 1),
        *[(text, "cell", 0) for text in ("أ", "ب", "ج", "د")],
        ("وكالة", "paragraph", 0),
    ]


CHANGES = (
    run("The ")
    + "<w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
    + f"<w:ins>{run('new ')}</w:ins><w:moveFrom>{run('away ')}</w:moveFrom>"
    + f"<w:moveTo>{run('here ')}</w:moveTo>"
    + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>"
    + "<w:r><w:fldChar/><w:instrText>PAGE</w:instrText></w:r>"
    + f"<w:hyperlink>{run('bridge')}</w:hyperlink><w:r><w:br/><w:t>opens</w:t></w:r>"
    + "<w:sdt><w:sdtContent><w:r><w:tab/><w:t>today</w:t></w:r></w:sdtContent></w:sdt>"
)
BOX = (
    "<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>{0}</w:txbxContent></w:drawing>"
    "</mc:Choice><mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (par(CHANGES), [("The new here bridge opens today", "paragraph", 0)]),
        (
            par(run("Before") + BOX.format(par(run("boxed"))) + run(", after")),
            [("Before, after", "paragraph", 0), ("boxed", "paragraph", 0)],
        ),
        (
            par(run("Far"), '<w:numPr><w:ilvl w:val="2"/><w:numId w:val="4"/></w:numPr>'),
            [("Far", "item", 3)],
        ),
        (
            par(run("None"), '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'),
            [("None", "paragraph", 0)],
        ),
        (par(run("Deep"), '<w:outlineLvl w:val="3"/>'), [("Deep", "heading", 4)]),
        (
            f"<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>{par(run('in'))}</w:tc></w:tr></w:tbl>"
            f"{par(run('out'))}</w:tc></w:tr></w:tbl>{par(run('free'))}",
            [("in", "cell", 0), ("out", "cell", 0), ("free", "paragraph", 0)],
        ),
    ],
)
def test_what_stands_in_a_body(body: str, expected: list[tuple[str, str, int]]) -> None:
    assert lines("docx", docx(body)) == expected


STYLES = """<w:styles {}>
<w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:basedOn w:val="Titre1"/></w:style>
<w:style w:type="paragraph" w:styleId="Titre"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>
</w:styles>"""
RELATIONS = """<Relationships>
<Relationship Type="x/styles" Target="styles.xml"/><Relationship Type="x/endnotes" Target="e.xml"/>
<Relationship Type="x/footnotes" Target="/word/f.xml"/>
<Relationship Type="x/header" Target="h.xml"/><Relationship Type="x/footer" Target="h2.xml"/>
<Relationship Type="x/header" Target="../../../../etc/passwd"/>
</Relationships>"""


def test_styles_by_their_names_and_what_stands_around_the_body_once() -> None:
    def styled(style: str) -> str:
        return par(run(style), f'<w:pStyle w:val="{style}"/>')

    def part(text: str) -> str:
        from tests.pipeline.readers.office import WORD

        return f"<w:part {WORD}>{par(run(text))}</w:part>"

    from tests.pipeline.readers.office import WORD

    body = "".join(map(styled, ("Titre1", "Titre", "Mine", "Loop")))
    data = docx(
        body,
        **{
            "styles": STYLES.format(WORD),
            "e": part("end"),
            "f": part("foot"),
            "h": part("Agency"),
            "h2": part("Agency").replace("</w:part>", f"{par(run('12'))}</w:part>"),
            "_rels/document.xml.rels": "",
        },
    )
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {
            name: archive.read(name) for name in archive.namelist() if "_rels" not in name
        }
    found = lines("docx", packed(parts | {"word/_rels/document.xml.rels": RELATIONS}))
    assert found == [
        ("Titre", "heading", 1),
        ("Titre1", "heading", 1),
        ("Titre", "heading", 1),
        ("Mine", "heading", 1),
        ("Loop", "paragraph", 0),
        ("foot", "paragraph", 0),
        ("end", "paragraph", 0),
        ("Agency", "paragraph", 0),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(""), "holds no text"),
        (docx("<w:p>"), "holds XML that is broken; get it again from where it came"),
        (
            docx("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000),
            "nests more than 1,000 elements in each other",
        ),
        (docx("<w:p>" * 60 + "</w:p>" * 60), "nests more than 50 paragraphs in each other"),
        (
            packed({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "defines entities, which no document needs; it is not read",
        ),
        (
            docx(f'<w:p w:x="{"a" * 3_000_000}"/>'),
            "holds a tag of more than 1 MB",
        ),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    assert refusal("docx", data) == reason
