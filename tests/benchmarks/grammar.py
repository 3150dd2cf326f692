"""What each reader is fuzzed with: its seeds, its tokens, its mutations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZIP_STORED, ZipFile, is_zipfile

from tests.benchmarks import mutations

SMALL = 64 * 1024  # bytes of a seed: more would be read for long

_WORDS = ("الوزير افتتح الجسر. ", "the minister ", "3.5% ", "\n", "\n\n", "大桥", "a b", " ")
_HTML = (
    *("<p>", "</p>", "<h1>", "</h1>", "<div>", "</div>", "<table>", "<tr>", "<td>", "</table>"),
    *(
        "<ul>",
        "<li>",
        "</ul>",
        "<article>",
        "</article>",
        "<a href='x'>",
        "</a>",
        "<br>",
        "<title>",
    ),
    *(
        "</title>",
        "<meta charset=utf-8>",
        "<html lang=ar>",
        "<body>",
        "<script>",
        "</script>",
        "<pre>",
    ),
    *(
        "<img alt='x'>",
        "<b>",
        "</b>",
        "<svg>",
        "<math>",
        "<template>",
        "<select><option>",
        "&nbsp;",
    ),
)
_WORD_XML = (
    *("<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "<w:tbl>", "<w:tr>", "<w:tc>"),
    *("</w:tc>", "</w:tr>", "</w:tbl>", "<w:br/>", "<w:tab/>", "<w:sdt><w:sdtContent>", "<w:body>"),
    *(
        "<w:pPr><w:pStyle w:val='Heading1'/></w:pPr>",
        "<w:del>",
        "<w:ins>",
        "<w:footnoteReference/>",
    ),
    *("<w:pPr><w:numPr><w:ilvl w:val='9'/></w:numPr></w:pPr>", "<w:txbxContent>", "<w:instrText>"),
)
_ODT_XML = (
    *("<text:p>", "</text:p>", "<text:h text:outline-level='9'>", "</text:h>", "<text:list>"),
    *(
        "<text:list-item>",
        "</text:list-item>",
        "</text:list>",
        "<text:s text:c='999'/>",
        "<text:tab/>",
    ),
    *("<table:table>", "<table:table-row>", "<table:table-cell table:number-columns-repeated='9'>"),
    *("</table:table-cell>", "</table:table-row>", "</table:table>", "<text:note>", "<text:span>"),
    *("</text:span>", "<text:s text:c='99999999'/>", "<office:text>", "<text:tracked-changes>"),
)
_FEED = (
    *("<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>"),
    *("</link>", "<description>", "</description>", "<pubDate>x</pubDate>", "<guid>1</guid>"),
    *("<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<content type='html'>"),
    *("</content>", "<id>x</id>", "<summary>", "</summary>", "<rdf:RDF>", "<a:b xmlns:a='c'>"),
)
_MAIL = (
    *("Subject: x\n", "From: a@b\n", "Content-Type: text/plain; charset=windows-1256\n", "\n--b\n"),
    *(
        "Content-Type: multipart/alternative; boundary=b\n",
        "\n--b--\n",
        "MIME-Version: 1.0\n",
        "\n\n",
    ),
    *(
        "Content-Transfer-Encoding: quoted-printable\n",
        "Content-Type: text/html\n",
        "=D9=85",
        "4pi6",
    ),
    *(
        "Content-Type: message/rfc822\n",
        "Content-Disposition: attachment; filename=x\n",
        "Date: ,\n",
    ),
)
_CUES = (
    *("1\n", "00:00:01,000 --> 00:00:02,000\n", "00:01.000 --> 00:02.000 align:start\n", "\n\n"),
    *(
        "WEBVTT\n\n",
        "NOTE x\n\n",
        "STYLE\n::cue{}\n\n",
        "<i>",
        "</i>",
        "<v Nadia>",
        "- ",
        "{\\an8}",
    ),
    *("100:00:00,000 --> 100:00:01,000\n", "0:0:0,0 --> 0:0:0,0\n", "X-TIMESTAMP-MAP=LOCAL:0\n"),
)
_WARC = (
    *("WARC/1.0\r\n", "WARC/1.1\r\n", "WARC-Type: response\r\n", "WARC-Type: revisit\r\n", "\r\n"),
    *(
        "WARC-Target-URI: http://x/\r\n",
        "Content-Length: 50\r\n",
        "WARC-Date: 2026\r\n",
        "\r\n\r\n",
    ),
    *(
        "Content-Type: application/http; msgtype=response\r\n",
        "HTTP/1.1 200 OK\r\n",
        "<html>",
        "1f\r\n",
    ),
    *(
        "Content-Type: text/html\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Content-Encoding: gzip\r\n",
    ),
)
_PDF = (
    *("%PDF-1.7\n", "1 0 obj\n", "<< /Type /Catalog /Pages 2 0 R >>\n", "endobj\n", "2 0 obj\n"),
    *(
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>\n",
        "3 0 obj\n",
        "<< /Type /Page /Parent 2 0 R >>\n",
    ),
    *(
        "stream\n",
        "\nendstream\n",
        "BT /F1 12 Tf (x) Tj ET\n",
        "xref\n",
        "trailer\n",
        "startxref\n9\n",
    ),
    *("<< /Root 1 0 R /Size 9 >>\n", "%%EOF\n", "[", "]", "2 0 R ", "/Contents 4 0 R ", "/Kids "),
)
_TABLE = (
    "id,text,title\n",
    "1,",
    '"',
    '""',
    ",",
    ";",
    "\t",
    "id\ttext\n",
    '{"text": ',
    "}",
    "null",
    "\n",
)
_TMX = (
    *(
        "<tmx version='1.4'>",
        "<header srclang='ar'/>",
        "<body>",
        "<tu>",
        "</tu>",
        "<tuv xml:lang='ar'>",
    ),
    *(
        "</tuv>",
        "<seg>",
        "</seg>",
        "<ph>",
        "<bpt i='1'>",
        "<sub>",
        "<tuv lang='en'>",
        "</body></tmx>",
    ),
)
_MARKDOWN = (
    *(
        "# ",
        "- ",
        "> ",
        "1. ",
        "```\n",
        "| a | b |\n",
        "|---|---|\n",
        "**",
        "[x](",
        "![",
        "](",
        "    ",
    ),
    *(
        "<div>",
        "[^1]",
        "[^1]: ",
        "---\n",
        "~~",
        "`",
        "<https://x>",
        "\\",
        ":::\n",
        "$$",
        "title: x\n",
    ),
)
_TERMS = (
    "source\ttarget\n",
    "الجسر\tbridge",
    "\t",
    "|",
    "any",
    "exact",
    "# ",
    "WHO",
    "大桥\tbridge\n",
)


@dataclass(frozen=True, slots=True)
class Target:
    """A reader under a name: the ending that its inputs have, and how many of a thousand it gets.

    `main`: how the members of an archive end that matter most; `wrap`: where its tokens go.
    """

    ending: str
    share: int
    tokens: tuple[str, ...]
    main: tuple[str, ...] = ()
    wrap: tuple[str, str, str] = ("", "", "")


_DOCX = ("word/document.xml", "<w:document xmlns:w='http://schemas.openxmlformats.org/"
         "wordprocessingml/2006/main'><w:body>", "</w:body></w:document>")  # fmt: skip
_ODT = ("content.xml", "<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:"
        "xmlns:office:1.0' xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' xmlns:table="
        "'urn:oasis:names:tc:opendocument:xmlns:table:1.0'><office:body><office:text>",
        "</office:text></office:body></office:document-content>")  # fmt: skip

TARGETS: Mapping[str, Target] = {
    "text": Target("txt", 60, ()),
    "markdown": Target("md", 55, _MARKDOWN),
    "html": Target("html", 120, _HTML),
    "docx": Target("docx", 120, _WORD_XML, (".xml", ".rels"), _DOCX),
    "odt": Target("odt", 110, _ODT_XML, ("content.xml", "styles.xml"), _ODT),
    "epub": Target("epub", 90, _HTML, (".xhtml", ".opf", ".xml", ".ncx", ".html"), ("*", "", "")),
    "pdf": Target("pdf", 25, _PDF),
    "srt": Target("srt", 40, _CUES),
    "vtt": Target("vtt", 35, _CUES),
    "mail": Target("eml", 70, _MAIL + _HTML),
    "feed": Target("xml", 80, _FEED),
    "warc": Target("warc", 60, _WARC),
    "warc.gz": Target("warc.gz", 25, _WARC),
    "jsonl": Target("jsonl", 20, _TABLE),
    "csv": Target("csv", 20, _TABLE),
    "csv.gz": Target("csv.gz", 10, _TABLE),
    "jsonl.zst": Target("jsonl.zst", 10, _TABLE),
    "parquet": Target("parquet", 20, ()),
    "tmx": Target("tmx", 30, _TMX),
    "glossary": Target("terms", 20, _TERMS),
}


def seeds(files: Path) -> dict[str, list[bytes]]:
    """Small real files for every target, those of good and of hostile files alike."""
    found: dict[str, list[bytes]] = {name: [] for name in TARGETS}
    own = {"html": ("htm", "xhtml"), "xml": ("rss", "atom"), "csv": ("tsv",), "csv.gz": ("tsv.gz",)}
    for path in sorted(files.iterdir()):
        suffix = path.name.partition(".")[2]
        for name, target in TARGETS.items():
            fits = suffix == target.ending or suffix in own.get(target.ending, ())
            small = path.stat().st_size <= SMALL * (4 if suffix == "pdf" else 1)
            if fits and small and (not target.main or is_zipfile(path)):
                found[name].append(path.read_bytes())
    found["pdf"] = sorted(found["pdf"], key=len)[:16]
    found["tmx"] = [_tmx(version) for version in range(4)]
    found["glossary"] = [_glossary(version) for version in range(4)]
    return found


def _tmx(version: int) -> bytes:
    units = "".join(
        f'<tu tuid="{n}"><tuv xml:lang="ar"><seg>الجسر <bpt i="1">x<sub>ب</sub></bpt>{n}</seg>'
        f'</tuv><tuv xml:lang="en-US"><seg>the bridge {n}</seg></tuv></tu>'
        for n in range(3 + version * 5)
    )
    head = '<?xml version="1.0" encoding="utf-8"?><tmx version="1.4"><header srclang="ar"/><body>'
    return f"{head}{units}</body></tmx>".encode(("utf-8", "utf-16")[version % 2])


def _glossary(version: int) -> bytes:
    lines = [f"الجسر {n}\tbridge {n}\tspan|crossing\texact\n" for n in range(5 * version)]
    return ("source\ttarget\n# note\nالوزير\tminister\n大桥\tbridge\n" + "".join(lines)).encode()


def sample(name: str, several: Sequence[bytes], others: Sequence[bytes], dice: Random) -> bytes:
    """One input for a target: a real file with faults in it, or tokens of its format."""
    target, way = TARGETS[name], dice.random()
    data = dice.choice(several)
    if way < 0.03:
        return mutations.noise(dice, data)
    if way < 0.06:
        return dice.choice(others)
    if way < 0.09:
        return mutations.splice(data, dice.choice(others), dice)
    if way < 0.12:
        return mutations.splice(data, dice.choice(several), dice)
    if way < 0.32 and target.tokens:
        return _composed(target, data, dice)
    for _ in range(dice.choice((1, 1, 2, 3))):
        data = _mutated(target, data, dice)
    return data


def _mutated(target: Target, data: bytes, dice: Random) -> bytes:
    if target.main and dice.random() < 0.8:
        return mutations.member(data, dice, target.main)
    if target.ending.endswith((".gz", ".zst")) and dice.random() < 0.7:
        return mutations.unpacked(data, dice)
    if target.ending == "pdf" and dice.random() < 0.5:
        return mutations.stream(data, dice)
    binary = target.main or target.ending in ("pdf", "parquet") or b"\0" in data[:99]
    ways = mutations.OF_BYTES if binary or dice.random() < 0.3 else mutations.OF_TEXT
    if target.ending in ("xml", "tmx") and dice.random() < 0.7:
        ways = mutations.OF_XML
    return dice.choice(ways)(data, dice)


def _composed(target: Target, data: bytes, dice: Random) -> bytes:
    tokens = [token.encode() for token in (*target.tokens, *_WORDS)]
    body, (name, head, tail) = mutations.composed(dice, tokens), target.wrap
    if dice.random() < 0.7 and target.ending not in ("pdf", "md"):
        body = mutations.balanced(body)
    if not name:
        return body
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_STORED) as new:
        for one in old.infolist():
            mine = one.filename == name or (name == "*" and one.filename.endswith("html"))
            changed = head.encode() + body + tail.encode()
            new.writestr(one.filename, changed if mine else old.read(one))
    return out.getvalue()
