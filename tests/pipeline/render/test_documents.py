"""A row a document, for data tools."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given

from pipeline.document import SummarySentence
from tests.pipeline.render.records import record
from tests.pipeline.render.written import said, texts, written


def table(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        pytest.importorskip("pyarrow.parquet").read_table(BytesIO(data)).to_pylist()
    )
    return found


def test_a_row() -> None:
    sentence = SummarySentence("All agree.", (0, 1), ("weak-support",), {"weak-support": "0.1"})
    given = record(["عنوان", "نعم"], ["Title", "Yes"], (sentence,), title="عنوان")
    given = said(
        given, path="a.txt", line=3, time="2026", url="https://example.org", lang_score=0.5
    )
    [row] = table(written("documents", replace(given, flags=("tiny-models",))))
    assert row == {
        "id": "news",
        "path": "a.txt",
        "line": 3,
        "time": "2026",
        "url": "https://example.org",
        "lang": "ar",
        "lang_score": 0.5,
        "title": "عنوان",
        "title_en": "Title",
        "text": "عنوان\nنعم",
        "text_en": "Title\nYes",
        "summary": "All agree.",
        "summary_sentences": [
            {
                "text": "All agree.",
                "supports": [0, 1],
                "flags": ["weak-support"],
                "details": [("weak-support", "0.1")],
            }
        ],
        "flags": ["tiny-models", "weak-support"],
        "segments": 2,
        "signatures": [
            ("translate", "translate:v1|model:a/b@1|beam:4"),
            ("summarize", "summarize:v1|model:c/d@2"),
        ],
    }


def test_what_is_not_known() -> None:
    [row] = table(written("documents", record(["a"], ["A"])))
    unknown = ("path", "line", "time", "url", "lang_score", "title_en")
    assert [row[name] for name in unknown] == [None] * 6
    assert (row["summary"], row["summary_sentences"]) == ("", [])


@given(texts, texts)
def test_texts_read_back(identity: str, sentence: str) -> None:
    given = record(["a"], ["A"], (SummarySentence(sentence),), name=identity)
    first, second = table(written("documents", given, said(given, path="a\udc80")))
    assert (first["id"], first["summary"]) == (identity, sentence)
    assert second["path"] == "a\ufffd"
