"""The hub's cache on this machine, read as the hub's client lays it out, without importing it.

models--OWNER--NAME/refs/BRANCH            the commit of a branch, as text
models--OWNER--NAME/snapshots/COMMIT/FILE  the files, usually links
models--OWNER--NAME/blobs/DIGEST           what the links point at
"""

import os
import re
from pathlib import Path

from models.home import replace_text


def cache_folder() -> Path:
    """Where the client keeps models: HF_HUB_CACHE, else under HF_HOME, XDG_CACHE_HOME, ~/.cache."""
    env = os.environ
    xdg = env.get("XDG_CACHE_HOME", str(Path("~/.cache").expanduser()))
    home = _expand(env.get("HF_HOME", str(Path(xdg, "huggingface"))))
    legacy = env.get("HUGGINGFACE_HUB_CACHE", str(Path(home, "hub")))
    return Path(_expand(env.get("HF_HUB_CACHE", legacy)))


def storage(repo: str) -> Path:
    """The folder of one repository."""
    return cache_folder() / f"models--{repo.replace('/', '--')}"


def snapshot(repo: str, commit: str) -> Path:
    """Where the files of a commit are, if they are here."""
    return storage(repo) / "snapshots" / commit


def name_of(folder: Path) -> str:
    """`owner/name` of the folder of a snapshot; of any other folder its own name."""
    place = folder.parents[1].name if folder.parent.name == "snapshots" else ""
    return place.removeprefix("models--").replace("--", "/", 1) or folder.name


def is_commit(revision: str) -> bool:
    """Whether a revision names one commit, and no branch."""
    return re.fullmatch("[0-9a-f]{40}", revision) is not None


def commit_of(repo: str, revision: str) -> str | None:
    """The commit of a revision as far as this machine knows; a commit is its own."""
    if is_commit(revision):
        return revision
    try:
        return (storage(repo) / "refs" / revision).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def refer(repo: str, revision: str, commit: str) -> None:
    """Have a branch mean this commit, for the hub's client and all who use it."""
    if revision != commit:
        replace_text(storage(repo) / "refs" / revision, commit)


def _expand(path: str) -> str:
    return os.path.expandvars(Path(path).expanduser())
