"""Documents find their references, and what cannot be one is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.document import Document, Failure
from pipeline.evaluation.references import LONGEST_SUMMARY, Case, Cases, References
from pipeline.readers.content import Unreadable


def put(folder: Path, **files: str) -> Path:
    """Files in the folder; `__` in a name stands for a dot, `_` for a hyphen."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '.').replace('_', '-')}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def cases(source: Path, lang: str | None = None) -> list[Case]:
    return list(Cases(str(source), lang))


def document(case: Case) -> Document:
    assert isinstance(case.outcome, Document)
    return case.outcome


def failure(case: Case) -> Failure:
    assert isinstance(case.outcome, Failure)
    return case.outcome


def of_rows(folder: Path, *rows: Any, lang: str | None = None) -> list[Case]:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return cases(path, lang)


def test_references_lie_beside_their_document(tmp_path: Path) -> None:
    put(
        tmp_path,
        fr_train="Le train part.\nIl pleut.\n",
        fr_train__en="The  train leaves.\r\n\nIt rains.\n",
        fr_train__summary__en="A train leaves.\nIt rains.\n",
        fr_train__segments="Le train part.\nIl pleut.\n",
    )
    [case] = cases(tmp_path)
    assert (document(case).id, document(case).lang) == ("fr-train", "fr")
    assert document(case).path == str(tmp_path / "fr-train.txt")
    assert case.references == References(
        ("The train leaves.", "It rains."),
        ("A train leaves. It rains.",),
        ("Le train part.", "Il pleut."),
    )


def test_reference_lines_are_not_taken_for_wrapped_text(tmp_path: Path) -> None:
    line = "The minister opened a new bridge over the river and"
    put(tmp_path, fr_a="Oui.", fr_a__en=f"{line}\n" * 8)
    [case] = cases(tmp_path)
    assert case.references.translation == (line,) * 8


def test_a_document_without_references_is_one(tmp_path: Path) -> None:
    [case] = cases(put(tmp_path, fr_a="Oui."))
    assert document(case).text == "Oui."
    assert not case.references


@pytest.mark.parametrize(
    ("name", "lang", "expected"),
    [
        ("fr-a", None, "fr"),
        ("fr-a", "ar", "fr"),
        ("report-1", "ar", "ar"),
        ("fr", "ar", "ar"),  # no hyphen: a name, not a code
        ("tlh-a", "ar", "ar"),
    ],
)
def test_the_language_is_in_the_name(
    tmp_path: Path, name: str, lang: str | None, expected: str
) -> None:
    (tmp_path / f"{name}.txt").write_text("abc")
    assert document(cases(tmp_path, lang)[0]).lang == expected


def test_a_language_that_nobody_names_is_told_from_the_text(tmp_path: Path) -> None:
    [case] = cases(put(tmp_path, report="Le ministre a inauguré le pont."))
    assert document(case).lang == "fr"


def test_one_file_and_a_pattern_find_their_references_too(tmp_path: Path) -> None:
    put(tmp_path, fr_a="Oui.", fr_a__en="Yes.", fr_b="Non.", fr_b__en="No.")
    [one] = cases(tmp_path / "fr-a.txt")
    assert one.references.translation == ("Yes.",)
    both = cases(tmp_path / "fr-*.txt")
    assert [case.references.translation for case in both] == [("Yes.",), ("No.",)]


def test_folders_within_are_searched(tmp_path: Path) -> None:
    put(tmp_path / "news", fr_a="Oui.", fr_a__en="Yes.")
    [case] = cases(tmp_path)
    assert (document(case).id, document(case).lang) == ("news/fr-a", "fr")
    assert case.references.translation == ("Yes.",)


def test_what_is_neither_is_counted(tmp_path: Path) -> None:
    put(tmp_path, fr_a="Oui.")
    for name in ("README.md", "feed.jsonl", "photo.png"):
        (tmp_path / name).write_text("{}")
    found = Cases(str(tmp_path))
    assert found.ignored == 3
    assert len(list(found)) == 1


def test_what_cannot_be_a_reference_is_named(tmp_path: Path) -> None:
    put(tmp_path, fr_a="Oui.", fr_a__en="\n", fr_b="Non.", fr_c__en="Lost.")
    put(tmp_path, fr_d="Si.", fr_d__summary__en="x" * (LONGEST_SUMMARY + 1))
    (tmp_path / "fr-b.en.txt").write_bytes(b"No\n\x81\x8d\xff")
    told = [str(failure(case)) for case in cases(tmp_path)]
    assert told == [
        f"{tmp_path}/fr-c.en.txt: is a reference, but there is no fr-c.txt",
        f"{tmp_path}/fr-a.en.txt: is empty",
        f"{tmp_path}/fr-b.en.txt: byte 3 (line 2) is not UTF-8; save the file as UTF-8",
        f"{tmp_path}/fr-d.txt: a reference summary over 100,000 characters is none",
    ]


@pytest.mark.parametrize("name", ["photo.png", "README.md"])
def test_a_source_without_documents(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(Unreadable):
        Cases(str(tmp_path))


def test_rows_bring_their_references(tmp_path: Path) -> None:
    full, plain, several = of_rows(
        tmp_path,
        {
            "id": 7,
            "text": "Oui. Non.",
            "lang": "French",
            "reference": ["Yes.", " ", "cafe\u0301"],
            "summary": "Yes.\nNo.",
            "segments": ["Oui.", "Non."],
        },
        {"text": "نعم.", "reference": "Yes.\n No. \n", "summary": None},
        {"text": "نعم.", "summary": ["One.", "Two."]},
    )
    assert (document(full).id, document(full).lang) == ("7", "fr")
    assert full.references == References(("Yes.", "caf\u00e9"), ("Yes. No.",), ("Oui.", "Non."))
    assert (document(plain).id, document(plain).lang) == ("set:2", "ar")
    assert plain.references == References(("Yes.", "No."))
    assert several.references == References(summaries=("One.", "Two."))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"reference": 5}, "field 'reference' is neither a text nor a list of texts"),
        ({"summary": ["a", 1]}, "field 'summary' is neither"),
        ({"segments": {"a": 1}}, "field 'segments' is neither"),
        ({"reference": ["\ud800"]}, "holds half a character"),
        ({"summary": ["a", "x" * (LONGEST_SUMMARY + 1)]}, "over 100,000 characters"),
    ],
)
def test_rows_whose_references_are_none(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    [case] = of_rows(tmp_path, {"id": "a", "text": "نعم.", **row})
    assert said in failure(case).reason
    assert (failure(case).line, failure(case).id) == (1, "a")


def test_a_row_that_cannot_be_read(tmp_path: Path) -> None:
    bad, good = of_rows(tmp_path, {"no": "text"}, {"text": "نعم."})
    assert "has no field 'text'" in failure(bad).reason
    assert document(good).text == "نعم."


def test_a_language_of_all_rows(tmp_path: Path) -> None:
    [case] = of_rows(tmp_path, {"text": "Oui.", "lang": "es"}, lang="fr")
    assert document(case).lang == "fr"


def test_every_sample_has_every_reference(root: Path) -> None:
    found = Cases(str(root / "seeds"))
    samples = list(found)
    assert len(samples) == 10
    assert found.ignored == 2  # the README and the feed
    for case in samples:
        references = case.references
        assert references.translation
        assert len(references.translation) == len(references.segments)
        assert len(references.summaries) == 1
