"""Markdown, read back by a parser: the document's words are words there and nothing else."""

from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.document import Record, SummarySentence
from pipeline.flags import FLAGS
from pipeline.render.markdown import render
from tests.pipeline.render.records import record

HOSTILE = [
    "# heading",
    "#hash#",
    "title #",
    "- item",
    "+ item",
    "1. item",
    "1) item",
    "12. item",
    "2026. Then",
    "123456789) x",
    "> quote",
    "a | b",
    "<script>alert(1)</script>",
    "[link](https://example.org) ![image](a.png)",
    "[note]: https://example.org",
    "*em* __strong__ ~~gone~~ `code`",
    "&lt; &amp; &#35;",
    "\\",
    "ends with a backslash\\",
    "===",
    "---",
    "***",
    "<!-- comment -->",
    "$x$",
    "    indented",
    "a\nb\u2028c",
    "سعر النفط ٣٫٥ | دولار",
]


def written(one: Record) -> str:
    out = StringIO()
    render(one, out)
    return out.getvalue()


def blocks(text: str) -> list[tuple[str, str]]:
    """(tag, text) of every block of words; anything but words in it gives its type away."""
    found, tag = [], ""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        if token.type == "inline":
            children = token.children or []
            plain = {"text", "softbreak", "text_special", "code_inline"}
            kinds = {child.type for child in children} - plain
            words = "".join(child.content or " " for child in children)
            found.append((tag, " ".join([*sorted(kinds), words]).strip()))
        elif token.type in ("fence", "code_block", "html_block"):
            found.append((token.type, token.content))
        elif token.nesting == 1:
            tag = token.tag
    return found


def test_a_record() -> None:
    summary = (
        SummarySentence("A bridge was opened.", (0, 1)),
        SummarySentence("It is new.", (), ("weak-support",)),
    )
    made = record(
        ["جسر جديد", "افتتح الوزير جسرا."],
        ["A new bridge", "The minister opened a bridge."],
        summary,
        title="جسر جديد",
        flags=((), ("split", "unfinished")),
    )
    assert written(made) == (
        "# جسر جديد\n\n"
        "A bridge was opened.\n\n"
        "> \\[1\\] جسر جديد\n>\n"
        "> \\[2\\] افتتح الوزير جسرا.\n\n"
        "It is new. ⚑ weak-support\n\n\n"
        "\n| | ar | en | |\n|---|---|---|---|\n"
        "| 1 | جسر جديد | A new bridge |  |\n"
        "| 2 | افتتح الوزير جسرا. | The minister opened a bridge. | · split; ⚑ unfinished |\n"
        "\n- split: longer than the model reads at once: translated in parts and joined"
        "\n- unfinished: the decoder met its limit before the end: the rest may be missing"
        f"\n- weak-support: {FLAGS['weak-support'].meaning}"
        "\n\n- `translate:v1|model:a/b@1|beam:4`"
        "\n- `summarize:v1|model:c/d@2`\n\n"
    )


def test_a_document_without_a_title_is_named() -> None:
    assert written(record(["جسر"], ["Bridge"], name="a_b")).startswith("# a\\_b\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_words_in_every_place(text: str) -> None:
    words = " ".join(text.split())
    made = record([text], [text], (SummarySentence(text),), title=text)
    found = blocks(written(made))
    assert found[:6] == [
        ("h1", words),
        ("p", words),
        ("th", ""),
        ("th", "ar"),
        ("th", "en"),
        ("th", ""),
    ]
    assert found[6:10] == [("td", "1"), ("td", words), ("td", words), ("td", "")]


marks = st.text(st.sampled_from("ab1. )#*_-+=`|<>[]()!&;~\\$\n٣ج:/\t"), min_size=1, max_size=30)


@settings(max_examples=200)
@given(marks.filter(str.strip), marks)
def test_any_marks_are_words(source: str, target: str) -> None:
    made = record([source], [target], (SummarySentence(source),), title=source)
    found = blocks(written(made))
    words, english = " ".join(source.split()), " ".join(target.split())
    assert found[:2] == [("h1", words), ("p", words)]
    assert found[6:10] == [("td", "1"), ("td", words), ("td", english), ("td", "")]


def test_one_row_a_segment() -> None:
    made = record([f"جسر {n}" for n in range(120)], [f"Bridge {n}" for n in range(120)])
    rows = [words for tag, words in blocks(written(made)) if tag == "td"]
    assert rows[0::4] == [str(n + 1) for n in range(120)]
    assert rows[1::4] == [f"جسر {n}" for n in range(120)]
