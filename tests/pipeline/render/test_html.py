"""The page to read: what it says and how it is built. What it does: test_html_in_browser.py."""

import gc
import tracemalloc
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Record, Segment, Summary, SummarySentence
from pipeline.flags import FLAGS
from pipeline.harmless import visible
from pipeline.render import opened
from tests.pipeline.render.pages import HOSTILE, SHOWN, Words
from tests.pipeline.render.readings import TITLE, hostile, lines, long, page, trucks
from tests.pipeline.render.records import record

Attributes = dict[str, str | None]


class Texts(HTMLParser):
    """The elements whose words are of the document: (tag, attributes, words)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes, str]] = []
        self._open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self._open = "text" in (attributes.get("class") or "").split()
        if self._open:
            self.found.append((tag, attributes, ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            tag, attributes, words = self.found[-1]
            self.found[-1] = (tag, attributes, words + data)

    def of(self, name: str) -> list[tuple[str, Attributes, str]]:
        return [one for one in self.found if name in str(one[1]["class"]).split()]


def elements(text: str, name: str) -> list[tuple[str, Attributes]]:
    """The elements of a class."""
    found = Words(text).elements
    return [one for one in found if name in (one[1].get("class") or "").split()]


def test_a_person_reads_both_languages_and_what_is_known() -> None:
    words = Words(page(trucks())).words
    for said in (
        "Khulasa · Trucks carry 1,240 tents",
        f"{TITLE[1]} {TITLE[0]}",
        "Arabic · 2026-11-20 · 8 segments · in/trucks.html",
        "Address https://example.org/ar?id=4",
        "Arabic ar, recognised with a score of 0.97",
        "Translate 1.2 s · translate v1 · model a/b@1 · beam 4",
        f"⚑ unsure-language: {FLAGS['unsure-language'].meaning}.",
        f"· attachments {FLAGS['attachments'].meaning}",
        "Trucks carried 1,240 tents to a camp. 1 2",
        "They said thanks. 8 ⚑ weak-support",
        f"⚑ number-changed {FLAGS['number-changed'].meaning} 1,240 → 1,420",
        "✎ a person's translation",
        "= as in the source",
        "at first loop; tried no-repeat, beam; kept beam",
        "8 1:02–1:04",
    ):
        assert said in words


def test_segments_stand_beside_each_other_as_what_they_are() -> None:
    read = Texts(page(trucks()))
    sources, targets = read.of("source"), read.of("english")
    assert [one[0] for one in sources] == ["h3", "p", "h4", "p", "p", "p", "p", "p"]
    assert [one[0] for one in targets] == [one[0] for one in sources]
    assert [one[2] for one in sources] == [one.text for one in trucks().segments]
    assert [one[2] for one in targets] == [one.text for one in trucks().translations]
    kinds = [
        (tag, attributes.get("aria-label"))
        for tag, attributes in Words(page(trucks())).elements
        if tag == "ul"
    ]
    assert kinds == [("ul", None), ("ul", "Cells of a table")]
    assert [one[1]["class"] for one in elements(page(trucks()), "item")] == [
        "item level-1",
        "item level-2",
    ]


@pytest.mark.parametrize(
    ("lang", "direction"),
    [("ar", "rtl"), ("he", "rtl"), ("ur", "rtl"), ("ckb", "rtl"), ("ru", "ltr"), ("xx", "auto")],
)
def test_each_language_has_its_direction(lang: str, direction: str) -> None:
    read = Texts(page(record(["a"], ["b"], lang=lang)))
    [(_, source, _)], [(_, target, _)] = read.of("source"), read.of("english")
    assert (source["lang"], source["dir"]) == (lang, direction)
    assert (target["lang"], target["dir"]) == ("en", "ltr")


def test_a_segment_in_another_language_says_so_in_both_columns_where_it_passed_through() -> None:
    plain = record(["سلام", "שלום"], ["Peace", "שלום"])
    mixed = replace(
        plain,
        segments=(plain.segments[0], replace(plain.segments[1], lang="he")),
        translations=(plain.translations[0], replace(plain.translations[1], by="source")),
    )
    read = Texts(page(mixed))
    assert [one[1]["lang"] for one in read.of("source")] == ["ar", "he"]
    assert [(one[1]["lang"], one[1]["dir"]) for one in read.of("english")] == [
        ("en", "ltr"),
        ("he", "rtl"),
    ]


def test_evidence_is_linked_to_what_is_there() -> None:
    read = Words(page(trucks(), trucks()))
    ids = {attributes["id"] for _, attributes in read.elements if attributes.get("id")}
    links = [str(attributes["href"]) for tag, attributes in read.elements if tag == "a"]
    inside = [link for link in links if link.startswith("#")]
    assert inside.count("#d1-2") == inside.count("#d2-2") == 1
    assert {link[1:] for link in inside} <= ids


def test_several_documents_have_a_table_of_contents() -> None:
    several = page(trucks(), record(["a"], ["b"], name="second"), trucks())
    assert "3 documents" in Words(several).words
    contents = [one[1]["href"] for one in Words(several).elements if one[0] == "a"]
    assert contents[0] == "#contents"
    assert contents[-3:] == ["#d1", "#d2", "#d3"]
    assert "#contents" not in page(trucks())


@pytest.mark.parametrize(
    ("one", "said"),
    [
        ((), "There are no documents in this file."),
        ((record(["a"], ["b"]),), "There is no summary."),
        ((record([], []),), "The document holds no words."),
    ],
)
def test_what_is_empty_says_so(one: tuple[Record, ...], said: str) -> None:
    assert said in Words(page(*one)).words


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://example.org/ä?q=1&b=2#x", "https://example.org/%C3%A4?q=1&b=2#x"),
        ("HTTP://example.org/a b", "HTTP://example.org/a%20b"),
        ("http://example.org/\u202egpj.exe", "http://example.org/%E2%80%AEgpj.exe"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,<script>alert(1)</script>", None),
        ("file:///etc/passwd", None),
        ("//example.org", None),
        ("https:example.org", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_only_addresses_of_the_web_are_links(url: str, href: str | None) -> None:
    one = record(["a"], ["b"])
    one = replace(one, document=replace(one.document, url=url))
    links = [attributes for tag, attributes in Words(page(one)).elements if tag == "a"]
    assert [link["href"] for link in links] == ([href] if href else [])
    assert all(link["rel"] == "noreferrer noopener" for link in links)
    assert visible(url) in Words(page(one)).words


def test_what_others_wrote_is_text_and_nothing_else() -> None:
    text = page(hostile(), hostile())
    read = Words(text)
    assert read.words.count(SHOWN) >= 30
    assert "\u202e" not in text
    assert "49" not in read.words
    tags = [tag for tag, _ in read.elements]
    assert tags.count("script") == 1
    assert not set(tags) & {"img", "iframe", "link", "object", "base"}
    for _, attributes in read.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert not attributes.keys() & {"src", "action"}
        assert str(attributes.get("href", "#")).startswith("#")


@given(st.text(), st.text())
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_as_it_stands(source: str, target: str) -> None:
    one = record([source], [target], (SummarySentence(target, (0,)),), title=source, lang="xx")
    read = Texts(page(one))
    [(_, _, left)], [(_, _, right)] = read.of("source"), read.of("english")
    assert left == visible(" ".join(source.split()))
    assert right == visible(" ".join(target.split()))


def test_only_titles_are_kept_of_what_is_written() -> None:
    class Nowhere(BytesIO):
        def write(self, data: object) -> int:
            return 0

    one = long(300)
    with opened("html", Nowhere()) as write:
        tracemalloc.start()
        for _ in range(5):
            write(one)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(10):
            write(one)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    assert grown < 50_000  # a record of these is 150,000 bytes on the page


def test_a_long_document_is_written_piece_by_piece() -> None:
    sizes: list[int] = []

    class Pieces(BytesIO):
        def write(self, data: Any) -> int:
            sizes.append(len(data))
            return len(data)

    with opened("html", Pieces()) as write:
        write(long(2_000))
    assert sum(sizes) > 700_000
    assert max(sizes) < 100_000


def test_a_title_that_no_line_holds_has_no_translation() -> None:
    one = lines([("عنوان", "Title", trucks().document.blocks[0])])
    other = replace(one, document=replace(one.document, title="أخبار"))
    assert "Khulasa · Title" in Words(page(one)).words
    assert "Khulasa · أخبار" in Words(page(other)).words


def test_a_hostile_name_is_no_title_of_ours() -> None:
    one = Record(Document(HOSTILE, "ar", "", ""), (), (), Summary(), (), {})
    assert f"Khulasa · {SHOWN}" in Words(page(one)).words


def test_a_title_of_two_sentences_is_translated_whole() -> None:
    title = "أولا. ثانيا."
    plain = record(["أولا.", "ثانيا."], ["First.", "Second."], title=title)
    one = replace(
        plain,
        document=replace(plain.document, text=title),
        segments=(Segment(0, 0, 0, 5, "أولا."), Segment(1, 0, 6, 12, "ثانيا.")),
    )
    assert "Khulasa · First. Second." in Words(page(one)).words
