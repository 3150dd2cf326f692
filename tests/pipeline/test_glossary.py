"""Glossaries: what a file may hold, what is found in sources, what translations lack."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import KhulasaError
from pipeline import glossary
from pipeline.flags import Finding
from pipeline.glossary import Glossary, Term, UnfitGlossary

TERMS = """\
# what the ministry writes
source term\tEnglish term\talternatives\tcase

الجيش\tarmy\tarmed forces | military
الأمم المتحدة\tUnited Nations\tUN\texact
 منظمة  الصحة العالمية\tWHO\tWorld Health Organization\texact\r
لغم\tlandmine\t\t
الصحة\thealth
"""


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "terms.tsv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def of(*terms: Term) -> Glossary:
    return Glossary(terms)


def test_a_file_is_read_as_it_is_meant(tmp_path: Path) -> None:
    assert Glossary.read(write(tmp_path, TERMS)).terms == (
        Term("الجيش", "army", ("armed forces", "military")),
        Term("الأمم المتحدة", "United Nations", ("UN",), "exact"),
        Term("منظمة الصحة العالمية", "WHO", ("World Health Organization",), "exact"),
        Term("لغم", "landmine"),
        Term("الصحة", "health"),
    )


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_with_and_without_a_byte_order_mark_or_a_header(tmp_path: Path, mark: bytes) -> None:
    for head in ("", "Source\tTarget\n", "term\tEnglish\n"):
        path = write(tmp_path, mark + f"{head}الجيش\tarmy\n".encode())
        assert Glossary.read(path).terms == (Term("الجيش", "army"),)


def test_composed_and_decomposed_letters_are_the_same(tmp_path: Path) -> None:
    read = Glossary.read(write(tmp_path, "arme\u0301e\tarmy"))
    assert read.terms[0].source == "armée"


def test_an_empty_glossary_wants_nothing(tmp_path: Path) -> None:
    empty = Glossary.read(write(tmp_path, "# nothing yet\n"))
    assert empty.wanted("الجيش") == ()
    assert empty.lacking("الجيش", "") == ()


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("a\tb\nالجيش", 2, "no English term; write the term, a tab and its English"),
        ("الجيش army", 1, "no English term; write the term, a tab and its English"),
        ("الجيش\t \tarmed forces", 1, "no English term;"),
        ("\tarmy", 1, "no source term;"),
        ("a\tb\n\n# c\nA\tc", 4, "A stands in line 1 too; keep one of them"),
        ("الجيش\tarmy\nجَيش\ttroops", 2, "جَيش stands in line 1 too; keep one of them"),
        ("a\tb\tc\tany\te", 1, "more than four columns;"),
        ("a\tb\tc\tExactly", 1, "the case rule is 'Exactly'; write any or exact, or nothing"),
        ("a\tb\t\t" + "x" * 99, 1, f"the case rule is '{'x' * 40}'; write"),
        ("...\tb", 1, "'...' holds no letters; write a word"),
        ("a\t--", 1, "'--' holds no letters; write a word"),
        ("a\tb\t|!|", 1, "'!' holds no letters; write a word"),
        (f"a\t{'b' * 201}", 1, "a term of 201 characters; keep it under 200"),
        ("a\tb\nc\0\td", 2, "holds control characters; save the file as plain text"),
        ("a\tb\nc\t\x1b[31md", 2, "holds control characters;"),
        (b"a\tb\n\xe9t\xe9\tsummer", 2, "not UTF-8; save the file as UTF-8"),
        ("a\tb\n".encode("utf-16"), 1, "not UTF-8; save the file as UTF-8"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_its_place(
    tmp_path: Path, content: str | bytes, line: int, message: str
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(UnfitGlossary) as refused:
        Glossary.read(path)
    assert str(refused.value).startswith(f"{path}, line {line}: ")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert isinstance(refused.value, KhulasaError)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("limit", "message"),
    [("LARGEST", "larger than 0 MB"), ("MOST", "more than 3 terms; keep those that matter")],
)
def test_sizes_have_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    path = write(tmp_path, "a\tb\nc\td\ne\tf\ng\th\n")
    monkeypatch.setattr(glossary, limit, 3)
    with pytest.raises(UnfitGlossary, match=message):
        Glossary.read(path)


def test_a_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnfitGlossary, match=r"none\.tsv: no such file or directory; name a file"):
        Glossary.read(tmp_path / "none.tsv")
    with pytest.raises(UnfitGlossary, match="is a directory"):
        Glossary.read(tmp_path)


def test_the_digest_is_of_what_is_said_and_of_nothing_else(tmp_path: Path) -> None:
    digest = Glossary.read(write(tmp_path, "a\tb\tc|d\nالجيش\tarmy\t\texact\n")).digest
    assert len(digest) == 64
    same = "# note\nالجيش\tarmy\t\tEXACT\r\n\na\t b\td | c\tany\n"
    assert Glossary.read(write(tmp_path, same)).digest == digest
    for other in (
        "a\tb\tc|d\nالجيش\tarmy\n",
        "a\tb\tc\nالجيش\tarmy\t\texact\n",
        "a\tc\tb|d\nالجيش\tarmy\t\texact\n",
        "a\tb\tc|d\n",
    ):
        assert Glossary.read(write(tmp_path, other)).digest != digest


def test_the_longest_term_counts_and_what_lies_in_it_does_not(tmp_path: Path) -> None:
    read = Glossary.read(write(tmp_path, TERMS))
    source = "قالت منظمة الصحة العالمية إن الصحة تهم الجيش والأمم المتحدة."
    assert [term.target for term in read.wanted(source)] == [
        "WHO", "health", "army", "United Nations",
    ]  # fmt: skip
    only = "قالت منظمة الصحة العالمية"
    assert [term.target for term in read.wanted(only)] == ["WHO"]
    (found,) = read.occurrences(only)
    assert only[found.start : found.end] == "منظمة الصحة العالمية"


def test_one_word_is_one_term_and_always_the_same() -> None:
    """Several have it as a form: neither the order of a file nor that of a set may decide."""
    code = (
        "from pipeline.glossary import *;"
        "terms = [Term(s, s) for s in ('كتب', 'كتاب', 'كاتب', 'كتابا', 'تاب')];"
        "print([t.source for t in Glossary(tuple(terms)).wanted('وكتابا كتابات لكتب')],"
        "[t.source for t in Glossary(tuple(terms[::-1])).wanted('وكتابا كتابات لكتب')])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert said == {"['كتابا', 'كتاب', 'كتب'] ['كتابا', 'كتاب', 'كتب']\n"}


def test_a_term_that_comes_twice_is_wanted_once() -> None:
    army = Term("الجيش", "army")
    assert of(army).wanted("الجيش ثم الجيش") == (army,)
    assert [one.start for one in of(army).occurrences("الجيش ثم للجيش")] == [0, 9]


@pytest.mark.parametrize(
    ("term", "source", "there"),
    [
        ("الأمم المتحدة", "للأمم المتّحدة", True),
        ("الأمم المتحدة", "الامم المتحده", True),
        ("الأمم المتحدة", "الأمم، المتحدة", False),
        ("الأمم المتحدة", "المتحدة الأمم", False),
        ("الأمم المتحدة", "الأمم", False),
        ("cessez-le-feu", "Le cessez le feu", True),
        ("cessez le feu", "un cessez\u2011le-feu", True),
        ("U.S.", "the U.S. army", True),
        ("U.S.", "u s", False),
        ("armée", "l'armée", True),
        ("军队", "中国军队说", True),
        ("军", "中国军队说", True),
        ("日本", "本日", False),
        ("大学", "大 学", False),
    ],
)
def test_words_stand_beside_each_other(term: str, source: str, there: bool) -> None:
    assert bool(of(Term(term, "x")).wanted(source)) == there


def test_in_scripts_without_spaces_the_longest_counts_too() -> None:
    terms = Term("大学", "university"), Term("大学生", "student"), Term("学", "learning")
    assert [term.target for term in of(*terms).wanted("大学生和大学")] == ["student", "university"]


@pytest.mark.parametrize(
    ("form", "case", "target", "there"),
    [
        ("army", "any", "The Army said", True),
        ("army", "any", "two armies", True),
        ("army", "any", "the army's men, the armies' men", True),
        ("army", "any", "the army’s", True),
        ("army", "any", "armywide", False),
        ("army", "any", "disarmy", False),
        ("army", "any", "an army-backed plan", True),
        ("landmine", "any", "Landmines killed", True),
        ("landmine", "any", "land mines", False),
        ("box", "any", "boxes", True),
        ("car", "any", "care", False),
        ("United Nations", "any", "the united\nnations", True),
        ("ceasefire talks", "any", "Ceasefire-talks", True),
        ("WHO", "exact", "who said", False),
        ("WHO", "exact", "the WHO said", True),
        ("WHO", "exact", "the WHO's", True),
        ("army", "exact", "the Army", False),
        ("army", "exact", "Army chiefs met", True),
        ("army", "exact", '"Armies met', True),
        ("army", "exact", "the army", True),
        ("C++", "any", "in C++ code", True),
        ("U.S.", "any", "the U.S. said", True),
        ("U.S.", "any", "the UxSx said", False),
        ("5G", "any", "a 5G net", True),
        ("5G", "any", "15G", False),
    ],
)
def test_english_forms(form: str, case: glossary.Case, target: str, there: bool) -> None:
    assert Term("x", form, (), case).stands_in(target) == there


@pytest.mark.parametrize(
    ("form", "plural"),
    [("army", "armies"), ("landmine", "landmines"), ("box", "boxes"), ("day", "days"),
     ("armed forces", None), ("C++", None), ("march", "marches")],
)  # fmt: skip
def test_what_to_write_for_a_term(form: str, plural: str | None) -> None:
    term = Term("x", form, ("troops",))
    assert term.forms == (form, *([plural] if plural else []))
    assert all(term.stands_in(one) for one in term.forms)
    assert Term("x", form, ("troops",), "exact").forms == (form,)


def test_a_translation_lacks_what_it_has_in_no_form() -> None:
    army = Term("الجيش", "army", ("armed forces",))
    nations = Term("الأمم المتحدة", "United Nations", ("UN",), "exact")
    terms, source = of(army, nations), "دعت الأمم المتحدة الجيش"
    assert terms.lacking(source, "The UN called on the armed forces") == ()
    assert terms.lacking(source, "The UN called on the troops") == (army,)
    assert terms.lacking(source, "un called on the troops") == (nations, army)
    assert terms.lacking("لا شيء", "nothing") == ()
    assert army.finding == Finding("glossary", "الجيش: army or armed forces")


WORDS = "الجيش جيش وزارة الدفاع دفاع مصر لمصر من على قال army школа города 军队 2024"
word = st.sampled_from(WORDS.split())
text = st.lists(word, max_size=12).map(" ".join)
some_terms = st.lists(st.lists(word, min_size=1, max_size=3).map(" ".join), max_size=6)


@given(some_terms, text)
def test_occurrences_lie_apart_in_order_and_hold_a_form_of_their_term(
    sources: list[str], source: str
) -> None:
    found = of(*(Term(one, "x") for one in dict.fromkeys(sources))).occurrences(source)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for one in found:
        assert of(one.term).wanted(source[one.start : one.end]) == (one.term,)


@given(text, word)
def test_a_term_that_stands_in_a_text_as_it_is_is_found(source: str, term: str) -> None:
    assert bool(of(Term(term, "x")).wanted(f"{source} {term}"))


def test_hostile_terms_take_no_time(tmp_path: Path) -> None:
    """Nothing in a term is a pattern, and nothing backtracks."""
    hostile = Term("ا" * 200, "(a+)+$ " + "y" * 190)
    assert of(hostile).lacking("ا" * 100_000 + " " + "ا" * 200, "y" * 100_000 + "a" * 1000)
    json.dumps(hostile.finding.detail)


def test_the_seeds_want_their_terms(root: Path) -> None:
    source = (root / "seeds" / "ar-demining.txt").read_text("utf-8")
    target = (root / "seeds" / "ar-demining.en.txt").read_text("utf-8")
    mine, expert, council = (
        Term("لغم", "landmine", ("mine",)),
        Term("خبير", "specialist"),
        Term("مجلس الوزراء", "cabinet"),
    )
    terms = of(mine, expert, council)
    assert terms.wanted(source) == (mine, expert, council)
    assert terms.lacking(source, target) == (expert,)
