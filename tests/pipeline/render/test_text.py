"""Text for people: all words are there, within the width, none turns another around."""

import re
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pipeline.document import Record, StageReport, SummarySentence, Translation
from pipeline.render.text import END, RIGHT_TO_LEFT, WIDTH_OF_FILES, render
from tests.pipeline.render.records import record

ARABIC = [
    "جسر جديد",
    "افتتح الوزير جسرا في الموصل بكلفة 3.5 مليون دولار، وقال إن العمل مستمر. " * 3,
]
ENGLISH = ["A new bridge", "The minister opened a bridge in Mosul for 3.5 million dollars. " * 3]


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def written(one: Record, out: StringIO | None = None) -> str:
    out = out or StringIO()
    render(one, out)
    return out.getvalue()


def squeezed(text: str) -> str:
    return re.sub(rf"[\s{RIGHT_TO_LEFT}{END}]", "", text)


def test_a_record() -> None:
    summary = (SummarySentence("A bridge was opened.", (0, 1)), SummarySentence("It is new."))
    made = record(["جسر جديد", "فتح."], ["A new bridge", "Opened."], summary, flags=(("split",),))
    assert [line.rstrip() for line in written(made).splitlines()] == [
        "news  ·  Arabic → English",
        "",
        f" ─ Summary {'─' * 98}",
        f"  A bridge was opened.{' ' * 32} ← 1{' ' * 42}{RIGHT_TO_LEFT}جسر جديد{END}",
        f"{' ' * 55}← 2{' ' * 46}{RIGHT_TO_LEFT}فتح.{END}",
        f"  It is new.{' ' * 43}← ?",
        f" {'─' * 108}",
        "",
        f"1  A new bridge{' ' * 86}{RIGHT_TO_LEFT}جسر جديد{END}",
        "   · split",
        "",
        f"2  Opened.{' ' * 95}{RIGHT_TO_LEFT}فتح.{END}",
        "",
        "· split: longer than the model reads at once: translated in parts and joined",
        "translate: a/b@1 (1.2 s)",
        "summarize: c/d@2 (from the cache)",
        "",
    ]


def test_no_line_is_wider_than_the_page() -> None:
    made = record(ARABIC, ENGLISH, (SummarySentence("A bridge. " * 30, (0, 1)),))
    assert max(cell_len(line.strip()) for line in written(made).splitlines()) <= WIDTH_OF_FILES


def test_the_flags_of_a_summary_stand_above_it() -> None:
    made = record(["جسر"], ["A bridge"], (SummarySentence("A bridge.", (0,)),))
    summary = replace(made.summary, flags=("extractive",))
    report = StageReport("summarize:v1|method:extractive|words:60", cached=False, seconds=0.04)
    text = written(replace(made, summary=summary, stages=made.stages | {"summarize": report}))
    assert "─ Summary  · extractive ──" in text
    assert "summarize: extractive (0.0 s)" in text


words = st.text(st.sampled_from("aé中جلا🙂٣5.،-"), min_size=1, max_size=40)
texts = st.lists(words, min_size=1, max_size=30).map(" ".join)


@settings(max_examples=60)
@given(texts, texts, st.sampled_from(["ar", "fr", "zh"]))
@example("ج" * 300, "x" * 300, "ar")
@example("x " * 300, "中" * 300, "ar")
@example("中" * 301, "🙂" * 99, "fr")
def test_no_text_is_lost(source: str, target: str, lang: str) -> None:
    text = written(record([source], [target], (SummarySentence(target, (0,)),), lang=lang))
    for char in set(source + target) - {" "}:
        expected = source.count(char) + 2 * target.count(char)
        assert squeezed(text).count(char) >= expected


@pytest.mark.parametrize(
    ("source", "target"), [("ج" * 300, "x" * 300), ("كلمة " * 99, "word " * 99)]
)
def test_each_column_reads_on_from_line_to_line(source: str, target: str) -> None:
    lines = written(record([source], [target])).splitlines()
    body = lines[3:]
    arabic = "".join(char for line in body for char in line if "\u0600" <= char <= "\u06ff")
    latin = "".join(re.findall(r"\b(?:x+|word)\b", "\n".join(body)))
    assert arabic == source.replace(" ", "")
    assert latin == target.replace(" ", "")


@settings(max_examples=40)
@given(texts)
@example("ج" * 300)
def test_right_to_left_islands_are_closed_on_their_line(source: str) -> None:
    for line in written(record([source], ["x"])).splitlines():
        assert line.count(RIGHT_TO_LEFT) == line.count(END) <= 1
        assert RIGHT_TO_LEFT not in line or line.index(RIGHT_TO_LEFT) < line.index(END)


def test_left_to_right_text_needs_no_islands() -> None:
    text = written(record(["Un pont"], ["A bridge"], lang="fr"))
    assert RIGHT_TO_LEFT not in text
    assert "1  Un pont" in text


@pytest.mark.parametrize(
    "mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\u200e\u200f"
)
def test_marks_that_turn_the_direction_are_taken_out(mark: str) -> None:
    made = record(
        [f"جسر{mark} جديد"],
        [f"A new{mark} bridge"],
        (SummarySentence(f"A{mark} bridge"),),
        name=f"ne{mark}ws",
    )
    text = written(made)
    plain = written(record(["جسر جديد"], ["A new bridge"], (SummarySentence("A bridge"),)))
    assert text == plain


@pytest.mark.parametrize("control", ["\x1b[31m", "\x9b31m", "\x07", "\x08", "\x1b]0;title\x07"])
def test_nothing_of_a_document_commands_the_terminal(control: str) -> None:
    made = record(
        [f"جسر{control}"], [f"Bridge{control}"], (SummarySentence(control),), name=f"a{control}"
    )
    assert not set(written(made)) & set("\x1b\x9b\x07\x08")


def test_markup_of_the_library_is_text() -> None:
    made = record(["[bold]جسر[/bold]"], ["[red]x[/red] :smile:"], (SummarySentence("[/]"),))
    text = written(made)
    assert "[red]x[/red] :smile:" in text
    assert "[/]" in text


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    made = record(ARABIC, ENGLISH, flags=(("loop",),))
    assert "\x1b[" not in written(made)
    assert "\x1b[33m" in written(made, Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[33m" not in written(made, Terminal())


def test_a_terminal_is_used_to_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", written(record(ARABIC, ENGLISH), Terminal()))
    assert max(cell_len(line.strip()) for line in plain.splitlines()) <= 60


def test_flags_and_what_made_it_are_told() -> None:
    text = written(record(["جسر"], ["Bridge"], flags=(("split", "loop"),)))
    assert "   · split\n" in re.sub(" +\n", "\n", text)
    assert "   ⚑ loop\n" in re.sub(" +\n", "\n", text)
    assert "· split: longer than the model reads at once: translated in parts and joined" in text
    assert "translate: a/b@1 (1.2 s)" in text
    assert "summarize: c/d@2 (from the cache)" in text


def test_what_a_flag_was_raised_for_stands_below_the_text() -> None:
    summary = (SummarySentence("Five.", (0,), ("contradiction",), {"contradiction": "5, not 4"}),)
    made = record(["أربعة\x1b[0m"], ["Five"], summary)
    found = Translation("Five", -0.1, ("number-changed",), {"number-changed": "4 → 5\x1b[0m"})
    text = written(replace(made, translations=(found,)))
    assert "⚑ number-changed: 4 → 5" in text
    assert "⚑ contradiction: 5, not 4" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_every_source_that_supports_a_sentence_stands_beside_it(lang: str) -> None:
    sources = [f"jambon {word} " * 20 for word in ("un", "deux", "trois")]
    made = record(sources, ["Ham"] * 3, (SummarySentence("Ham.", (0, 2)),), lang=lang)
    head = written(made).partition("Summary")[2].partition("\n1 ")[0]
    assert squeezed(head).count("jambonun") == squeezed(head).count("jambontrois") == 20
    assert "deux" not in head
