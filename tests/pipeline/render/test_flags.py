"""The table of flags."""

import json
from io import StringIO

from pipeline.flags import FLAGS
from pipeline.render.flags import to_people, to_programs


def test_for_people_every_flag_stands_under_its_group_with_its_mark() -> None:
    out = StringIO()
    to_people(out)
    groups = out.getvalue().split("\n\n")
    assert [group.split("\n")[0] for group in groups[:3]] == [
        "Of translations",
        "Of summaries",
        "Of documents",
    ]
    lines = out.getvalue().splitlines()
    assert "⚑ empty                 there is no translation of this text" in groups[0]
    assert "· number-order          the numbers of the source come in another order" in groups[0]
    assert (
        "⚑ contradiction         the sentences that support this have another number" in groups[1]
    )
    assert "· duplicate-id          another document of the job" in groups[2]
    marked = {line.split()[1] for line in lines if line[:1] in "⚑·" and line[:1]}
    assert marked == {*FLAGS, "asks"}
    assert groups[3] == "⚑ asks for attention; · is a note, true of many good translations too\n"
    assert all(len(line) <= 110 and line == line.rstrip() for line in lines)


def test_for_programs() -> None:
    out = StringIO()
    to_programs(out)
    entries = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [entry["name"] for entry in entries] == list(FLAGS)
    assert entries[0] == {
        "name": "empty",
        "of": "translations",
        "note": False,
        "meaning": "there is no translation of this text",
    }
    assert {entry["name"]: entry["of"] for entry in entries}["merged"] == "summaries"
    assert {entry["name"] for entry in entries if entry["note"]} >= {"negation", "duplicate-id"}
