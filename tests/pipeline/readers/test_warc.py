"""Web archives: every page that was fetched."""

import gzip
import tracemalloc
import zlib
from io import BytesIO
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.readers.content import Content, Unreadable
from pipeline.readers.warc import read
from tests.pipeline.readers import pages
from tests.pipeline.readers.hostile import damaged, holds
from tests.pipeline.readers.test_pdf import SHOWN, written

HTML = "text/html; charset=utf-8"
PAGE = "<html lang=ar><title>خبر</title><p>نص الخبر.</p></html>".encode()
DATE = "2026-05-06T19:30:00Z"


class Archive:
    """An archive as it is written by warcio."""

    def __init__(self, packed: bool = True) -> None:
        self._out = BytesIO()
        self._writer = WARCWriter(self._out, gzip=packed)

    def add(
        self,
        url: str,
        body: bytes,
        kind: str = HTML,
        status: str = "200 OK",
        record: str = "response",
        **headers: str,
    ) -> "Archive":
        http = [("Content-Type", kind), *((k.replace("_", "-"), v) for k, v in headers.items())]
        self._writer.write_record(
            self._writer.create_warc_record(
                url,
                record,
                payload=BytesIO(body),
                http_headers=StatusAndHeaders(status, http, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": DATE},
            )
        )
        return self

    @property
    def data(self) -> bytes:
        return self._out.getvalue()


def each(data: bytes | BinaryIO) -> list[Content | Unreadable]:
    """All that is read; what ends it comes last."""
    found: list[Content | Unreadable] = []
    try:
        found.extend(read(BytesIO(data) if isinstance(data, bytes) else data))
    except Unreadable as error:
        found.append(error)
    return found


def told(found: list[Content | Unreadable]) -> list[str]:
    return [one.reason if isinstance(one, Unreadable) else one.text for one in found]


@pytest.mark.parametrize("packed", [True, False])
def test_pages_are_read_and_the_rest_passed_over(packed: bool) -> None:
    article = pages.modern(pages.ARABIC).encode()
    archive = (
        Archive(packed)
        .add("http://a.example/1", PAGE)
        .add("http://a.example/x.png", b"\x89PNG", "image/png")
        .add("http://a.example/no", PAGE, status="404 Not Found")
        .add("http://a.example/1", PAGE, record="request", status="GET / HTTP/1.1")
        .add("http://a.example/2", article)
        .add("http://a.example/3", "نص".encode("cp1256"), "text/plain; charset=windows-1256")
    )
    one, two, three = each(archive.data)
    assert isinstance(one, Content)
    assert (one.text, one.lang) == ("خبر\nنص الخبر.", "ar")
    assert (one.url, one.id, one.time) == ("http://a.example/1", "http://a.example/1", DATE)
    assert isinstance(two, Content)
    assert two.title == pages.ARABIC.title
    assert two.time == "2026-05-06T19:30:00+03:00"
    assert isinstance(three, Content)
    assert (three.text, three.url) == ("نص", "http://a.example/3")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(PAGE), {"Content_Encoding": "gzip"}),
        (zlib.compress(PAGE), {"Content_Encoding": "deflate"}),
        (zlib.compress(PAGE)[2:-4], {"Content_Encoding": "deflate"}),
        (PAGE, {"Content_Encoding": "gzip"}),
        (b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE), {"Transfer_Encoding": "chunked"}),
        (PAGE, {"Transfer_Encoding": "chunked"}),
    ],
)
def test_payloads_are_unpacked(body: bytes, headers: dict[str, str]) -> None:
    assert told(each(Archive().add("http://a.example", body, **headers).data)) == ["خبر\nنص الخبر."]


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"\x0b", {"Content_Encoding": "br"}, "is packed as br, which is not read"),
        (b"", {}, "holds no text"),
        (gzip.compress(b"a" * (65 * 2**20)), {"Content_Encoding": "gzip"}, "larger than 64 MB"),
        (b"a" * (65 * 2**20), {}, "larger than 64 MB"),
    ],
)
def test_a_page_that_cannot_be_read(body: bytes, headers: dict[str, str], reason: str) -> None:
    archive = Archive().add("http://a.example/x", body, **headers).add("http://a.example", PAGE)
    first, second = told(each(archive.data))
    assert first.startswith(f"http://a.example/x {reason}")
    assert second == "خبر\nنص الخبر."


@pytest.mark.parametrize("packed", [True, False])
def test_a_cut_off_archive_keeps_what_came_before(packed: bool) -> None:
    whole = Archive(packed).add("http://a.example/1", PAGE).data
    data = Archive(packed).add("http://a.example/1", PAGE).add("http://a.example/2", PAGE).data
    for end in (len(whole) + 30, len(data) - 40):
        found = told(each(data[:end]))
        assert found[0] == "خبر\nنص الخبر."
        assert found[-1] == "is cut off here; what follows is missing"
        assert all("is cut off here" in reason for reason in found[1:])


def test_a_damaged_archive_keeps_what_came_before() -> None:
    data = Archive().add("http://a.example/1", PAGE).data
    assert told(each(data + b"\x1f\x8b\x08" + b"\xff" * 100))[0] == "خبر\nنص الخبر."
    found = told(each(data + b"\x1f\x8b\x08" + b"\xff" * 100))
    assert found[-1].startswith("is damaged here") or found[-1].startswith("is cut off here")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "holds no page"),
        (b"some text\n", "is no web archive"),
        (Archive().add("http://a.example/x", b"x", "image/png").data, "holds no page"),
        (b"WARC/1.0\r\n" + b"a" * 2**21, "beyond all measure"),
        (
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example\r\n"
            b"Content-Type: application/http; msgtype=response\r\n"
            b"Content-Length: 99999999999999999999999\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx",
            "is no web archive, or is damaged here",
        ),
        (gzip.compress(b"WARC/1.0\r\n" + b"a" * (100 * 2**20)), "beyond all measure"),
        (gzip.compress(gzip.compress(b"a" * (100 * 2**20))), "is packed twice"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    [found] = each(data)
    assert isinstance(found, Unreadable)
    assert reason in found.reason


@settings(max_examples=150)
@given(
    damaged(
        [
            Archive(packed).add("http://a.example/1", PAGE).add("http://a.example/2", PAGE).data
            for packed in (True, False)
        ]
    )
    | st.binary(max_size=300)
)
def test_any_bytes(data: bytes) -> None:
    holds(data, "warc")


def test_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    def chunked(body: bytes) -> list[str]:
        kind = "text/plain; charset=utf-8"
        return told(each(Archive().add("http://a", body, kind, Transfer_Encoding="chunked").data))

    assert chunked(b"5;a=b\r\nwords\r\n4\r\n and\r\n0\r\nTrailer: x\r\n\r\n") == ["words and"]
    assert chunked(b"5\nwords\n4\n and\n0\n\n") == ["words and"]
    assert chunked(b"ff\r\nwords cut") == ["words cut"]
    assert chunked(b"5\r\nwordsno length") == ["wordsno length"]
    monkeypatch.setattr("pipeline.readers.warc.MOST_CHUNKS", 10)
    assert chunked(b"1\r\nx\r\n" * 11) == ["http://a is in more than 10 chunks; it is not read"]


def test_a_pdf_of_an_archive() -> None:
    data = written(SHOWN)
    [found] = each(Archive().add("http://a.example/x.pdf", data, "application/pdf").data)
    assert isinstance(found, Content)
    assert (found.text, found.url) == ("One bridge.", "http://a.example/x.pdf")


@pytest.mark.parametrize("packed", [True, False])
def test_records_that_are_no_pages_take_no_memory(packed: bool) -> None:
    archive = Archive(packed)
    for _ in range(4):
        archive.add("http://a.example/v", bytes(8 * 2**20), "video/mp4")
    file = BytesIO(archive.add("http://a.example", PAGE).data)
    tracemalloc.start()
    assert told(each(file)) == ["خبر\nنص الخبر."]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 2**20
