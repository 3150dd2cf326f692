"""Subtitles hold every word of the translations, in order, at the times of their sources."""

import re
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import KhulasaError
from pipeline.document import Cue, Document, Record, Segment, Summary, Translation
from pipeline.output import rendered
from pipeline.render import opened
from tests.pipeline.render.records import record
from tests.pipeline.render.written import AWKWARD


@dataclass(frozen=True)
class Shown:
    begin: str
    finish: str
    lines: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        return " ".join(self.lines).replace("\u2060", "").split()


def subtitled(cues: list[str], sentences: list[tuple[int, str]]) -> Record:
    """Cues of a second each, from every second on; sentences by their length, and translations."""
    text, spans = "", []
    for number, cue in enumerate(cues):
        spans.append(Cue(2.0 * number, 2.0 * number + 1, len(text), len(text) + len(cue)))
        text += f"{cue} "
    segments, start = [], 0
    for index, (length, _) in enumerate(sentences):
        start += len(text[start:]) - len(text[start:].lstrip())
        segments.append(Segment(index, 0, start, start + length, text[start : start + length]))
        start += length
    document = Document("film", "de", "", text.rstrip(), cues=tuple(spans))
    made = tuple(Translation(target) for _, target in sentences)
    return Record(document, tuple(segments), made, Summary(), (), {})


def shown(given: Record) -> list[Shown]:
    found = []
    for number, block in enumerate(rendered(given, "srt").decode().split("\n\n")[:-1], 1):
        counted, times, *lines = block.split("\n")
        assert counted == str(number)
        begin, finish = times.split(" --> ")
        found.append(Shown(begin, finish, tuple(lines)))
    return found


def test_a_sentence_over_two_cues_is_cut_in_proportion() -> None:
    given = subtitled(["aaaa aaaa", "aaaa"], [(14, "one two three four five six seven eight")])
    assert shown(given) == [
        Shown("00:00:00,000", "00:00:01,000", ("one two three four five six",)),
        Shown("00:00:02,000", "00:00:03,000", ("seven eight",)),
    ]


def test_a_cut_is_made_rather_at_punctuation() -> None:
    given = subtitled(["aaaaa aaaaa", "aaaaa aaaaa"], [(23, "He came, as he had said he would")])
    assert [one.words for one in shown(given)] == [
        ["He", "came,", "as", "he"],
        ["had", "said", "he", "would"],
    ]
    given = subtitled(["aaaaa aaaaa", "aaaaa aaaaa"], [(23, "He came as he had, said he would")])
    assert [" ".join(one.words) for one in shown(given)] == ["He came as he had,", "said he would"]


def test_sentences_in_one_cue_and_over_its_end() -> None:
    given = subtitled(["Ja. Nein. Ich", "komme."], [(3, "Yes."), (5, "No."), (10, "I come.")])
    assert [" ".join(one.words) for one in shown(given)] == ["Yes. No. I", "come."]


def test_cues_without_words_of_their_own_show_those_beside_them() -> None:
    given = subtitled(["aaaa", "aaaa", "aaaa", "bbbb"], [(14, "Go!"), (4, "Stay!")])
    [first, second] = shown(given)
    assert (first.words, second.words) == (["Go!"], ["Stay!"])
    assert (first.begin, first.finish) == ("00:00:00,000", "00:00:05,000")
    assert (second.begin, second.finish) == ("00:00:06,000", "00:00:07,000")


def test_what_has_no_translation_leaves_its_cue_out() -> None:
    given = subtitled(["aaaa", "bbbb", "cccc"], [(4, "One."), (4, ""), (4, "Three.")])
    assert [(one.begin, one.words) for one in shown(given)] == [
        ("00:00:00,000", ["One."]),
        ("00:00:04,000", ["Three."]),
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a " * 20 + "a.", ("a " * 20 + "a.",)),
        (
            "The minister of health announced the opening of three hospitals.",
            ("The minister of health announced", "the opening of three hospitals."),
        ),
        ("a" * 50, ("a" * 50,)),
        ("aaaaaaaaa " * 9 + "b", ("aaaaaaaaa " * 3 + "aaaaaaaaa",) * 2 + ("aaaaaaaaa b",)),
    ],
)
def test_lines_of_a_cue(text: str, lines: tuple[str, ...]) -> None:
    assert shown(subtitled(["aaaa"], [(4, text)]))[0].lines == lines


def test_nothing_commands_a_player() -> None:
    given = subtitled(["aaaa"], [(4, "<i>1</i> --> {\\an8} {y:i} 2 < 3 <-- {}")])
    [one] = shown(given)
    assert one.lines == ("<\u2060i>1<\u2060/i> --\u2060> {\u2060\\an8} {\u2060y:i} 2 < 3 <-- {}",)


def test_times() -> None:
    document = Document("film", "de", "", "Ja.", cues=(Cue(3723.4567, 360_000.0, 0, 3),))
    given = Record(
        document, (Segment(0, 0, 0, 3, "Ja."),), (Translation("Yes."),), Summary(), (), {}
    )
    assert [(one.begin, one.finish) for one in shown(given)] == [("01:02:03,457", "100:00:00,000")]


def test_our_reader_reads_them_back() -> None:
    read = pytest.importorskip("pipeline.readers.subtitles").read
    given = subtitled(["Ja. Nein. Ich", "komme."], [(3, "Yes."), (5, "No."), (10, "I come.")])
    [found] = read(BytesIO(rendered(given, "srt")))
    assert found.text == "Yes. No. I come."
    assert [(cue.begin, cue.finish) for cue in found.cues] == [(0.0, 1.0), (2.0, 3.0)]


def test_a_document_that_had_no_subtitles() -> None:
    with pytest.raises(KhulasaError, match=r"news: has no times of subtitles, which \.srt needs"):
        rendered(record(["a"], ["A"]), "srt")


def test_a_file_is_of_one_document() -> None:
    given = subtitled(["Ja."], [(3, "Yes.")])
    with opened("srt", BytesIO()) as write:
        write(given)
        with pytest.raises(KhulasaError, match=r"film: \.srt holds one document; name a file"):
            write(given)


words = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(exclude_categories=["Cs"])))
cues = st.lists(st.sampled_from(["", "a", "aa. aa", "aaaaa aaaaa", "a." * 30]), min_size=1)


@given(cues, st.lists(st.tuples(st.integers(1, 60), st.lists(words).map(" ".join)), min_size=1))
def test_no_word_is_lost_and_none_changes_its_place(
    cues: list[str], sentences: list[tuple[int, str]]
) -> None:
    given = subtitled(cues, sentences)
    found = shown(given)
    assert [word for one in found for word in one.words] == [
        word.replace("\u2060", "") for _, target in sentences for word in target.split()
    ]
    assert all(one.words for one in found)
    assert [one.begin for one in found] == sorted(one.begin for one in found)
    spans = [(one.begin, one.finish) for one in found]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_hours_of_speech_without_a_stop() -> None:
    given = subtitled(["aaaaa"] * 3000, [(18_000, "word " * 12_000)])
    found = shown(given)
    assert len(found) == 3000
    assert {len(one.words) for one in found} <= {3, 4, 5}
    assert not re.search("-->", "".join(line for one in found for line in one.lines))
