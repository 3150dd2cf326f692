"""What the doctor finds, as people and as programs read it."""

import json
from collections.abc import Callable, Iterator
from io import StringIO

import pytest

from pipeline.doctor import Diagnosis
from pipeline.render.doctor import to_people, to_programs

FOUND = [
    Diagnosis("cores", "good", "8 cores for this process"),
    Diagnosis("cache", "poor", "/home/cache.sqlite cannot be written", "name another"),
    Diagnosis("self-test", "bad", "chrF is 3: 'خبر' came out", "install khulasa again"),
]


def test_for_people() -> None:
    out = StringIO()
    assert to_people(iter(FOUND), out) == FOUND
    assert out.getvalue() == (
        "✓ cores     8 cores for this process\n"
        "! cache     /home/cache.sqlite cannot be written\n"
        "            → name another\n"
        "✗ self-test chrF is 3: 'خبر' came out\n"
        "            → install khulasa again\n"
        "\n"
        "1 bad and 1 poor of 3 findings: see the arrows.\n"
    )


def test_all_is_well() -> None:
    out = StringIO()
    to_people(FOUND[:1], out)
    assert out.getvalue() == "✓ cores     8 cores for this process\n\nAll is well.\n"


def test_long_findings_go_on_below_themselves() -> None:
    out = StringIO()
    to_people([Diagnosis("hub", "poor", "word " * 40, "do " * 40)], out)
    lines = out.getvalue().splitlines()[:-2]
    assert len(lines) == 5
    assert all(line.startswith(" " * 12) for line in lines[1:])
    assert all(len(line) <= 110 and line == line.rstrip() for line in lines)
    assert " ".join(" ".join(lines).split()) == (
        f"! hub {' '.join(['word'] * 40)} → {' '.join(['do'] * 40)}"
    )


def test_nothing_commands_the_terminal() -> None:
    out = StringIO()
    to_people([Diagnosis("model", "bad", "a\x1b[31m\u202eb", "c\x07")], out)
    assert "a\\x1b[31m\\u202eb" in out.getvalue()
    assert "\x1b" not in out.getvalue()
    assert "\x07" not in out.getvalue()


def test_markup_is_text() -> None:
    out = StringIO()
    to_people([Diagnosis("model", "good", "[bold]a[/bold] [nonsense")], out)
    assert "[bold]a[/bold] [nonsense" in out.getvalue()


def test_for_programs() -> None:
    out = StringIO()
    assert to_programs(iter(FOUND), out) == FOUND
    lines = out.getvalue().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"name": "cores", "state": "good", "found": "8 cores for this process", "advice": ""},
        {"name": "cache", "state": "poor", "found": "/home/cache.sqlite cannot be written",
         "advice": "name another"},
        {"name": "self-test", "state": "bad", "found": "chrF is 3: 'خبر' came out",
         "advice": "install khulasa again"},
    ]  # fmt: skip


@pytest.mark.parametrize("write", [to_people, to_programs])
def test_each_is_written_when_it_is_known(write: Callable[..., object]) -> None:
    out = StringIO()
    before: list[int] = []

    def look() -> Iterator[Diagnosis]:
        for one in FOUND:
            before.append(out.getvalue().count(FOUND[0].found))
            yield one

    write(look(), out)
    assert before == [0, 1, 1]
