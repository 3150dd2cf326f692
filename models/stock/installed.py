"""Which models are on this machine, complete or not. Asks nobody, loads nothing."""

import json
from dataclasses import dataclass
from pathlib import Path

from models import students
from models.catalog import BUNDLED, Repository, entries
from models.config import KINDS
from models.conversion import conversions
from models.conversion.conversions import Conversion
from models.errors import ModelUnfit
from models.home import models_home
from models.hub import snapshots
from models.store import safe
from models.store.fingerprint import remembered, weights_file
from models.store.locate import bundled, carried, commit_here, lacking


@dataclass(frozen=True, slots=True)
class Installed:
    """A model of which something is here.

    `folder` holds the files that would be used, `absent` names what it lacks, `size` is what all
    of it takes in bytes, other commits included. `commit` is None for a bundled model and where
    none is known.
    """

    name: str
    commit: str | None
    folder: Path
    absent: tuple[str, ...]
    size: int

    @property
    def published(self) -> bool:
        """Whether the weights are here as they were published, not in a converted form alone."""
        return weights_file(self.folder) is not None

    @property
    def made(self) -> list[Path]:
        """The folders of what was made from it: converted forms, and a safe copy of a pickle."""
        known = remembered(self.folder)
        copies = [safe.copy_of(known)] if known else []
        return [*(one.folder for one in self.conversions), *filter(Path.is_dir, copies)]

    @property
    def whole_size(self) -> int:
        """Bytes, with all that was made from it."""
        return self.size + sum(map(size, self.made))

    @property
    def conversions(self) -> list[Conversion]:
        """Its converted forms; none are known of a model that was never used."""
        known = remembered(self.folder)
        return conversions.of(known) if known else []


def installed(repo: str, revision: str = "main") -> Installed | None:
    """What is here of a repository, a bundled model or a student; None where that is nothing."""
    if student := students.find(repo):
        folder, commit = student.located.folder, commit_here(repo, revision)
        return Installed(repo, commit, folder, (), size(folder))
    if repo.startswith(BUNDLED):
        folder = bundled(repo)
        return Installed(repo, None, folder, absent(folder), size(folder))
    places = (snapshots.storage(repo), carried(repo))
    if not any(place.is_dir() for place in places):
        return None
    commit = commit_here(repo, revision)
    folders = [snapshots.snapshot(repo, commit or revision), carried(repo) / (commit or revision)]
    folder = next((one for one in folders if not absent(one)), folders[0])
    return Installed(repo, commit, folder, absent(folder), sum(map(size, places)))


def others() -> list[Repository]:
    """Models of our kinds that are here and not in the catalogue."""
    names = {_name(folder) for folder in snapshots.cache_folder().glob("models--*--*")}
    names |= {_name(folder) for folder in (models_home() / "carried").glob("*--*")}
    unknown = (Repository(name, 0) for name in sorted(names - entries().keys()))
    return [one for one in unknown if _is_ours(one)]


def absent(folder: Path) -> tuple[str, ...]:
    """What a folder lacks to be a model; a config.json that cannot be read is none."""
    try:
        return tuple(lacking(folder))
    except ModelUnfit:
        return ("a config.json that can be read",)


def size(folder: Path) -> int:
    """The bytes of all files below; links count as nothing, and so does what is not there."""
    files = (path for path in folder.rglob("*") if not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.is_file())


def _name(folder: Path) -> str:
    """`owner/name` from models--owner--name or owner--name."""
    return folder.name.removeprefix("models--").replace("--", "/", 1)


def _is_ours(repository: Repository) -> bool:
    """Other programs keep models of all kinds in the hub's cache."""
    found = installed(repository.name)
    try:
        config = json.loads((found.folder / "config.json").read_text("utf-8")) if found else {}
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and config.get("model_type") in KINDS
