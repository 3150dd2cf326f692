"""Lines on pages, to paragraphs."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.layout import Shown, paragraphs, shown

WIDTH = 300.0


def at(
    text: str, base: float, left: float = 50, right: float | None = None, size: float = 10
) -> Shown:
    """A line that fills its column where its end is not told."""
    return Shown(text, left, WIDTH if right is None else right, base, size)


def told(*pages: list[Shown]) -> list[str]:
    return [text for text, _ in paragraphs(pages)]


def test_lines_of_a_paragraph_and_words_that_a_line_breaks() -> None:
    page = [
        at("Les négociations inter-", 700),
        at("nationales ont repris, peut-", 688),
        at("être pour la dernière fois,", 676),
        at("dit-on à Paris.", 664, right=140),
        at("Un autre jour commence ici,", 652),
        at("peut-être.", 640, right=100),
    ]
    assert told(page) == [
        "Les négociations internationales ont repris, peut-être pour la dernière fois, "
        "dit-on à Paris.",
        "Un autre jour commence ici, peut-être.",
    ]


def test_paragraphs_that_are_set_in_or_apart() -> None:
    page = [
        at("The first line is full of words", 700, left=62),
        at("and ends here with a full line.", 688),
        at("The next is set in as the first", 676, left=62),
        at("and goes on to the right margin.", 664),
        at("This one stands apart from it.", 640),
    ]
    assert [line.split()[1] for line in told(page)] == ["first", "next", "one"]


def test_a_sentence_goes_on_over_columns_and_pages_and_margins_come_once() -> None:
    def page(number: int, *lines: Shown) -> list[Shown]:
        return [
            at("The Daily Bulletin", 800, right=150),
            *lines,
            at(f"Page {number}", 20, right=80),
        ]

    first = page(1, at("One sentence begins in the left", 700), at("column and goes", 100))
    second = page(2, at("on to the next page. Then it", 700), at("ends.", 688, right=80))
    third = page(3, at("A new paragraph stands here.", 700))
    assert told(first, second, third) == [
        "One sentence begins in the left column and goes on to the next page. Then it ends.",
        "A new paragraph stands here.",
        "The Daily Bulletin",
        "Page 1",
    ]


def test_numbers_that_do_not_count_pages_are_no_margin() -> None:
    def page(said: int, text: str) -> list[Shown]:
        return [at(f"Dead: {said}", 800, right=100), at(text, 400)]

    assert told(page(17, "One is here."), page(4, "Two is."), page(22, "Three is."))[::2] == [
        "Dead: 17",
        "Dead: 4",
        "Dead: 22",
    ]
    assert told(*[[at(f"Only {word}.", 700)] for word in ("one", "two", "two")]) == [
        "Only one.",
        "Only two.",
        "Only two.",
    ]


def test_headings_by_size_items_by_their_signs_and_text_without_spaces() -> None:
    page = [
        at("Great news", 700, right=200, size=20),
        at("of today", 676, right=160, size=20),
        at("Smaller", 640, right=100, size=14),
        at("• one thing is this and more of", 620),
        at("it follows", 608, left=60, right=120),
        at("• another", 596, right=100),
        at("市议会星期二晚上经过四个小时的", 560),
        at("辩论", 548, right=80),
    ]
    assert [(text, block.kind, block.level) for text, block in paragraphs([page])] == [
        ("Great news of today", "heading", 1),
        ("Smaller", "heading", 2),
        ("one thing is this and more of it follows", "item", 1),
        ("another", "item", 1),
        ("市议会星期二晚上经过四个小时的辩论", "paragraph", 0),
    ]


def test_cells_of_a_row_stay_apart() -> None:
    page = [at("Cost", 700, right=80), at("12", 700, left=200, right=212), at("Sum", 688, right=75)]
    assert told(page) == ["Cost", "12", "Sum"]


NUMBER = st.one_of(st.integers(0, 800).map(float), st.floats(-1e6, 1e6))
PIECE = st.tuples(st.text(min_size=1, max_size=5), NUMBER, NUMBER, NUMBER, NUMBER)
PAGES = st.lists(st.lists(st.lists(PIECE, min_size=1, max_size=4), max_size=6), max_size=4)


@given(PAGES)
def test_anything_that_a_page_can_say_makes_lines(
    pages: list[list[list[tuple[object, ...]]]],
) -> None:
    found = [shown(page) for page in pages]
    if any(found):
        assert all(isinstance(text, str) for text, _ in paragraphs(found))
