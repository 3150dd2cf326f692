"""OpenDocument texts, of real tools and with what real tools seldom write."""

import pytest

from tests.pipeline.readers.office import BLOCKS, BRIDGE, FILES, lines, odt, only, packed, refusal


@pytest.mark.parametrize("tool", ["pandoc", "libreoffice"])
@pytest.mark.parametrize("lang", ["ar", "fr"])
def test_files_of_real_tools(tool: str, lang: str) -> None:
    found = only("odt", (FILES / f"bridge.{lang}.{tool}.odt").read_bytes())
    assert tuple(found.text.split("\n")) == BRIDGE[lang]
    assert found.blocks == BLOCKS
    assert (found.title, found.lang) == (BRIDGE[lang][0], lang)
    assert found.time.startswith("2026-11-23T04:05:")


NOTE = (
    "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:list><text:list-item>"
    "<text:p>noted</text:p></text:list-item></text:list></text:note-body></text:note>"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<text:p>A<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d <text:span>e</text:span>"
            f"{NOTE}, f<office:annotation><text:p>unsaid</text:p></office:annotation></text:p>"
            "<text:p>g</text:p>",
            [
                ("A b c d e, f", "paragraph", 0),
                ("g", "paragraph", 0),
                ("noted", "item", 1),
            ],
        ),
        (
            "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
            '<text:h text:outline-level="3">Head</text:h>',
            [("Head", "heading", 3)],
        ),
        (
            "<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item>"
            "<text:p>two</text:p></text:list-item></text:list></text:list-item></text:list>",
            [("one", "item", 1), ("two", "item", 2)],
        ),
        (
            "<table:table><table:table-row><table:table-cell><text:p>wide</text:p></table:table-cell>"
            "<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>"
            "</table:table-row></table:table>",
            [("wide", "cell", 0)],
        ),
        (
            "<text:p>out<draw-text-box><text:p>boxed</text:p></draw-text-box>side</text:p>",
            [("outside", "paragraph", 0), ("boxed", "paragraph", 0)],
        ),
    ],
)
def test_what_stands_in_a_body(body: str, expected: list[tuple[str, str, int]]) -> None:
    assert lines("odt", odt(body)) == expected


def test_a_title_by_a_style_that_stands_on_another() -> None:
    styles = (
        "<office:automatic-styles><style:style style:name='P1' style:parent-style-name='Title'/>"
        "</office:automatic-styles>"
    )
    found = only("odt", odt("<text:p text:style-name='P1'>News</text:p><text:p>a</text:p>", styles))
    assert found.title == "News"


def test_an_encrypted_text() -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    parts: dict[str, str | bytes] = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": manifest,
        "content.xml": b"\x91\x02",
    }
    assert refusal("odt", packed(parts)) == "is encrypted; save it without a password"


def test_nesting_without_end() -> None:
    deep = odt("<text:span>" * 100_000 + "</text:span>" * 100_000)
    assert refusal("odt", deep) == "nests more than 1,000 elements in each other"
