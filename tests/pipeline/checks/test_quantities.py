"""Numbers with the words around them."""

import pytest

from pipeline import numbers
from pipeline.checks.quantities import Quantity, read


def quantities(text: str) -> list[Quantity]:
    return read(text, numbers.read(text, "en"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It grew by 12% again", "percent"),
        ("It grew by 12 per cent again", "percent"),
        ("A 12-year-old boy", "age"),
        ("It cost £140,000 again", "money"),
        ("It cost 12.5 million again", "millions"),
        ("It fell on 12 April and", "date"),
        ("It fell on April 12, and", "date"),
        ("It fell on the 12th of May", "date"),
        ("It fell in 2012.", "year"),
        ("In 2012 prices fell", "year"),
        ("About 2012 people fell", "count"),
        ("In the 60s it fell", "year"),
        ("12 people fell", "count"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    in_digits = [found for found in quantities(text) if found.number.digits]
    assert [found.kind for found in in_digits] == [kind]


def test_words_count_by_how_near_they_stand() -> None:
    (found,) = quantities("Police killed 45 rebels near the old bridges.")
    # 3 / (3 + words away), by stems; "the" and what has two letters tell nothing.
    assert found.context == pytest.approx(
        {"kill": 0.75, "polic": 0.6, "rebel": 0.75, "near": 0.6, "old": 3 / 7, "bridg": 3 / 8}
    )
    assert found.unit == "rebel"


def test_likeness_is_the_share_of_weight_in_common() -> None:
    one, other, third = quantities("killed 45 rebels; saved 6 rebels; bought 7")
    assert one.likeness(one, lambda word: 1.0) == pytest.approx(1.0)
    assert third.likeness(one, lambda word: 0.0) == 0.0
    # Beside the unit, a tenth, the only word that weighs anything is near both.
    assert one.likeness(other, lambda word: float(word == "rebel")) == pytest.approx(1.0)
    # One word before one number, four before the other.
    killed = one.likeness(other, lambda word: float(word == "kill"))
    assert killed == pytest.approx(0.1 + 0.9 * (3 / 7) / (3 / 4))


def test_nothing_counted_is_nothing() -> None:
    assert read("No number here", []) == []
