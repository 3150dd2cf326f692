"""The record that is written to files: schema 1."""

import json
from importlib.metadata import version

import pytest

from pipeline.document import (
    Again,
    Document,
    Record,
    Segment,
    StageReport,
    Summary,
    SummarySentence,
    Translation,
)

TEXT = "عنوان\nجملة أولى. جملة ثانية."
RECORD = Record(
    Document("news", "ar", "عنوان", TEXT, "in/news.txt", 0.99),
    (
        Segment(0, 0, 0, 5, "عنوان"),
        Segment(1, 1, 6, 16, "جملة أولى."),
        Segment(2, 1, 17, 28, "جملة ثانية."),
    ),
    (
        Translation("Title", -0.25),
        Translation(
            "A first sentence.",
            -0.5,
            ("split", "number-added"),
            {"number-added": "1"},
            Again(("loop",), ("no-repeat", "split"), "split"),
        ),
        Translation("A second sentence.", None, ("untranslated", "split"), by="source"),
    ),
    Summary(
        (
            SummarySentence("Two sentences.", (1, 2)),
            SummarySentence(
                "Penguins.",
                (),
                ("weak-support", "unsupported-name"),
                {"unsupported-name": "Penguins"},
            ),
        ),
        ("merged",),
    ),
    ("tiny-models", "merged"),
    {
        "segment": StageReport("segment:v1", cached=True, seconds=0.0),
        "translate": StageReport("translate:v1", False, 1.5, sentences=3, remembered=0),
    },
)


WRITTEN = {
    "schema": 1,
    "id": "news",
    "khulasa": version("khulasa"),
    "source": {
        "path": "in/news.txt",
        "line": None,
        "time": None,
        "lang": "ar",
        "lang_score": 0.99,
        "title": "عنوان",
        "url": None,
        "blocks": [],
        "cues": [],
        "sha256": "225174a16419448080269cd31704bf9d1ba298c5016973bd33483768ec466341",
    },
    "segments": [
        {
            "index": 0,
            "paragraph": 0,
            "start": 0,
            "end": 5,
            "lang": "ar",
            "source": "عنوان",
            "target": "Title",
            "by": "model",
            "score": -0.25,
            "flags": [],
            "details": {},
            "again": None,
        },
        {
            "index": 1,
            "paragraph": 1,
            "start": 6,
            "end": 16,
            "lang": "ar",
            "source": "جملة أولى.",
            "target": "A first sentence.",
            "by": "model",
            "score": -0.5,
            "flags": ["split", "number-added"],
            "details": {"number-added": "1"},
            "again": {"reasons": ("loop",), "tried": ("no-repeat", "split"), "kept": "split"},
        },
        {
            "index": 2,
            "paragraph": 1,
            "start": 17,
            "end": 28,
            "lang": "ar",
            "source": "جملة ثانية.",
            "target": "A second sentence.",
            "by": "source",
            "score": None,
            "flags": ["untranslated", "split"],
            "details": {},
            "again": None,
        },
    ],
    "summary": {
        "text": "Two sentences. Penguins.",
        "sentences": [
            {
                "text": "Two sentences.",
                "supports": [1, 2],
                "sources": ["جملة أولى.", "جملة ثانية."],
                "flags": [],
                "details": {},
            },
            {
                "text": "Penguins.",
                "supports": [],
                "sources": [],
                "flags": ["weak-support", "unsupported-name"],
                "details": {"unsupported-name": "Penguins"},
            },
        ],
        "flags": ["merged"],
    },
    "flags": ["tiny-models", "merged"],
    "stages": {
        "segment": {"signature": "segment:v1", "cached": True, "seconds": 0.0},
        "translate": {
            "signature": "translate:v1",
            "cached": False,
            "seconds": 1.5,
            "sentences": 3,
            "remembered": 0,
        },
    },
}


def test_the_record_as_written() -> None:
    assert RECORD.to_json() == WRITTEN


def test_it_is_json_and_its_offsets_are_true() -> None:
    record = json.loads(json.dumps(RECORD.to_json()))
    assert [TEXT[one["start"] : one["end"]] for one in record["segments"]] == [
        one["source"] for one in record["segments"]
    ]
    assert record["summary"]["sentences"][0]["supports"] == [1, 2]


def test_every_flag_is_told_once_the_document_s_own_first() -> None:
    assert RECORD.all_flags == (
        "tiny-models",
        "merged",
        "split",
        "number-added",
        "untranslated",
        "weak-support",
        "unsupported-name",
    )


def test_a_segment_without_its_translation_is_not_written() -> None:
    short = Record(RECORD.document, RECORD.segments, (), Summary(), (), {})
    with pytest.raises(ValueError, match="shorter"):
        short.to_json()


def test_a_summary_without_sentences_has_no_text() -> None:
    assert Summary().text == ""
