"""The index of a job in a real browser: search, filters, order, portions, links, attacks."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.flags import FLAGS
from tests.pipeline.render import indexes
from tests.pipeline.render.pages import SHOWN, opened
from tests.pipeline.render.readings import TITLE

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def index(browser_page: "Page", tmp_path: Path) -> "Page":
    """A document with flags and sixty without."""
    opened(browser_page, indexes.page(indexes.ordinary()), tmp_path)
    return browser_page


def titles(page: "Page") -> list[str]:
    return page.locator("#list h2").all_inner_texts()


def told(page: "Page") -> str:
    return page.locator("#status").inner_text()


def search(page: "Page", words: str) -> None:
    page.locator("#search").fill(words)
    page.wait_for_timeout(250)


def test_a_portion_at_a_time(index: "Page") -> None:
    assert told(index) == "61 documents, the first 50 shown"
    assert len(titles(index)) == 50
    index.get_by_role("button", name="Show more").click()
    assert told(index) == "61 documents"
    assert len(titles(index)) == 61
    assert index.evaluate("document.activeElement.textContent") == "Bridge 49 is open."
    assert not index.get_by_role("button", name="Show more").is_visible()


def test_what_is_told_of_a_document(index: "Page") -> None:
    first = index.locator("#list > li").first
    assert [line for line in first.inner_text().split("\n") if line] == [
        TITLE[1],
        TITLE[0],
        "Trucks carried 1,240 tents to a camp.",
        "Arabic · 2026-11-20 · 8 segments · trucks",
        "⚑ unsure-language",
        "⚑ number-changed",
        "⚑ weak-support",
    ]
    source = first.locator(".original")
    assert (source.get_attribute("lang"), source.get_attribute("dir")) == ("ar", "rtl")
    assert first.get_by_role("link").get_attribute("href") == "records/trucks.html"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("TRUCKS", "1 of 61 documents"),
        ("tents trucks", "1 of 61 documents"),
        ("thanks", "1 of 61 documents"),
        ("شاحنـات", "1 of 61 documents"),
        ("weak-support", "1 of 61 documents"),
        ("arabic", "1 of 61 documents"),
        ("мост", "60 of 61 documents, the first 50 shown"),
        ("bridge-59", "1 of 61 documents"),
        ("tents bridge", "0 of 61 documents"),
    ],
)
def test_search_in_all_that_is_known(index: "Page", words: str, found: str) -> None:
    index.keyboard.press("/")
    index.keyboard.type(words)
    index.wait_for_timeout(300)
    assert told(index) == found


def test_by_language_and_flag(index: "Page") -> None:
    index.locator("#language").select_option(label="Russian (60)")
    assert told(index) == "60 of 61 documents, the first 50 shown"
    index.locator("#language").select_option("")
    index.locator("#flag").select_option("*")
    assert titles(index) == [TITLE[1]]
    index.locator("#flag").select_option("quotes")
    assert titles(index) == [TITLE[1]]
    index.locator("#language").select_option("ru")
    assert told(index) == "0 of 61 documents"


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("", TITLE[1]),
        ("title", "Bridge 0 is open."),
        ("newest", TITLE[1]),
        ("oldest", TITLE[1]),
        ("flagged", TITLE[1]),
        ("longest", TITLE[1]),
    ],
)
def test_in_another_order(index: "Page", order: str, first: str) -> None:
    index.locator("#order").select_option(order)
    assert titles(index)[0] == first


def test_who_comes_back_finds_the_search_again(index: "Page", tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "bridge-7.html").write_text("<title>here</title>", encoding="utf-8")
    search(index, "bridge-7")
    index.get_by_role("link").click()
    assert index.title() == "here"
    index.go_back()
    assert titles(index) == ["Bridge 7 is open."]
    assert index.locator("#search").input_value() == "bridge-7"


def test_flags_are_explained(index: "Page") -> None:
    index.get_by_text("What the flags mean").click()
    assert FLAGS["weak-support"].meaning in index.locator("#legend").inner_text()


def test_attacks_show_themselves_and_do_nothing(browser_page: "Page", tmp_path: Path) -> None:
    requests, complaints = opened(browser_page, indexes.page(indexes.hostile()), tmp_path)
    search(browser_page, "<script>")
    assert told(browser_page) == "3 documents"
    assert titles(browser_page) == [SHOWN] * 3
    browser_page.locator("#order").select_option("title")
    assert requests == [(tmp_path / "page.html").as_uri()]
    assert complaints == []
    assert browser_page.title() == "Khulasa · Documents in English"
    links = browser_page.evaluate("[...document.querySelectorAll('#list a')].map(a => a.href)")
    inside = (tmp_path / "records").as_uri()
    assert all(link.startswith(inside) for link in links)


def test_without_documents(browser_page: "Page", tmp_path: Path) -> None:
    opened(browser_page, indexes.page([]), tmp_path)
    assert told(browser_page) == "0 documents"
