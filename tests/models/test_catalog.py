"""The catalogue: every name in it exists, every language can be tested, mistakes get an answer."""

import re
import unicodedata
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from models import catalog
from models.catalog import Language, Repository, UnknownLanguage

CONFIRMED = Path(__file__).parents[2] / ".." / "shared" / "MODELS.md"
ALL = list(catalog.languages().values())
SCRIPTS = {"Hans": {"CJK"}, "Jpan": {"CJK", "HIRAGANA", "KATAKANA"}, "Kore": {"HANGUL"}}
NAMES = {
    "Arab": "ARABIC", "Armn": "ARMENIAN", "Beng": "BENGALI", "Cyrl": "CYRILLIC",
    "Deva": "DEVANAGARI", "Ethi": "ETHIOPIC", "Geor": "GEORGIAN", "Grek": "GREEK",
    "Guru": "GURMUKHI", "Hebr": "HEBREW",
    "Knda": "KANNADA", "Latn": "LATIN", "Mlym": "MALAYALAM", "Taml": "TAMIL", "Telu": "TELUGU",
    "Thai": "THAI",
}  # fmt: skip


def test_arabic_and_many_more() -> None:
    assert next(iter(catalog.languages())) == "ar"
    assert len(ALL) == 75
    assert {"fr", "es", "pt", "ru", "uk", "tr", "fa", "he", "zh"} < set(catalog.languages())


def test_arabic() -> None:
    arabic = catalog.language("ar")
    assert (arabic.name, arabic.script, arabic.direction) == ("Arabic", "Arab", "rtl")
    assert arabic.best == Repository(
        "Helsinki-NLP/opus-mt-tc-big-ar-en",
        megabytes=990,
        revision="bcb4acd39ee8e3552e171653a8e31a10729b4330",
        licence="cc-by-4.0",
    )
    assert arabic.fast.name == "Helsinki-NLP/opus-mt-ar-en"
    assert arabic.fast.revision == "main"


def test_summarizers() -> None:
    best, fast = catalog.summarizers()["best"], catalog.summarizers()["fast"]
    assert best.name == "sshleifer/distilbart-cnn-12-6"
    assert best.revision == "a4f8f3ea906ed274767e9906dbaede7531d660ff"
    assert (fast.name, fast.revision) == ("sshleifer/distilbart-cnn-6-6", "main")
    assert 100 < len(catalog.golden_article().split()) < 150


def test_right_to_left() -> None:
    rtl = [language.code for language in ALL if language.direction == "rtl"]
    assert rtl == ["ar", "fa", "ps", "he", "ur", "ckb"]


def test_languages_of_which_no_sentence_is_known_for_sure() -> None:
    unknown = [language.code for language in ALL if not language.golden]
    assert unknown == ["ti", "ig", "rw", "sn", "xh", "ny", "om"]


@pytest.mark.parametrize(
    "language", [one for one in ALL if one.golden], ids=lambda language: language.code
)
def test_golden_sentences_are_written_in_the_script_of_the_language(language: Language) -> None:
    expected = SCRIPTS.get(language.script) or {NAMES[language.script]}
    assert len(language.golden) == 3
    for pair in language.golden:
        letters = [character for character in pair.source if character.isalpha()]
        assert {unicodedata.name(letter).split()[0] for letter in letters} <= expected, pair.source
        assert pair.source == unicodedata.normalize("NFC", pair.source)
        assert pair.target.isascii()
        assert pair.target.endswith(".")


def test_golden_sentences_differ_between_languages() -> None:
    sources = [pair.source for language in ALL for pair in language.golden]
    shared = {source for source in sources if sources.count(source) > 1}
    assert shared == {"Predsjednik je stigao u glavni grad u ponedjeljak."}  # Croatian and Bosnian


@pytest.mark.parametrize("repository", catalog.repositories().values(), ids=lambda r: r.name)
def test_repository(repository: Repository) -> None:
    assert re.fullmatch(r"main|[0-9a-f]{40}", repository.revision)
    assert 290 <= repository.megabytes <= 1225
    assert repository.name.endswith(("-en", "-cnn-12-6", "-cnn-6-6"))


def test_every_repository_is_used() -> None:
    used = {repository for language in ALL for repository in language.candidates()}
    assert used | set(catalog.summarizers().values()) == set(catalog.repositories().values())


def test_candidates_come_best_first_and_once() -> None:
    names = [repository.name for repository in catalog.language("gl").candidates()]
    assert names == ["Helsinki-NLP/opus-mt-gl-en", "Helsinki-NLP/opus-mt-roa-en"]


@pytest.mark.skipif(not CONFIRMED.is_file(), reason="the list of confirmed names is not here")
def test_names_and_pins_are_confirmed() -> None:
    text = CONFIRMED.read_text(encoding="utf-8")
    allowed, avoid = text.split("### Names to avoid")
    pinned = dict(re.findall(r"\| `([\w/.-]+)` \| `([0-9a-f]{40})` \|", avoid))
    avoided = set(re.findall(r"opus-mt-[\w-]+", avoid.split("## 2.")[0]))
    braces = re.findall(r"opus-mt-\{([\w,]+)\}-en", allowed)
    grouped = {f"opus-mt-{code}-en" for codes in braces for code in codes.split(",")}
    named = (
        set(re.findall(r"opus-mt-[\w-]+", allowed)) | {"opus-mt-tc-big-cat_oci_spa-en"} | grouped
    )
    for repository in catalog.repositories().values():
        short = repository.name.split("/")[1]
        if short.startswith("opus-mt"):
            assert short in named
            assert short not in avoided
        assert repository.revision == pinned.get(repository.name, "main"), repository.name


@pytest.mark.parametrize(
    ("written", "code"),
    [("ar", "ar"), ("AR", "ar"), ("ar-EG", "ar"), ("ara", "ar"), ("Arabic", "ar"), (" fr ", "fr"),
     ("pt_BR", "pt"), ("zh-Hans", "zh"), ("nb", "no"), ("iw", "he"), ("fas", "fa"), ("dari", "fa")],
)  # fmt: skip
def test_ways_to_write_a_language(written: str, code: str) -> None:
    assert catalog.language(written).code == code


@pytest.mark.parametrize("unknown", ["xx", "", "klingon", "e"])
def test_unknown_language(unknown: str) -> None:
    assert catalog.find(unknown) is None
    with pytest.raises(UnknownLanguage) as raised:
        catalog.language(unknown)
    assert "--translator REPO" in str(raised.value)
    assert "ar fr es" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 2


def test_a_misspelt_language_gets_a_suggestion() -> None:
    with pytest.raises(UnknownLanguage, match=r"did you mean ar \(Arabic\)"):
        catalog.language("arabik")


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        catalog.language("ar").name = "Klingon"  # type: ignore[misc]
