"""What would run, and what of it is on this machine."""

from pathlib import Path

import pytest

from models.catalog import Repository, repositories
from models.hub import snapshots
from models.model import Runtime
from pipeline.doctor.chosen import Chosen, repository


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (Chosen(), ["Helsinki-NLP/opus-mt-tc-big-ar-en", "sshleifer/distilbart-cnn-12-6"]),
        (Chosen("French", models="fast"),
         ["Helsinki-NLP/opus-mt-fr-en", "sshleifer/distilbart-cnn-6-6"]),
        (Chosen(models="tiny"), []),
        (Chosen("tlh"), ["sshleifer/distilbart-cnn-12-6"]),
        (Chosen(translator="a/b"), ["a/b", "sshleifer/distilbart-cnn-12-6"]),
        (Chosen(models="tiny", summarizer="a/b@v2"), ["a/b"]),
        (Chosen(runtime=Runtime("student")), ["sshleifer/distilbart-cnn-12-6"]),
        (Chosen(summarizer="extractive"), ["Helsinki-NLP/opus-mt-tc-big-ar-en"]),
        (Chosen(translator="./here", summarizer="bundled:tiny-summarizer"), []),
    ],
)  # fmt: skip
def test_what_a_run_wants_of_the_hub(chosen: Chosen, names: list[str]) -> None:
    assert [one.name for one in chosen.wanted()] == names
    assert [one.name for one in chosen.missing()] == names
    assert chosen.here() == []


def test_a_reference_names_a_repository_or_none(tmp_path: Path) -> None:
    assert repository("a/b@v2") == Repository("a/b", 0, "v2")
    pinned = repositories()["Helsinki-NLP/opus-mt-tc-big-ar-en"]
    assert repository(pinned.name) == Repository(pinned.name, 990, pinned.revision)
    assert repository(f"{pinned.name}@main") == Repository(pinned.name, 990, "main")
    assert repository(str(tmp_path)) is None


def test_what_is_here_is_not_missing_once_it_is_complete() -> None:
    chosen = Chosen(models="tiny", translator="a/b")
    folder = snapshots.snapshot("a/b", "main")
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    assert [one.absent for one in chosen.here()] == [
        ("vocab.json", "merges.txt", "model.safetensors or pytorch_model.bin")
    ]
    assert [one.name for one in chosen.missing()] == ["a/b"]
    commit = "c0ffee" + "0" * 34
    folder.rename(folder.with_name(commit))
    refs = snapshots.storage("a/b") / "refs"
    refs.mkdir()
    (refs / "main").write_text(commit)
    for name in ("tokenizer.json", "model.safetensors"):
        (folder.with_name(commit) / name).write_text("{}")
    assert chosen.missing() == []
