"""What is flagged, and that every flag can be explained."""

import ast
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import catalog
from pipeline.checks import check, is_foreign_text, unknown_flags
from pipeline.flags import FLAGS
from tests.benchmarks.breaks import BREAKS
from tests.benchmarks.checks import attention, is_number, read_gold

MINES = "وقالت مديرة البرنامج ليلى حداد إن 380 هكتارا أصبحت صالحة للزراعة من جديد."
MINES_EN = "Program director Layla Haddad said 380 hectares had become fit for farming again."
LANGUAGES = tuple(catalog.languages().values())
LIGNE = "Les travaux de la nouvelle ligne, à l'arrêt depuis mars, reprendront en automne."
LIGNE_EN = "Work on the new line, at a standstill since March, will resume in the autumn."


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


@pytest.mark.parametrize(
    ("target", "detail"),
    [
        ("It began in the th century.", "the th century."),
        ("He was born on July th, they say.", "July th, they"),
        ("The three are flow, () density.", "flow, () density."),
        ("It began at :30 on Monday.", "at :30 on"),
        ("It began at 10:am on Monday.", "at 10:am on"),
        ("It costs $ a day to stay.", "costs $ a"),
        ("It began in the 11th century, on 4th St at 10:30 (noon): $ 5.", None),
        ("Nd and Th are elements; see table 3: all of them.", None),
    ],
)
def test_what_a_number_leaves_behind_is_a_gap(target: str, detail: str | None) -> None:
    found = {one.name: one.detail for one in check("بدأ العمل في المدينة أمس.", target, "ar")}
    assert found.get("gap") == detail


def test_a_gap_that_the_source_has_too_is_none() -> None:
    assert "gap" not in {one.name for one in check("Le prix est de $ () !", "It is $ ().", "fr")}


def found(source: str, target: str, lang: str) -> dict[str, str]:
    return {finding.name: finding.detail for finding in check(source, target, lang)}


@pytest.mark.parametrize(
    ("source", "target", "lang", "flags"),
    [
        (MINES, MINES_EN, "ar", {}),
        (LIGNE, LIGNE_EN, "fr", {}),
        (MINES, "", "ar", {"empty": ""}),
        (MINES, " ... ", "ar", {"empty": "..."}),
        (MINES, MINES, "ar", {"copied": ""}),
        (LIGNE, LIGNE.upper(), "fr", {"copied": ""}),
        (LIGNE, LIGNE, "xx", {"copied": ""}),
        ("12:30", "12:30", "ar", {"untranslated": ""}),
        ("BBC", "BBC", "ar", {"untranslated": ""}),
        ("Angela Merkel", "Angela Merkel", "de", {"untranslated": ""}),
        ("Universidad de Chile", "Universidad de Chile", "es", {"untranslated": ""}),
        ("This is what they said.", "This is what they said.", "de", {"untranslated": ""}),
        ("", "", "ar", {}),
        (" ", "\n", "ar", {}),
        ("", "Nobody said this.", "ar", {"too-long": "15 characters, some 1 expected"}),
        ("نعم", "Yes.", "ar", {}),
        ("الأمم المتحدة", "UN", "ar", {}),
        (MINES, "Layla Haddad: 380.", "ar", {"too-short": "16 characters, some 71 expected"}),
        ("نعم", MINES_EN.replace("380 ", ""), "ar", {"too-long": "66 characters, some 4 expected"}),
        (MINES, MINES_EN.replace("fit", "صالحة للزراعة"), "ar", {"source-left": "صالحة للزراعة"}),
        (MINES, f">>eng<< {MINES_EN}", "ar", {"model-marks": ">>eng<<"}),
        (MINES, MINES_EN.replace("fit", "⁇"), "ar", {"model-marks": "⁇"}),
        (MINES, MINES_EN[:-1] + ",", "ar", {"cut-off": "… become fit for farming again,"}),
        (MINES[:-1], MINES_EN[:-1], "ar", {}),
        (f"{MINES[:-1]}...", MINES_EN[:-1], "ar", {}),
        (MINES, MINES_EN[:-1] + '."', "ar", {"quotes": "a quotation mark without its other half"}),
        (MINES, MINES_EN.replace("380", "830"), "ar", {"number-changed": "380 → 830"}),
        (
            LIGNE,
            "Los trabajos de la línea, parados desde marzo, van a seguir en otoño.",
            "fr",
            {"not-english": ""},
        ),
        (
            LIGNE,
            "Work on the nouvelle ligne, à l'arrêt depuis March, will resume in the autumn.",
            "fr",
            {"source-left": "nouvelle ligne, à l'arrêt depuis"},
        ),
        (
            "لم تقل السلطات شيئا عن الحادث يوم الثلاثاء.",
            "The authorities spoke about the accident on Tuesday.",
            "ar",
            {"negation": "لم"},
        ),
        (
            "وأضافت حداد: «كل لغم نزيله من هذه الأرض ينقذ حياة إنسان آخر».",
            "Haddad added: Every mine that we remove from this land saves another life.",
            "ar",
            {"quotes": "كل لغم نزيله من هذه الأرض ينقذ حياة إنسان آخر"},
        ),
        ("قرأت صحيفة «الأهرام».", "She read the Ahram paper.", "ar", {}),
    ],
)
def test_a_translation_is_flagged_for_what_is_wrong_with_it(
    source: str, target: str, lang: str, flags: dict[str, str]
) -> None:
    assert found(source, target, lang) == flags


def test_good_translations_of_every_language_pass() -> None:
    pairs = [(g.source, g.target, known.code) for known in LANGUAGES for g in known.golden]
    assert len(pairs) > 150
    assert [(pair, found(*pair)) for pair in pairs if found(*pair)] == []


def aligned_seeds(root: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted((root / "seeds").glob("*.segments.txt")):
        english = path.with_name(path.name.replace(".segments.txt", ".en.txt"))
        sides = [file.read_text("utf-8").split("\n") for file in (path, english)]
        source, target = ([line for line in side if line] for side in sides)
        yield from ((s, t, path.name[:2]) for s, t in zip(source, target, strict=True))


def test_what_people_translated_asks_for_no_attention(root: Path) -> None:
    pairs = list(aligned_seeds(root))
    assert len(pairs) > 100
    assert [(pair, found(*pair)) for pair in pairs if attention(check(*pair))] == []


@pytest.mark.parametrize(
    ("way", "least"),
    [
        ("a phrase repeated five times", 99),
        ("the source as it is", 99),
        ("empty", 100),
        ("last 2/3 of words dropped", 99),
        ("last 2/3 of signs dropped", 99),
        ("last 2/3 dropped, stop kept", 97),
        ("half source, half English", 97),
        ("half English, half source", 97),
        ("English, then half source", 97),
        ("half source amid English", 97),
        ("last third dropped", 97),
        ("last third dropped, stop kept", 45),
    ],
)
def test_what_people_translated_is_flagged_when_it_is_broken(
    root: Path, way: str, least: int
) -> None:
    dice, caught, made = Random(1), 0, 0
    for source, target, lang in aligned_seeds(root):
        if not target.endswith((".", "”", '"')) or "@" in target:
            continue  # headlines and bylines say nothing of where they end
        broken = BREAKS[way](source, target, dice)
        if broken is not None and broken != target:
            made += 1
            caught += bool(attention(check(source, broken, lang)))
    assert made > 100
    assert caught >= least / 100 * made


@pytest.mark.parametrize("name", ["arb_Arab", "fra_Latn", "rus_Cyrl", "zho_Hans"])
def test_gold_translations_ask_for_attention_in_five_percent_at_most(
    shared: Path, name: str
) -> None:
    folder = shared / "mt" / "flores200-devtest"
    measured = read_gold(folder / f"{name}.devtest", folder / "eng_Latn.devtest")
    assert measured is not None
    flagged = [attention(findings) for findings in measured.findings]
    assert len(flagged) == 1012
    assert sum(map(bool, flagged)) <= 0.05 * 1012
    assert sum(any(map(is_number, names)) for names in flagged) <= 0.03 * 1012
    assert measured.milliseconds < 2  # 0.2 where nothing else runs


TEXT = st.text(st.characters(), max_size=200) | st.lists(
    st.sampled_from(["the", "mine", "380", "لغم", "«", '"', "لا", ".", "mines", "x" * 30, "没有"])
).map(" ".join)
LANG = st.sampled_from(["ar", "fr", "tr", "zh", "ja", "he", "xx", "", "ar-EG", "\ud800"])


@given(TEXT, TEXT, LANG)
def test_nothing_raises_and_all_is_explained(source: str, target: str, lang: str) -> None:
    findings = check(source, target, lang)
    assert findings == check(source, target, lang)
    assert {finding.name for finding in findings} <= set(FLAGS)
    assert len(findings) == len(set(findings))


@given(TEXT, LANG)
def test_a_copy_is_a_copy_and_nothing_is_empty(text: str, lang: str) -> None:
    copy = [finding.name for finding in check(text, text, lang)]
    assert copy in ([], ["copied"], ["untranslated"], ["empty"])
    assert bool(copy) is bool(text.strip())
    nothing = [finding.name for finding in check(text, " ", lang)]
    assert "empty" in nothing or not any(char.isalnum() for char in text)


@pytest.mark.parametrize("lang", ["ar", "fr", "tr", "zh"])
@pytest.mark.parametrize(
    "unit", ["a", "ab ", "( ", "(a", " ", "\n", "1", "1,", "1 1.", "«", "' ", "لا ", "not ", "é-"]
)
def test_nothing_is_quadratic(unit: str, lang: str) -> None:
    """What takes a second for a megabyte takes an hour where it is."""
    text = unit * (50_000 // len(unit))
    began = time.process_time()
    for source, target in ((text, text + "."), (MINES, text), (text, MINES_EN)):
        check(source, target, lang)
    assert time.process_time() - began < 2


def test_every_flag_that_the_pipeline_gives_is_explained(root: Path) -> None:
    given = set()
    for path in (root / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                given |= {n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)}
    assert {"empty", "copied", "loop", "number-missing", "not-english"} <= given
    assert given <= set(FLAGS)
