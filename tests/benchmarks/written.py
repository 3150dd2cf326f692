"""Files that programs write: mail, archives, feeds, subtitles, tables, text in many encodings."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from io import BytesIO, StringIO
from pathlib import Path
from textwrap import wrap
from typing import Any
from xml.etree import ElementTree

from tests.benchmarks.articles import Article, Supply, halves
from tests.benchmarks.folder import SITE_ABSENT, Made, page, site

DAY = "Fri, 20 Nov 2026 09:30:00 +0000"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ENCODINGS = {
    "utf-8": 10,
    "utf-8-sig": 2,
    "utf-16": 3,
    "utf-16-le": 2,
    "utf-16-be": 2,
    "windows-1256": 5,
}


def make(files: Path, supply: Supply) -> Iterator[Made]:
    """Write them all."""
    for several in (_texts, _docx, _odt, _epub, _xhtml, _mail, _warc, _feeds, _subtitles, _tables):
        yield from several(files, supply)


def _texts(files: Path, supply: Supply) -> Iterator[Made]:
    for encoding, count in ENCODINGS.items():
        lang = "ar" if encoding == "windows-1256" else None
        for number, article in enumerate(supply.take(count, lang)):
            name = f"text-{encoding}-{number:02}-{article.lang}.txt"
            end = ("\n", "\r\n")[number % 2]
            text = article.text.encode(encoding, "ignore").decode(encoding)
            (files / name).write_bytes(text.replace("\n", end).encode(encoding))
            yield Made(name, f"text in {encoding}", (text,))


def _docx(files: Path, supply: Supply) -> Iterator[Made]:
    import docx

    for number, article in enumerate(supply.take(8)):
        document = docx.Document()
        document.add_heading(article.title, 0)
        *above, tabled = article.paragraphs
        for at, paragraph in enumerate(above):
            style = ("List Bullet", "Heading 2", None, "Quote")[at % 4]
            document.add_paragraph(paragraph, style)
        cells = document.add_table(1, 2).rows[0].cells
        cells[0].text, cells[1].text = halves(tabled)
        name = f"python-docx-{number:02}-{article.lang}.docx"
        document.save(str(files / name))
        yield Made(name, "python-docx", (article.text,))


def _odt(files: Path, supply: Supply) -> Iterator[Made]:
    from odf import opendocument, text

    for number, article in enumerate(supply.take(4)):
        document = opendocument.OpenDocumentText()
        document.text.addElement(text.H(outlinelevel=1, text=article.title))
        for paragraph in article.paragraphs:
            document.text.addElement(text.P(text=paragraph))
        name = f"odfpy-{number:02}-{article.lang}.odt"
        document.save(str(files / name))
        yield Made(name, "odfpy", (article.text,))


def _epub(files: Path, supply: Supply) -> Iterator[Made]:
    from ebooklib import epub

    for number in range(4):
        chapters, book = supply.take(3, "ar"), epub.EpubBook()
        book.set_identifier(f"book-{number}")
        book.set_title(chapters[0].title)
        book.set_language("ar")
        items = []
        for at, article in enumerate(chapters):
            item = epub.EpubHtml(title=article.title, file_name=f"c{at}.xhtml", lang="ar")
            item.content = page(article)
            book.add_item(item)
            items.append(item)
        book.toc, book.spine = tuple(items), items
        book.add_item(epub.EpubNcx())
        book.add_item(epub.EpubNav())
        name = f"ebooklib-{number:02}-ar.epub"
        epub.write_epub(str(files / name), book)
        yield Made(name, "EbookLib", tuple(article.text for article in chapters))


def _xhtml(files: Path, supply: Supply) -> Iterator[Made]:
    for number, article in enumerate(supply.take(3)):
        written = page(article).replace("<!doctype html><html", f"{_XHTML}<html {_XMLNS}")
        name = f"xhtml-{number:02}-{article.lang}.xhtml"
        (files / name).write_text(written.replace('charset="utf-8">', 'charset="utf-8"/>'), "utf-8")
        yield Made(name, "XHTML 1.0", (article.text,))


_XHTML = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict'
    '//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n'
)
_XMLNS = 'xmlns="http://www.w3.org/1999/xhtml"'


def _mail(files: Path, supply: Supply) -> Iterator[Made]:
    ways = [
        ("plain", "utf-8", "base64"),
        ("plain", "utf-8", "quoted-printable"),
        ("plain", "windows-1256", "8bit"),
        ("plain", "windows-1256", "base64"),
        ("plain", "utf-8", "8bit"),
        ("html", "utf-8", "quoted-printable"),
        ("html", "windows-1256", "base64"),
        ("both", "utf-8", "base64"),
        ("attached", "utf-8", "base64"),
    ] * 2
    for number, (kind, charset, encoding) in enumerate(ways):
        article = supply.take(1, "ar" if charset == "windows-1256" else None)[0]
        clean = Article(
            article.lang,
            article.title.encode(charset, "ignore").decode(charset),
            tuple(p.encode(charset, "ignore").decode(charset) for p in article.paragraphs),
        )
        name = f"mail-{kind}-{number:02}-{article.lang}.eml"
        message = _message(clean, kind, charset, encoding)
        (files / name).write_bytes(message.as_bytes(policy=SMTP))
        absent = ("xqzattached",) if kind == "attached" else ()
        yield Made(name, "Python's email", (clean.text,), absent)


def _message(article: Article, kind: str, charset: str, encoding: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["Date"] = article.title, DAY
    message["From"], message["To"] = "Nadia <nadia@example.org>", "team@example.org"
    body = "\n\n".join(article.paragraphs)
    if kind == "html":
        message.set_content(page(article), "html", charset, cte=encoding)
        return message
    message.set_content(body, charset=charset, cte=encoding)
    if kind == "both":
        message.add_alternative(page(article), "html", charset, cte=encoding)
    if kind == "attached":
        data = b"xqzattached " * 50
        message.add_attachment(data, "application", "octet-stream", filename="تقرير.bin")
    return message


def _warc(files: Path, supply: Supply) -> Iterator[Made]:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    for number in range(10):
        articles, packed = supply.take(4), number % 2 == 1
        name = f"archive-{number:02}.warc{'.gz' if packed else ''}"
        with (files / name).open("wb") as file:
            writer = WARCWriter(file, gzip=packed)
            writer.write_record(writer.create_warcinfo_record(name, {"software": "warcio"}))
            for at, article in enumerate(articles):
                html = StatusAndHeaders(
                    "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
                )
                place = f"https://news.example.org/{number}/{at}"
                data = BytesIO(site(article).encode())
                record = writer.create_warc_record(place, "response", data, http_headers=html)
                writer.write_record(record)
        yield Made(name, "warcio", tuple(one.text for one in articles), SITE_ABSENT)


def _feeds(files: Path, supply: Supply) -> Iterator[Made]:
    for number in range(14):
        articles, form = supply.take(4), ("rss", "rss", "atom", "xml")[number % 4]
        name = f"feed-{number:02}.{form}"
        root = _atom(articles) if form == "atom" else _rss(articles)
        data = ElementTree.tostring(root, "utf-8", xml_declaration=True)
        (files / name).write_bytes(data)
        yield Made(name, "Python's ElementTree", tuple(one.text for one in articles))


def _under(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> Any:
    child = ElementTree.SubElement(parent, tag, attributes)
    child.text = text
    return child


def _html(article: Article) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in article.paragraphs)


def _rss(articles: list[Article]) -> ElementTree.Element:
    root = ElementTree.Element("rss", version="2.0")
    channel = _under(root, "channel")
    _under(channel, "title", "الأخبار")
    for number, article in enumerate(articles):
        item = _under(channel, "item")
        _under(item, "title", article.title)
        _under(item, "link", f"https://news.example.org/{number}")
        _under(item, "guid", f"urn:item:{number}")
        _under(item, "pubDate", DAY)
        if number % 2:
            _under(item, "description", article.paragraphs[0])
            _under(item, CONTENT, _html(article))
        else:
            _under(item, "description", _html(article))
    return root


def _atom(articles: list[Article]) -> ElementTree.Element:
    root = ElementTree.Element(f"{ATOM}feed")
    _under(root, f"{ATOM}title", "الأخبار")
    for number, article in enumerate(articles):
        entry = _under(root, f"{ATOM}entry")
        _under(entry, f"{ATOM}title", article.title)
        _under(entry, f"{ATOM}id", f"urn:entry:{number}")
        _under(entry, f"{ATOM}updated", "2026-11-20T09:30:00Z")
        _under(entry, f"{ATOM}link", href=f"https://news.example.org/{number}")
        _under(entry, f"{ATOM}content", _html(article), type="html")
    return root


def _subtitles(files: Path, supply: Supply) -> Iterator[Made]:
    for number, article in enumerate(supply.take(20)):
        form = ("srt", "vtt")[number % 2]
        name = f"film-{number:02}-{article.lang}.{form}"
        data = subtitles(article.text, form).encode()
        (files / name).write_bytes(data.replace(b"\n", b"\r\n") if number % 3 else data)
        yield Made(name, "subtitles by rule", (article.text,))


def subtitles(text: str, form: str) -> str:
    """The text as subtitles, SubRip or WebVTT, two seconds a piece of 70 characters."""
    return "".join(["WEBVTT\n\n" if form == "vtt" else "", *_cues(text, form)])


def _cues(text: str, form: str) -> Iterator[str]:
    point = "." if form == "vtt" else ","
    pieces = [
        piece for line in text.split("\n") for piece in wrap(line, 70, break_on_hyphens=False)
    ]
    for number, piece in enumerate(pieces):
        stamps = [f"00:{at // 60:02}:{at % 60:02}{point}000" for at in (number * 3, number * 3 + 2)]
        shown = "\n".join(halves(piece) if number % 2 and " " in piece else [piece])
        shown = escape(shown, quote=False) if form == "vtt" else shown
        yield f"{number + 1}\n{' --> '.join(stamps)}\n{shown}\n\n"


def _tables(files: Path, supply: Supply) -> Iterator[Made]:
    import pyarrow
    from backports import zstd
    from pyarrow import parquet

    packings: dict[str, Callable[[bytes], bytes]] = {
        "": bytes,
        ".gz": gzip.compress,
        ".zst": zstd.compress,
    }
    for kind in ("jsonl", "csv", "tsv", "parquet"):
        for packing, pack in packings.items():
            articles = supply.take(4)
            columns = [
                {"id": f"{at}", "title": one.title, "text": "\n".join(one.paragraphs)}
                for at, one in enumerate(articles)
            ]
            name = f"table-{kind}{packing.replace('.', '-')}.{kind}"
            name += packing if kind != "parquet" else ""
            if kind == "parquet":
                parquet.write_table(pyarrow.Table.from_pylist(columns), files / name)
            else:
                (files / name).write_bytes(pack(_table(columns, kind).encode()))
            tool = {"parquet": "pyarrow", "jsonl": "Python's json"}.get(kind, "Python's csv")
            yield Made(name, tool, tuple(one.text for one in articles))


def _table(columns: list[dict[str, str]], kind: str) -> str:
    if kind == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in columns)
    text = StringIO()
    writer = csv.DictWriter(text, list(columns[0]), delimiter="\t" if kind == "tsv" else ",")
    writer.writeheader()
    writer.writerows(columns)
    return text.getvalue()
