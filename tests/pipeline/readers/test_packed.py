"""Zip files that are made to do harm, damaged, or no zip files of the kind that they say."""

import io
import struct
import zipfile

import pytest

from pipeline.readers import Unreadable
from pipeline.readers.packed import MOST_MEMBERS, Packed
from tests.pipeline.readers.office import docx, odt, packed, refusal

DAMAGED = "is damaged or cut off; get it again from where it came"
GOOD = docx("<w:p><w:r><w:t>one</w:t></w:r></w:p>")


def test_a_member_as_it_is_unpacked() -> None:
    archive = Packed(io.BytesIO(packed({"a": b"x" * 200_000, "b": "y"})))
    assert [len(chunk) for chunk in archive.chunks("a")] == [65536, 65536, 65536, 3392]
    assert archive.read("b", 10) == b"y"
    assert archive.names == {"a", "b"}
    with pytest.raises(Unreadable, match="holds a part of more than 0 MB"):
        archive.read("a", 10)


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.readers.packed.LARGEST_MEMBER", 2**21)
    monkeypatch.setattr("pipeline.readers.packed.LARGEST_WHOLE", 2**22)


@pytest.mark.usefixtures("_small")
def test_what_unpacks_to_more_than_its_header_says() -> None:
    bomb = bytearray(docx("a" * 2**22))
    assert len(bomb) < 10_000
    assert refusal("docx", bytes(bomb)) == "unpacks to more than 2 MB of text"
    entry = bomb.rindex(b"PK\x01\x02")
    bomb[entry + 24 : entry + 28] = struct.pack("<I", 100)
    # zipfile gives what the header says and then compares the checksum.
    assert refusal("docx", bytes(bomb)) == DAMAGED


@pytest.mark.usefixtures("_small")
def test_all_members_together() -> None:
    archive = Packed(io.BytesIO(packed(dict.fromkeys("abc", b"a" * 2**21))))
    for name in "ab":
        assert sum(map(len, archive.chunks(name))) == 2**21
    with pytest.raises(Unreadable, match="unpacks to more than 2 MB"):
        list(archive.chunks("c"))


@pytest.mark.parametrize("count", [MOST_MEMBERS + 1, 50_000])
def test_many_members(count: int) -> None:
    many = packed({f"{number:08}": b"" for number in range(count)})
    assert refusal("docx", many) == "holds more than 10,000 files; it is no document"


def test_members_that_overlap() -> None:
    """As in a bomb whose every member is the same bytes: the list names one place many times."""
    data = bytearray(packed({"word/document.xml": b"a" * 100, "b": b"a" * 100}))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    assert refusal("docx", bytes(data)) != "is read"


def test_an_archive_in_an_archive_stays_packed() -> None:
    inner = packed({"word/document.xml": b"a" * 2**20})
    assert refusal("docx", packed({"a.zip": inner})) == (
        "is a zip file by its first bytes; unpack it first"
    )


@pytest.mark.parametrize("cut", [4, 30, 100, len(GOOD) // 2, len(GOOD) - 1])
def test_what_is_cut_off(cut: int) -> None:
    assert refusal("docx", GOOD[:cut]) == DAMAGED


def test_what_is_encrypted_or_packed_otherwise() -> None:
    locked = bytearray(GOOD)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal("docx", bytes(locked)) == "is encrypted; save it without a password"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal("docx", out.getvalue()) == "is packed as no such document is; save it again"


RTF = rb"{\rtf1 text}"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ODT = packed({"mimetype": "application/vnd.oasis.opendocument.text"})


@pytest.mark.parametrize(
    ("ending", "data", "reason"),
    [
        ("docx", b"%PDF-1.7\n", "is a PDF by its first bytes; rename it to .pdf"),
        ("docx", OLD, "is in the format of Office before 2007 (.doc); save it as .docx"),
        (
            "docx",
            OLD + "EncryptedPackage".encode("utf-16-le"),
            "is encrypted; save it without a password",
        ),
        ("docx", RTF, "is RTF by its first bytes; save it as .docx"),
        ("docx", b"", "is empty"),
        ("docx", b"words", "is no .docx by its first bytes"),
        ("docx", ODT, "is ODT by its parts; rename it to .odt"),
        ("odt", GOOD, "is a Word file by its parts; rename it to .docx"),
        ("epub", packed({"xl/workbook.xml": ""}), "is a workbook by its parts; save it as .csv"),
        ("pdf", b" <!DOCTYPE html><p>a", "is HTML by its first bytes; rename it to .html"),
        ("pdf", GOOD, "is a Word file by its parts; rename it to .docx"),
        ("pdf", b"words", "is no .pdf by its first bytes"),
        ("srt", GOOD, "is a Word file by its parts; rename it to .docx"),
        ("vtt", RTF, "is RTF by its first bytes; save it as .docx"),
    ],
)
def test_what_a_file_is_by_what_is_in_it(ending: str, data: bytes, reason: str) -> None:
    assert refusal(ending, data) == reason


def test_tags_of_all_members_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.readers.packed.MOST_TAGS", 1000)
    archive = Packed(io.BytesIO(packed(dict.fromkeys("abc", "<p>a</p>" * 500))))
    for name in "ab":
        assert archive.read(name, 5000).count(b"<p>") == 500
    with pytest.raises(Unreadable, match="holds more than 1,000 tags; cut it into documents"):
        archive.read("c", 5000)


@pytest.mark.parametrize("ending", ["docx", "odt"])
def test_more_paragraphs_than_a_book_has(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.readers.paragraphs.MOST_PARAGRAPHS", 20)
    many = {"docx": docx("<w:p/>" * 21), "odt": odt("<text:p>a</text:p>" * 21)}[ending]
    assert refusal(ending, many) == "holds more than 20 paragraphs; cut it into documents"
