"""The page of an evaluation: what it says, and that nothing in it does anything."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.evaluation.findings import Evaluation
from pipeline.evaluation.scores import METRICS
from pipeline.flags import FLAGS
from pipeline.render.evaluation import MOST_DOCUMENTS, page
from pipeline.report import Signed
from tests.pipeline.render.evaluations import ARABIC, COMPARISON, ordinary
from tests.pipeline.render.pages import Words, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page


def compared() -> Evaluation:
    return ordinary(COMPARISON)


def many() -> Evaluation:
    return replace(ordinary(), documents=(ARABIC,) * (MOST_DOCUMENTS + 1), failures=())


def test_a_person_reads_the_figures() -> None:
    words = Words(page(compared())).words
    for said in (
        "2 documents against their references, 1 failed",
        "From in/ without 1 file that is neither document nor reference",
        "Translate a/b@1",
        "Against earlier.json",
        "BLEU 42.6 chrF 67.0 ROUGE-1 44.1 ROUGE-2 21.1",
        "ROUGE-L 30.6 Sentence ends 93.5 Flagged % 6.2",
        f"tiny-models on 1 document: {FLAGS['tiny-models'].meaning}.",
        "Language Segments BLEU chrF ROUGE-1 ROUGE-2 ROUGE-L Sentence ends Flagged Arabic 16 42.6",
        "French 1,234 – – – – – 75.0 – All 1,250 42.6",
        "ar-news document level: 16 segments, 15 lines of reference 16 42.6 67.0",
        "fr-news not translated 1,234",
        f"BLEU {METRICS['bleu'].meaning} nrefs:1|version:2.6.0",
        "1 document failed is empty in/bad.txt · bad",
        "Not translated 1 translates Arabic only, not French fr-news",
        "56.8 chrF · ar-news, no. 7 Source افتتح الوزير جسرا. Khulasa The minister opened a road.",
        f"⚑ loop {FLAGS['loop'].meaning} 1 1 · negation {FLAGS['negation'].meaning} 2 –",
    ):
        assert said in words
    assert "duplicate-id" not in words


def test_summaries_stand_beside_those_that_need_no_model() -> None:
    baseline = {"rouge1": 43.8, "rouge2": 20.4, "rougeL": 29.7}
    summarized = Signed("summarize", "ar", "summarize:v2|model:c/d@2", 1)
    made = replace(ordinary(), baseline=baseline, signatures=(summarized,))
    words = Words(page(made)).words
    assert "Made by ROUGE-1 ROUGE-2 ROUGE-L c/d@2 44.1 21.1 30.6 no model" in words
    assert "as they stand 43.8 20.4 29.7" in words
    assert "Made by" not in Words(page(ordinary())).words


def test_a_person_reads_what_changed() -> None:
    words = Words(page(compared())).words
    for said in (
        "BLEU 40.0 ± 1.2 42.6 ± 1.5 +2.6 0.012 better 16 segments",
        "chrF 67.5 ± 1.0 67.0 ± 1.0 −0.5 0.400 may be chance 16 segments",
        "ROUGE-1 44.0 ± 0.5 44.1 ± 0.5 +0.1 – too few to tell 1 document",
        "Sentence ends 98.0 ± 0.5 98.0 ± 0.5 ±0.0 1.000 no difference 12 documents",
        "Flagged 2.0 ± 0.5 6.2 ± 0.5 +4.2 0.001 worse 12 documents",
        "Not compared 2 only in this run b, c",
        COMPARISON.method,
    ):
        assert said in words
    assert "Before and now" not in Words(page(ordinary())).words
    nothing = replace(COMPARISON, changes={})
    assert "have nothing in common" in Words(page(ordinary(nothing))).words


def test_long_lists_end_and_say_so() -> None:
    words = Words(page(many())).words
    assert "The first 1,000 of 1,001; the JSON has all." in words


def test_a_bar_is_as_long_as_its_figure(browser_page: "Page", tmp_path: Path) -> None:
    opened(browser_page, page(ordinary()), tmp_path)
    meter = browser_page.get_by_role("row", name="fr-news").locator(".meter rect")
    whole, part = (meter.nth(index).bounding_box() for index in (0, 1))
    assert whole is not None
    assert part is not None
    assert part["width"] / whole["width"] == pytest.approx(0.75, abs=0.01)
