"""The list of models as it is printed."""

import io
import json
from pathlib import Path

import pytest

from models.catalog import Entry, Repository
from models.conversion.conversions import Conversion
from models.stock.installed import Installed
from models.stock.inventory import Item
from models.stock.manifest import File, Form, Packed
from models.stock.unpack import Arrived
from models.stock.update import Change
from pipeline.render.models import state, to_people, to_programs, told_arrived, told_change

COMMIT = "c0ffee1" + "0" * 33
REPOSITORY = Repository("Helsinki-NLP/opus-mt-ar-en", 345, "main", "apache-2.0")
ENTRY = Entry("translator", REPOSITORY, ("ar",))
ABSENT = Item(ENTRY, None, {})
PACKED = Packed(
    name=REPOSITORY.name,
    commit=COMMIT,
    revision="main",
    role="translator",
    languages=("ar",),
    licence=None,
    weights=File("pytorch_model.bin", 300, "a" * 64),
    files=(),
    forms=(Form("int8", "4.8.5", (File("model.bin", 80_000_000, "c" * 64),)),),
)


def here(folder: Path, *absent: str) -> Installed:
    return Installed(REPOSITORY.name, COMMIT, folder, absent, 298_000_000)


@pytest.fixture
def converted(monkeypatch: pytest.MonkeyPatch) -> None:
    form = Conversion("a" * 16, "b" * 16, "int8", "4.8.5")
    monkeypatch.setattr(Installed, "conversions", [form])


def test_states(tmp_path: Path, converted: None) -> None:
    assert state(ABSENT) == ""
    assert state(Item(ENTRY, here(tmp_path, "source.spm"), {})) == "incomplete: lacks source.spm"
    assert state(Item(ENTRY, here(tmp_path), {})) == "here @c0ffee1 · int8 alone"
    (tmp_path / "pytorch_model.bin").touch()
    one = Item(ENTRY, here(tmp_path), {"ar": "chrF 88.1"})
    assert state(one) == "here @c0ffee1 · int8 · chrF 88.1"
    two = Item(ENTRY, here(tmp_path), {"pt": "chrF 88.1", "ro": "chrF 70.0"})
    assert state(two) == "here @c0ffee1 · int8 · chrF 88.1 (pt) · chrF 70.0 (ro)"


def test_for_people(tmp_path: Path, converted: None) -> None:
    (tmp_path / "pytorch_model.bin").touch()
    out = io.StringIO()
    unknown = Item(Entry("summarizer", Repository("own/bart\x1b[2J", 0)), None, {})
    to_people([Item(ENTRY, here(tmp_path), {}), unknown], out)
    lines = out.getvalue().splitlines()
    assert lines[3].split()[:2] == ["ar", "Helsinki-NLP/opus-mt-ar-en"]
    assert "apache-2.0" in lines[3]
    assert "345 MB" in lines[3]
    assert "298 MB" in lines[3]
    assert "summaries" in lines[4]
    assert r"own/bart\x1b[2J" in lines[4]
    assert lines[-1] == "2 models, 1 of them here; 298 MB on disk"
    assert all(len(line) <= 110 for line in lines)


def test_for_programs(tmp_path: Path, converted: None) -> None:
    out = io.StringIO()
    to_programs([ABSENT, Item(ENTRY, here(tmp_path), {"ar": "chrF 88.1"})], out)
    absent, present = map(json.loads, out.getvalue().splitlines())
    assert absent == {
        "model": "Helsinki-NLP/opus-mt-ar-en",
        "role": "translator",
        "languages": ["ar"],
        "licence": "apache-2.0",
        "download": 345_000_000,
        "disk": 0,
        "installed": False,
        "lacks": [],
        "revision": "main",
        "commit": None,
        "published": False,
        "converted": [],
        "golden": {},
    }
    assert present == absent | {
        "disk": 298_000_000,
        "installed": True,
        "commit": COMMIT,
        "converted": [{"compute": "int8", "ctranslate2": "4.8.5", "bytes": 0}],
        "golden": {"ar": "chrF 88.1"},
    }


def test_what_arrived() -> None:
    told = (
        "Helsinki-NLP/opus-mt-ar-en@c0ffee1: int8, 80 MB, "
        "licence not known here: look at its page before you pass it on"
    )
    assert told_arrived(Arrived(PACKED, None)) == told
    assert told_arrived(Arrived(PACKED, COMMIT)) == told
    assert told_arrived(Arrived(PACKED, "0" * 40)) == f"{told}; 0000000 was used until now"


def test_what_would_change() -> None:
    files = ("pytorch_model.bin", "vocab.json")
    change = Change(ENTRY, "0" * 40, COMMIT, files, 300_000_000)
    assert told_change(change) == "0000000 → c0ffee1: pytorch_model.bin, vocab.json (300 MB)"
    nothing = Change(ENTRY, "0" * 40, COMMIT, (), 0)
    assert told_change(nothing) == (
        "0000000 → c0ffee1, but nothing that is used of it differs: it stays"
    )
