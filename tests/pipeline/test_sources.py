"""Bytes to documents: every encoding that is met, nothing lost, and one clear line otherwise."""

import gzip
import random
import textwrap
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.readers import portions
from pipeline.readers.content import Unreadable
from pipeline.sources import read, read_lines
from tests.pipeline.reading import parse

NEWS = (
    "افتتاح جسر جديد\n\nافتتح الوزير جسرا في الموصل بكلفة ٣٫٥ مليون دولار، وقال إن «العمل مستمر».\n"
)
LINES = NEWS.strip()


def text_of(text: str, name: str = "news.txt", lang: str = "en") -> str:
    return parse(text.encode(), name, lang).text


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_encodings_of_unicode(encoding: str, mark: str) -> None:
    if mark and encoding in ("utf-16", "utf-32", "utf-8-sig"):
        pytest.skip("writes its own mark")
    document = parse((mark + NEWS).encode(encoding), "news.txt")
    assert document.text == LINES
    assert document.lang == "ar"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_unmarked_utf_16_of_other_scripts(encoding: str) -> None:
    for text in (
        "Le ministre a inauguré le pont.",
        "Министр открыл мост.",
        "部长 3 月为大桥揭幕。\n是的。",
    ):
        assert parse(text.encode(encoding), "a.txt", "fr").text == text


def test_windows_1256_keeps_every_letter() -> None:
    letters = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ ،؛؟"
    text = f"افتتح الوزير جسرا في الموصل {letters} BBC 2026"
    assert parse(text.encode("cp1256"), "news.txt").text == text


def test_utf_8_with_a_little_damage_is_not_taken_for_windows_1256() -> None:
    data = NEWS.encode()
    with pytest.raises(Unreadable, match="is not UTF-8"):
        parse(data[:40] + b"\xff" + data[40:], "news.txt")


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (
            b"one\ntwo\nth\xffree\n",
            "a.txt",
            "a.txt: byte 10 (line 3) is not UTF-8; save the file as UTF-8",
        ),
        (
            b"\xef\xbb\xbfone\ntw\xffo",
            "a.txt",
            "a.txt: byte 9 (line 2) is not UTF-8; save the file as UTF-8",
        ),
        (b"caf\xe9", "a.txt", "a.txt: byte 3 (line 1) is not UTF-8; save the file as UTF-8"),
        (
            "مرحبا".encode()[:-1],
            "a.txt",
            "a.txt: byte 8 (line 1) is not UTF-8; save the file as UTF-8",
        ),
        (b"\xff\xfea", "a.txt", "a.txt: byte 2 (line 1) is not UTF-16; save the file as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", "a.png", "a.png: is binary, not text"),
        (gzip.compress(b"news " * 99, mtime=0), "a.gz", "a.gz: is binary, not text"),
        (bytes(range(32)) * 20, "a.bin", "a.bin: is binary, not text"),
        (b"\x1b[31m\x1b[0m", "a.log", "a.log: is binary, not text"),
        (b"", "-", "-: is empty"),
        (b"\xef\xbb\xbf", "a.txt", "a.txt: is empty"),
        (" \n\t\u2028\u3000\r\n".encode(), "a.txt", "a.txt: is empty"),
        (b"# \n\n---\n", "a.md", "a.md: holds no text"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(data: bytes, name: str, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(data, name, "en")
    assert str(caught.value) == message


def test_the_reason_stands_apart_from_the_name() -> None:
    with pytest.raises(Unreadable) as caught:
        parse(b"", "a.txt")
    assert caught.value.reason == "is empty"
    assert str(caught.value) == "a.txt: is empty"


def test_what_is_valid_utf_8_is_nothing_else() -> None:
    text = "\ufffd\ufffd\ufffd ا \ufffd"
    assert text_of(text) == text


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"absent\.txt: no such file or directory$"):
        read(tmp_path / "absent.txt")
    with pytest.raises(Unreadable, match=r"is a folder; name the files in it$"):
        read(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(Unreadable, match=r"a\.txt/b: not a directory$"):
        read(tmp_path / "a.txt" / "b")
    assert Unreadable.exit_code == 2


def test_what_is_larger_than_a_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "LARGEST", 2**20)
    file = tmp_path / "a.txt"
    file.write_bytes(b"a " * 2**19)
    assert len(read(file, "en").text) == 2**20 - 1
    file.write_bytes(b"a " * 2**19 + b"b")
    with pytest.raises(Unreadable, match=r"a\.txt: larger than 64 MB; cut it into documents$"):
        read(file, "en")


def test_more_lines_than_a_document_has() -> None:
    assert len(parse(b"a\n" * 1_000_000, "a.txt", "en").text) == 2 * 10**6 - 1
    with pytest.raises(Unreadable, match="has more than 1,000,000 lines; cut it into documents"):
        parse(b"a\n" * 1_000_001, "a.txt", "en")


def test_the_document(tmp_path: Path) -> None:
    file = tmp_path / "mosul.bridge.txt"
    file.write_text(NEWS, "utf-8")
    assert read(file) == Document(
        "mosul.bridge", "ar", "افتتاح جسر جديد", LINES, path=str(file), lang_score=0.949
    )
    assert parse(NEWS.encode(), "-").id == "stdin"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Headline\n\nA paragraph.", "Headline"),
        ("\n\nHeadline\nA paragraph.", "Headline"),
        ("One line alone.", ""),
        ("x" * 250 + "\nmore", "x" * 250),
        ("x" * 251 + "\nmore", ""),
    ],
)
def test_the_title_is_a_short_first_line_before_others(text: str, title: str) -> None:
    assert parse(text.encode(), "a.txt", "en").title == title


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        (NEWS, "ar"),
        ("قال متحدث باسم BBC و CNN اليوم إن الجسر جديد", "ar"),
        ("The minister opened a new bridge yesterday.", "en"),
        ("Министр открыл новый мост через реку.", "ru"),
        ("部长昨天为一座新桥剪彩。", "zh"),
    ],
)
def test_the_language_is_told_from_the_text(text: str, lang: str) -> None:
    document = parse(text.encode(), "a.txt")
    assert (document.lang, document.flags) == (lang, ())
    assert document.lang_score is not None
    assert parse(text.encode(), "a.txt", "pt").lang == "pt"
    assert parse(text.encode(), "a.txt", "pt").lang_score is None


@pytest.mark.parametrize("text", ["؟؟ 35 %", "🙂🙃", "OK", "اب abc"])
def test_a_language_that_nothing_tells_is_flagged(text: str) -> None:
    assert parse(text.encode(), "a.txt").flags == ("unsure-language",)


def test_numbers_and_signs_need_no_model() -> None:
    assert parse(b"35 %", "a.txt").lang == "en"


def test_letters_are_composed() -> None:
    assert text_of("cafe\u0301 \u0627\u0653") == "café آ"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\v", "\f"])
def test_line_ends(end: str) -> None:
    assert text_of(f"one{end}two{end}{end}three{end}") == "one\ntwo\n\nthree"


@pytest.mark.parametrize("control", ["\a", "\x1b", "\x7f", "\x1f", "\x80", "\x9b", "\x9f"])
def test_stray_control_characters_become_spaces(control: str) -> None:
    body = "a paragraph of ordinary words, long enough"
    assert text_of(f"{body}{control}[31m") == f"{body} [31m"


def test_joiners_and_direction_marks_are_text() -> None:
    text = "می\u200cخواهم \u200fنص\u200e"
    assert text_of(text) == text


SENTENCE = "le ministre a inauguré hier un pont sur la rivière en présence de la population"


def paragraphs(seed: int, count: int) -> list[str]:
    dice = random.Random(seed)
    return [
        " ".join(dice.choices(SENTENCE.split(), k=dice.randint(60, 120))) + "."
        for _ in range(count)
    ]


@pytest.mark.parametrize("width", [60, 72, 78])
@given(seed=st.integers(0, 10_000))
def test_lines_filled_by_a_program_are_joined(width: int, seed: int) -> None:
    texts = paragraphs(seed, 4)
    filled = "\n\n".join(textwrap.fill(text, width) for text in texts)
    assert text_of(filled) == "\n\n".join(texts)


def test_a_headline_over_wrapped_text_is_kept() -> None:
    body = paragraphs(1, 3)
    wrapped = "\n\n".join(["Un pont sur la rivière", *(textwrap.fill(p, 72) for p in body)])
    document = parse(wrapped.encode(), "a.txt", "fr")
    assert document.title == "Un pont sur la rivière"
    assert document.text.split("\n\n") == ["Un pont sur la rivière", *body]


@pytest.mark.parametrize(
    "text",
    [
        "Shopping:\n- bread\n- milk and butter\n- a very large piece of cheese from town\n- salt",
        "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\n"
        "Could frame thy fearful symmetry?",
        "A\nB\nC\nD\nE\nF",
        "\n".join(f"{line} " + "word " * 40 + "end." for line in range(5)),
        "First paragraph of a text that stands on one line.\nSecond one.\nThird paragraph here.",
    ],
    ids=["list", "poem", "letters", "long lines", "paragraphs"],
)
def test_lines_that_nobody_filled_are_kept(text: str) -> None:
    assert text_of(text) == text


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t\v\f\x85"),
        min_size=1,
    )
)
def test_every_character_of_a_text_file_survives(text: str) -> None:
    text = text.lstrip("\ufeff")
    if not text.strip():
        return
    assert squeezed(text_of(text)) == squeezed(unicodedata.normalize("NFC", text))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_refused_in_one_line(data: bytes) -> None:
    found = told(data)
    if isinstance(found, str):
        assert found.startswith("a.txt: ")
        assert "\n" not in found
    else:
        assert found.text.strip()
        assert unicodedata.is_normalized("NFC", found.text)
        assert {char for char in found.text if unicodedata.category(char) == "Cc"} <= set("\n\t")


def told(data: bytes) -> Document | str:
    try:
        return parse(data, "a.txt", "en")
    except Unreadable as error:
        return str(error)


def test_lines_stand_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.en.txt"
    wrapped = ["The minister opened a bridge over the river and"] * 6
    given = [*wrapped, "", "  One\u2028line\x07. \r", "cafe\u0301", " "]
    path.write_bytes("\n".join(given).encode("utf-16"))
    assert read_lines(path) == [*wrapped, "One\u2028line .", "caf\u00e9"]


def test_lines_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.en.txt"
    with pytest.raises(Unreadable, match=r"a\.en\.txt: no such file or directory"):
        read_lines(path)
    path.write_bytes(b"ok\n\xff\xfe\xfd bad")
    with pytest.raises(Unreadable, match=r"a\.en\.txt: byte 3 \(line 2\) is not UTF-8"):
        read_lines(path)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Received: from x\n by y\nSubject: One\n\ntwo\n", "One\ntwo"),
        (b"Subject: One\nMIME-Version: 1.0\n\ntwo\n", "One\ntwo"),
        (b"Subject: One\nDate: today\n\ntwo\n", "Subject: One\nDate: today\n\ntwo"),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nSaid.\r\n", "Said."),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nSaid.\n", "Said."),
        (b"<!DOCTYPE html><p>One<p>two", "One\ntwo"),
    ],
)
def test_what_comes_without_a_name_is_told_by_its_beginning(data: bytes, text: str) -> None:
    assert parse(data, "-", "en").text == text


def test_a_packed_stream_is_a_web_archive() -> None:
    with pytest.raises(Unreadable, match="is no web archive"):
        parse(gzip.compress(b"news", mtime=0), "-")
