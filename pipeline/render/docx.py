"""A document for Word: the summary, then a table of source and English, a segment a row.

Each sentence of the summary is followed by the numbers of the segments that support it, which lead
to their rows. A cell of the table begins with a paragraph that holds its text and nothing else;
flags stand small below the English. Equal records make equal files.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from models.catalog import name_of
from pipeline.document import Record, Segment, SummarySentence, Translation
from pipeline.flags import FLAGS, shown
from pipeline.render import Write
from pipeline.render.docx_parts import BEGIN, CORE, END, FIXED, JOINT, TABLE, WIDTHS
from pipeline.render.reading import direction, english_title
from pipeline.render.xml import attributes, tag_of, words

ROWS = 500
"""In a table; then the next one begins. LibreOffice lays out 5,000 in one for minutes."""

_BREAKS = {"\t": "<w:tab/>", "\n": "<w:br/>"}
_PIECES = re.compile("([\t\n])")


@contextmanager
def writing(out: BinaryIO) -> Iterator[Write]:
    """Write records, each on a page of its own."""
    title, number = "", 0
    with ZipFile(out, "w") as file:
        with file.open(_entry("word/document.xml"), "w") as text:

            def write(record: Record) -> None:
                nonlocal title, number
                number += 1
                title = title or _title(record)
                for part in _parts(record, number):
                    text.write(part.encode())

            text.write(BEGIN.encode())
            yield write
            text.write(END.encode())
        core = CORE.format(title=words(title))
        for name, content in (FIXED | {"docProps/core.xml": core}).items():
            file.writestr(_entry(name), content)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)  # of 1980
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
    return entry


def _title(record: Record) -> str:
    return english_title(record) or record.document.title or record.document.id


def _parts(record: Record, number: int) -> Iterator[str]:
    document, english = record.document, english_title(record)
    title = document.title or document.id
    begin = "<w:pageBreakBefore/>" if number > 1 else ""
    yield _paragraph("Title", _run(title, document.lang), document.lang, begin)
    if english:
        yield _paragraph("Title", _run(english))
    told = (document.id, f"{name_of(document.lang)} → English", document.time, document.url)
    yield _paragraph("Subtitle", _run("  ·  ".join(filter(None, told))))
    if record.summary.sentences:
        yield _paragraph("Heading1", _run("Summary"))
        yield "".join(_flag(flag, "") for flag in record.summary.flags)
        for sentence in record.summary.sentences:
            yield _sentence(sentence, number)
    yield _paragraph("Heading1", _run("Translation"))
    yield from _tables(record, number)
    yield from _remarks(record)


def _tables(record: Record, number: int) -> Iterator[str]:
    pairs = list(zip(record.segments, record.translations, strict=True))
    for begin in range(0, len(pairs), ROWS):
        yield (JOINT if begin else "") + TABLE + _header(record.document.lang)
        for pair in pairs[begin : begin + ROWS]:
            yield _row(record, number, *pair)
        yield "</w:tbl>\n"


def _remarks(record: Record) -> Iterator[str]:
    """Word wants a paragraph after a table."""
    yield _paragraph("Note", "")
    for flag in record.all_flags:
        yield _flag(flag, FLAGS[flag].meaning)
    for name, report in record.stages.items():
        yield _paragraph("Note", _run(f"{name}: {report.signature}"))


def _sentence(sentence: SummarySentence, number: int) -> str:
    links = " ".join(
        f'<w:hyperlink w:anchor="{_anchor(number, index)}">{_run(f" [{index + 1}]", small=True)}'
        "</w:hyperlink>"
        for index in sentence.supports
    )
    flags = (_flag(flag, sentence.details.get(flag, "")) for flag in sentence.flags)
    return _paragraph("Normal", _run(sentence.text) + links) + "".join(flags)


def _anchor(number: int, index: int) -> str:
    """The name of a bookmark: of a segment of one of the documents in the file."""
    return f"d{number}s{index}"


def _header(lang: str) -> str:
    names = ("", name_of(lang), "English")
    cells = (_paragraph("CellHeading", _run(name)) for name in names)
    return _cells(cells, "<w:cantSplit/><w:tblHeader/>")


def _row(record: Record, number: int, segment: Segment, translation: Translation) -> str:
    document = record.document
    lang = segment.lang or document.lang
    english = lang if translation.by == "source" else "en"
    heading = document.blocks and document.blocks[segment.paragraph].kind == "heading"
    style = "CellHeading" if heading else "Cell"
    mark = f' w:id="{number * 2**20 + segment.index}"'
    bookmark = (
        f'<w:bookmarkStart{mark} w:name="{_anchor(number, segment.index)}"/><w:bookmarkEnd{mark}/>'
    )
    flags = (_flag(flag, translation.details.get(flag, "")) for flag in translation.flags)
    person = _paragraph("Note", _run("by a person")) if translation.by == "memory" else ""
    cells = (
        _paragraph("Number", bookmark + _run(str(segment.index + 1))),
        _paragraph(style, _run(segment.text, lang), lang),
        _paragraph(style, _run(translation.text, english), english) + person + "".join(flags),
    )
    return _cells(cells, "<w:cantSplit/>")


def _cells(contents: Iterable[str], about: str) -> str:
    cells = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'
        for width, content in zip(WIDTHS, contents, strict=True)
    )
    return f"<w:tr><w:trPr>{about}</w:trPr>{''.join(cells)}</w:tr>\n"


def _flag(flag: str, detail: str) -> str:
    return _paragraph("Note" if FLAGS[flag].note else "Flag", _run(shown(flag, detail)))


def _paragraph(style: str, content: str, lang: str = "en", about: str = "") -> str:
    turned = "<w:bidi/>" if direction(lang) == "rtl" else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{about}{turned}</w:pPr>{content}</w:p>'


def _run(text: str, lang: str = "en", small: bool = False) -> str:
    """Text with its language and direction, which choose letters, fonts and proofing."""
    tag = tag_of(lang)
    codes = attributes(w__val=tag, w__eastAsia=tag, w__bidi=tag)
    about = '<w:vertAlign w:val="superscript"/>' * small
    turned = "<w:rtl/>" if direction(lang) == "rtl" else ""
    pieces = (
        _BREAKS.get(piece) or f'<w:t xml:space="preserve">{words(piece)}</w:t>'
        for piece in _PIECES.split(text)
        if piece
    )
    return f"<w:r><w:rPr>{about}{turned}<w:lang{codes}/></w:rPr>{''.join(pieces)}</w:r>"
