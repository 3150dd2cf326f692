"""What can go, goes; what is used or cannot be made again, stays."""

import os
import shutil
from pathlib import Path

import pytest

from models.conversion.conversions import Conversion, conversions
from models.home import models_home, recall
from models.hub import snapshots
from models.model import Model
from models.stock.clearing import Waste, collect, remove, waste
from models.stock.installed import installed, size
from models.store import safe
from models.store.fingerprint import fingerprint
from models.store.locate import commit_here
from tests.models.carried import COMMIT, REPO, cached


def of_version(version: str) -> Conversion:
    """The conversion that is here, as if another CTranslate2 had made it too."""
    [made] = [one for one in conversions() if one.current]
    other = Conversion(made.weights, made.tokens, made.compute, version)
    shutil.copytree(made.folder, other.folder)
    return other


def test_nothing_of_what_is_used_is_waste(used: Model) -> None:
    assert list(waste()) == []
    assert collect() == 0


def test_what_another_version_made(used: Model) -> None:
    older = of_version("4.0.1")
    assert list(waste()) == [Waste(older.folder, "made for another version of CTranslate2")]
    taken = size(older.folder)
    assert collect() == taken > 10_000
    assert [one.current for one in conversions()] == [True]


def test_what_came_without_its_weights_stays(used: Model) -> None:
    older = of_version("4.0.1")
    sha256 = used.fingerprint.weights
    (used.located.folder / "model.safetensors").unlink()
    (used.located.folder / "weights.json").write_text(f'{{"sha256": "{sha256}"}}')
    assert list(waste()) == []
    assert older.folder.is_dir()


def test_what_was_made_from_a_model_that_is_gone(used: Model) -> None:
    shutil.rmtree(snapshots.storage(REPO))
    [found] = waste()
    assert found.reason == "made from a model that is not here any more"


def test_a_copy_of_a_pickle_goes_when_the_model_is_gone(used: Model) -> None:
    copy = safe.copy_of(used.fingerprint)
    copy.mkdir(parents=True)
    assert list(waste()) == []
    shutil.rmtree(snapshots.storage(REPO))
    assert Waste(copy, "made from a model that is not here any more") in list(waste())


def test_a_folder_of_the_users_counts_as_used(marian: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(marian, tmp_path / "own")
    known = fingerprint(folder)
    made = Conversion(known.weights[:16], known.tokens[:16], "int8", "1.0")
    made.folder.mkdir(parents=True)
    [found] = waste()
    assert found.reason == "made for another version of CTranslate2"
    shutil.rmtree(folder)
    [found] = waste()
    assert found.reason == "made from a model that is not here any more"


@pytest.mark.parametrize(
    "place", ["models/converted/.x.1", "models/safe/.x.1", "models/.unpacking"]
)
def test_what_interrupted_work_left(place: str) -> None:
    folder = models_home().parent / place
    folder.mkdir(parents=True)
    (folder / "half").write_bytes(b"12345")
    assert list(waste()) == []  # it may be at work
    for one in (folder / "half", folder):
        os.utime(one, (1, 1))
    assert list(waste()) == [Waste(folder, "left behind by work that was interrupted")]
    assert collect() == 5
    assert not folder.exists()


def test_a_part_of_a_download() -> None:
    part = snapshots.storage(REPO) / "blobs" / "abc.incomplete"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"1234567")
    assert list(waste()) == []
    os.utime(part, (1, 1))
    assert list(waste()) == [Waste(part, "left behind by work that was interrupted")]
    assert collect() == 7
    assert not part.exists()


def test_removed_with_all_that_was_made_of_it(used: Model) -> None:
    assert recall("commits", f"{REPO}@main") == {"commit": COMMIT}
    here = installed(REPO)
    assert here is not None
    [form] = here.conversions
    copy = safe.copy_of(used.fingerprint)
    copy.mkdir(parents=True)
    (copy / "model.safetensors").write_bytes(b"12345")
    taken = here.size + size(form.folder) + 5
    assert remove(here) == taken
    assert safe.copies() == []
    assert installed(REPO) is None
    assert conversions() == []
    assert commit_here(REPO, "main") is None
    assert list(waste()) == []


def test_other_models_stay(used: Model, marian: Path) -> None:
    cached(marian, "owner/other")
    here = installed("owner/other")
    assert here is not None
    remove(here)
    assert installed("owner/other") is None
    assert installed(REPO) is not None
