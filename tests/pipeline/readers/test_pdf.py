"""PDF of real tools, scans, and files that are made to do harm."""

import sys
import zlib
from pathlib import Path

import pytest

from pipeline.readers import pdf
from tests.pipeline.readers.office import BRIDGE, FILES, lines, only, refusal


def words(name: str) -> list[str]:
    return only("pdf", (FILES / name).read_bytes()).text.split()


@pytest.mark.parametrize(
    ("name", "lang", "least"),
    [
        ("bridge.ar.chromium.pdf", "ar", 0.97),
        ("bridge.ar.libreoffice.pdf", "ar", 0.88),
        ("bridge.fr.chromium.pdf", "fr", 0.99),
        ("bridge.fr.libreoffice.pdf", "fr", 0.98),
        ("bridge.fr.columns.chromium.pdf", "fr", 0.99),
    ],
)
def test_the_words_of_real_files_whole_and_in_order(name: str, lang: str, least: float) -> None:
    from difflib import SequenceMatcher

    expected = " ".join(BRIDGE[lang]).split()
    blocks = SequenceMatcher(None, expected, words(name), autojunk=False).get_matching_blocks()
    assert sum(block.size for block in blocks) >= least * len(expected)


def test_the_paragraphs_of_a_page_in_two_columns() -> None:
    found = only("pdf", (FILES / "bridge.fr.columns.chromium.pdf").read_bytes())
    assert BRIDGE["fr"][2] in found.text.split("\n")


def test_headings_and_items() -> None:
    found = lines("pdf", (FILES / "bridge.fr.libreoffice.pdf").read_bytes())
    assert found[:2] == [(BRIDGE["fr"][0], "heading", 1), ("L’ouverture", "heading", 2)]
    assert ("un bus toutes les dix minutes", "item", 1) in found
    assert only("pdf", (FILES / "bridge.fr.libreoffice.pdf").read_bytes()).title == BRIDGE["fr"][0]


def written(*pages: str, picture: bool = False, trailer: str = "", bomb: str = "") -> bytes:
    """A PDF whose pages have these contents."""
    numbers = range(10, 10 + 2 * len(pages), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R/Lang(fr-FR)>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        3: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        4: "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray"
        "/BitsPerComponent 8/Length 1>>stream\nA\nendstream",
        5: "<</Title(Untitled)/CreationDate(D:20240501123000+02'00')>>",
    }
    for number, page in zip(numbers, pages, strict=True):
        stream = page + (" q 9 0 0 9 0 0 cm /I Do Q" if picture and not page else "")
        objects[number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {number + 1} 0 R"
            "/Resources<</Font<</F 3 0 R>>/XObject<</I 4 0 R>>>>>>"
        )
        objects[number + 1] = bomb or f"<</Length {len(stream)}>>stream\n{stream}\nendstream"
    return put_together(objects, trailer)


def put_together(objects: dict[int, str], trailer: str) -> bytes:
    """The file of these objects, with the table of their places."""
    out, places = "%PDF-1.4\n", {}
    for number, one in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{number} 1\n{place:010} 00000 n \n" for number, place in places.items())
    size = max(objects) + 1
    return (
        f"{out}xref\n0 1\n0000000000 65535 f \n{table}"
        f"trailer\n<</Size {size}/Root 1 0 R/Info 5 0 R{trailer}>>\n"
        f"startxref\n{len(out)}\n%%EOF\n"
    ).encode("latin-1")


SHOWN = "BT /F 12 Tf 50 700 Td (One bridge.) Tj ET"


def test_what_a_file_says_of_itself_and_a_name_that_is_no_title() -> None:
    found = only("pdf", written(SHOWN))
    assert (found.text, found.title, found.lang, found.time, found.flags) == (
        "One bridge.",
        "",
        "fr-FR",
        "2024-05-01T12:30:00+02:00",
        (),
    )


def test_pages_that_are_pictures() -> None:
    assert only("pdf", written(SHOWN, "", picture=True)).flags == ("no-text-layer",)
    assert only("pdf", written(SHOWN, "")).flags == ()
    assert refusal("pdf", written("", "", picture=True)) == (
        "holds pictures of pages and no text: run OCR on it first, as with ocrmypdf"
    )
    assert refusal("pdf", written("")) == "holds no text"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            written(
                SHOWN,
                trailer="/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<"
                + "41" * 32
                + ">/U<"
                + "42" * 32
                + ">>>/ID[<01><01>]",
            ),
            "is encrypted; save it without a password",
        ),
        (b"%PDF-1.7\n" + bytes(100), "is damaged or cut off; get it again from where it came"),
        (
            written("BT /F 1 Tf " + "(aaaaaaaaaaaaaaaaaaaa) Tj " * 10_000 + "ET"),
            "holds more text than 16 million characters; cut it into documents",
        ),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    assert refusal("pdf", data) == reason


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import time; time.sleep(60)", "is too hard to read: its next page did not come in 10 s"),
        ("import os; os.abort()", "is damaged or cut off; get it again from where it came"),
        ("print('[[[', end='')", "is damaged or cut off; get it again from where it came"),
    ],
)
def test_what_hangs_or_breaks_ends_alone(
    program: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "program.py"
    script.write_text(program)
    monkeypatch.setattr(pdf, "_PROGRAM", script)
    monkeypatch.setattr(pdf, "SECONDS", 0.5 if "sleep" in program else 10.0)
    assert refusal("pdf", written(SHOWN)) == reason


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are of Linux")
def test_a_page_that_unpacks_to_more_than_the_memory() -> None:
    packing = zlib.compressobj()
    head = packing.compress(bytes(2**20)) + packing.flush(zlib.Z_FULL_FLUSH)
    block = packing.compress(bytes(2**20)) + packing.flush(zlib.Z_FULL_FLUSH)
    bomb = (head + block * 1023 + packing.flush()).decode("latin-1")
    stream = f"<</Length {len(bomb)}/Filter/FlateDecode>>stream\n{bomb}\nendstream"
    data = written(SHOWN, bomb=stream)
    assert refusal("pdf", data) == "is damaged or cut off; get it again from where it came"
