"""The list of models: all of the catalogue, what else is here, and the state of each."""

from pathlib import Path

import pytest

from models import catalog, students
from models.catalog import Entry, Repository
from models.home import remember
from models.model import open_entry, ready
from models.stock.installed import size
from models.stock.inventory import everything, item
from models.store.fingerprint import fingerprint
from tests.models.carried import COMMIT, ENTRY, REPO, UNTESTED, cached


def test_everything_there_is(marian: Path) -> None:
    cached(marian, "owner/opus-mt-own")
    found = everything()
    *known, own = (one for one in found if not students.find(one.repository.name))
    assert known == list(catalog.entries().values())
    assert len(known) == len(catalog.repositories()) + 2
    assert own == Entry("translator", Repository("owner/opus-mt-own", 0))


def test_a_model_that_is_not_here() -> None:
    found = item(ENTRY)
    assert (found.here, found.passed, found.usable, found.size) == (None, {}, False, 0)


def test_a_model_that_was_never_used(marian: Path) -> None:
    cached(marian)
    found = item(ENTRY)
    assert found.usable
    assert found.here is not None
    assert (found.here.commit, found.here.conversions, found.passed) == (COMMIT, [], {})


def test_a_model_that_was_used(marian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached(marian)
    monkeypatch.setenv("KHULASA_SELF_TEST", "off")
    ready(ENTRY, UNTESTED)
    found = item(ENTRY)
    assert found.here is not None
    [form] = found.here.conversions
    assert form.compute == "int8"
    assert found.size == found.here.whole_size == found.here.size + size(form.folder)
    assert found.passed == {}


def test_a_model_that_passed_its_test() -> None:
    entry = catalog.entries()["bundled:tiny-translator"]
    assert item(entry).passed == {}
    ready(entry)
    assert item(entry).passed == {"ar": "chrF 100.0"}


def test_a_model_of_several_languages_is_loaded_once(
    marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHULASA_SELF_TEST", "off")
    repository = Repository("Helsinki-NLP/opus-mt-roa-en", 345)
    entry = Entry("translator", repository, ("pt", "ro", "ti"))
    cached(marian, repository.name)
    opened = open_entry(entry, UNTESTED)
    assert list(opened) == ["pt", "ro"]  # no sentences are known in Tigrinya
    engines = {id(one.engine) for one in opened.values()}
    assert len(engines) == 1


def test_a_file_that_changed_since(marian: Path) -> None:
    folder = cached(marian)
    fingerprint(folder)
    remember("fingerprints", str(folder.resolve()), {"vocab.json": [1, 2, "3"]})
    assert item(ENTRY).passed == {}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["ar"], ["Helsinki-NLP/opus-mt-ar-en", "sshleifer/distilbart-cnn-6-6"]),
        (["ar", "Arabic"], ["Helsinki-NLP/opus-mt-ar-en", "sshleifer/distilbart-cnn-6-6"]),
        (["own/opus-mt-x"], ["own/opus-mt-x"]),
        (["own/bart-x"], ["own/bart-x"]),
    ],
)
def test_what_a_set_has(names: list[str], found: list[str]) -> None:
    assert [one.repository.name for one in catalog.chosen(names, "fast")] == found


def test_roles_and_revisions_of_references() -> None:
    pinned = catalog.entry("Helsinki-NLP/opus-mt-tc-big-ar-en").repository
    assert len(pinned.revision) == 40
    other = catalog.entry("Helsinki-NLP/opus-mt-tc-big-ar-en@main")
    assert (other.repository.revision, other.languages) == ("main", ("ar",))
    assert catalog.entry("own/OPUS-MT-x").role == "translator"
    assert catalog.entry("own/bart@v1") == Entry("summarizer", Repository("own/bart", 0, "v1"))


def test_what_serves_a_language() -> None:
    assert [one.repository.name for one in catalog.serving(["pt", REPO])] == [
        "Helsinki-NLP/opus-mt-tc-bible-big-roa-en",
        "Helsinki-NLP/opus-mt-ROMANCE-en",
        "Helsinki-NLP/opus-mt-roa-en",
        REPO,
    ]
