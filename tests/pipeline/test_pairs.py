"""Translations made by anyone are read pair by pair, or an error says where they are no pairs."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from models.errors import KhulasaError
from pipeline import tmx
from pipeline.checks import Pair
from pipeline.pairs import read_pairs
from pipeline.readers.content import Unreadable


def written(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def pairs(source: Path, target: Path | None = None, lang: str | None = None) -> list[Pair]:
    return list(read_pairs(source, target, lang))


def test_lines_of_two_files(tmp_path: Path) -> None:
    source = written(tmp_path / "a.ar", "\ufeffنعم\u2028لا\r\n\nقال\x85\n")
    target = written(tmp_path / "a.en", "Yes\u2028no\n\r\nHe said")
    wanted = [Pair("نعم\u2028لا", "Yes\u2028no", "ar"), Pair("", "", "ar")]
    wanted.append(Pair("قال\x85", "He said", "ar"))
    assert pairs(source, target, "ar") == wanted
    assert pairs(source, target, "Arabic") == wanted


def test_lines_of_packed_files(tmp_path: Path) -> None:
    source = written(tmp_path / "a.fr.gz", gzip.compress(b"Oui.\nNon.\n"))
    target = written(tmp_path / "a.en", "Yes.\nNo.\n")
    assert pairs(source, target, "fr") == [Pair("Oui.", "Yes.", "fr"), Pair("Non.", "No.", "fr")]


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("a\nb\nc\n", "a\nb\n", "{0}: has 3 lines, {1} 2; a translation has a line for each line"),
        ("a", "a\nb\n" + "c\n" * 4000, "{0}: has 1 line, {1} 4,002; a translation has"),
        ("", "a", "{0}: has 0 lines, {1} 1;"),
        ("a\nb", b"a\n\xff", "{1}: line 2 is not UTF-8; save the file as UTF-8"),
    ],
)
def test_files_that_are_not_aligned(
    tmp_path: Path, source: str, target: bytes | str, message: str
) -> None:
    sides = written(tmp_path / "a.fr", source), written(tmp_path / "a.en", target)
    with pytest.raises(Unreadable) as error:
        pairs(*sides, "fr")
    assert str(error.value).startswith(message.format(*sides))
    assert "\n" not in str(error.value)


def test_rows_of_a_tsv(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", 'Oui "?\tYes "?\r\nНет\tNo\tRussian\n')
    assert pairs(path, None, "fr") == [Pair('Oui "?', 'Yes "?', "fr"), Pair("Нет", "No", "ru")]
    with pytest.raises(KhulasaError, match="in which language is the source"):
        pairs(path)


@pytest.mark.parametrize(("row", "count"), [("a", "1 column"), ("a\tb\tc\td\te", "5 columns")])
def test_a_row_that_is_no_pair(tmp_path: Path, row: str, count: str) -> None:
    path = written(tmp_path / "a.tsv", f"a\tb\n{row}\n")
    with pytest.raises(Unreadable, match=f"line 2 has {count}; it must have source,"):
        pairs(path, None, "fr")


@pytest.mark.parametrize("name", ["a.txt", "tsv", "a"])
def test_one_file_must_hold_both_sides(tmp_path: Path, name: str) -> None:
    with pytest.raises(KhulasaError, match=r"name the file with its translation too") as error:
        pairs(tmp_path / name, None, "fr")
    assert error.value.exit_code == 2


def test_what_is_not_there(tmp_path: Path) -> None:
    for source, target in (("a.tsv", None), ("a.tmx", None), ("a", tmp_path / "b")):
        with pytest.raises(Unreadable, match="no such file or directory"):
            pairs(tmp_path / source, target, "fr")
    with pytest.raises(KhulasaError, match="in which language is the source"):
        pairs(tmp_path / "a", tmp_path / "b")


HEAD = '<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"><header/><body>'
TAIL = "</body></tmx>"


def unit(*texts: tuple[str, str]) -> str:
    variants = (f'<tuv xml:lang="{lang}"><seg>{text}</seg></tuv>' for lang, text in texts)
    return f"<tu>{''.join(variants)}</tu>"


def memory(tmp_path: Path, *units: str) -> Path:
    return written(tmp_path / "a.tmx", HEAD + "\n".join(units) + TAIL)


def test_units_of_a_translation_memory(tmp_path: Path) -> None:
    path = memory(
        tmp_path,
        unit(("EN-us", "Yes &amp; no"), ("ar-EG", "نعم")),
        unit(("fr", "Oui <hi>et</hi> <ph>{1}</ph>non<bpt i='1'>&lt;b></bpt>."), ("en", "Both")),
        unit(("en", "Only here")),
    )
    arabic, french, missing = Pair("نعم", "Yes & no", "ar"), "Oui et non.", "Only here"
    assert pairs(path) == [arabic, Pair(french, "Both", "fr"), Pair("", missing, "")]
    assert pairs(path, None, "ar") == [arabic, Pair("", "Both", "ar"), Pair("", missing, "ar")]
    with pytest.raises(Unreadable, match=r"a\.tmx: holds no text in tr"):
        pairs(path, None, "tr")
    with pytest.raises(Unreadable, match="holds no text in another language than English"):
        pairs(memory(tmp_path, unit(("en", "Only here"))))


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = {
    "a bomb": f'<!DOCTYPE tmx [<!ENTITY l0 "ha">{BOMB}]><tmx><body>&l9;</body></tmx>',
    "another file": '<!DOCTYPE tmx [<!ENTITY f SYSTEM "file:///etc/passwd">]><tmx>&f;</tmx>',
    "a parameter": '<!DOCTYPE tmx [<!ENTITY % p SYSTEM "http://127.0.0.1:9/a">%p;]><tmx></tmx>',
}


@pytest.mark.parametrize("text", ENTITIES.values(), ids=ENTITIES)
def test_entities_are_not_for_expanding(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "a.tmx", text)
    with pytest.raises(Unreadable, match="unit 1 cannot be read as XML: declares entities"):
        pairs(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "unit 1 cannot be read as XML: no element found"),
        (b"<tmx><body></body></tmx>", "holds no translation units; is it a TMX file?"),
        (f"{HEAD}{unit(('fr', 'a'))}".encode(), "unit 2 cannot be read as XML: no element found"),
        (f"{HEAD}<tu></body>".encode(), "unit 1 cannot be read as XML: mismatched tag"),
        (b"<?xml version='1.0' encoding='klingon'?><tmx/>", "cannot be read as XML: unknown enc"),
        (b"<?xml version='1.0' encoding='shift_jis'?><tmx/>", "cannot be read as XML: multi-byte"),
        (b"<tmx>" + b"<a>" * 100_000, "nests more than 32 elements in each other"),
        (b"<tmx>" + b"<a/>" * 2_000_000, "has a unit larger than 4 MB"),
        (HEAD.encode() + b"<tu><tuv><seg>" + b"a" * 2**23, "has a unit larger than 4 MB"),
    ],
)
def test_what_is_no_memory_is_said(tmp_path: Path, data: bytes, message: str) -> None:
    path = written(tmp_path / "a.tmx", data)
    with pytest.raises(Unreadable) as error:
        pairs(path)
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)


def test_a_large_memory_is_not_held(tmp_path: Path) -> None:
    one = unit(("fr", "Oui " * 200), ("en", "Yes " * 200))
    path = written(tmp_path / "a.tmx", HEAD + one * 40_000 + TAIL)
    assert path.stat().st_size > 15 * tmx.LARGEST_UNIT
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_pairs(path, None, None)) == 40_000
        assert tracemalloc.get_traced_memory()[1] < tmx.LARGEST_UNIT
    finally:
        tracemalloc.stop()
