"""What is flagged, and that every flag can be explained."""

import re
from pathlib import Path

import pytest

from pipeline.checks import is_foreign_text, unknown_flags
from pipeline.flags import FLAGS


@pytest.mark.parametrize(
    ("unknown", "tokens", "flagged"),
    [(0, 0, False), (0, 20, False), (1, 20, False), (2, 39, True), (1, 19, True), (5, 5, True)],
)
def test_more_than_a_twentieth_unknown_is_flagged(unknown: int, tokens: int, flagged: bool) -> None:
    written = ["<unk>"] * unknown + ["▁word"] * (tokens - unknown)
    assert unknown_flags(written, "Arab") == (("unknown-tokens",) if flagged else ())


@pytest.mark.parametrize(
    ("tokens", "script", "flagged"),
    [
        (["▁ب", "و", "ت", "ي", "ن", "</s>"], "Arab", True),
        (["▁بو", "ت", "ين", "</s>"], "Arab", False),
        (["▁و", "▁من", "▁و"], "Arab", False),
        (["▁2", "0", "2", "4", "▁عام"], "Arab", False),
        (["▁会", "议", "开", "始"], "Hans", False),
    ],
)
def test_words_that_are_spelled_out_are_not_known(
    tokens: list[str], script: str, flagged: bool
) -> None:
    assert unknown_flags(tokens, script) == (("unknown-tokens",) if flagged else ())


@pytest.mark.parametrize(
    ("text", "script", "foreign"),
    [
        ("مرحبا", "Arab", True),
        ("قال BBC اليوم", "Arab", True),
        ("Breaking news", "Arab", False),
        ("café", "Arab", True),
        ("2026 — 35 %", "Arab", False),
        ("؟!", "Arab", False),
        ("🙂🙃", "Arab", False),
        ("", "Arab", False),
        ("Bonjour", "Latn", True),
        ("12.5 %", "Latn", False),
        ("Привет", "Cyrl", True),
        ("Reuters", "Cyrl", False),
        ("你好", "Hans", True),
    ],
)
def test_what_is_there_to_translate(text: str, script: str, foreign: bool) -> None:
    assert is_foreign_text(text, script) is foreign


def test_every_flag_that_the_pipeline_gives_is_explained(root: Path) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (root / "pipeline").glob("*.py"))
    given = set(re.findall(r'\(\("([a-z-]+)",\) if|, \("([a-z-]+)",\)|flags=\("([a-z-]+)",', code))
    names = {name for groups in given for name in groups if name}
    assert {"split", "unfinished", "empty", "untranslated", "nothing-to-summarise"} <= names
    assert names <= set(FLAGS)
