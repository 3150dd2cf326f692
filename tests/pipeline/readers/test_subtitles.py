"""Subtitles: what is said in sentences, and cues that are exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.content import flat
from tests.pipeline.readers.office import only, refusal


def shown(ending: str, text: str) -> tuple[list[str], list[tuple[float, float, str]]]:
    """The lines, and the cues with their text."""
    found = only(ending, text.encode())
    assert {block.kind for block in found.blocks} == {"cue"}
    assert len(found.blocks) == len(found.text.split("\n"))
    cues = [(cue.begin, cue.finish, found.text[cue.start : cue.end]) for cue in found.cues]
    return found.text.split("\n"), cues


SRT = """1
00:00:01,000 --> 00:00:02,500
<i>When the bridge</i>
opened in Mosul,

2
00:00:02,600 --> 00:00:04,000 X1:10
{\\an8}people came &amp; sang.

3
00:00:04,200 --> 00:00:06,000
- Did you see it?

4
00:00:06,100 --> 00:00:07,000
I did not

5
00:00:07,000 --> 00:00:07,900
see it.

6
00:00:08,000 --> 00:00:09,000
[music] ولكن

7
00:00:14,000 --> 00:00:15,000
الوزير قال.

8
00:00:20,000 --> 00:00:21,000
نعم
"""


def test_cues_become_sentences_and_keep_their_times() -> None:
    lines, cues = shown("srt", SRT)
    assert lines == [
        "When the bridge opened in Mosul, people came & sang.",
        "- Did you see it?",
        "I did not see it. [music] ولكن الوزير قال.",
        "نعم",
    ]
    assert cues[:3] == [
        (1.0, 2.5, "When the bridge opened in Mosul,"),
        (2.6, 4.0, "people came & sang."),
        (4.2, 6.0, "- Did you see it?"),
    ]
    assert cues[-1] == (20.0, 21.0, "نعم")
    assert len(cues) == 8


VTT = """\ufeffWEBVTT - the title
Kind: captions
Language: ar

STYLE
::cue { color: red }

NOTE a comment
of two lines

REGION
id:fred

intro
01:00.000 --> 01:03.000 align:start
<v.loud Leila>The minister <00:01:02.000><c.red>said</c> so

100:00:05.500 --> 100:00:05.000
<v Omar><ruby>漢<rt>kan</rt></ruby>&lt;b&gt;
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_webvtt_without_what_is_not_said(ends: str) -> None:
    lines, cues = shown("vtt", VTT.replace("\n", ends))
    assert lines == ["The minister said so", "漢<b>"]
    assert cues == [(60.0, 63.0, "The minister said so"), (360005.5, 360005.5, "漢<b>")]
    assert only("vtt", VTT.encode()).lang == "ar"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("00:02,0 --> 00:03,0\ntwo.\n\n00:01,0 --> 00:02,0\none", ["one two."]),
        ("00:01.0 --> 00:02.0\none\n2\n00:03.0 --> 00:04.0\ntwo", ["one two"]),
        ("00:01.0 --> 00:02.0\na\n\nlost\n\n2\n00:03.0 --> 00:04.0\nb", ["a lost b"]),
        ("1\n00:01.0 --> 00:02.0\n\n2\n00:03.0 --> 00:04.0\nb", ["b"]),
        ("00:01.0-->00:02.0\n5 < 6 and a > b", ["5 < 6 and a > b"]),
        ("00:01.0 --> 00:02.0\n-5 degrees\n", ["-5 degrees"]),
    ],
)
def test_what_players_take(text: str, lines: list[str]) -> None:
    assert shown("srt", text)[0] == lines


def test_subtitles_in_windows_1256_and_utf_16() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nقال الوزير إن الجسر مفتوح اليوم\n"
    for encoding in ("cp1256", "utf-16"):
        found = only("srt", text.encode(encoding))
        assert found.text == "قال الوزير إن الجسر مفتوح اليوم"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"words\n", "line 1: text before the first time"),
        (b"1\n00:01 --> soon\na", "line 2: no times as 00:00:01,000 --> 00:00:02,500"),
        (b"WEBVTT\n", "holds no text with times, as 00:00:01,000 --> 00:00:02,500"),
        (b"1\n\0\0", "is binary, not text"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    assert refusal("srt", data) == reason


SAID = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\u0301\u1100\u1161-.<")
)


@given(st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 99), SAID), min_size=1))
def test_every_cue_is_a_span_of_the_text(said: list[tuple[int, int, str]]) -> None:
    text = "\n\n".join(
        f"00:{begin // 100:02}.{begin % 100:02} --> 59:59.{last:02}\n{' '.join(words.split())}"
        for begin, last, words in said
    )
    if refusal("srt", text.encode()) == "is read":
        found = only("srt", text.encode())
        assert [flat(found.text[cue.start : cue.end]) for cue in found.cues] == [
            found.text[cue.start : cue.end] for cue in found.cues
        ]
        assert " ".join(found.text[c.start : c.end] for c in found.cues) == " ".join(
            found.text.split()
        )
        assert [cue.begin for cue in found.cues] == sorted(cue.begin for cue in found.cues)
        assert len(found.blocks) == len(found.text.split("\n"))


ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.230 align:start position:0%
\x20
the<00:00:00.480><c> new</c><00:00:00.800><c> bridge</c>

00:00:02.230 --> 00:00:02.240 align:start position:0%
the new bridge
\x20

00:00:02.240 --> 00:00:04.390 align:start position:0%
the new bridge
was<00:00:02.720><c> opened.</c>

00:00:04.390 --> 00:00:04.400 align:start position:0%
was opened.
\x20

00:00:04.400 --> 00:00:06.550 align:start position:0%
was opened.
no<00:00:04.960><c> no</c>

00:00:06.550 --> 00:00:06.560 align:start position:0%
no no
\x20

00:00:06.560 --> 00:00:09.000 align:start position:0%
no no
no no
"""


def test_captions_that_roll_are_read_once() -> None:
    lines, cues = shown("vtt", ROLLING)
    assert lines == ["the new bridge was opened. no no no no"]
    assert cues == [
        (0.16, 2.23, "the new bridge"),
        (2.24, 4.39, "was opened."),
        (4.4, 6.55, "no no"),
        (6.56, 9.0, "no no"),
    ]


def test_what_is_said_twice_stands_twice() -> None:
    said = "".join(f"00:0{n}.0 --> 00:0{n + 1}.0\nNo!\n\n" for n in range(6))
    assert shown("srt", said)[0] == ["No! No! No! No! No! No!"]
    apart = "".join(f"00:{n}0.0 --> 00:{n}1.0\nNo!\nNever {n}!\n\n" for n in range(5))
    assert " ".join(shown("srt", apart)[0]).count("No!") == 5
