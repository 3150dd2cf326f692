"""The index of a job: what it holds, and that it links to nothing outside of its folder."""

import gc
import json
import tracemalloc
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.flags import FLAGS
from pipeline.harmless import visible
from pipeline.render.index import writing
from tests.pipeline.render import indexes, readings
from tests.pipeline.render.pages import SHOWN, Words
from tests.pipeline.render.readings import TITLE
from tests.pipeline.render.records import record


class Data(HTMLParser):
    """The JSON in a page, by the ids of its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._id: str | None = None
        self._pieces: dict[str, str] = {}
        self.feed(text)
        self.found: dict[str, Any] = {one: json.loads(text) for one, text in self._pieces.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._id = dict(attrs).get("id") if tag == "script" else None

    def handle_endtag(self, tag: str) -> None:
        self._id = None

    def handle_data(self, data: str) -> None:
        if self._id:
            self._pieces[self._id] = self._pieces.get(self._id, "") + data


def test_it_holds_what_is_looked_for() -> None:
    found = Data(indexes.page(indexes.ordinary())).found
    assert len(found["documents"]) == 61
    assert found["documents"][0] == [
        "records/trucks.html",
        "trucks",
        "ar",
        *TITLE,
        "2026-11-20",
        8,
        {
            "unsure-language": 1,
            "attachments": 1,
            "number-changed": 1,
            "quotes": 1,
            "decoded-again": 1,
            "untranslated": 1,
            "weak-support": 1,
        },
        ["Trucks carried 1,240 tents to a camp.", "They said thanks.", "Nobody knows."],
    ]
    assert found["known"]["languages"] == {"ar": ["Arabic", "rtl"], "ru": ["Russian", "ltr"]}
    flags = found["known"]["flags"]
    assert flags["loop"] == [FLAGS["loop"].meaning, False]
    assert flags["quotes"][1]
    assert flags["tiny-models"][1]


def test_a_job_without_documents_has_an_index() -> None:
    assert Data(indexes.page([])).found["documents"] == []


def test_a_flag_counts_the_parts_that_have_it() -> None:
    one = record(["a"] * 3, ["b"] * 3, flags=(("loop", "loop"), (), ("loop",)))
    [row] = Data(indexes.page([(one, "a.html")])).found["documents"]
    assert row[7] == {"loop": 2}


def test_what_others_wrote_is_text_and_nothing_else() -> None:
    text = indexes.page(indexes.hostile())
    assert "\u202e" not in text
    tags = [tag for tag, _ in Words(text).elements]
    assert tags.count("script") == 3
    assert not set(tags) & {"img", "a", "base", "link"}
    found = Data(text).found["documents"][0]
    # Its translation is the title once more, which says nothing.
    assert found[1:6] == [SHOWN, SHOWN, SHOWN, "", SHOWN]
    assert found[8] == [SHOWN]


@pytest.mark.parametrize(
    ("path", "href"),
    [
        ("records/a b.html", "records/a%20b.html"),
        ("خبر.html", "%D8%AE%D8%A8%D8%B1.html"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("a?b#c%2e.html", "a%3Fb%23c%252e.html"),
        ("./a\\..\\b", "a%5C..%5Cb"),
        ("a\udcff", "a%FF"),
    ],
)
def test_a_path_is_a_link(path: str, href: str) -> None:
    [row] = Data(indexes.page([(record(["a"], ["b"]), path)])).found["documents"]
    assert row[0] == href


@pytest.mark.parametrize("path", ["", ".", "..", "/etc/passwd", "//host/a", "a/../../b", "a\0b"])
def test_a_path_out_of_the_folder_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is no path from the folder"):
        indexes.page([(record(["a"], ["b"]), path)])


@given(st.text())
def test_no_link_leaves_the_folder(path: str) -> None:
    try:
        text = indexes.page([(record(["a"], ["b"]), path)])
    except ValueError:
        assume(False)
    [row] = Data(text).found["documents"]
    base = "https://example.org/job/"
    whole = urljoin(base, row[0])
    assert whole.startswith(base)
    assert not urlsplit(whole).query
    assert "/../" not in unquote(whole)


@given(st.text(), st.text())
def test_any_text_is_found_as_it_stands(title: str, name: str) -> None:
    one = record([title], ["b"], title=title, name=name)
    [row] = Data(indexes.page([(one, "a.html")])).found["documents"]
    assert row[1] == visible(name)
    assert row[3] == visible(" ".join((title or name).split()))


def test_nothing_is_kept_of_what_is_added() -> None:
    class Nowhere(BytesIO):
        def write(self, data: object) -> int:
            return 0

    one = readings.trucks()
    with writing(Nowhere()) as add:
        tracemalloc.start()
        for number in range(100):
            add(one, f"{number}.html")
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(1_000):
            add(one, f"{number}.html")
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    assert grown < 20_000
