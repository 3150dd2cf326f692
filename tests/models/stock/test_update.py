"""What the hub has that is newer, compared file by file with what is here."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.catalog import entries
from models.errors import ModelMissing
from models.hub import snapshots
from models.hub.line import QUIET
from models.stock.installed import Installed, installed
from models.stock.update import Change, change, is_held
from models.store.locate import carried
from tests.hub import Hub
from tests.models.carried import COMMIT, ENTRY, REPO, cached


@pytest.fixture
def serving(marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub({REPO: shutil.copytree(marian, tmp_path / "served")}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub


def here() -> Installed:
    found = installed(REPO)
    assert found is not None
    return found


def test_nothing_is_newer(serving: Hub, marian: Path) -> None:
    cached(marian, commit=serving.commit(REPO))
    assert change(ENTRY, here(), QUIET) is None


def test_the_same_files_under_another_commit(serving: Hub, marian: Path) -> None:
    cached(marian)
    assert change(ENTRY, here(), QUIET) == Change(ENTRY, COMMIT, serving.commit(REPO), (), 0)


def test_files_that_changed_came_or_went(serving: Hub, marian: Path) -> None:
    folder = cached(marian)
    served = serving.folders[REPO]
    (served / "vocab.json").write_text(json.dumps({"a": 0}))
    (served / "tokenizer.json").write_text("{}")
    (served / "special_tokens_map.json").unlink()
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    found = change(ENTRY, here(), QUIET)
    assert found is not None
    assert found.files == (
        "model.safetensors",
        "special_tokens_map.json",
        "tokenizer.json",
        "vocab.json",
    )
    assert found.size == 8 + 2 + weights.stat().st_size


def test_of_what_came_converted_alone_all_is_new(serving: Hub, marian: Path) -> None:
    folder = carried(REPO) / COMMIT
    shutil.copytree(marian, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "weights.json").write_text("{}")
    snapshots.refer(REPO, "main", COMMIT)
    found = change(ENTRY, here(), QUIET)
    assert found is not None
    assert len(found.files) == 8
    assert found.size == sum(path.stat().st_size for path in marian.iterdir())


def test_a_hub_that_does_not_answer_is_told_with_the_model(marian: Path) -> None:
    cached(marian)
    with pytest.raises(ModelMissing, match=rf"^{REPO}: http://127\.0\.0\.1:9 "):
        change(ENTRY, here(), QUIET)


def test_what_is_held_where_it_is() -> None:
    assert not is_held(ENTRY)
    assert is_held(replace(ENTRY, repository=replace(ENTRY.repository, revision="a" * 40)))
    assert is_held(entries()["bundled:tiny-translator"])
