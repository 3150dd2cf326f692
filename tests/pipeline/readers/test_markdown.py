"""The structure of Markdown."""

import pytest

from tests.pipeline.readers.office import BRIDGE, FILES, lines, only, refusal

TEXT = b"""Title
=====

1. one
   wrapped

   more
   - inner `code`
2. two

| a | *b* |
|---|-----|
| c |     |

> quoted

### Third

```
x = 1

y = 2
```
<div>raw</div>
"""


def test_what_each_line_is() -> None:
    assert lines("md", TEXT) == [
        ("Title", "heading", 1),
        ("one wrapped", "item", 1),
        ("more", "item", 1),
        ("inner code", "item", 2),
        ("two", "item", 1),
        ("a", "cell", 0),
        ("b", "cell", 0),
        ("c", "cell", 0),
        ("quoted", "paragraph", 0),
        ("Third", "heading", 3),
        ("x = 1", "paragraph", 0),
        ("y = 2", "paragraph", 0),
        ("<div>raw</div>", "paragraph", 0),
    ]
    assert only("md", TEXT).title == "Title"


def test_the_source_of_the_bulletin_has_its_lines() -> None:
    text = only("md", (FILES / "bridge.fr.md").read_bytes()).text
    assert all(line in text for line in BRIDGE["fr"] if "adjointe" not in line)


def test_what_is_nested_without_end() -> None:
    assert only("md", b"> " * 15 + b"deep").text == "deep"
    deep = b"> " * 100_000 + b"deep"
    assert refusal("md", deep) == "nests more than 20 blocks in each other"
    assert refusal("md", b"# \n\n---\n") == "holds no text"


def test_what_is_too_large_for_the_grammar_keeps_its_text_with_its_marks() -> None:
    large = b"# Head\n\n" + b"*word* here.\n\n" * 20_000
    assert only("md", large).text.split("\n")[:3] == ["# Head", "", "*word* here."]
    assert only("md", b"a\n\n" + b"[" * 20_000).text == "a\n\n" + "[" * 20_000


def test_what_is_said_above_the_text() -> None:
    above = '---\ntitle: "The bridge: open"\nlang: en\ndate: 2026-05-06\ntags:\n  - news\n---\n'
    found = only("md", f"{above}\nIt is *open*.\n".encode())
    assert (found.text, found.title) == ("The bridge: open\nIt is open.", "The bridge: open")
    assert (found.lang, found.time) == ("en", "2026-05-06")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\nThe bridge is open.\n---\nIt is.\n", "The bridge is open.\nIt is."),
        ("---\nabout: |\n  The bridge.\n---\nIt is.\n", "about: | The bridge.\nIt is."),
        ("---\ntitle: no end\n", "title: no end"),
    ],
)
def test_what_only_looks_like_it_is_text(text: str, words: str) -> None:
    assert only("md", text.encode()).text == words


def test_a_long_line_above_the_text_takes_no_time() -> None:
    spaces, values = "a: " + " " * 100_000 + "b\n", "a: b   \n" * 9_000
    for piece in (spaces, "a:\t-" * 30_000, "- a \n" * 9_000, values):
        assert only("md", f"---\n{piece}text".encode()).text.endswith("text")
