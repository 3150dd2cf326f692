"""Web pages: what is text is read, what stands around it is not."""

import shutil
import subprocess
import unicodedata
from html import escape
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Block
from pipeline.readers.content import Content, Unreadable
from pipeline.readers.html import fragment, page, read
from tests.pipeline.readers import pages
from tests.pipeline.readers.hostile import damaged, holds

LINKS = "".join(f'<a href="/{n}">Section {n}</a><br>' for n in range(5))
FILES = [make(article).encode() for make in pages.TEMPLATES for article in pages.ARTICLES]


def lines(found: Content) -> list[tuple[str, str, int]]:
    return [
        (text, block.kind, block.level)
        for text, block in zip(found.text.split("\n"), found.blocks, strict=True)
    ]


@pytest.mark.parametrize("article", pages.ARTICLES, ids=lambda article: article.lang)
def test_an_article_without_what_stands_around_it(article: pages.Article) -> None:
    found = page(pages.modern(article))
    one, two, three, four = article.paragraphs
    assert lines(found) == [
        (article.title, "heading", 1),
        (article.caption, "paragraph", 0),
        (one, "paragraph", 0),
        (two, "paragraph", 0),
        (article.heading, "heading", 2),
        (article.items[0], "item", 1),
        (article.items[1], "item", 1),
        (three, "paragraph", 0),
        (four, "paragraph", 0),
    ]
    assert found.title == article.title
    assert found.lang == article.lang
    assert found.time == "2026-05-06T19:30:00+03:00"
    assert found.url == f"https://news.example/{article.lang}/water"


@pytest.mark.parametrize("article", pages.ARTICLES, ids=lambda article: article.lang)
def test_blocks_without_telling_names(article: pages.Article) -> None:
    found = page(pages.plain(article))
    assert found.title == article.title
    assert [text for text, _, _ in lines(found)] == [
        article.title,
        *article.paragraphs[:2],
        article.heading,
        *article.items,
        *article.paragraphs[2:],
    ]


@pytest.mark.parametrize("article", pages.ARTICLES, ids=lambda article: article.lang)
def test_a_page_laid_out_in_tables(article: pages.Article) -> None:
    text = [line for line, _, _ in lines(page(pages.tabular(article)))]
    assert text[:-1] == [article.title, *article.paragraphs, article.heading, *article.items]
    assert article.around[6] in text[-1]


def test_the_structure_of_a_document() -> None:
    found = page(
        "<html lang=fr><title>Rapport</title><h1>Rapport</h1><p>Un <b>mot</b>,<br>deux."
        "<ul><li>a<ul><li>b</ul><li>c</ul><table><caption>T</caption><tr><th>x<td>y</table>"
        "<dl><dt>terme<dd>sens</dl><pre>ligne 1\nligne 2</pre><blockquote>cité</blockquote>"
        "<h3>Fin</h3><p>Il dit <q>non</q>."
    )
    assert lines(found) == [
        ("Rapport", "heading", 1),
        ("Un mot,", "paragraph", 0),
        ("deux.", "paragraph", 0),
        ("a", "item", 1),
        ("b", "item", 2),
        ("c", "item", 1),
        ("T", "paragraph", 0),
        ("x", "cell", 0),
        ("y", "cell", 0),
        ("terme", "item", 1),
        ("sens", "item", 1),
        ("ligne 1", "paragraph", 0),
        ("ligne 2", "paragraph", 0),
        ("cité", "paragraph", 0),
        ("Fin", "heading", 3),
        ("Il dit “non”.", "paragraph", 0),
    ]
    assert found.lang == "fr"


def test_one_short_paragraph_is_read() -> None:
    found = page(f"<title>T | Site</title><nav>{LINKS}</nav><p>انقطعت المياه أمس.</p>")
    assert "انقطعت المياه أمس." in found.text.split("\n")
    assert "Section" not in found.text


def test_an_index_of_headlines_is_read() -> None:
    heads = [f"Headline number {n} about the water of the city" for n in range(5)]
    found = page("<title>Index</title>" + "".join(f"<p><a href=/{h}>{h}</a>" for h in heads))
    assert found.text.split("\n") == ["Index", *heads]


def test_a_long_page_keeps_what_the_extractor_left_out() -> None:
    text = [
        f"Sentence {n} of a story that the page tells in one paragraph each." for n in range(60)
    ]
    found = page(LINKS + "<h1>Story</h1>" + "".join(f"<div><i>{line}</i></div>" for line in text))
    assert set(text) <= set(found.text.split("\n"))


def test_the_name_of_the_site_is_not_the_title() -> None:
    text = "".join(
        f"<p>A paragraph with enough words to be prose, number {n}.</p>" for n in range(5)
    )
    found = page(
        '<title>Big story - The Daily News</title><h1><a href="/">The Daily News</a></h1>'
        f'{LINKS}<div class="site-share"><div>Big story</div>{text}</div>'
    )
    assert found.title == "Big story"
    assert len(found.text.split("\n")) == 6


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>no</script>",
        "<style>no</style>",
        "<template>no</template>",
        "<noscript>no</noscript>",
        "<p hidden>no</p>",
        '<p style="color:red; display : NONE">no</p>',
        "<svg><title>no</title><text>no</text></svg>",
        "<select><option>no</select>",
        "<!-- no -->",
        "<textarea><p>no</textarea>",
    ],
)
def test_what_no_one_sees_is_not_read(unseen: str) -> None:
    assert page(f"<p>yes{unseen}</p><p>and").text == "yes\nand"


def test_no_list_is_deeper_than_ten() -> None:
    found = page(f"<p>x{'<ul><li>' * 99}y")
    assert found.blocks[-1] == Block("item", 10)


def test_a_drawing_that_never_ends_hides_nothing_else() -> None:
    found = page("<p>yes<svg onload=x><text>no</text><p>and <b>more</b><ul><li>item</ul><svg>no")
    assert found.text == "yes\nand more\nitem"


def test_a_page_that_only_scripts_fill() -> None:
    with pytest.raises(Unreadable, match="before its scripts are run"):
        page('<title>App</title><div id="root"></div><script src="app.js"></script>')


@pytest.mark.parametrize("markup", ["", " ", "<html></html>", "<p> &nbsp; </p>"])
def test_nothing_to_read(markup: str) -> None:
    with pytest.raises(Unreadable, match="holds no text"):
        page(markup)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ufeff<p>نص".encode(), "نص"),
        ("\ufeff<p>نص".encode("utf-16-le"), "نص"),
        ("<p>نص".encode("utf-16-be"), "نص"),
        ("<meta charset=windows-1256><p>نص هنا".encode("cp1256"), "نص هنا"),
        ('<?xml version="1.0" encoding="iso-8859-6"?><p>نص</p>'.encode("iso8859-6"), "نص"),
        ("<meta charset=windows-1252><p>نص".encode(), "نص"),
        ("<meta charset=iso-8859-1><p>“x” €".encode("cp1252"), "“x” €"),
        ("<meta charset=gb2312><p>镕".encode("gb18030"), "镕"),
        ("<p>عقد المجلس اجتماعا أمس".encode("cp1256"), "عقد المجلس اجتماعا أمس"),
        ("<meta charset=punycode><p>نص عربي طويل".encode() + b"\xff", "نص عربي طويل\ufffd"),
        ("<meta charset=uu><p>نص عربي طويل".encode() + b"\xff", "نص عربي طويل\ufffd"),
        ("<meta charset=hex><p>نص عربي طويل".encode() + b"\xff", "نص عربي طويل\ufffd"),
    ],
)  # fmt: skip
def test_encodings(data: bytes, text: str) -> None:
    [found] = read(BytesIO(data))
    assert found.text == text


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example/ب?x=1", "https://a.example/ب?x=1"),
        ("javascript:alert(1)", ""),
        ("/relative", ""),
        ("https://a.example/ x", ""),
    ],
)
def test_only_addresses_of_the_web_are_kept(url: str, kept: str) -> None:
    assert page(f'<link rel=canonical href="{url}"><p>x').url == kept


def test_marks_of_direction_stay() -> None:
    assert page("<p dir=rtl>أ\u200fب\u200e \u2067x\u2069 می\u200cشود").text == (
        "أ\u200fب\u200e \u2067x\u2069 می\u200cشود"
    )


def test_xhtml_ends_elements_where_they_begin() -> None:
    found = page(
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fa"><head>'
        '<script src="a.js"/><title>ع</title></head><body><a id="x"/><p>یک<br/>دو</p></body></html>'
    )
    assert found.text == "ع\nیک\nدو"
    assert found.lang == "fa"


def test_a_fragment_is_read_as_a_whole() -> None:
    assert fragment("a<nav>b</nav><h2>c</h2>") == [
        ("a", Block()),
        ("b", Block()),
        ("c", Block("heading", 2)),
    ]
    assert fragment("") == []


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<div>" * 100_000 + "x", "nests more than 2,000 elements"),
        ("<b>x</b>" * 200_000, "more than 300,000 tags"),
        ("&amp;" * 2_000_001, "2,000,000 entities"),
        (f"<p {'a=b ' * 500}>" * 2_001 + "x", "more than 1,000,000 attributes"),
        ("\0\1\2\3" * 500, "is binary, not text"),
    ],
)
def test_hostile_pages_are_refused(markup: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        page(markup)


def test_what_is_beyond_a_tree_is_read_all_the_same() -> None:
    """A tree of libxml2 would end at a depth of 256, without a word."""
    assert page(LINKS + "<div>" * 1000 + "deep" + "</div>" * 1000 + "<p>after").text.endswith(
        "deep\nafter"
    )


def test_null_characters_do_not_end_a_page() -> None:
    assert page("<p>one\0two<p>three and what follows is long enough").text == (
        "onetwo\nthree and what follows is long enough"
    )


def test_a_very_long_line_is_cut_between_words() -> None:
    found = page("<p>" + "word " * 100_000)
    assert {word for line in found.text.split("\n") for word in line.split(" ")} == {"word"}
    assert len(found.text.split()) == 100_000


@pytest.mark.skipif(not shutil.which("pandoc"), reason="needs pandoc")
def test_a_page_by_pandoc(tmp_path: Path) -> None:
    markdown = (
        "---\ntitle: العنوان\nlang: ar\ndate: 2026-03-04\n---\n\n# قسم\n\nنص [رابط](http://x.example)"
        " وحاشية[^1].\n\n* بند\n    * داخلي\n\n| أ | ب |\n|---|---|\n| ١ | ٢ |\n\n[^1]: حاشية.\n"
    )
    out = tmp_path / "out.html"
    subprocess.run(["pandoc", "-s", "--toc", "-o", out], input=markdown, text=True, check=True)
    [found] = read(BytesIO(out.read_bytes()))
    assert lines(found) == [
        ("العنوان", "heading", 1),
        ("2026-03-04", "paragraph", 0),
        ("قسم", "heading", 1),
        ("نص رابط وحاشية1.", "paragraph", 0),
        ("بند", "item", 1),
        ("داخلي", "item", 2),
        ("أ", "cell", 0),
        ("ب", "cell", 0),
        ("١", "cell", 0),
        ("٢", "cell", 0),
        ("حاشية.", "item", 1),
    ]
    assert (found.lang, found.time) == ("ar", "2026-03-04")


@settings(max_examples=150)
@given(damaged(FILES) | st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    holds(data, "html")


@settings(max_examples=100)
@given(st.lists(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1), min_size=1))
def test_every_word_of_a_document_is_read(paragraphs: list[str]) -> None:
    words = [word for text in paragraphs for word in text.split()]
    if not words:
        return
    found = page("".join(f"<p>{escape(text)}</p>" for text in paragraphs))
    assert found.text.split() == [unicodedata.normalize("NFC", word) for word in words]


def test_pictures_within_a_page_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """As browsers save a page in one file."""
    monkeypatch.setattr("pipeline.readers.html.LARGEST_MARKUP", 1000)
    monkeypatch.setattr("pipeline.readers.html.LARGEST_PAGE", 2000)
    picture = b"<img src='data:image/png;base64," + b"iVBORw0K" * 1000 + b"'>"
    [found] = read(BytesIO(b"<p>one</p>" + picture + b"<p>two</p>"))
    assert found.text == "one\ntwo"
    for markup in (b"<p>one" * 400, "<p>الجسر".encode() * 150):
        with pytest.raises(Unreadable, match="of markup; cut it into documents"):
            list(read(BytesIO(markup)))
