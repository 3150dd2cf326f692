"""Electronic books."""

import pytest

from tests.pipeline.readers.office import BRIDGE, FILES, lines, only, packed, refusal

CONTAINER = "<container><rootfiles><rootfile full-path='in/book.opf'/></rootfiles></container>"
BOOK = """<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>The book</dc:title><dc:language>en-GB</dc:language><dc:date>2024-05-01</dc:date>
</metadata><manifest>
<item id="two" href="text/b%20c.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="../a.xhtml" media-type="application/xhtml+xml"/>
<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="pic" href="pic.svg" media-type="image/svg+xml"/>
</manifest><spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="pic"/>
<itemref idref="two" linear="no"/><itemref idref="one"/><itemref idref="lost"/></spine></package>"""
PARTS: dict[str, str | bytes] = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "in/book.opf": BOOK,
    "a.xhtml": "<html><body><h1>The Book!</h1><p>First&nbsp;part.</p></body></html>",
    "in/text/b c.xhtml": "<html><body><ul><li>One</li></ul><script>no()</script></body></html>",
    "in/nav.xhtml": "<html><body><nav><ol><li>The Book!</li></ol></nav></body></html>",
}


@pytest.mark.parametrize("lang", ["ar", "fr"])
def test_a_book_of_pandoc(lang: str) -> None:
    found = only("epub", (FILES / f"bridge.{lang}.pandoc.epub").read_bytes())
    expected = [
        line.replace("نائبه.", "نائبه.1").replace("adjointe.", "adjointe.1")
        for line in BRIDGE[lang]
    ]
    assert found.text.split("\n") == expected
    assert (found.title, found.lang) == (BRIDGE[lang][0], lang)
    assert [block.kind for block in found.blocks].count("cell") == 6


def test_chapters_in_the_order_of_reading_each_once() -> None:
    assert lines("epub", packed(PARTS)) == [
        ("The book", "heading", 1),
        ("The Book!", "heading", 1),
        ("First part.", "paragraph", 0),
        ("One", "item", 1),
    ]
    found = only("epub", packed(PARTS))
    assert (found.title, found.lang, found.time) == ("The book", "en-GB", "2024-05-01")


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        (
            "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
            "is protected against copying (DRM); get it without protection",
        ),
        ("http://www.idpf.org/2008/embedding", "is read"),
    ],
)
def test_what_is_protected(method: str, reason: str) -> None:
    said = f"<encryption><EncryptedData><EncryptionMethod Algorithm='{method}'/></EncryptedData>"
    parts = PARTS | {"META-INF/encryption.xml": f"{said}</encryption>"}
    assert refusal("epub", packed(parts)) == reason


def test_a_chapter_that_is_not_there() -> None:
    parts = {name: part for name, part in PARTS.items() if name != "a.xhtml"}
    assert refusal("epub", packed(parts)) == (
        "lacks its part 'a.xhtml'; get it again from where it came"
    )
