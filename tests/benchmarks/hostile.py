"""Files that are hostile or broken, made from good ones: each is to be refused, or does no harm."""

import gzip
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from tests.benchmarks.articles import Article, Supply
from tests.benchmarks.folder import Made, convert, page, window

BOMB = 600 * 2**20  # bytes of a member of an archive that takes half a megabyte
LARGE = 100 * 10**6  # bytes of a text
SECRET = "xqzsecret"

_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
_BILLION = f'<!DOCTYPE lol [<!ENTITY e0 "lol">{_ENTITIES}]>'


def make(files: Path, supply: Supply, made: Sequence[Made]) -> Iterator[Made]:
    """Write them beside the good ones, of which some are broken here."""
    good = {
        suffix: next(one for one in made if one.name.endswith(f"-ar.{suffix}"))
        for suffix in ("docx", "odt", "epub", "pdf", "html")
    }
    article = supply.take(1, "ar")[0]
    yield from _packed(files, files / good["docx"].name)
    yield from _entities(files, files / good["docx"].name, files / good["odt"].name)
    yield from _cut(files, {suffix: files / one.name for suffix, one in good.items()})
    yield from _renamed(files, {suffix: files / one.name for suffix, one in good.items()})
    yield from _pdfs(files, files / good["pdf"].name)
    yield from _pages(files, article)
    yield from _large(files)
    yield from _lines(files, article)


def repacked(source: Path, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """A ZIP archive with one of its members changed."""
    out = BytesIO()
    with ZipFile(source) as old, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, change(data) if info.filename == member else data, ZIP_DEFLATED)
    return out.getvalue()


def _packed(files: Path, docx: Path) -> Iterator[Made]:
    """Archives that unpack to a thousand times their size, or whose text does."""
    name = "bomb-of-spaces.docx"
    space = b" " * BOMB
    data = repacked(docx, "word/document.xml", lambda xml: xml.replace(b"<w:body>", space, 1))
    (files / name).write_bytes(data)
    yield Made(name, "ZIP bomb")
    name = "bomb.warc.gz"
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {BOMB}\r\n\r\n".encode()
    (files / name).write_bytes(gzip.compress(head + b"\0" * BOMB, 1))
    yield Made(name, "gzip bomb")
    name = "bomb.jsonl.gz"
    (files / name).write_bytes(gzip.compress(b'{"text": "' + b"a" * BOMB, 1))
    yield Made(name, "gzip bomb")


def _entities(files: Path, docx: Path, odt: Path) -> Iterator[Made]:
    def declared(doctype: str, entity: str) -> Callable[[bytes], bytes]:
        def change(xml: bytes) -> bytes:
            head, _, body = xml.partition(b"?>")
            changed = re.sub(rb"(<(?:w:t|text:p)\b[^>]*>)", rb"\1" + entity.encode(), body, count=3)
            return head + b"?>" + doctype.encode() + changed

        return change

    (files / "secret.bin").write_text(SECRET, "utf-8")
    outside = f'<!DOCTYPE d [<!ENTITY e9 SYSTEM "{(files / "secret.bin").as_uri()}">]>'
    for name, source, member, doctype in (
        ("billion.docx", docx, "word/document.xml", _BILLION),
        ("billion.odt", odt, "content.xml", _BILLION),
        ("outside.odt", odt, "content.xml", outside),
        ("outside.docx", docx, "word/document.xml", outside),
    ):
        (files / name).write_bytes(repacked(source, member, declared(doctype, "&e9;")))
        yield Made(name, "XML entities", absent=(SECRET, "lollol"), either=True)
    for name, doctype in (("billion.rss", _BILLION), ("outside.xml", outside)):
        item = "<item><title>&e9;</title><description>&e9; خبر</description></item>"
        text = f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel>{item}</channel></rss>'
        (files / name).write_text(text, "utf-8")
        yield Made(name, "XML entities", absent=(SECRET, "lollol"), either=True)


def _cut(files: Path, good: dict[str, Path]) -> Iterator[Made]:
    """Half of a file, as a broken download leaves it."""
    for suffix, source in good.items():
        data, name = source.read_bytes(), f"cut.{suffix}"
        (files / name).write_bytes(data[: len(data) // 2])
        yield Made(name, "half a file", either=suffix in ("pdf", "html"))
        name = f"empty.{suffix}"
        (files / name).write_bytes(b"")
        yield Made(name, "an empty file")
    (files / "empty.txt").write_bytes(b"")
    yield Made("empty.txt", "an empty file")


def _renamed(files: Path, good: dict[str, Path]) -> Iterator[Made]:
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "doc"
        convert([good["docx"]], "doc", out, Path(name))
        (files / "old-word.docx").write_bytes(next(out.iterdir()).read_bytes())
    yield Made("old-word.docx", "a wrong ending")
    (files / "picture.txt").write_bytes((files / "screenshot.png").read_bytes())
    yield Made("picture.txt", "a wrong ending")
    for was, ending in (
        ("pdf", "docx"),
        ("docx", "pdf"),
        ("html", "pdf"),
        ("odt", "epub"),
        ("pdf", "html"),
        ("docx", "xml"),
        ("pdf", "eml"),
    ):
        (files / f"is-{was}.{ending}").write_bytes(good[was].read_bytes())
        yield Made(f"is-{was}.{ending}", "a wrong ending", either=True)


def _pdfs(files: Path, source: Path) -> Iterator[Made]:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(source))
    writer.encrypt("open sesame", algorithm="RC4-128")
    writer.write(files / "locked.pdf")
    yield Made("locked.pdf", "pypdf, with a password")
    with window() as shown:
        (files / "scan.htm").write_text('<img src="screenshot.png">', "utf-8")
        shown.goto((files / "scan.htm").as_uri())
        shown.pdf(path=files / "scan.pdf")
    (files / "scan.htm").unlink()
    yield Made("scan.pdf", "Chromium, a picture of text")


def _pages(files: Path, article: Article) -> Iterator[Made]:
    text = page(article)
    hostile = (
        "<script>fetch('http://127.0.0.1:9/xqzscript')</script><style>.xqzstyle{}</style>"
        '<img src="http://127.0.0.1:9/a.png" onerror="alert(1)"><svg onload=alert(1)>'
        '<iframe src="file:///etc/hostname" srcdoc="xqzframe"></iframe><template>xqzt</template>'
        '<object data="http://127.0.0.1:9/"></object><meta http-equiv="refresh" content="0;url=/">'
        '<link rel=stylesheet href="http://127.0.0.1:9/a.css"><base href="http://127.0.0.1:9/">'
    )
    scripts = re.sub("(</p>|<body>)", lambda found: found[0] + hostile, text)
    (files / "scripts.html").write_text(scripts, "utf-8")
    yield Made("scripts.html", "scripts", (article.text,), ("xqzscript", "xqzstyle", "xqzframe"))
    for name, begin, end, times in (
        ("deep-div.html", "<div>", "</div>", 100_000),
        ("deep-table.html", "<table><tr><td>", "</td></tr></table>", 20_000),
        ("deep-b.html", "<b>", "", 200_000),
    ):
        (files / name).write_text(f"<html><body>{begin * times}خبر{end * times}", "utf-8")
        yield Made(name, "deep nesting", either=True)
    deep = "<w:sdt><w:sdtContent>"
    nested = repacked(
        next(files.glob("*-ar.docx")),
        "word/document.xml",
        lambda xml: xml.replace(b"<w:body>", b"<w:body>" + deep.encode() * 50_000, 1),
    )
    (files / "deep.docx").write_bytes(nested)
    yield Made("deep.docx", "deep nesting")
    (files / "deep.md").write_text(f"{'> ' * 20_000}خبر\n\n{'[' * 50_000}\n", "utf-8")
    yield Made("deep.md", "deep nesting", either=True)
    (files / "deep.xml").write_text("<rss>" + "<a>" * 200_000, "utf-8")
    yield Made("deep.xml", "deep nesting")


def _large(files: Path) -> Iterator[Made]:
    line = "قال الوزير إن الجسر الجديد مفتوح للجميع منذ يوم الاثنين الماضي في المدينة.\n".encode()
    for suffix in ("txt", "md", "html", "srt", "eml", "xml"):
        name = f"large.{suffix}"
        (files / name).write_bytes(line * (LARGE // len(line)))
        yield Made(name, "100 MB of text")


def _lines(files: Path, article: Article) -> Iterator[Made]:
    """Tables, mail and subtitles in disorder."""
    bad = '{"text": 1}\n{"text": "\\ud800"}\nnot json\n[]\n{"text": ""}\n{"other": "x"}\n'
    (files / "broken.jsonl").write_text(bad + "[" * 100_000 + "\n", "utf-8")
    yield Made("broken.jsonl", "broken rows")
    (files / "broken.csv").write_text('id,text\n1,"no end\n2,x,y\n', "utf-8")
    yield Made("broken.csv", "broken rows")
    deep = 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 3_000
    (files / "deep.eml").write_text(f"Subject: x\n{deep}", "utf-8")
    yield Made("deep.eml", "deep nesting", either=True)
    message = EmailMessage()
    message["Subject"] = article.title
    message.set_content(article.text, charset="utf-8")
    odd = message.as_bytes().replace(b'charset="utf-8"', b'charset="xqz-none"')
    (files / "charset.eml").write_bytes(odd)
    yield Made("charset.eml", "an unknown charset", either=True)
    (files / "broken.srt").write_text("1\n99:99:99,999 --> -1\nxqz\n\n--> -->\n", "utf-8")
    yield Made("broken.srt", "times out of order", either=True)
