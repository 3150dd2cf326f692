"""Which models are on this machine, complete or not. Asks nobody, loads nothing."""

from dataclasses import dataclass
from pathlib import Path

from models import snapshots
from models.errors import ModelUnfit
from models.store import commit_here, lacking


@dataclass(frozen=True, slots=True)
class Installed:
    """A repository of which the hub's cache has something.

    `folder` is the snapshot that would be used, `absent` the files that it lacks, `size` the bytes
    that all of the repository's snapshots take together.
    """

    name: str
    folder: Path
    absent: tuple[str, ...]
    size: int


def installed(repo: str, revision: str = "main") -> Installed | None:
    """What the hub's cache has of a repository; None where that is nothing."""
    storage = snapshots.storage(repo)
    if not storage.is_dir():
        return None
    folder = snapshots.snapshot(repo, commit_here(repo, revision) or revision)
    return Installed(repo, folder, absent(folder), size(storage))


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
