"""Mail: the subject and the words of a message."""

import tracemalloc
from base64 import b64encode, encodebytes
from email.message import EmailMessage
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.readers.content import Content, Unreadable
from pipeline.readers.mail import read
from tests.pipeline.readers.hostile import damaged, holds

MULTIPART = b"Content-Type: multipart/mixed; boundary="


def message(subject: str = "خبر", text: str = "فقرة أولى.\n\nفقرة ثانية.\n") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made["Date"] = "Wed, 06 May 2026 19:30:00 +0300"
    made.set_content(text)
    made["Content-Language"] = "ar"
    return made


def one(data: bytes | EmailMessage) -> Content:
    [found] = read(BytesIO(data if isinstance(data, bytes) else data.as_bytes()))
    return found


def raw(headers: str, body: bytes) -> bytes:
    return headers.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body


def lines(found: Content) -> list[tuple[str, str, int]]:
    pairs = zip(found.text.split("\n"), found.blocks, strict=True)
    return [(text, block.kind, block.level) for text, block in pairs]


def test_plain_text() -> None:
    found = one(message())
    assert found.text == "خبر\nفقرة أولى.\nفقرة ثانية."
    assert (found.title, found.lang) == ("خبر", "ar")
    assert found.time == "2026-05-06T19:30:00+03:00"
    assert found.flags == ()


def test_plain_text_is_preferred_and_attachments_are_told_of() -> None:
    made = message()
    made.add_alternative("<p>HTML</p>", subtype="html")
    made.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf")
    found = one(made)
    assert found.text == "خبر\nفقرة أولى.\nفقرة ثانية."
    assert found.flags == ("attachments",)


def test_an_empty_plain_text_is_not_preferred() -> None:
    made = message(text="\n")
    made.add_alternative("<h2>قسم</h2><p>نص</p><img src=http://127.0.0.1:9/x>", subtype="html")
    assert lines(one(made)) == [
        ("خبر", "heading", 1),
        ("قسم", "heading", 2),
        ("نص", "paragraph", 0),
    ]


def test_an_attached_text_is_not_read() -> None:
    made = message()
    made.add_attachment("سر", filename="a.txt")
    found = one(made)
    assert "سر" not in found.text
    assert found.flags == ("attachments",)


def test_a_forwarded_message_is_read() -> None:
    made = message("Fwd", "انظر أدناه.\n")
    made.add_attachment(message())
    assert lines(one(made)) == [
        ("Fwd", "heading", 1),
        ("انظر أدناه.", "paragraph", 0),
        ("خبر", "heading", 2),
        ("فقرة أولى.", "paragraph", 0),
        ("فقرة ثانية.", "paragraph", 0),
    ]


def test_windows_1256_in_base64() -> None:
    subject = b64encode("خبر".encode("cp1256")).decode()
    body = "<p>نص الخبر</p><table><tr><td>خلية</td></tr></table>".encode("cp1256")
    found = one(
        raw(
            f"Subject: =?windows-1256?B?{subject}?=\nDate: 6 May 2026 10:00:00 GMT\n"
            "Content-Type: text/html; charset=windows-1256\nContent-Transfer-Encoding: base64",
            encodebytes(body),
        )
    )
    assert lines(found) == [
        ("خبر", "heading", 1),
        ("نص الخبر", "paragraph", 0),
        ("خلية", "cell", 0),
    ]
    assert found.time == "2026-05-06T10:00:00+00:00"


def test_quoted_printable_and_a_subject_in_two_words() -> None:
    found = one(
        raw(
            "Subject: =?utf-8?q?caf?= =?utf-8?q?=C3=A9?= noir\n"
            "Content-Type: text/plain; charset=iso-8859-1\n"
            "Content-Transfer-Encoding: quoted-printable",
            b"Le pr=E9sident=20=\r\nparle.",
        )
    )
    assert found.text == "café noir\nLe président parle."


def test_a_subject_that_is_folded_between_words_keeps_its_space() -> None:
    found = one(raw("Subject: Sans =?utf-8?q?Fronti=C3=A8res?=\n et autres\n\tmots", b"x"))
    assert found.title == "Sans Frontières et autres mots"


def test_flowed_text() -> None:
    flowed = "هذا سطر \r\nيتبعه سطر.\r\n\r\n> اقتباس \r\n> طويل\r\n من هنا\r\n-- \r\nتوقيع\r\n"
    found = one(
        raw("Subject: f\nContent-Type: text/plain; charset=utf-8; format=flowed", flowed.encode())
    )
    assert found.text.split("\n") == [
        "f",
        "هذا سطر يتبعه سطر.",
        "اقتباس طويل",
        "من هنا",
        "--",
        "توقيع",
    ]


def test_a_subject_alone_is_the_text() -> None:
    assert lines(one(raw("Subject: عاجل", b""))) == [("عاجل", "heading", 1)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is no mail"),
        ("نص عادي".encode(), "is no mail"),
        (b"%PDF-1.7\n", "is no mail"),
        (b"From: a@b.example\r\n\r\n", "holds no text"),
        (
            b"".join(b"%sb%d\n\n--b%d\n" % (MULTIPART, n, n) for n in range(60)) + b"\nx",
            "nested more than 50 deep",
        ),
        (b"Content-Type: message/rfc822\n\n" * 5000, "damaged, or nests too deep"),
        (b"Subject: a\nContent-type: text/plain; " + b"a=b;\n " * 10_000 + b"\n\nx", "beyond all"),
        ((MULTIPART + b"\n") * 5000, "too many parts"),
        (MULTIPART + b"b\n\n" + b"--b\n\nx\n" * 50_001, "has more than 50,000 parts"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        one(data)


def test_a_broken_subject_stands_as_it_is() -> None:
    assert one(raw("Subject: =?utf-8?b?a?=\nDate: yesterday", b"x")).text.endswith("\nx")
    assert one(raw("Subject: =?no-such?q?a=FF?=", b"x")).title


def test_a_long_header_takes_no_time() -> None:
    """The newer policy of Python's parser reads one like this for minutes, in gigabytes."""
    found = one(raw("Subject: " + "=?utf-8?q?a?= " * 100_000, b"x"))
    assert found.text.endswith("\nx")


def _files() -> list[bytes]:
    full = message()
    full.add_alternative("<p>HTML</p>", subtype="html")
    full.add_attachment(message("x"))
    return [message().as_bytes(), full.as_bytes(), raw("Subject: a\nDate: b", b"x")]


@settings(max_examples=200)
@given(damaged(_files()) | st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    holds(data, "eml")


def test_a_part_that_cannot_be_read_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.readers.mail.MOST_TEXT_LINES", 10)
    made = message()
    made.add_attachment("x\n" * 20, filename="a.txt", disposition="inline")
    found = one(made)
    assert found.text == "خبر\nفقرة أولى.\nفقرة ثانية."
    assert found.flags == ("damaged-part",)
    with pytest.raises(Unreadable, match="has a part of more than 10 lines"):
        one(message(text="x\n" * 20))


def test_another_form_stands_for_a_part_that_cannot_be_read() -> None:
    made = message(text="a" + "\u0301" * 200)
    made.add_alternative("<p>HTML</p>", subtype="html")
    found = one(made)
    assert found.text == "خبر\nHTML"
    assert found.flags == ("damaged-part",)


def test_a_part_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.readers.mail.LARGEST_PART", 2**20)
    with pytest.raises(Unreadable, match="has a part of more than 1 MB of text"):
        one(message(text="some words of a line\n" * 60_000))


def test_flowed_text_takes_linear_time() -> None:
    flowed = b"some words of a line that flows on and on \n" * 200_000
    found = one(raw("Subject: f\nContent-Type: text/plain; format=flowed", flowed))
    assert len(found.text) == len(flowed) - 200_000 + 1


def test_what_is_parsed_is_not_held_twice() -> None:
    data = raw("Subject: f\nContent-Type: application/pdf", b"JVBERi0xLjcK" * 6 + b"\n") * 1
    data += (b"JVBERi0xLjcK" * 6 + b"\n") * 60_000
    tracemalloc.start()
    assert one(data).flags == ("attachments",)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4.5 * len(data)
