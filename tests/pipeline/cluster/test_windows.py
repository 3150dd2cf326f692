"""Whatever passes between workers comes out as it went in."""

from dataclasses import replace

import pytest

from models.errors import KhulasaError, ModelError, ModelMissing
from pipeline.cluster.windows import Item, Outcome, Window
from pipeline.document import (
    Again,
    Block,
    Cue,
    Document,
    Failure,
    Record,
    Segment,
    StageReport,
    Summary,
    SummarySentence,
    Translation,
)
from pipeline.flow import Work
from pipeline.stage import Staged

DOCUMENT = Document(
    "news:7",
    "ar",
    "عنوان",
    "عنوان\nنص\u2028 🇸🇩",
    path="in/box.jsonl",
    lang_score=0.99,
    line=7,
    time="2026-11-29",
    flags=("unsure-language",),
    url="https://example.org",
    blocks=(Block("heading", 1), Block()),
    cues=(Cue(0.5, 1.25, 0, 5),),
)
SEGMENTS = [Segment(0, 0, 0, 5, "عنوان"), Segment(1, 1, 6, 8, "نص", "fr")]
TRANSLATIONS = [
    Translation("Title", -0.3141592653589793, ("low-score",), {"low-score": "-0.3"}),
    Translation("Text", None, by="memory", again=Again(("loop",), ("wider", "parts"), "wider")),
]
REPORT = StageReport("translate:v3|beam:4", cached=False, seconds=0.25, sentences=2, remembered=1)
WORK = Work(DOCUMENT, Staged(SEGMENTS, replace(REPORT, cached=True)))
RECORD = Record(
    DOCUMENT,
    tuple(SEGMENTS),
    tuple(TRANSLATIONS),
    Summary((SummarySentence("A text.", (0, 1), ("weak-support",), {"a": "b"}),), ("merged",)),
    ("unsure-language", "tiny-models"),
    {"segment": REPORT, "translate": REPORT, "summarize": REPORT},
)
OUTCOMES: list[Outcome] = [
    DOCUMENT,
    Document("name\udcff", "en", "", "x", path="name\udcff"),
    WORK,
    replace(WORK, translations=Staged(TRANSLATIONS, REPORT)),
    RECORD,
    Failure("is not JSON", "in/box.jsonl", 3, None),
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda one: type(one).__name__)
def test_what_is_packed_comes_back(outcome: Outcome) -> None:
    window = Window((Item("0 7", 1234, "news:7", outcome),), ("cache not read",))
    assert Window.of(window.row()) == window


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (ModelMissing("no French here"), ModelError),
        (KhulasaError("no French here"), KhulasaError),
        (MemoryError(), None),
        (None, None),
    ],
)
def test_of_the_cause_of_a_failure_its_gravity_comes_along(
    cause: Exception | None, kind: type[KhulasaError] | None
) -> None:
    failure = Failure("no French here", "a.txt", None, "a", cause)
    [item] = Window.of(Window((Item("0 0", 1, "a", failure),)).row()).items
    assert isinstance(item.outcome, Failure)
    assert item.outcome == failure
    assert type(item.outcome.cause) is (kind or type(None))


def test_what_ends_the_job_comes_along() -> None:
    ended = Window.of(Window((), ended=ModelMissing("no summariser")).row()).ended
    assert isinstance(ended, ModelError)
    assert str(ended) == "no summariser"
