"""What a file is by its first bytes, where its name says otherwise."""

import re
from typing import BinaryIO

from pipeline.readers.content import Unreadable
from pipeline.readers.packed import Packed

_HEAD = 4096
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files begin that Office wrote before 2007, and documents that it encrypts today."""
_DIRECTORY = 2**20  # bytes of such a file in which its parts are named, first or last

_BEGINNINGS = (
    (re.compile(rb"\s*%PDF-"), "is a PDF by its first bytes; rename it to .pdf"),
    (re.compile(rb"\s*\{\\rtf"), "is RTF by its first bytes; save it as .docx"),
    (
        re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.I),
        "is HTML by its first bytes; rename it to .html",
    ),
    (re.compile(rb"WARC/1\."), "is WARC by its first bytes; rename it to .warc"),
    (re.compile(rb"\x1f\x8b"), "is compressed by gzip; unpack it first"),
)
_PARTS = (
    ("word/document.xml", "docx", "is a Word file by its parts; rename it to .docx"),
    ("META-INF/container.xml", "epub", "is an EPUB by its parts; rename it to .epub"),
    ("ppt/presentation.xml", "", "is a presentation by its parts; save it as .docx or .pdf"),
    ("xl/workbook.xml", "", "is a workbook by its parts; save it as .csv"),
)
# What is at least in files of these formats whose parts have unusual names.
_SOME = frozenset({"[Content_Types].xml", "content.xml"})
_MIMETYPES = (
    (b"application/epub+zip", "epub", "is an EPUB by its parts; rename it to .epub"),
    (b"application/vnd.oasis.opendocument.text", "odt", "is ODT by its parts; rename it to .odt"),
    (b"application/vnd.oasis.opendocument", "", "is no text document; save it as .odt or .pdf"),
)


def packed(file: BinaryIO, wanted: str) -> Packed:
    """The zip file that a document of the format `wanted` is.

    Raises Unreadable for what is none, and says what it is and what to do.
    """
    head = _head(file)
    if not head.startswith(b"PK"):
        raise Unreadable(said(file) or f"is no .{wanted} by its first bytes")
    archive = Packed(file)
    kind, reason = _inside(archive)
    if kind != wanted and (kind is not None or not _SOME & archive.names):
        raise Unreadable(reason)
    return archive


def said(file: BinaryIO) -> str:
    """What is said of a file that begins as another format; nothing where it is not known."""
    head = _head(file)
    if not head:
        return "is empty"
    if head.startswith(_COMPOUND):
        return _compound(file)
    if head.startswith(b"PK\x03\x04"):
        return _inside(Packed(file))[1]
    return next((reason for begins, reason in _BEGINNINGS if begins.match(head)), "")


def _inside(archive: Packed) -> tuple[str | None, str]:
    mimetype = archive.read("mimetype", 1024) if "mimetype" in archive.names else b""
    for begins, kind, reason in _MIMETYPES:
        if mimetype.strip().startswith(begins):
            return kind, reason
    for part, kind, reason in _PARTS:
        if part in archive.names:
            return kind, reason
    return None, "is a zip file by its first bytes; unpack it first"


def _compound(file: BinaryIO) -> str:
    file.seek(0)
    parts = file.read(_DIRECTORY)
    file.seek(max(0, file.seek(0, 2) - _DIRECTORY))
    parts += file.read(_DIRECTORY)
    if "EncryptedPackage".encode("utf-16-le") in parts:
        return "is encrypted; save it without a password"
    return "is in the format of Office before 2007 (.doc); save it as .docx"


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    return head
