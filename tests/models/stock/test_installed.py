"""What the hub's cache has of a repository: nothing, a part, all."""

from pathlib import Path

from models.catalog import Repository
from models.hub import snapshots
from models.stock.installed import Installed, installed, others, size
from models.store.locate import carried

REPO = "owner/name"
COMMIT = "c0ffee" + "0" * 34


def snapshot(*names: str, commit: str = COMMIT) -> Path:
    folder = snapshots.snapshot(REPO, commit)
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text('{"model_type": "bart"}', encoding="utf-8")
    refs = snapshots.storage(REPO) / "refs"
    refs.mkdir()
    (refs / "main").write_text(commit)
    return folder


def test_nothing_is_here() -> None:
    assert installed(REPO) is None


def test_a_whole_model() -> None:
    folder = snapshot("config.json", "tokenizer.json", "model.safetensors")
    found = installed(REPO)
    assert found == Installed(REPO, COMMIT, folder, (), 3 * 22 + 40)  # and refs/main


def test_a_part_of_a_model() -> None:
    folder = snapshot("config.json", "vocab.json")
    absent = ("merges.txt", "model.safetensors or pytorch_model.bin")
    assert installed(REPO) == Installed(REPO, COMMIT, folder, absent, 2 * 22 + 40)


def test_a_download_that_never_got_to_an_end() -> None:
    (snapshots.storage(REPO) / "blobs").mkdir(parents=True)
    (snapshots.storage(REPO) / "blobs" / "ab.incomplete").write_bytes(b"12345")
    found = installed(REPO)
    assert found is not None
    assert (found.absent, found.size) == (("config.json",), 5)


def test_another_commit_than_the_one_that_would_be_used() -> None:
    snapshot("config.json", "tokenizer.json", "model.safetensors")
    found = installed(REPO, "1" * 40)
    assert found is not None
    assert found.absent == ("config.json",)


def test_what_came_in_a_converted_form_alone() -> None:
    folder = carried(REPO) / COMMIT
    folder.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "weights.json"):
        (folder / name).write_text('{"model_type": "bart"}', encoding="utf-8")
    found = installed(REPO, COMMIT)
    assert found == Installed(REPO, COMMIT, folder, (), 3 * 22)
    assert not found.published
    snapshot("config.json", "tokenizer.json", "model.safetensors")
    found = installed(REPO, COMMIT)
    assert found is not None
    assert found.published


def test_a_bundled_model() -> None:
    found = installed("bundled:tiny-translator")
    assert found is not None
    assert (found.commit, found.absent, found.published) == (None, (), True)
    assert 1_000_000 < found.size < 10_000_000


def test_models_of_our_kinds_that_the_catalogue_does_not_know() -> None:
    snapshot("config.json", "tokenizer.json", "model.safetensors")
    for name, kind in (("some/llama", "llama"), ("Helsinki-NLP/opus-mt-ar-en", "marian")):
        folder = snapshots.snapshot(name, COMMIT)
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(f'{{"model_type": "{kind}"}}')
        snapshots.refer(name, "main", COMMIT)
    (snapshots.cache_folder() / "models--empty--one").mkdir()
    assert others() == [Repository(REPO, 0)]


def test_a_configuration_that_cannot_be_read() -> None:
    (snapshot("config.json") / "config.json").write_text("{")
    found = installed(REPO)
    assert found is not None
    assert found.absent == ("a config.json that can be read",)


def test_a_link_counts_where_it_points_and_once(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "a").write_bytes(b"1234567")
    (tmp_path / "b").symlink_to(tmp_path / "blobs" / "a")
    assert size(tmp_path) == 7
    assert size(tmp_path / "absent") == 0
