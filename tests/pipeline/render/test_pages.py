"""What holds of every page: it needs nothing, and what others wrote is text and never runs."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.render.evaluation import page as evaluation_page
from pipeline.render.report import page as report_page
from tests.pipeline.render import evaluations, indexes, readings, reports
from tests.pipeline.render.pages import SHOWN, Words, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = {
    "report": lambda: report_page(reports.busy()),
    "evaluation": lambda: evaluation_page(evaluations.ordinary()),
    "comparison": lambda: evaluation_page(evaluations.ordinary(evaluations.COMPARISON)),
    "reader": lambda: readings.page(readings.trucks()),
    "reader of several": lambda: readings.page(readings.trucks(), readings.trucks()),
    "index": lambda: indexes.page(indexes.ordinary()),
}
HOSTILE = {
    "hostile report": lambda: report_page(reports.hostile()),
    "hostile evaluation": lambda: evaluation_page(evaluations.hostile()),
}
WITH_SCRIPT = {
    "hostile reader": lambda: readings.page(readings.hostile()),
    "hostile index": lambda: indexes.page(indexes.hostile()),
}
ALL = PAGES | HOSTILE | WITH_SCRIPT


@pytest.mark.parametrize("name", HOSTILE)
def test_what_others_wrote_is_text_and_nothing_else(name: str) -> None:
    text = HOSTILE[name]()
    read = Words(text)
    assert read.words.count(SHOWN) >= 10
    assert "\u202e" not in text
    assert "49" not in read.words
    tags = {tag for tag, _ in read.elements}
    assert not tags & {"script", "img", "iframe", "link", "object", "form", "a"}
    for _, attributes in read.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert not attributes.keys() & {"src", "href", "action"}


@pytest.mark.parametrize("name", ALL)
def test_the_policy_allows_what_is_ours_and_nothing_else(name: str) -> None:
    [policy] = [
        attributes["content"]
        for _, attributes in Words(ALL[name]()).elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/]{43}=';( script-src 'sha256-[\w+/]{43}=';)?"
        r" base-uri 'none'; form-action 'none'",
        str(policy),
    )


@pytest.mark.parametrize("name", PAGES)
def test_identifiers_stand_once_and_references_are_kept(name: str) -> None:
    elements = Words(PAGES[name]()).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in elements:
        for reference in ("aria-labelledby", "for"):
            assert set((attributes.get(reference) or "").split()) <= set(map(str, ids))


@pytest.mark.parametrize("name", ALL)
def test_a_browser_asks_for_nothing_and_runs_nothing(
    name: str, browser_page: "Page", tmp_path: Path
) -> None:
    requests, complaints = opened(browser_page, ALL[name](), tmp_path)
    assert requests == [(tmp_path / "page.html").as_uri()]
    assert complaints == []
    assert browser_page.title().startswith("Khulasa · ")
    for width in (400, 1400):
        browser_page.set_viewport_size({"width": width, "height": 800})
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
