"""What goes out of the memory, whose it is, and what of it comes in again as a correction."""

import sqlite3
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import KhulasaError
from pipeline.cache import MEMORY, Cache
from pipeline.checks import Pair
from pipeline.corrections import Correction, Taken
from pipeline.document import Translation
from pipeline.memory import Memory, Remembered, read_corrections, write
from pipeline.pairs import read_pairs
from pipeline.readers.content import Unreadable
from pipeline.signature import Signature
from pipeline.translate import pack

HEAD = '<?xml version="1.0"?><tmx version="1.4"><header srclang="*all*"/><body>'
TAIL = "</body></tmx>"


@pytest.fixture
def cache() -> Iterator[Cache]:
    with closing(Cache(MEMORY)) as cache:
        yield cache


def signature(lang: str = "ar", beam: str = "4", version: int = 3) -> Signature:
    return Signature(
        "translate", version, (("model", f"a/{lang}@1"), ("lang", lang), ("beam", beam))
    )


def remember(cache: Cache, under: Signature, **pairs: str) -> None:
    rows = {s: [*pack(Translation(target, -0.5))[:5], s] for s, target in pairs.items()}
    cache.remember(under, rows)


def correct(cache: Cache, *given: Correction) -> Taken:
    return sum(cache.correct(given), Taken())


def taken_in(path: Path, lang: str | None = None) -> tuple[list[Correction], dict[str, int]]:
    left = Counter[str]()
    return list(read_corrections(path, lang, left)), dict(left)


def written(path: Path, entries: list[Remembered]) -> Path:
    with path.open("wb") as out:
        write(entries, path, out)
    return path


def tmx(path: Path, *units: str) -> Path:
    path.write_text(HEAD + "".join(units) + TAIL, encoding="utf-8")
    return path


def tuv(lang: str, text: str, more: str = "") -> str:
    return f'<tuv xml:lang="{lang}"{more}><seg>{text}</seg></tuv>'


class TestOut:
    def test_of_an_empty_memory(self, cache: Cache) -> None:
        memory = Memory(cache)
        assert list(memory.by_all()) == []
        assert memory.left.total() == 0

    def test_translations_of_models_name_them(self, cache: Cache) -> None:
        remember(cache, signature(), نعم="yes")
        remember(cache, signature("fr"), oui="yes")
        found = sorted(Memory(cache).by_models(), key=lambda one: one.lang)
        assert found == [
            Remembered("ar", "نعم", "yes", "model", "a/ar@1"),
            Remembered("fr", "oui", "yes", "model", "a/fr@1"),
        ]
        assert [one.source for one in Memory(cache, "fr").by_models()] == ["oui"]

    def test_a_sentence_goes_out_as_it_was_used_last(
        self, cache: Cache, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for now, beam in ((100.0, "4"), (300.0, "2"), (200.0, "1")):
            monkeypatch.setattr("pipeline.cache.time.time", lambda now=now: now)
            remember(cache, signature(beam=beam), **{f"all {beam}": "a", "same": beam})
        remember(cache, signature("fr"), same="French")
        found = {(one.lang, one.source): one.target for one in Memory(cache).by_models()}
        assert found == {
            ("ar", "same"): "2",
            ("ar", "all 1"): "a",
            ("ar", "all 2"): "a",
            ("ar", "all 4"): "a",
            ("fr", "same"): "French",
        }
        assert len(list(Memory(cache).by_models())) == len(found)

    def test_only_translations_of_sentences(self, cache: Cache) -> None:
        cache.remember(Signature("draft", 1, (("model", "a/b@1"),)), {"text": ["a summary"]})
        cache.keep(signature(), [("digest", "news", [[1, 2]])])
        assert list(Memory(cache).by_models()) == []

    def test_people_win_over_models(self, cache: Cache) -> None:
        remember(cache, signature(), نعم="yeah", لا="no")
        correct(cache, Correction("ar", " نعم ", "yes", "a.tmx, anna"))
        by_anna = Remembered("ar", "نعم", "yes", "memory", "a.tmx, anna")
        no = Remembered("ar", "لا", "no", "model", "a/ar@1")
        assert list(Memory(cache).by_people()) == [by_anna]
        assert list(Memory(cache).by_all()) == [by_anna, no]
        assert sorted(one.target for one in Memory(cache).by_models()) == ["no", "yeah"]
        assert list(Memory(cache, "fr").by_all()) == []

    def test_what_an_earlier_version_kept_is_counted(self, cache: Cache) -> None:
        cache.remember(signature(version=2), {"نعم": ["yeah", -0.5, [], {}, None]})
        remember(cache, signature(), لا="no")
        memory = Memory(cache)
        assert [one.source for one in memory.by_all()] == ["لا"]
        assert +memory.left == {"by an earlier version, which kept no sources": 1}

    def test_damaged_and_empty_rows_are_counted(self, tmp_path: Path) -> None:
        file = tmp_path / "cache.sqlite"
        with closing(Cache(f"sqlite:///{file}")) as cache:
            remember(cache, signature(), نعم="yes", لا="no", هه=" ")
            with closing(sqlite3.connect(file)) as connection, connection:
                connection.execute(
                    "UPDATE memory SET checksum = 'x' WHERE key = (SELECT min(key) FROM memory)"
                )
            memory = Memory(cache)
            found = [one.source for one in memory.by_models()]
            left = +memory.left
            assert len(found) + left.total() == 3
            assert left["damaged"] == 1
            assert "هه" not in found

    def test_more_than_a_portion(self, cache: Cache) -> None:
        pairs = {f"source {number}": f"target {number}" for number in range(2500)}
        remember(cache, signature(), **pairs)
        assert {one.source: one.target for one in Memory(cache).by_all()} == pairs
        correct(cache, *(Correction("ar", source, "human") for source in pairs))
        assert {one.target for one in Memory(cache).by_all()} == {"human"}
        assert len(list(Memory(cache).by_all())) == 2500

    def test_a_large_memory_is_not_held(self, cache: Cache) -> None:
        for start in range(0, 10_000, 1000):
            pairs = {f"{number} {'x' * 500}": "y" * 500 for number in range(start, start + 1000)}
            remember(cache, signature(), **pairs)
        out = (one.source for one in Memory(cache).by_all())
        next(out)
        tracemalloc.start()
        try:
            assert sum(1 for _ in out) == 9_999
            assert tracemalloc.get_traced_memory()[1] < 6 * 2**20  # of 10 MB
        finally:
            tracemalloc.stop()

    @pytest.mark.parametrize("name", ["a.xlf", "a", "tmx", "a.tmx.gz"])
    def test_another_format_is_refused(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(KhulasaError, match=r"a memory is written as \.tmx or \.tsv"):
            write([], tmp_path / name, BytesIO())

    def test_columns_of_a_tsv(self, tmp_path: Path) -> None:
        entries = [
            Remembered("ar", "نعم\tنعم", "yes", "memory", "anna"),
            Remembered("ar", "لا", "no", "model", "a/b@1"),
        ]
        path = written(tmp_path / "a.TSV", entries)
        # printf no | sha256sum
        digest = "9390298f3fb0c5b160498935d79cb139aef28e1c47358b4bbba61862b9c26e59"
        assert path.read_text("utf-8") == f"نعم نعم\tyes\tar\nلا\tno\tar\t{digest}\n"
        assert list(read_pairs(path, None, None)) == [
            Pair("نعم نعم", "yes", "ar"),
            Pair("لا", "no", "ar"),
        ]


MADE = Remembered("ar", "نعم", "Yes, he said.", "model", "a/b@1")


class TestIn:
    @pytest.mark.parametrize("name", ["a.tmx", "a.tsv"])
    def test_what_a_model_made_is_nobody_s_correction(self, tmp_path: Path, name: str) -> None:
        path = written(tmp_path / name, [MADE])
        assert taken_in(path) == ([], {"by models and not changed": 1})

    @pytest.mark.parametrize("name", ["a.tmx", "a.tsv"])
    def test_what_a_person_changed_is(self, tmp_path: Path, name: str) -> None:
        path = written(tmp_path / name, [MADE, MADE])
        path.write_text(path.read_text("utf-8").replace("Yes, he", "Yes, she", 1), "utf-8")
        assert taken_in(path) == (
            [Correction("ar", "نعم", "Yes, she said.", name)],
            {"by models and not changed": 1},
        )

    def test_white_space_is_no_change(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.tmx", [MADE])
        text = path.read_text("utf-8").replace("Yes, he said.", "\n  Yes, he\n  said.\n")
        path.write_text(text, "utf-8")
        assert taken_in(path) == ([], {"by models and not changed": 1})

    @pytest.mark.parametrize("name", ["a.tmx", "a.tsv"])
    def test_what_a_person_made_comes_back(self, tmp_path: Path, name: str) -> None:
        path = written(tmp_path / name, [Remembered("ar", "نعم", "yes", "memory", "anna")])
        assert taken_in(path) == ([Correction("ar", "نعم", "yes", name)], {})

    def test_units_as_tools_write_them(self, tmp_path: Path) -> None:
        path = tmx(
            tmp_path / "a.tmx",
            f'<tu creationid="ben">{tuv("EN-gb", "Yes &amp; no")}{tuv("ar-EG", "نعم")}</tu>',
            f"<tu>{tuv('fr', 'Oui <ph>{1}</ph>non')}{tuv('en', 'B<hi>oth</hi>')}</tu>",
            '<tu changeid="ben" creationid="zoe">'
            + tuv("ar", "لا")
            + tuv("en-US", "no", ' creationid="zoe" changeid="anna"')
            + "</tu>",
        )
        assert taken_in(path) == (
            [
                Correction("ar", "نعم", "Yes & no", "a.tmx, ben"),
                Correction("fr", "Oui non", "Both", "a.tmx"),
                Correction("ar", "لا", "no", "a.tmx, anna"),
            ],
            {},
        )

    def test_every_source_of_a_unit(self, tmp_path: Path) -> None:
        variants = [("ar-SA", "نعم"), ("en-US", "yes"), ("fr", "oui"), ("ar-EG", "أيوه")]
        path = tmx(tmp_path / "a.tmx", f"<tu>{''.join(tuv(*one) for one in variants)}</tu>")
        found, left = taken_in(path)
        assert [(one.lang, one.source) for one in found] == [
            ("ar", "نعم"),
            ("fr", "oui"),
            ("ar", "أيوه"),
        ]
        assert {one.target for one in found} == {"yes"}
        assert left == {}
        assert [one.source for one in taken_in(path, "Arabic")[0]] == ["نعم", "أيوه"]

    def test_units_that_say_nothing_are_counted(self, tmp_path: Path) -> None:
        path = tmx(
            tmp_path / "a.tmx",
            f"<tu>{tuv('ar', 'نعم')}{tuv('en', ' ')}</tu>",
            f"<tu>{tuv('ar', 'نعم')}{tuv('fr', 'oui')}</tu>",
            f"<tu>{tuv('en', 'yes')}</tu>",
            f"<tu>{tuv('en', 'yes')}{tuv('ar', '')}</tu>",
            f"<tu>{tuv('und', 'x')}{tuv('en', 'yes')}<tuv><seg>y</seg></tuv></tu>",
            "<tu/>",
        )
        assert taken_in(path) == (
            [],
            {"without English": 3, "without a text in another language": 3},
        )
        assert taken_in(path, "ar")[1] == {"without English": 3, "without a text in ar": 3}

    def test_rows_of_a_tsv(self, tmp_path: Path) -> None:
        path = tmp_path / "a.tsv"
        path.write_text("oui\tyes\nНет\tNo\tRussian\nnon\t\n", "utf-8")
        assert taken_in(path, "fr") == (
            [Correction("fr", "oui", "yes", "a.tsv")],
            {"without a text in fr": 1, "without English": 1},
        )
        with pytest.raises(KhulasaError, match="in which language is the source"):
            taken_in(path)

    @pytest.mark.parametrize("name", ["a.txt", "a.xlf", "tmx"])
    def test_another_format_is_refused(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(Unreadable, match=r"only \.tsv and \.tmx hold both sides"):
            taken_in(tmp_path / name)


def test_a_tool_of_translators_in_between(tmp_path: Path) -> None:
    tool = pytest.importorskip("translate.storage.tmx")
    entries = [replace(MADE, source=f"نعم {number}", target=f"Yes {number}") for number in range(3)]
    path = written(tmp_path / "a.tmx", [*entries, replace(MADE, by="memory")])
    memory = tool.tmxfile.parsefile(str(path))
    memory.units[1].target = "Yes & <no>"
    edited = tmp_path / "edited.tmx"
    memory.savefile(str(edited))
    assert taken_in(edited) == (
        [
            Correction("ar", "نعم 1", "Yes & <no>", "edited.tmx"),
            Correction("ar", MADE.source, MADE.target, "edited.tmx"),
        ],
        {"by models and not changed": 2},
    )


# A byte order mark that begins a file is none of its text.
characters = st.characters(codec="utf-8", exclude_characters="\ufeff")
lines = st.text(characters, min_size=1, max_size=30).filter(
    lambda text: text.replace("\0", "").strip()
)


@pytest.mark.parametrize("name", ["a.tmx", "a.tsv"])
@given(pairs=st.dictionaries(lines, lines, min_size=1, max_size=5), model=st.booleans())
def test_what_goes_out_comes_in(
    tmp_path_factory: pytest.TempPathFactory, name: str, pairs: dict[str, str], model: bool
) -> None:
    """By people it is as before; by models it is left out, whatever characters there are."""
    path = tmp_path_factory.mktemp("memory") / name
    with closing(Cache(MEMORY)) as cache:
        if model:
            remember(cache, signature(), **pairs)
        else:
            correct(cache, *(Correction("ar", *pair) for pair in pairs.items()))
        entries = list(Memory(cache).by_all())
        left: Counter[str] = Counter()
        read = list(read_corrections(written(path, entries), None, left))
        if model:
            assert (read, dict(left)) == ([], {"by models and not changed": len(pairs)})
        else:
            told = sum(cache.correct(read), Taken())
            plain = [one for one in entries if possible(one.source) and possible(one.target)]
            assert told.same >= len(plain)
            assert told.same + told.changed + told.new == len(entries)


def possible(text: str) -> bool:
    """Whether XML can hold it: another character is written as U+FFFD."""
    return all(c in "\t\n\r" or (c >= "\x20" and c not in "\ufffe\uffff") for c in text)
