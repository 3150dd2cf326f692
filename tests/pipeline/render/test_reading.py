"""What the reader page is made of."""

from dataclasses import replace

import pytest

from pipeline.document import Block, Cue, Document, Record, Segment, Summary, Translation
from pipeline.render.reading import Direction, direction, english_title, parts
from tests.pipeline.render.readings import trucks
from tests.pipeline.render.records import record


def spoken(cues: tuple[Cue, ...], segments: list[tuple[int, int]]) -> list[str]:
    """The time that stands beside each segment."""
    text = "." * 100
    made = tuple(Segment(n, n, a, b, text[a:b]) for n, (a, b) in enumerate(segments))
    one = Record(
        Document("a", "ar", "", text, cues=cues),
        made,
        tuple(Translation("x") for _ in made),
        Summary(),
        (),
        {},
    )
    return [row.cue for _, lines in parts(one) for line in lines for row in line.rows]


@pytest.mark.parametrize(
    ("cues", "segments", "times"),
    [
        ((), [(0, 10)], [""]),
        ((Cue(1, 2.9, 0, 10),), [(0, 10)], ["0:01–0:02"]),
        ((Cue(1, 2, 0, 10),), [(0, 4), (5, 10)], ["0:01–0:02", "0:01–0:02"]),
        ((Cue(1, 2, 0, 9), Cue(3, 4, 10, 20)), [(0, 20)], ["0:01–0:04"]),
        ((Cue(1, 2, 0, 9), Cue(3, 4, 10, 20)), [(0, 9), (10, 20)], ["0:01–0:02", "0:03–0:04"]),
        ((Cue(1, 2, 0, 9), Cue(3, 4, 30, 40)), [(0, 9), (10, 20)], ["0:01–0:02", ""]),
        ((Cue(3_725, 3_726, 0, 9),), [(0, 9)], ["1:02:05–1:02:06"]),
    ],
)
def test_when_a_segment_was_said(
    cues: tuple[Cue, ...], segments: list[tuple[int, int]], times: list[str]
) -> None:
    assert spoken(cues, segments) == times


def test_lists_and_tables_are_kept_together() -> None:
    kinds = [(kind, len(list(lines))) for kind, lines in parts(trucks())]
    assert kinds == [
        ("heading", 1),
        ("paragraph", 1),
        ("heading", 1),
        ("item", 2),
        ("cell", 2),
        ("cue", 1),
    ]


def test_a_segment_knows_what_rests_on_it() -> None:
    rows = [row for _, lines in parts(trucks()) for line in lines for row in line.rows]
    assert [row.claims for row in rows] == [(1,), (1,), (), (), (), (), (), (2,)]
    assert [row.attention for row in rows] == [True, *[False] * 7]


def test_without_blocks_the_title_is_a_heading() -> None:
    one = record(["Titre", "Texte"], ["Title", "Text"], title="Titre", lang="fr")
    assert [line.block for _, lines in parts(one) for line in lines] == [
        Block("heading", 1),
        Block(),
    ]


@pytest.mark.parametrize(
    ("title", "english"), [("Titre", "Title"), ("  Titre ", "Title"), ("Texte", "Text"), ("", "")]
)
def test_the_title_is_translated_where_it_is_a_line(title: str, english: str) -> None:
    one = record(["Titre", "Texte", ""], ["Title", "Text", "x"])
    assert english_title(replace(one, document=replace(one.document, title=title))) == english


@pytest.mark.parametrize(
    ("lang", "where"),
    [("ar", "rtl"), ("ar-EG", "rtl"), ("en", "ltr"), ("", "auto"), ("ps", "rtl"), ("tlh", "auto")],
)
def test_where_lines_begin(lang: str, where: Direction) -> None:
    assert direction(lang) == where
