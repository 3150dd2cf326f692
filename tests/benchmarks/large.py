"""Files as large as a document may be, of what costs a reader the most; each there for a moment."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from tests.benchmarks.folder import Made
from tests.benchmarks.hostile import repacked

SIZE = 63 * 2**20  # bytes; a document may have 64 MB
# What is larger is refused by its size alone.
SIZES = {"md": 2**18 - 64, "srt": 2**22 - 64, "eml": 2**25 - 64, "xml": 2**24 - 64}
# Patterns that look for one thing after another take the square of the length of these.
_RUNS = {
    "spaces": b" ",
    "lines": b"\n",
    "letters": b"a",
    "digits": b"1",
    "dots": b".",
    "dashes": b"-",
    "quotes": b'"',
    "brackets": b"(",
    "ends": b")",
    "slashes": b"://",
    "signs": b"@",
    "equals": b"=",
    "less": b"<",
    "references": b"&",
    "arabic": "ا".encode(),
    "joiners": "\u200c".encode(),
    "chinese": "大".encode(),
}
WORDS = "قال الوزير إن الجسر مفتوح منذ يوم الاثنين. ".encode()

_PIECES: dict[str, dict[str, bytes]] = {
    "txt": {
        "lines": WORDS + b"\n",
        "one line": WORDS,
        "marks": "\u0301\u0323".encode(),
        "wrapped": (WORDS * 2)[:70] + b"x\n",
    },
    "html": {
        "b": b"<b>x",
        "p": b"<p>x</p>",
        "references": b"&amp;&#x627;",
        "one line": WORDS,
        "links": b"<a href=x>y</a> ",
        "cells": b"<table><tr><td>x",
        "comment": b"<!-- ",
        "attributes": b"<p " + b"a=b " * 500,
    },
    "xml": {
        "items": b"<item><title>x</title><description>y</description></item>",
        "nested": b"<a>",
    },
    "md": {
        "brackets": b"[",
        "stars": b"*a **b ",
        "ticks": b"` `` ",
        "quotes": b"> ",
        "items": b"- x\n",
        "nested items": b"  - x\n    - ",
        "links": b"[a](b ",
        "pictures": b"![a][",
        "cells": b"|a|b|\n|-|-|\n",
        "tags": b"<a ",
        "references": b"[a]: b\n",
        "lines": WORDS + b"\n\n",
    },
    "srt": {
        "cues": b"1\n00:00:01,000 --> 00:00:02,000\nword. and\n\n",
        "no end": b"1\n00:00:01,000 --> 00:00:02,000\nword and more\n\n",
        "arrows": b"-->\n",
        "one cue": b"word and\n",
    },
    "eml": {
        "headers": b"X-A: b\n",
        "one header": b"=?utf-8?b?2KfZhNix2KfYqNi5?= ",
        "body": WORDS + b"\n",
        "boundaries": b"--b\n\nx\n",
        "quoted": b"=D9=85=\n",
    },
    "jsonl": {"one line": WORDS, "brackets": b"["},
    "csv": {"one cell": WORDS, "quotes": b'""', "commas": b","},
}
_HEADS = {
    "html": b"<html><body><p>",
    "xml": b"<rss version='2.0'><channel>",
    "srt": b"1\n00:00:01,000 --> 00:00:02,000\n",
    "jsonl": b'{"text": "',
    "csv": b'id,text\n1,"',
}
_MAIL = {
    "headers": b"Subject: x\n",
    "one header": b"Subject: ",
    "body": b"Subject: x\n\n",
    "boundaries": b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n",
    "quoted": b"Subject: x\nContent-Type: text/plain; charset=utf-8\n"
    b"Content-Transfer-Encoding: quoted-printable\n\n",
}
_RUN = b"<w:r><w:t>x</w:t></w:r>"
_PACKED: dict[str, tuple[str, bytes, dict[str, bytes]]] = {
    "docx": (
        "word/document.xml",
        b"<w:body>",
        {
            "paragraphs": b"<w:p>" + _RUN + b"</w:p>",
            "empty": b"<w:p/>",
            "runs": b"<w:p>" + _RUN * 1000 + b"</w:p>",
            "words": b"<w:p><w:r><w:t>" + WORDS * 1000 + b"</w:t></w:r></w:p>",
            "attributes": b"<w:p w:a='b' w:c='d' w:e='f'/>",
        },
    ),
    "odt": (
        "content.xml",
        b"<office:text>",
        {
            "paragraphs": b"<text:p>x</text:p>",
            "spaces": b"<text:p>" + b"<text:s text:c='9999999'/>" * 9 + b"</text:p>",
            "cells": b"<table:table-cell table:number-columns-repeated='99999'><text:p>x</text:p>"
            b"</table:table-cell>",
        },
    ),
}


def each(files: Path) -> Iterator[Made]:
    """Every such file; it is gone when the next one is asked for."""
    for name, data in _all(files):
        path = files / f"most-{name}"
        path.write_bytes(data())
        yield Made(path.name, f"{path.stat().st_size / 2**20:.1f} MB", either=True)
        path.unlink()


def _all(files: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for suffix, kinds in _PIECES.items():
        size = SIZES.get(suffix, SIZE)
        for kind, piece in kinds.items():
            head = _MAIL[kind] if suffix == "eml" else _HEADS.get(suffix, b"")
            yield f"{kind.replace(' ', '-')}.{suffix}", _filled(head, piece, size)
        head = _MAIL["body"] if suffix == "eml" else _HEADS.get(suffix, b"")
        head += b"<item><title>" if suffix == "xml" else b""
        for kind, piece in _RUNS.items() if suffix not in ("jsonl", "csv") else ():
            yield f"run-of-{kind}.{suffix}", _filled(head + WORDS, piece, size)
    for suffix, (member, after, pieces) in _PACKED.items():
        good = next(path for path in sorted(files.glob(f"pandoc-*.{suffix}")))
        for kind, piece in pieces.items():
            yield f"{kind}.{suffix}", _stuffed(good, member, after, piece)
    yield "chapters.epub", _chapters
    yield "pages.pdf", _pdf(3000, 1)
    yield "stream.pdf", _pdf(1, SIZE // 16)
    yield "noise.pdf", _filled(b"%PDF-1.7\n", b"[<</A 1 0 R")


def _filled(head: bytes, piece: bytes, size: int = SIZE) -> Callable[[], bytes]:
    return lambda: head + piece * ((size - len(head)) // len(piece)) + b"x"


def _stuffed(source: Path, member: str, after: bytes, piece: bytes) -> Callable[[], bytes]:
    def change(xml: bytes) -> bytes:
        head, found, tail = xml.partition(after)
        return head + found + piece * ((SIZE - len(xml)) // len(piece)) + tail

    return lambda: repacked(source, member, change)


def _chapters() -> bytes:
    """A book of 9,000 chapters, all of them the same two files."""
    out, count = BytesIO(), 9_000
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in range(count))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(count))
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("mimetype", "application/epub+zip")
        root = '<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/>'
        book.writestr(
            "META-INF/container.xml", f"<container><rootfiles>{root}</rootfiles></container>"
        )
        package = f"<manifest>{items}</manifest><spine>{spine}</spine>"
        opf = f'<package xmlns="http://www.idpf.org/2007/opf">{package}</package>'
        book.writestr("a.opf", opf)
        for number in range(count):
            book.writestr(f"c{number}.xhtml", b"<html><body><p>" + WORDS * 20)
    return out.getvalue()


def _pdf(pages: int, words: int) -> Callable[[], bytes]:
    """Pages of a word each, or one page of very many."""

    def made() -> bytes:
        from pypdf import PdfWriter
        from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

        writer = PdfWriter()
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        named = DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})
        for _ in range(pages):
            page = writer.add_blank_page(600, 800)
            stream = DecodedStreamObject()
            stream.set_data(b"BT /F1 12 Tf 50 700 Td " + b"(word) Tj 9 0 Td " * words + b"ET")
            page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
            fonts = DictionaryObject({NameObject("/F1"): named})
            page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        out = BytesIO()
        writer.write(out)
        return out.getvalue()

    return made
