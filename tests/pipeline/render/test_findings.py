"""What the checks found, for programs and for people."""

import io
import json

from pipeline.flags import Finding
from pipeline.render.findings import Tally, to_json, write_table

NUMBER = Finding("number-missing", "380")
QUOTES = Finding("quotes", "no quotation marks")


def test_a_line_for_programs() -> None:
    line = json.dumps(to_json(4, (NUMBER, QUOTES)), ensure_ascii=False)
    assert line == (
        '{"index": 4, "flags": [{"name": "number-missing", "note": false, "detail": "380"}, '
        '{"name": "quotes", "note": true, "detail": "no quotation marks"}]}'
    )
    assert to_json(0, ()) == {"index": 0, "flags": []}


def table(*pairs: tuple[Finding, ...]) -> list[str]:
    tally, out = Tally(), io.StringIO()
    for findings in pairs:
        tally.add(findings)
    write_table(tally, out)
    return [line.rstrip() for line in out.getvalue().split("\n") if line.strip()]


def test_a_table_for_people() -> None:
    lines = table((NUMBER, QUOTES), (NUMBER, NUMBER), (QUOTES,), (), *[()] * 1_196)
    assert [line.split() for line in lines[:1]] == [["Flag", "Pairs", "Share", "Meaning"]]
    assert [line.split(maxsplit=4) for line in lines[2:4]] == [
        ["number-missing", "2", "<", "1", "%   a number of the source is not in its translation"],
        [
            "quotes",
            "2",
            "<",
            "1",
            "%   the source quotes, its translation does not, or half (note)",
        ],
    ]
    assert lines[4:] == [
        "1,200 pairs: 2 (< 1 %) to look at, 1 (< 1 %) with notes only",
    ]


def test_where_nothing_is_wrong_there_is_no_table() -> None:
    assert table((), ()) == ["2 pairs: none to look at, none with notes only"]
    assert table() == ["0 pairs: none to look at, none with notes only"]
    assert table((NUMBER,))[-1] == "1 pair: 1 (100 %) to look at, none with notes only"
