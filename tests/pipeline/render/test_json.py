"""One line of JSON a document."""

import json
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from pipeline.render.json import render
from tests.pipeline.render.records import record


def lines(*sources: str) -> list[str]:
    out = StringIO()
    for source in sources:
        render(record([source], [source.upper()], name=source), out)
    return out.getvalue().splitlines()


def test_one_line_a_document_whatever_it_holds() -> None:
    odd = "a\u2028b\u2029c\x85d\x1ce\vf\fg\nh\r"
    assert [json.loads(line)["segments"][0]["source"] for line in lines(odd, "جسر")] == [odd, "جسر"]


def test_letters_are_not_escaped() -> None:
    [line] = lines("جسر 🙂")
    assert '"source": "جسر 🙂"' in line


@given(st.text())
def test_what_is_written_is_read_back(text: str) -> None:
    [line] = lines(text)
    made = record([text], [text.upper()], name=text)
    assert json.loads(line) == json.loads(json.dumps(made.to_json()))
