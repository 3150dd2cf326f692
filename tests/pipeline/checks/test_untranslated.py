"""What of a source stands in its translation; names and titles may."""

import pytest

from pipeline.checks.untranslated import is_copy, is_english, is_name, left


@pytest.mark.parametrize(
    ("source", "target", "script", "passage"),
    [
        ("قال الوزير", "The وزير said", "Arab", "وزير"),
        ("قال الوزير", "He قال الوزير said", "Arab", "قال الوزير"),
        ("قال الوزير", "The minister said, in 2٠26؟", "Arab", ""),
        ("部长说", "The 部长 said", "Hans", "部长"),
        ("カタカナ", "In カタカナ", "Jpan", "カタカナ"),
        ("장관", "The 장관", "Kore", "장관"),
        ("мир", "Mir", "Cyrl", ""),
        (
            "la nueva ley del agua entra en vigor",
            "the new ley del agua entra today",
            "Latn",
            "ley del agua entra",
        ),
        ("El País publicó ayer", "El País reported yesterday", "Latn", ""),
        ("el libro Cien años de soledad", "the book Cien Años de Soledad", "Latn", ""),
        ("a 40 mph (56-64 km/h) hoy", "at 40 mph (56-64 km/h) today", "Latn", ""),
        ("die Universität im Süden", "the University in the South", "Latn", ""),
        ("güçlü kadınlar geldi", "güçlü kadınlar came", "Latn", "güçlü kadınlar"),
        (
            "Trump sagte: „We will build it on the border and they will pay for it“",
            'Trump said: "We will build it on the border and they will pay for it"',
            "Latn",
            "",
        ),
        ("", "", "Latn", ""),
    ],
)
def test_what_is_left(source: str, target: str, script: str, passage: str) -> None:
    assert left(source, target, script) == passage


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Angela Merkel", True),
        ("Paris", True),
        ("gracias", True),
        ("Ursula von der Leyen", False),
        ("Casa de Papel", True),
        ("Der Präsident kommt", False),
        ("muchas gracias", False),
    ],
)
def test_what_may_be_a_name(text: str, name: bool) -> None:
    assert is_name(text) is name


def test_copies() -> None:
    assert is_copy("El País, hoy.", "el país hoy")
    assert not is_copy("El País, hoy.", "El País, today.")


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Il ministro ha detto che i lavori della nuova linea cominceranno presto a Roma.", False),
        ("Der Minister hat gesagt, dass der Bau einer neuen Strecke bald beginnen soll.", False),
        ("Министр сказал, что работы на новой линии скоро начнутся в столице и её районах.", False),
        ("The minister said that work would begin.", True),
        ("Baba Kanjar, Bhutha Kanjar, Rampro Kanjar, Gaza Kanjar, Vishnu Kanjar", True),
        ("", True),
    ],
)
def test_what_may_be_english(text: str, english: bool) -> None:
    assert is_english(text) is english
