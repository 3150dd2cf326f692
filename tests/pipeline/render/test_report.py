"""The page about a job: what it says, and that nothing in it does anything."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.document import Failure, SummarySentence
from pipeline.flags import FLAGS
from pipeline.render import json as records_json
from pipeline.render.report import MOST_FAILURES, QUERY, page
from pipeline.report import MOST_FLAGGED, RUN_WIDE, Job, Report, Tally
from tests.pipeline.render.pages import HOSTILE, SHOWN, Words, opened
from tests.pipeline.render.records import record as plain_record
from tests.pipeline.test_report import record

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

JOB = Job(("in/night", "more.jsonl"), "out", datetime(2026, 11, 22, 1, 30, tzinfo=UTC))


def hostile() -> Report:
    """Every string that comes from outside is an attack."""
    tally = Tally()
    tally.add(Failure(HOSTILE, HOSTILE, 3, HOSTILE), 1)
    tally.add(Failure("other", None), 1)
    one = record(HOSTILE, (HOSTILE,), ((HOSTILE, "loop"),), lang=HOSTILE, title=HOSTILE)
    document = replace(one.document, path=HOSTILE)
    stages = {HOSTILE: replace(one.stages["translate"], signature=f"x|model:{HOSTILE}|{HOSTILE}")}
    tally.add(replace(one, document=document, stages=stages | one.stages), 2)
    job = Job((HOSTILE,), HOSTILE, JOB.started)
    return tally.report(job, 2.5, "stopped", HOSTILE)


def busy(documents: int = 40) -> Report:
    tally = Tally()
    for number in range(documents):
        flags = (("loop",), ("unfinished",) if number % 4 == 1 else ())
        tally.add(record(f"doc-{number}", ("tiny-models",), flags if number % 2 else ((),)), number)
    tally.add(Failure("not UTF-8: byte 0xff", "in/bad.txt"), documents)
    return tally.report(JOB, documents + 1)


def test_a_person_reads_what_happened() -> None:
    words = Words(page(busy())).words
    for said in (
        "Finished",
        "40 documents in English, 1 failed",
        "Sunday, 22 November 2026, 01:30 (UTC+00:00), took 41 s",
        "in/night, more.jsonl",
        f"tiny-models on every document: {FLAGS['tiny-models'].meaning}.",
        "1 document failed not UTF-8: byte 0xff in/bad.txt",
        "20 documents with flags",
        f"loop {FLAGS['loop'].meaning} 20 documents, 20 sentences",
        "Language Documents Sentences Arabic ar 40 100 % 60",
        "Translate, Arabic 40 documents translate v1 beam 4",
    ):
        assert said in words


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (Tally().report(JOB, 0.2), "There was nothing to read."),
        (Tally().report(JOB, 0.2, "interrupted"), "Interrupted"),
        (Tally().report(JOB, 0.2, "stopped", "no model"), "Stopped: no model"),
        (Tally().report(JOB, 0.2, "interrupted"), "The same command goes on from here"),
    ],
)
def test_how_it_ended(report: Report, said: str) -> None:
    assert said in Words(page(report)).words


def test_a_good_night() -> None:
    tally = Tally()
    tally.add(record(), 1)
    assert "Nothing: every document was read, and none is flagged." in page(tally.report(JOB, 1))


def test_what_others_wrote_is_text_and_nothing_else() -> None:
    text = page(hostile())
    read = Words(text)
    assert read.words.count(SHOWN) >= 10
    assert "\u202e" not in text
    assert "49" not in read.words
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "img", "iframe", "link", "object", "form", "a"}
    for _, attributes in read.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert not attributes.keys() & {"src", "href", "action"}


def test_the_policy_allows_this_style_sheet_and_nothing_else() -> None:
    [policy] = [
        attributes["content"]
        for tag, attributes in Words(page(busy())).elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'",
        str(policy),
    )


def test_identifiers_stand_once_and_references_are_kept() -> None:
    elements = Words(page(busy())).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in elements:
        for name in ("aria-labelledby", "for"):
            assert set((attributes.get(name) or "").split()) <= set(map(str, ids))


def test_long_lists_end_and_say_so() -> None:
    tally = Tally()
    for number in range(MOST_FAILURES + 9):
        tally.add(Failure("no text", f"in/{number}.txt"), 1)
    for number in range(MOST_FLAGGED + 9):
        tally.add(record(f"{number}", ("empty",)), 2)
    words = Words(page(tally.report(JOB, 3))).words
    assert "The first 1,000 of 1,009; report.json lists 1,009." in words
    assert "The 1,000 with the most flagged parts, of 1,009." in words
    assert f"prints the ids of all: {QUERY}" in words


def test_the_query_finds_what_is_flagged(tmp_path: Path) -> None:
    if not shutil.which("jq"):
        pytest.skip("no jq here")
    records = (
        replace(plain_record(["a"], ["b"], name="plain"), flags=tuple(sorted(RUN_WIDE))),
        plain_record(["a"], ["b"], name="segment", flags=(("loop",),)),
        plain_record(["a"], ["b"], (SummarySentence("x", (), ("weak-support",)),), name="summary"),
        replace(plain_record(["a"], ["b"], name="whole"), flags=("unfinished",)),
    )
    out = StringIO()
    for one in records:
        records_json.render(one, out)
    (tmp_path / "records.jsonl").write_text(out.getvalue(), encoding="utf-8")
    found = subprocess.check_output(QUERY, shell=True, cwd=tmp_path, text=True)
    assert found.split() == ["segment", "summary", "whole"]


@pytest.mark.parametrize("make", [hostile, busy])
def test_a_browser_asks_for_nothing_and_runs_nothing(
    make: "Callable[[], Report]", browser_page: "Page", tmp_path: Path
) -> None:
    requests, complaints = opened(browser_page, page(make()), tmp_path)
    assert requests == [(tmp_path / "page.html").as_uri()]
    assert complaints == []
    assert browser_page.title().startswith("Khulasa · ")
    for width in (400, 1400):
        browser_page.set_viewport_size({"width": width, "height": 800})
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_flag_is_chosen_by_keyboard(browser_page: "Page", tmp_path: Path) -> None:
    opened(browser_page, page(busy()), tmp_path)
    shown = browser_page.locator(".flagged > li:visible")
    assert shown.count() == 20
    browser_page.get_by_role("radio", name="any flag").focus()
    browser_page.keyboard.press("ArrowDown")
    browser_page.keyboard.press("ArrowDown")
    assert browser_page.get_by_role("radio", name="unfinished").is_checked()
    assert shown.count() == 10
