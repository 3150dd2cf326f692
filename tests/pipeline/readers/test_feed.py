"""RSS and Atom: every entry a document."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.readers.content import Content, Unreadable
from pipeline.readers.feed import read
from tests.pipeline.readers.hostile import damaged, holds

RSS = """<?xml version="1.0" encoding="UTF-8"?><!-- by hand --><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>أخبار</title><language>ar</language>
<item><title>خبر &amp;quot;أول&amp;quot;</title><link>https://n.example/1</link>
<guid isPermaLink="false">n-1</guid><pubDate>Wed, 06 May 2026 19:30:00 +0300</pubDate>
<description>ملخص</description><content:encoded><![CDATA[<p>فقرة <b>أولى</b>.</p><h3>عنوان</h3>
<ul><li>بند</li></ul><table><tr><td>أ</td><td>ب</td></tr></table><script>no()</script>]]>
</content:encoded></item>
<item><title>عنوان وحده</title><link>javascript:alert(1)</link></item>
<item><guid>x</guid></item>
<item><description>نص بلا عنوان</description><dc:date>2026-05-07T10:00:00Z</dc:date></item>
</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fa">
<title>f</title><entry><id>urn:1</id><title type="html">عنوان &lt;b&gt;یک&lt;/b&gt;</title>
<updated>2026-05-06T10:00:00+03:30</updated><link rel="alternate" href="https://a.example/1"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>می‌شود</p><p>دو</p></div></content>
</entry><entry xml:lang="ar"><id>urn:2</id><title>نص</title><summary type="text">a &lt; b سطر
آخر</summary></entry></feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="http://x.example"><title>c</title></channel><item rdf:about="http://x.example/1">
<title>标题</title><link>http://x.example/1</link><description>正文。</description>
<dc:date>2026-01-02T03:04:05+08:00</dc:date></item></rdf:RDF>"""


def each(data: str | bytes) -> list[Content | Unreadable]:
    return list(read(BytesIO(data.encode() if isinstance(data, str) else data)))


def lines(found: Content | Unreadable) -> list[tuple[str, str, int]]:
    assert isinstance(found, Content)
    pairs = zip(found.text.split("\n"), found.blocks, strict=True)
    return [(text, block.kind, block.level) for text, block in pairs]


def test_rss() -> None:
    full, bare, empty, untitled = each(RSS)
    assert lines(full) == [
        ('خبر "أول"', "heading", 1),
        ("فقرة أولى.", "paragraph", 0),
        ("عنوان", "heading", 3),
        ("بند", "item", 1),
        ("أ", "cell", 0),
        ("ب", "cell", 0),
    ]
    assert isinstance(full, Content)
    assert (full.title, full.lang, full.id) == ('خبر "أول"', "ar", "n-1")
    assert (full.url, full.time) == ("https://n.example/1", "2026-05-06T16:30:00Z")
    assert isinstance(bare, Content)
    assert (bare.text, bare.url) == ("عنوان وحده", "")
    assert isinstance(empty, Unreadable)
    assert empty.reason == "entry 3 holds no text"
    assert isinstance(untitled, Content)
    assert (untitled.title, untitled.text) == ("", "نص بلا عنوان")
    assert untitled.time == "2026-05-07T10:00:00Z"


def test_atom() -> None:
    markup, plain = each(ATOM)
    assert lines(markup) == [
        ("عنوان یک", "heading", 1),
        ("می‌شود", "paragraph", 0),
        ("دو", "paragraph", 0),
    ]
    assert isinstance(markup, Content)
    assert (markup.lang, markup.time) == ("fa", "2026-05-06T06:30:00Z")
    assert (markup.id, markup.url) == ("urn:1", "https://a.example/1")
    assert isinstance(plain, Content)
    assert plain.text == "نص\na < b سطر\nآخر"
    assert plain.lang == "ar"


def test_rss_1() -> None:
    [found] = each(RDF)
    assert isinstance(found, Content)
    assert found.text == "标题\n正文。"
    assert (found.id, found.url) == ("http://x.example/1", "http://x.example/1")
    assert found.time == "2026-01-01T19:04:05Z"


def test_a_feed_in_windows_1256() -> None:
    data = RSS.replace("UTF-8", "windows-1256").encode("cp1256")
    assert [found.text for found in each(data) if isinstance(found, Content)] == [
        found.text for found in each(RSS) if isinstance(found, Content)
    ]


def test_what_is_no_xml_is_read_as_far_as_it_goes() -> None:
    items = "<item><title>A & B</title><description>x &nbsp; y</description><p>"
    [found] = each(f"<rss version=2.0><channel>{items}</channel></rss>")
    assert isinstance(found, Content)
    assert found.text == "A & B\nx y"


def test_a_feed_that_is_cut_off_says_so() -> None:
    feed = read(BytesIO(RSS.partition("<item><title>عنوان وحده")[0].encode()))
    found = next(feed)
    assert isinstance(found, Content)
    assert found.id == "n-1"
    with pytest.raises(Unreadable, match="is cut off"):
        next(feed)


def test_much_space_takes_no_time() -> None:
    """A pattern that looks for its beginning everywhere would take an hour for this."""
    item = f"<item><title>{' ' * 2_000_000}x</title></item>"
    [found] = each(f"<rss version='2.0'><channel>{item}</channel></rss>")
    assert isinstance(found, Content)
    assert found.text == "x"


def test_a_page_with_the_wrong_ending() -> None:
    [found] = each(
        '<?xml version="1.0"?><html><head><title>T</title></head><body><p>x</p></body></html>'
    )
    assert isinstance(found, Content)
    assert found.text == "T\nx"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "is not XML, or has nothing in it"),
        ("some words", "is not XML, or has nothing in it"),
        (
            '<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx/>',
            "its first element is tmx",
        ),
        ('<rss version="2.0"><channel/></rss>', "is a feed without entries"),
        (
            '<!DOCTYPE rss [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><rss><channel><item><title>&b;'
            "</title></item></channel></rss>",
            "declares entities",
        ),
        (
            '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;'
            "</title></item></channel></rss>",
            "declares entities",
        ),
        ("<rss>" + "<item/>" * 20_001 + "</rss>", "more than 20,000 entries"),
        ("<rss>" + "x" * (16 * 2**20), "is larger than 16 MB"),
        ("<rss>" + "&" * 2_000_001, "more than 2,000,000 entities"),
    ],
)
def test_what_is_refused(data: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        each(data)


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    data = RSS.replace("<!-- by hand -->", '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">')
    assert len(each(data)) == 4


@settings(max_examples=200)
@given(damaged([RSS.encode(), ATOM.encode(), RDF.encode()]) | st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    holds(data, "rss")


@pytest.mark.parametrize("half", ["&#xD800;", "&#x0dfff;", "&#55296;", "&#57343;"])
def test_a_half_character_damages_nothing_else(half: str) -> None:
    items = "".join(
        f"<item><title>{title}</title><description>words</description></item>"
        for title in ("one", f"two {half} half", "&#57344;&#xe000;")
    )
    data = f"<?xml version='1.0'?><rss version='2.0'><channel>{items}</channel></rss>".encode()
    texts = [found.text for found in read(BytesIO(data)) if isinstance(found, Content)]
    assert texts == ["one\nwords", "two \ufffd half\nwords", "\ue000\ue000\nwords"]
