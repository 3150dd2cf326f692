"""Is there something newer on the hub than what is here, and what would it change?

A branch stays at the commit that it was first used at until somebody asks for more: whatever a
model gave is kept under that commit.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from models.catalog import Entry
from models.errors import ModelMissing
from models.hub import client, snapshots
from models.hub.client import File
from models.hub.failures import HubFailure
from models.hub.line import Line
from models.model import Model, Runtime, ready
from models.stock.installed import Installed
from models.store.fingerprint import deciding, digest
from models.store.locate import settle


@dataclass(frozen=True, slots=True)
class Change:
    """What the hub has now of a model that is here at the commit `before`.

    `files` are those of another content, or new; `size` is what they have in bytes. Without any
    there is no reason to change: nothing that a model needs is different.
    """

    entry: Entry
    before: str
    commit: str
    files: tuple[str, ...]
    size: int


def is_held(entry: Entry) -> bool:
    """Whether a model stays what it is: it is of no hub, or held to one commit."""
    repository = entry.repository
    return "/" not in repository.name or snapshots.is_commit(repository.revision)


def change(entry: Entry, here: Installed, line: Line) -> Change | None:
    """What would change; None where the branch is still what is here.

    Raises ModelMissing where the hub does not say.
    """
    try:
        found = client.announced(here.name, entry.repository.revision, line.timeout)
    except HubFailure as failure:
        raise ModelMissing(f"{here.name}: {failure}") from failure
    if here.commit is None or found.commit == here.commit:
        return None
    same = set(deciding(here.folder)) if here.published else set()
    other = {
        name: file
        for name, file in found.files.items()
        if name not in same or not _is_same(here.folder / name, file)
    }
    gone = same - found.files.keys()
    return Change(
        entry,
        here.commit,
        found.commit,
        tuple(sorted({*other, *gone})),
        sum(file.size for file in other.values()),
    )


def apply(chosen: Change, runtime: Runtime) -> Model:
    """Download what is new, see that it passes its self-test, and use it from now on.

    Raises what `models.model.ready` raises; then all stays as it was.
    """
    repository = chosen.entry.repository
    newer = replace(chosen.entry, repository=replace(repository, revision=chosen.commit))
    model = ready(newer, runtime)
    settle(repository.name, repository.revision, chosen.commit)
    snapshots.refer(repository.name, repository.revision, chosen.commit)
    return model


def _is_same(path: Path, announced: File) -> bool:
    if announced.sha256:
        return digest(path) == announced.sha256
    content = path.read_bytes()
    own = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return own.hexdigest() == announced.git
