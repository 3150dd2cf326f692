"""What identifies a model: the digests of the files that decide what it gives.

weights   sha256 of the weights file; for a file from the hub, the one that the hub shows. Where
          only a converted form was carried here, weights.json says it in the place of the file
tokens    sha256 over the names and sha256 of the tokenizer's files and of config.json and
          generation_config.json, which decide how pieces and weights are used; of a student's
          vocabularies and shortlist
"""

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import firefox
from models.errors import ModelError, ModelMissing, ModelUnfit
from models.home import recall, remember
from models.hub.fetch import SMALL_FILES, WEIGHTS

ABSENT_WEIGHTS = "weights.json"
"""Stands in a folder whose weights are elsewhere: `{"name": …, "size": …, "sha256": …}`."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Two sha256 in hexadecimal."""

    weights: str
    tokens: str


def weights_file(folder: Path) -> Path | None:
    """The weights that are used: safetensors before a pickle, or a student's."""
    found = next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)
    student = None if found else firefox.present(folder)
    return student.weights if student else found


def fingerprint(folder: Path) -> Fingerprint:
    """Digest the files of a model; a file of known size and time is not read again.

    Raises ModelMissing where there are no weights, ModelUnfit where a file of the hub's cache is
    not the one it was stored as.
    """
    weights = weights_file(folder)
    names = deciding(folder)
    digests = _digests(folder, names)
    own = digests[weights.name] if weights else _absent_weights(folder)
    return Fingerprint(own, tokens_digest(digests))


def deciding(folder: Path) -> list[str]:
    """The names of the files here that decide what the model gives, weights last."""
    weights = weights_file(folder)
    student = firefox.present(folder)
    own = student.small if student else SMALL_FILES
    small = sorted(name for name in own if (folder / name).is_file())
    return [*small, *([weights.name] if weights else [])]


def remembered(folder: Path) -> Fingerprint | None:
    """The fingerprint as far as it is known without reading anything large; else None."""
    known, names = recall("fingerprints", _key(folder)), deciding(folder)
    digests = {name: known[name][2] for name in names if _is_same(folder / name, known.get(name))}
    weights = weights_file(folder)
    try:
        own = digests.get(weights.name) if weights else _absent_weights(folder)
    except ModelMissing:
        return None
    if own is None or len(digests) < len(names):
        return None
    return Fingerprint(own, tokens_digest(digests))


def digest(path: Path) -> str:
    """The sha256 of a file, read now.

    Raises ModelUnfit where it lies in the hub's cache under another digest than its own.
    """
    sha256, git = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
    git.update(f"blob {path.stat().st_size}\0".encode())
    blob = path.resolve()
    by_git = blob.parent.name == "blobs" and len(blob.name) == 2 * git.digest_size
    with path.open("rb") as stream:
        for chunk in iter(functools.partial(stream.read, 1 << 22), b""):
            sha256.update(chunk)
            if by_git:
                git.update(chunk)
    _compare(path, git.hexdigest() if by_git else sha256.hexdigest())
    return sha256.hexdigest()


def tokens_digest(digests: Mapping[str, str]) -> str:
    """The digest of a model but for its weights, from the sha256 of its files by name."""
    lines = (f"{name} {digests[name]}" for name in sorted(digests) if is_small(name))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def is_small(name: str) -> bool:
    """Whether a file of this name counts among the tokens."""
    return name in SMALL_FILES or firefox.SMALL_FILE.fullmatch(name) is not None


def _digests(folder: Path, names: list[str]) -> dict[str, str]:
    """The sha256 of each file; what had to be read is remembered with its size and time."""
    known = recall("fingerprints", _key(folder))
    seen: dict[str, list[str | int]] = {}
    for name in names:
        path = folder / name
        try:
            state = path.stat()
            own = known[name][2] if _is_same(path, known.get(name)) else digest(path)
        except OSError as error:
            raise ModelError(f"{path} cannot be read: {error.strerror}") from error
        seen[name] = [state.st_size, state.st_mtime_ns, own]
    if seen != known:
        remember("fingerprints", _key(folder), seen)
    return {name: str(entry[2]) for name, entry in seen.items()}


def _key(folder: Path) -> str:
    return str(folder.resolve())


def _is_same(path: Path, known: Any) -> bool:
    """Whether a file still has the size and time that it was digested with."""
    state = path.stat()
    return isinstance(known, list) and known[:2] == [state.st_size, state.st_mtime_ns]


def _absent_weights(folder: Path) -> str:
    """The digest of weights that are not here themselves. Raises ModelMissing."""
    try:
        return str(json.loads((folder / ABSENT_WEIGHTS).read_text("utf-8"))["sha256"])
    except (OSError, ValueError, TypeError, KeyError):
        raise ModelMissing(f"{folder} has neither {' nor '.join(WEIGHTS)}") from None


def _compare(path: Path, found: str) -> None:
    """The hub's cache names a large file by its sha256 and a small one by git's id of it."""
    blob = path.resolve()
    if blob.parent.name == "blobs" and len(blob.name) == len(found) and blob.name != found:
        raise ModelUnfit(f"{path} is damaged: its digest is {found}; remove {blob} and run again")
