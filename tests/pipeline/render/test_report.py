"""The page about a job: what it says, and that nothing in it does anything."""

import shutil
import subprocess
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.document import Failure, SummarySentence
from pipeline.flags import FLAGS
from pipeline.render import json as records_json
from pipeline.render.report import MOST_FAILURES, QUERY, page
from pipeline.report import MOST_FLAGGED, RUN_WIDE, Report, Tally
from tests.pipeline.render.pages import Words, opened
from tests.pipeline.render.records import record as plain_record
from tests.pipeline.render.reports import JOB, busy
from tests.pipeline.test_report import record

if TYPE_CHECKING:
    from playwright.sync_api import Page


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


def test_a_flag_is_chosen_by_keyboard(browser_page: "Page", tmp_path: Path) -> None:
    opened(browser_page, page(busy()), tmp_path)
    shown = browser_page.locator(".flagged > li:visible")
    assert shown.count() == 20
    browser_page.get_by_role("radio", name="any flag").focus()
    browser_page.keyboard.press("ArrowDown")
    browser_page.keyboard.press("ArrowDown")
    assert browser_page.get_by_role("radio", name="unfinished").is_checked()
    assert shown.count() == 10
