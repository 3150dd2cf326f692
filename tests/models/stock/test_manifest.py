"""The manifest of a packed file: it reads back as it was, and no name in it can do harm."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import ModelUnfit
from models.stock.manifest import File, Form, Manifest, Packed, read
from models.store.fingerprint import tokens_digest

COMMIT = "c0ffee" + "0" * 34
WEIGHTS = File("pytorch_model.bin", 300, "a" * 64)
CONFIG = File("config.json", 20, "b" * 64)
MODEL_BIN = File("model.bin", 80, "c" * 64)
PACKED = Packed(
    name="Helsinki-NLP/opus-mt-ar-en",
    commit=COMMIT,
    revision="main",
    role="translator",
    languages=("ar",),
    licence="apache-2.0",
    weights=WEIGHTS,
    files=(CONFIG,),
    forms=(Form("int8", "4.8.5", (MODEL_BIN,)),),
)
MANIFEST = Manifest("0.1.0", (PACKED,))


def changed(where: list[str | int], value: object) -> bytes:
    """The manifest with one value replaced."""
    content: Any = json.loads(MANIFEST.to_json())
    inner = content
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = value
    return json.dumps(content).encode()


def test_members_are_where_a_person_can_find_them() -> None:
    base = f"Helsinki-NLP--opus-mt-ar-en/{COMMIT}"
    assert MANIFEST.members() == {
        f"{base}/config.json": CONFIG,
        f"{base}/int8-4.8.5/model.bin": MODEL_BIN,
    }
    assert MANIFEST.size == 100


def test_what_came_along() -> None:
    assert not PACKED.published
    assert PACKED.fingerprint.weights == "a" * 64
    assert PACKED.fingerprint.tokens == tokens_digest({"config.json": "b" * 64})


STUDENT_WEIGHTS = File("model.pten.intgemm.alphas.bin", 17, "d" * 64)
STUDENT = Packed(
    name="student:pten",
    commit="d" * 40,
    revision="main",
    role="translator",
    languages=("pt",),
    licence="MPL-2.0",
    weights=STUDENT_WEIGHTS,
    files=(File("vocab.pten.spm", 8, "e" * 64), STUDENT_WEIGHTS),
    forms=(),
)


def test_a_student_reads_back_as_it_was() -> None:
    manifest = Manifest("0.1.0", (STUDENT,))
    assert read(manifest.to_json().encode()) == manifest
    assert next(iter(manifest.members())) == f"student--pten/{'d' * 40}/vocab.pten.spm"
    assert STUDENT.student == "pten"
    assert STUDENT.fingerprint.tokens == tokens_digest({"vocab.pten.spm": "e" * 64})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("student:pten", "student:../pten"),
        ("student:pten", "student:pt/en"),
        ("student:pten", "other:pten"),
        ("model.pten.intgemm.alphas.bin", "model.pten./../x.bin"),
        ("vocab.pten.spm", "../vocab.pten.spm"),
        ("vocab.pten.spm", "config.yml"),
    ],
)
def test_a_student_that_could_do_harm_is_refused(old: str, new: str) -> None:
    text = Manifest("0.1.0", (STUDENT,)).to_json()
    with pytest.raises(ModelUnfit, match="its manifest is not one of khulasa"):
        read(text.replace(f'"{old}"', f'"{new}"').encode())


def test_a_student_without_its_weights_is_refused() -> None:
    bare = Manifest("0.1.0", (replace(STUDENT, files=STUDENT.files[:1]),))
    with pytest.raises(ModelUnfit, match="a student without its weights"):
        read(bare.to_json().encode())


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["config.json", "vocab.json", "source.spm"]), unique=True),
    st.integers(0, 10**12),
    st.none() | st.text(),
)
def test_reads_back_as_it_was(names: list[str], size: int, licence: str | None) -> None:
    files = tuple(File(name, size, "d" * 64) for name in names)
    packed = Packed(
        "o/n", COMMIT, COMMIT, "summarizer", (), licence, WEIGHTS, (*files, WEIGHTS), ()
    )
    manifest = Manifest("0.2", (packed, PACKED))
    assert read(manifest.to_json().encode()) == manifest
    assert packed.published


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (["models", 0, "name"], "../../etc/passwd"),
        (["models", 0, "name"], "/etc/passwd"),
        (["models", 0, "name"], "a--b/c"),
        (["models", 0, "name"], "owner/.."),
        (["models", 0, "name"], "owner/name\n"),
        (["models", 0, "commit"], "../" * 13 + "x"),
        (["models", 0, "commit"], None),
        (["models", 0, "revision"], "../main"),
        (["models", 0, "files", 0, "name"], "../config.json"),
        (["models", 0, "files", 0, "name"], "evil.py"),
        (["models", 0, "files", 0, "size"], -1),
        (["models", 0, "files", 0, "size"], 1.5),
        (["models", 0, "files", 0, "size"], True),
        (["models", 0, "files", 0, "sha256"], "A" * 64),
        (["models", 0, "weights", "name"], "config.json"),
        (["models", 0, "forms", 0, "compute"], "../int8"),
        (["models", 0, "forms", 0, "version"], "4/8"),
        (["models", 0, "forms", 0, "files", 0, "name"], "../model.bin"),
        (["models", 0, "forms", 0, "files", 0, "name"], ".model.bin"),
        (["models", 0, "forms"], None),
        (["models", 0], "a model"),
        (["models"], [json.loads(MANIFEST.to_json())["models"][0]] * 2),
        (["models"], 7),
    ],
)
def test_names_that_could_do_harm_are_refused(where: list[str | int], value: object) -> None:
    with pytest.raises(ModelUnfit, match="its manifest is not one of khulasa"):
        read(changed(where, value))


def test_a_format_of_the_future() -> None:
    with pytest.raises(ModelUnfit, match="it is of format 2, this khulasa reads 1"):
        read(changed(["format"], 2))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"{}", b"\xff", b'{"format": 1}'])
def test_no_manifest(text: bytes) -> None:
    with pytest.raises(ModelUnfit, match="its manifest is not one of khulasa"):
        read(text)
