"""A denial that is lost is noticed; words that only seem to deny are not."""

import tomllib
from pathlib import Path

import pytest

from models import catalog
from pipeline.checks import negation
from pipeline.checks.negation import lost


@pytest.mark.parametrize(
    ("lang", "source", "word"),
    [
        ("ar", "ولم يصب أحد في الحادث.", "ولم"),
        ("ar", "ولا يزال الطريق مغلقا.", ""),
        ("ar", "لم يبق في القرية سوى امرأة.", ""),
        ("ar", "قالت منظمة أطباء بلا حدود ذلك.", ""),
        ("de", "Der Weg ist nicht offen.", "nicht"),
        ("es", "No obstante, el camino sigue abierto.", ""),
        ("es", "El camino no sigue abierto.", "no"),
        ("fa", "او نمی‌رود.", "نمی‌ر"),
        ("fr", "La route n'est pas ouverte.", "pas"),
        ("he", "הדרך אינה פתוחה.", "אינה"),
        ("hi", "रास्ता नहीं खुला है।", "नहीं"),
        ("it", "La strada non è aperta.", "non"),
        ("ja", "道は開いていません。", "ません"),
        ("ko", "길은 열려 있지 않다.", "않"),
        ("pt", "A estrada não está aberta.", "não"),
        ("ru", "Дорога не открыта.", "не"),
        ("ru", "Не менее 30 человек пришли.", ""),
        ("tr", "Yol açılmadı.", "açılmadı"),
        ("tr", "Yol açık değil.", "değil"),
        ("uk", "Дорога не відкрита.", "не"),
        ("ur", "راستہ کھلا نہیں ہے۔", "نہیں"),
        ("zh", "道路没有开放。", "没有"),
        ("zh", "部长不得不离开。", ""),
        ("sw", "Barabara haijafunguliwa.", ""),
    ],
)
def test_a_denial_is_lost(lang: str, source: str, word: str) -> None:
    assert lost(source, "The road was open, and 30 people came.", lang) == word
    for kept in ("is not open", "isn't open", "isn’t open", "never opens", "failed to open"):
        assert lost(source, f"The road {kept}.", lang) == ""
    for kept in ("unable", "homeless", "impossible", "without it", "Neither", "incomplete"):
        assert lost(source, f"It was {kept}.", lang) == ""


@pytest.mark.parametrize("text", ["under one roof", "the United union", "increase", "district"])
def test_what_only_begins_like_a_denial(text: str) -> None:
    assert lost("Дорога не открыта.", f"It was {text}.", "ru") == "не"


def test_every_table_can_be_used() -> None:
    path = Path(negation.__file__).with_name("negation.toml")
    tables = tomllib.loads(path.read_text("utf-8"))
    assert set(tables) <= set(catalog.languages())
    kinds = {"words", "clitics", "idioms", "endings", "inside"}
    for lang, table in tables.items():
        assert set(table) <= kinds
        for word in table.get("words", ()):
            assert lost(word, "yes", lang) == word
