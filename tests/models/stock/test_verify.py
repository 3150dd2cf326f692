"""What is here is read again: whole, damaged in every place, and tested."""

from pathlib import Path

import pytest

from models import catalog
from models.catalog import Entry
from models.conversion.conversions import conversions
from models.errors import ModelUnfit
from models.home import remember
from models.model import DEFAULT, Model
from models.stock.installed import Installed, installed
from models.stock.verify import Verdict, verify
from tests.models.carried import COMMIT, ENTRY, REPO

ANEW = f"khulasa models remove {REPO}, then pull or unpack it again"
FAILS = "chrF is"


def look() -> list[Verdict]:
    here = installed(REPO)
    assert here is not None
    return list(verify(ENTRY, here, DEFAULT))


def test_random_weights_are_whole_and_fail_their_test(used: Model) -> None:
    files, form, golden = look()
    assert files == Verdict("8 files are what they were")
    assert form == Verdict("its int8 form is what it was")
    assert golden.found.startswith(FAILS)
    assert golden.advice == ANEW


def test_the_bundled_models_pass() -> None:
    for name in ("bundled:tiny-translator", "bundled:tiny-summarizer"):
        here = installed(name)
        assert here is not None
        *_, golden = verify(catalog.entries()[name], here, DEFAULT)
        assert golden.found.startswith("passes its self-test (")
        assert golden.advice == ""


def test_a_file_that_rotted(used: Model) -> None:
    weights = used.located.folder / "model.safetensors"
    weights.write_bytes(bytes([weights.read_bytes()[0] ^ 1]) + weights.read_bytes()[1:])
    [found] = look()
    assert found.found.startswith(f"{weights} is not what it was: its sha256 is ")
    assert found.advice == ANEW


def test_what_the_hub_announced_counts_before_what_was_first_read(used: Model) -> None:
    came = {"vocab.json": {"size": 5, "sha256": "0" * 64}}
    remember("digests", f"{REPO}@{COMMIT}", {"files": came})
    [found] = look()
    assert "vocab.json is not what it was" in found.found


def test_a_conversion_that_rotted_is_removed(used: Model) -> None:
    [form] = conversions()
    (form.folder / "model.bin").write_bytes(b"rot")
    _, found, golden = look()
    assert found == Verdict(
        "its int8 form is damaged (model.bin): it was removed, and is made again"
    )
    assert golden.found.startswith(FAILS)
    assert conversions() == []  # a model that fails is not kept converted


@pytest.mark.parametrize("text", ["", "[]", None])
def test_a_conversion_without_its_digests(used: Model, text: str | None) -> None:
    [form] = conversions()
    digests = form.folder / "digests.json"
    digests.unlink() if text is None else digests.write_text(text)
    _, found, _ = look()
    assert found.found.startswith("its int8 form is damaged (digests.json)")


def test_a_carried_conversion_that_rotted_has_to_come_again(used: Model, marian: Path) -> None:
    [form] = conversions()
    (form.folder / "model.bin").write_bytes(b"rot")
    weights = used.located.folder / "model.safetensors"
    weights.rename(weights.with_name("elsewhere"))
    sha256 = used.fingerprint.weights
    weights.with_name("weights.json").write_text(f'{{"sha256": "{sha256}"}}')
    _, found, broken = look()
    assert found == Verdict("its int8 form is damaged (model.bin)", ANEW)
    assert broken.advice == ANEW
    assert form.folder.is_dir()


def test_a_model_that_is_not_whole(used: Model) -> None:
    (used.located.folder / "source.spm").unlink()
    assert look() == [Verdict("lacks source.spm", f"khulasa models pull {REPO}")]


def test_a_model_of_a_language_without_sentences(used: Model) -> None:
    entry = Entry("translator", ENTRY.repository)
    here = installed(REPO)
    assert isinstance(here, Installed)
    *_, golden = verify(entry, here, DEFAULT)
    assert golden == Verdict("no sentences are known to test it with")


def test_a_model_that_does_not_load(used: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ModelUnfit("of an unknown kind")

    monkeypatch.setattr("models.stock.verify.open_entry", refuse)
    assert look()[-1] == Verdict("of an unknown kind", ANEW)
