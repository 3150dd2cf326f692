"""The sample documents keep their promises: size, aligned references, and the same numbers."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.segment import segment
from pipeline.sources import read

SEEDS = Path(__file__).parents[1] / "seeds"
DOCUMENTS = sorted(path for path in SEEDS.glob("*.txt") if path.name.count(".") == 1)
SEPARATOR = re.compile("(?<=[0-9])[.,\u066b\u066c\u00a0\u202f](?=[0-9])")

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)


def numbers(text: str) -> Counter[str]:
    """Every figure of a text in Western digits, thousands and decimal separators left out."""
    western = "".join(str(unicodedata.decimal(char, char)) for char in text)
    return Counter(re.findall("[0-9]+", SEPARATOR.sub("", western)))


def document(path: Path) -> Document:
    return read(path, path.stem.split("-")[0])


def segments(path: Path) -> list[str]:
    source = document(path)
    return [part.text for part in segment(source.text, source.lang)]


def translation(path: Path) -> list[str]:
    return path.with_suffix(".en.txt").read_text(encoding="utf-8").splitlines()


def summary(path: Path) -> str:
    return path.with_suffix(".summary.en.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("٩٬٣٤٠ و٨٦٫٥ و٤٥٪", ["9340", "865", "45"]),
        ("۴۷٬۲۰۰ پرنده", ["47200"]),
        ("34\u202f500, 60\u00a0% et 48,6", ["34500", "60", "486"]),
        ("212'si, 5.000 m²", ["212", "5000"]),
        ("20:15 1, 2", ["20", "15", "1", "2"]),
    ],
)
def test_numbers_are_read_in_every_notation(text: str, expected: list[str]) -> None:
    assert numbers(text) == Counter(expected)


def test_the_languages_are_many() -> None:
    languages = Counter(path.stem.split("-")[0] for path in DOCUMENTS)
    assert languages["ar"] >= 2
    assert {"es", "fa", "fr", "pt", "ru", "tr", "uk"} <= languages.keys()


def test_every_file_belongs_to_a_document_and_stands_in_the_table() -> None:
    stems = {path.stem for path in DOCUMENTS}
    assert {path.name.split(".")[0] for path in SEEDS.glob("*.txt")} == stems
    table = re.findall(r"^\| `([\w-]+)\.txt` \|", (SEEDS / "README.md").read_text("utf-8"), re.M)
    assert sorted(table) == sorted(stems)


@every_document
def test_size(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert 150 <= len(text.split()) <= 400


@every_document
def test_title_is_the_first_line(path: Path) -> None:
    source = document(path)
    assert source.title == path.read_text(encoding="utf-8").splitlines()[0]
    assert source.text.startswith(source.title)


@every_document
def test_one_line_of_translation_a_segment_with_the_same_numbers(path: Path) -> None:
    sources, targets = segments(path), translation(path)
    pairs = zip(sources, targets, strict=False)
    assert [pair for pair in pairs if numbers(pair[0]) != numbers(pair[1])] == []
    assert len(sources) == len(targets)


@every_document
def test_one_line_of_translation_a_gold_segment(path: Path) -> None:
    gold = path.with_suffix(".segments.txt").read_text(encoding="utf-8").splitlines()
    assert len(gold) == len(translation(path))
    assert "".join("".join(gold).split()) == "".join(document(path).text.split())


@every_document
def test_every_line_of_the_translation_is_a_sentence_or_headline(path: Path) -> None:
    assert all(line == line.strip() and len(line) > 10 for line in translation(path))


@every_document
def test_summary_is_short_and_its_numbers_stand_in_the_translation(path: Path) -> None:
    text = summary(path)
    assert 20 <= len(text.split()) <= 70
    assert 2 <= len(re.findall(r"[.!?](?=\s)", text)) <= 4
    assert numbers(text).keys() <= numbers("\n".join(translation(path))).keys()


def test_the_hard_wrapped_document_is_wrapped_and_read_as_paragraphs() -> None:
    path = SEEDS / "pt-bridge.txt"
    assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 72
    lines = [line for line in document(path).text.splitlines() if line.strip()]
    assert len(lines) == 8
    assert "Dr. Otávio Pessanha" in lines[4]


def test_one_arabic_document_holds_what_arabic_news_is_hard_for() -> None:
    path = SEEDS / "ar-manuscripts.txt"
    text = path.read_text(encoding="utf-8")
    assert re.search('«[^»]*"[^»]*"[^»]*»', text)
    assert re.search("[٠-٩]٫[٠-٩]", text)
    assert not re.search("[0-9]", text)
    assert max(len(part.split()) for part in segments(path)) > 80
