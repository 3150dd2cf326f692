"""Translations by people, the same over every database: found by sentence, kept until deleted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cache import MEMORY, Cache, CacheUnusable
from pipeline.corrections import Correction, Taken
from pipeline.signature import Signature

BEAM_4 = Signature("translate", 3, (("model", "a/b@1"), ("lang", "ar")))


@pytest.fixture(params=["file", "memory", "postgres"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cache]:
    """Empty, over each kind of database."""
    urls = {"file": f"sqlite:///{tmp_path / 'cache.sqlite'}", "memory": MEMORY}
    url = urls.get(request.param) or request.getfixturevalue("shared_cache")
    with closing(Cache(url)) as cache:
        yield cache


def correct(cache: Cache, *given: tuple[str, str], lang: str = "ar", origin: str = "") -> Taken:
    rows = [Correction(lang, source, target, origin) for source, target in given]
    return sum(cache.correct(rows), Taken())


class TestContract:
    def test_where_there_are_none(self, cache: Cache) -> None:
        assert cache.corrected("ar", ["نعم"]) == {}
        assert cache.corrected("ar", []) == {}
        assert list(cache.corrections()) == []
        assert (cache.corrections_count(), cache.forget()) == (0, 0)
        assert list(cache.correct([])) == []

    def test_they_come_back_by_source(self, cache: Cache) -> None:
        assert correct(cache, ("نعم", "yes"), ("لا", "no")) == Taken(new=2)
        assert cache.corrected("ar", ["لا", "ربما", "نعم"]) == {"نعم": "yes", "لا": "no"}

    def test_a_language_has_its_own(self, cache: Cache) -> None:
        correct(cache, ("Pain", "Bread"), lang="fr")
        assert cache.corrected("en", ["Pain"]) == {}
        assert cache.corrected("fr", ["Pain"]) == {"Pain": "Bread"}

    def test_the_last_import_wins(self, cache: Cache) -> None:
        correct(cache, ("نعم", "yes"), ("لا", "no"), origin="old.tmx")
        taken = correct(cache, ("نعم", "aye"), ("لا", "no"), ("ربما", "maybe"), origin="new.tmx")
        assert taken == Taken(new=1, changed=1, same=1)
        assert sorted((c.source, c.target, c.origin) for c in cache.corrections()) == [
            ("ربما", "maybe", "new.tmx"),
            ("لا", "no", "old.tmx"),
            ("نعم", "aye", "new.tmx"),
        ]

    def test_of_one_import_the_last_stands_and_is_told(self, cache: Cache) -> None:
        assert correct(cache, ("نعم", "yes"), ("نعم", "aye"), ("نعم", "aye")) == Taken(
            new=1, again=1, same=1
        )
        assert cache.corrected("ar", ["نعم"]) == {"نعم": "aye"}
        # Also where the other stands far away.
        many = [(f"{number}", f"{number}.") for number in range(2500)]
        assert correct(cache, ("نعم", "yes"), *many, ("نعم", "yeah")) == Taken(
            new=2500, changed=1, again=1
        )
        assert cache.corrected("ar", ["نعم"]) == {"نعم": "yeah"}

    def test_more_rows_than_a_statement_takes(self, cache: Cache) -> None:
        given = {f"source {number}": f"target {number}" for number in range(2500)}
        assert correct(cache, *given.items()) == Taken(new=2500)
        assert cache.corrected("ar", [*given, "another"]) == given
        assert {one.source: one.target for one in cache.corrections()} == given
        assert correct(cache, *given.items()) == Taken(same=2500)

    @pytest.mark.parametrize(
        "same", ["  قال\tإنه\n هنا", "قال إنه\u00a0هنا", "قال\u2028إنه هنا ", "قال إنه هنا"]
    )
    def test_white_space_makes_no_other_sentence(self, cache: Cache, same: str) -> None:
        correct(cache, ("قال إنه هنا", "He said he was here"))
        assert cache.corrected("ar", [same]) == {same: "He said he was here"}

    def test_equal_sentences_are_all_found(self, cache: Cache) -> None:
        correct(cache, ("Cafe\u0301", "Coffee"), lang="fr")
        wanted = {"Café": "Coffee", "Cafe\u0301": "Coffee", " Café ": "Coffee"}
        assert cache.corrected("fr", list(wanted)) == wanted

    @pytest.mark.parametrize("other", ["oui.", "Oui", "Oui!", "O ui.", "Oui..", "Ouı.", "«Oui.»"])
    def test_another_sentence_is_another(self, cache: Cache, other: str) -> None:
        correct(cache, ("Oui.", "Yes."), lang="fr")
        assert cache.corrected("fr", [other]) == {}

    @pytest.mark.parametrize("odd", ["a\0b", "'; drop", "🇸🇩👩‍👩‍👧", "\U0010ffff", "\u200fa\u202e"])
    def test_any_text_is_source_target_and_origin(self, cache: Cache, odd: str) -> None:
        correct(cache, (odd, odd), origin=odd)
        stored = odd.replace("\0", "")
        assert cache.corrected("ar", [odd]) == {odd: stored}
        assert list(cache.corrections()) == [Correction("ar", stored, stored, stored)]

    def test_a_translation_stands_on_one_line(self, cache: Cache) -> None:
        correct(cache, ("نعم", " Yes,\r\n\tof  course\u2029"))
        assert cache.corrected("ar", ["نعم"]) == {"نعم": "Yes, of course"}

    def test_they_are_listed_and_forgotten_by_language(self, cache: Cache) -> None:
        correct(cache, ("نعم", "yes"), ("لا", "no"))
        correct(cache, ("oui", "yes"), lang="fr")
        assert [one.source for one in cache.corrections("fr")] == ["oui"]
        assert cache.corrections_count() == 3
        assert cache.forget("ar") == 2
        assert [one.source for one in cache.corrections()] == ["oui"]
        assert cache.forget() == 1

    def test_deleting_what_was_computed_leaves_them(self, cache: Cache) -> None:
        correct(cache, ("نعم", "yes"))
        cache.remember(BEAM_4, {"نعم": "yeah"})
        assert cache.collect(before=float("inf")) == 1
        assert cache.clear() == 0
        assert cache.corrected("ar", ["نعم"]) == {"نعم": "yes"}


@pytest.mark.parametrize(
    ("lang", "source", "target"),
    [("", "نعم", "yes"), ("ar", " \n", "yes"), ("ar", "نعم", ""), ("ar", "نعم", "\u2003\0")],
)
def test_an_empty_side_is_refused(lang: str, source: str, target: str) -> None:
    with pytest.raises(ValueError, match="two sides"):
        Correction(lang, source, target)


sentences = st.text(min_size=1).filter(lambda text: text.replace("\0", "").strip())


@given(st.dictionaries(sentences, sentences, min_size=1, max_size=8))
def test_every_sentence_is_found_again(pairs: dict[str, str]) -> None:
    with closing(Cache(MEMORY)) as cache:
        taken = correct(cache, *pairs.items())
        assert taken.new + taken.changed + taken.same + taken.again == len(pairs)
        found = cache.corrected("ar", list(pairs))
        assert found.keys() == pairs.keys()
        assert taken.new == len(list(cache.corrections()))
        listed = {one.source: one.target for one in cache.corrections()}
        assert correct(cache, *listed.items()) == Taken(same=len(listed))


def test_another_process_finds_them_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cache.sqlite'}"
    with closing(Cache(url)) as one, closing(Cache(url)) as other:
        assert other.corrected("ar", ["نعم"]) == {}
        correct(one, ("نعم", "yes"))
        assert other.corrected("ar", ["نعم"]) == {"نعم": "yes"}


def test_a_database_of_an_earlier_version_gets_the_table(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    with closing(Cache(f"sqlite:///{file}")) as cache:
        cache.remember(BEAM_4, {"نعم": "yeah"})
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE corrections")
        connection.execute("DROP TABLE schema_steps")
    with closing(Cache(f"sqlite:///{file}")) as cache:
        assert correct(cache, ("نعم", "yes")) == Taken(new=1)
        assert cache.recall(BEAM_4, ["نعم"]) == {"نعم": "yeah"}


def test_a_table_that_cannot_be_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "cache.sqlite"
    with closing(Cache(f"sqlite:///{file}")) as cache:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("DROP TABLE corrections")
        assert cache.corrected("ar", ["نعم"]) == {}
        assert [r.getMessage() for r in caplog.records] == [
            "cache not read (no such table: corrections)"
        ]
        for ask in (cache.forget, cache.corrections_count, lambda: list(cache.corrections())):
            with pytest.raises(CacheUnusable, match="no such table: corrections"):
                ask()
        with pytest.raises(CacheUnusable, match="no such table: corrections"):
            correct(cache, ("نعم", "yes"))


def test_an_import_that_breaks_keeps_its_whole_portions(tmp_path: Path) -> None:
    def broken() -> Iterator[Correction]:
        for number in range(1000):
            yield Correction("ar", f"{number}", f"{number}.")
        raise RuntimeError

    with closing(Cache(MEMORY)) as cache:
        taken = Taken()
        with pytest.raises(RuntimeError):  # noqa: PT012 - the loop is what raises
            for portion in cache.correct(broken()):
                taken += portion
        assert taken.new == cache.corrections_count() == 900
