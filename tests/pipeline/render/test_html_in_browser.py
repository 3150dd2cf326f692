"""The page to read, in a real browser: evidence, search, filter, keys, print, attacks."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.flags import FLAGS
from tests.pipeline.render import readings
from tests.pipeline.render.pages import SHOWN, opened
from tests.pipeline.render.readings import TITLE, long, trucks

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, ViewportSize

WIDE: "ViewportSize" = {"width": 1200, "height": 800}
NARROW: "ViewportSize" = {"width": 400, "height": 800}


@pytest.fixture
def reader(browser_page: "Page", tmp_path: Path) -> "Page":
    """Trucks, as a desk shows them."""
    browser_page.set_viewport_size(WIDE)
    opened(browser_page, readings.page(trucks()), tmp_path)
    return browser_page


@pytest.fixture
def long_reader(browser_page: "Page", tmp_path: Path) -> "Page":
    """A thousand segments."""
    browser_page.set_viewport_size(WIDE)
    opened(browser_page, readings.page(long(1_000)), tmp_path)
    return browser_page


def lit(page: "Page") -> list[str]:
    """The ids of the segments that are lit."""
    found: list[str] = page.evaluate("[...document.querySelectorAll('.row.lit')].map(r => r.id)")
    return found


def shines(page: "Page", row: str) -> list[bool]:
    """Whether source and English of a segment have the colour of evidence."""
    found: list[bool] = page.evaluate(
        """row => [...document.getElementById(row).querySelectorAll('.text')].map((text) => {
          const probe = document.createElement('i');
          probe.style.background = 'var(--wash)';
          document.body.append(probe);
          const same = getComputedStyle(text).backgroundColor
            === getComputedStyle(probe).backgroundColor;
          probe.remove();
          return same;
        })""",
        row,
    )
    return found


def in_sight(page: "Page", selector: str) -> bool:
    """Whether all of an element is to be seen where it scrolls."""
    found: bool = page.evaluate(
        """selector => {
          const element = document.querySelector(selector);
          const box = element.getBoundingClientRect();
          const pane = element.closest('.reading').getBoundingClientRect();
          return box.top >= Math.max(pane.top, 0)
            && box.bottom <= Math.min(pane.bottom, innerHeight);
        }""",
        selector,
    )
    return found


def settled(page: "Page") -> None:
    """Colours have faded in and rows have their heights."""
    page.wait_for_timeout(350)


def claim(page: "Page", number: int) -> "Locator":
    return page.locator(".claim").nth(number - 1)


def test_a_sentence_under_the_pointer_lights_its_evidence_and_no_more(reader: "Page") -> None:
    claim(reader, 1).hover()
    settled(reader)
    assert lit(reader) == ["d1-1", "d1-2"]
    assert shines(reader, "d1-1") == shines(reader, "d1-2") == [True, True]
    assert shines(reader, "d1-3") == [False, False]
    reader.mouse.move(5, 5)
    assert lit(reader) == []


def test_a_click_holds_the_evidence_until_escape(long_reader: "Page") -> None:
    assert not in_sight(long_reader, "#d1-501")
    claim(long_reader, 2).click()
    settled(long_reader)
    assert lit(long_reader) == ["d1-501"]
    assert in_sight(long_reader, "#d1-501")
    claim(long_reader, 1).hover()
    settled(long_reader)
    assert lit(long_reader) == ["d1-501"]
    long_reader.mouse.move(5, 5)
    long_reader.keyboard.press("Escape")
    assert lit(long_reader) == []


def test_the_number_of_a_segment_leads_to_it(long_reader: "Page") -> None:
    long_reader.get_by_role("link", name="Evidence: segment 1000").click()
    settled(long_reader)
    assert lit(long_reader) == ["d1-1", "d1-1000"]
    assert in_sight(long_reader, "#d1-1000")
    assert long_reader.locator("#status").inner_text() == "Evidence: segment 1, 1000"


def test_evidence_scrolls_into_sight_and_the_summary_stays(long_reader: "Page") -> None:
    before = claim(long_reader, 2).bounding_box()
    claim(long_reader, 2).hover()
    settled(long_reader)
    assert in_sight(long_reader, "#d1-501")
    assert claim(long_reader, 2).bounding_box() == before


def test_evidence_by_keyboard(long_reader: "Page") -> None:
    link = long_reader.get_by_role("link", name="Evidence: segment 501")
    long_reader.keyboard.press("Tab")
    for _ in range(30):
        if link.evaluate("link => link === document.activeElement"):
            break
        long_reader.keyboard.press("Tab")
    settled(long_reader)
    assert lit(long_reader) == ["d1-501"]
    assert in_sight(long_reader, "#d1-501")
    long_reader.keyboard.press("Enter")
    long_reader.keyboard.press("Tab")
    assert lit(long_reader) == ["d1-501"]


def test_a_segment_lights_the_sentences_that_rest_on_it(reader: "Page") -> None:
    reader.locator("#d1-2 .source").hover()
    assert claim(reader, 1).get_attribute("class") == "claim lit"
    assert claim(reader, 2).get_attribute("class") == "claim"


def test_evidence_on_a_narrow_screen_and_back(browser_page: "Page", tmp_path: Path) -> None:
    browser_page.set_viewport_size(NARROW)
    opened(browser_page, readings.page(long(300)), tmp_path)
    claim(browser_page, 2).click()
    settled(browser_page)
    assert lit(browser_page) == ["d1-151"]
    assert in_sight(browser_page, "#d1-151")
    source = browser_page.locator("#d1-151 .source").bounding_box()
    english = browser_page.locator("#d1-151 .english").bounding_box()
    assert source
    assert english
    assert english["y"] >= source["y"] + source["height"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("camp", 2),
        ("TENTS", 4),
        ("المخيم", 1),
        ("الـمخيم", 1),
        ("ادوية", 1),
        ("ادويه", 1),
        ("١٢٤٠", 0),
        ("١,٢٤٠", 5),
        ("zebra", 0),
    ],
)
def test_search_in_both_languages(reader: "Page", query: str, count: int) -> None:
    reader.keyboard.press("/")
    reader.keyboard.type(query)
    settled(reader)
    told = reader.locator("#matches").inner_text()
    assert told == (f"{count} found" if count else "not found")
    painted = "(CSS.highlights.get('found')?.size ?? 0)"
    assert reader.evaluate(painted) == count


def test_what_is_found_is_painted_letter_for_letter(reader: "Page") -> None:
    reader.locator("#search").fill("المخيم")
    reader.locator("#search").press("Enter")
    now = "[...CSS.highlights.get('found-now')]"
    words = "r => r.startContainer.data.slice(r.startOffset, r.endOffset)"
    assert reader.evaluate(f"{now}.map({words})") == ["الْمُخَيَّم"]


def test_matches_in_turn(long_reader: "Page") -> None:
    long_reader.locator("#search").fill("speaker 70")
    long_reader.keyboard.press("Enter")
    counts = long_reader.locator("#matches")
    assert counts.inner_text() == "1 of 11"
    assert in_sight(long_reader, "#d1-71")
    long_reader.keyboard.press("Enter")
    settled(long_reader)
    assert counts.inner_text() == "2 of 11"
    assert in_sight(long_reader, "#d1-701")
    long_reader.keyboard.press("Shift+Enter")
    long_reader.keyboard.press("Shift+Enter")
    assert counts.inner_text() == "11 of 11"
    long_reader.keyboard.press("Escape")
    assert counts.inner_text() == ""
    assert long_reader.evaluate("CSS.highlights.get('found').size") == 0


def test_only_what_is_flagged(reader: "Page") -> None:
    shown = reader.locator(".row:visible")
    assert shown.count() == 8
    reader.keyboard.press("f")
    assert [row.get_attribute("id") for row in shown.all()] == ["d1-1"]
    assert reader.locator("#status").inner_text() == "1 of 8 segments"
    reader.locator("#search").fill("trucks")
    settled(reader)
    assert reader.locator("#matches").inner_text() == "3 found"  # and one that is not to be seen
    reader.get_by_label("with notes").check()
    assert reader.locator("#matches").inner_text() == "4 found"
    assert [row.get_attribute("id") for row in shown.all()] == ["d1-1", "d1-2", "d1-4", "d1-7"]
    reader.get_by_label("Only flagged").uncheck()
    assert shown.count() == 8
    assert not reader.get_by_label("with notes").is_checked()


def test_segments_in_turn(long_reader: "Page") -> None:
    current = "document.activeElement.id"
    for key, row in (("j", "d1-1"), ("ArrowDown", "d1-2"), ("j", "d1-3"), ("k", "d1-2")):
        long_reader.keyboard.press(key)
        assert long_reader.evaluate(current) == row
    long_reader.keyboard.press("f")
    for row in ("d1-4", "d1-104", "d1-204"):
        long_reader.keyboard.press("j")
        assert long_reader.evaluate(current) == row
    settled(long_reader)
    assert in_sight(long_reader, "#d1-204")


def test_the_text_scrolls_from_the_start(long_reader: "Page") -> None:
    scrolled = "document.querySelector('.reading').scrollTop"
    long_reader.keyboard.press("PageDown")
    settled(long_reader)
    assert long_reader.evaluate(scrolled) > 100
    long_reader.keyboard.press("Home")
    settled(long_reader)
    assert long_reader.evaluate(scrolled) == 0


def test_keys_are_explained_and_typing_is_not_a_command(reader: "Page") -> None:
    reader.keyboard.press("?")
    assert reader.get_by_role("dialog").is_visible()
    reader.keyboard.press("f")
    reader.keyboard.press("Escape")
    assert not reader.get_by_role("dialog").is_visible()
    reader.keyboard.press("/")
    reader.keyboard.type("fj?")
    assert reader.locator("#search").input_value() == "fj?"
    assert not reader.get_by_label("Only flagged").is_checked()


def test_a_mark_says_what_it_means(reader: "Page") -> None:
    mark = reader.get_by_role("button", name="number-changed")
    tip = mark.locator(".tip")
    hidden = tip.bounding_box()
    assert hidden
    assert hidden["width"] <= 1
    mark.hover()
    said = tip.bounding_box()
    assert said
    assert said["width"] > 100
    reader.keyboard.press("Escape")
    assert tip.bounding_box() is None
    assert mark.get_attribute("title") is None
    assert "1,240 → 1,420" in tip.inner_text()
    reader.mouse.move(5, 5)
    reader.get_by_role("button", name="weak-support").focus()
    seen = reader.locator(".claim .tip").bounding_box()
    assert seen
    assert seen["width"] > 100


def test_every_control_is_reached_by_tab_and_seen(reader: "Page") -> None:
    reached: list[str] = []
    while len(reached) < 40:
        reader.keyboard.press("Tab")
        name, outline = reader.evaluate(
            "[document.activeElement.id || document.activeElement.className"
            " || document.activeElement.textContent,"
            " getComputedStyle(document.activeElement).outlineStyle]"
        )
        if name in reached:
            break
        reached.append(name)
        assert outline != "none", name
    assert {"search", "previous", "next", "flagged", "notes", "help", "reading"} <= set(reached)


def test_without_a_script_the_page_can_be_read(browser: "Browser", tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    still = context.new_page()
    opened(still, readings.page(long(300)), tmp_path)
    assert not still.locator(".tools").is_visible()
    still.get_by_role("link", name="Evidence: segment 151").click()
    assert still.url.endswith("#d1-151")
    assert still.locator("#d1-151 .english").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_attacks_show_themselves_and_do_nothing(
    browser_page: "Page", tmp_path: Path, scheme: str
) -> None:
    browser_page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    text = readings.page(readings.hostile(), readings.hostile())
    requests, complaints = opened(browser_page, text, tmp_path)
    browser_page.locator(".claim").first.click()
    for key in ("f", "j", "/", "?"):
        browser_page.keyboard.press(key)
    browser_page.locator("#search").fill("<script>")
    settled(browser_page)
    assert browser_page.locator("#matches").inner_text() != "not found"
    assert requests == [(tmp_path / "page.html").as_uri()]
    assert complaints == []
    assert browser_page.title() == "Khulasa · Documents in English"
    assert browser_page.locator("#d1-1 .source").inner_text() == SHOWN


def test_were_anything_not_escaped_the_policy_would_stop_it(
    browser_page: "Page", tmp_path: Path
) -> None:
    broken = readings.page(trucks()).replace(
        "</main>",
        "<script>document.title = 'gone'</script><img src='x.png' onerror='document.title = 1'>"
        "<p id='hit' style='color: red' onclick='document.title = 2'>x</p></main>",
    )
    loaded: list[str] = []
    browser_page.on("requestfinished", lambda request: loaded.append(request.url))
    _, complaints = opened(browser_page, broken, tmp_path)
    browser_page.locator("#hit").click()
    assert browser_page.title() == f"Khulasa · {TITLE[1]}"
    assert loaded == [(tmp_path / "page.html").as_uri()]
    assert len(complaints) == 5  # the script, the picture, the style and both handlers
    assert all("Content Security Policy" in one for one in complaints)


def test_what_a_screen_reader_meets(reader: "Page") -> None:
    tree = reader.locator("article").aria_snapshot()
    for said in (
        'article "Trucks carry 1,240 tents"',
        'heading "Trucks carry 1,240 tents" [level=1]',
        'heading "Summary" [level=2]',
        'link "Evidence: segment 8"',
        'region "Source and English, segment by segment"',
        'heading "What did they carry?" [level=4]',
        'list "Cells of a table"',
        f'button "weak-support {FLAGS["weak-support"].meaning}"',
    ):
        assert said in tree


def test_letters_of_every_script_are_drawn(reader: "Page") -> None:
    """A word in Arabic is wider than nothing, and no two letters of it are the same box."""
    widths = reader.evaluate(
        """() => {
          const pen = document.createElement('canvas').getContext('2d');
          pen.font = `32px ${getComputedStyle(document.querySelector('.row .source')).fontFamily}`;
          return ['\\uffff', ...'شابw'].map((letter) => pen.measureText(letter).width);
        }"""
    )
    assert len(set(widths)) == len(widths)
    picture = reader.locator("#d1-2 .source").screenshot()
    assert len(picture) > 1_500  # an empty box of this size compresses to less than a third


def test_print_has_both_columns_and_no_controls(reader: "Page", tmp_path: Path) -> None:
    reader.emulate_media(media="print")
    assert not reader.locator(".bar").is_visible()
    source = reader.locator("#d1-2 .source").bounding_box()
    english = reader.locator("#d1-2 .english").bounding_box()
    assert source
    assert english
    assert abs(source["y"] - english["y"]) < 10
    assert english["x"] + english["width"] <= source["x"]
    height = reader.evaluate("document.querySelector('.reading').scrollHeight")
    assert reader.evaluate("document.querySelector('.reading').clientHeight") == height
    rules = "getComputedStyle(document.querySelector('.row')).breakInside"
    assert reader.evaluate(rules) == "avoid"
    assert reader.pdf().startswith(b"%PDF")


def test_the_title_in_both_languages(reader: "Page") -> None:
    assert reader.get_by_role("heading", level=1).inner_text() == TITLE[1]
    assert reader.locator(".original").inner_text() == TITLE[0]
    assert reader.locator(".original").evaluate("one => getComputedStyle(one).direction") == "rtl"
