"""What identifies a model: the digests of the files that decide what it gives.

weights   sha256 of the weights file; for a file from the hub, the one that the hub shows
tokens    sha256 over the names and sha256 of the tokenizer's files and of config.json and
          generation_config.json, which decide how pieces and weights are used
"""

import functools
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from models.errors import ModelError, ModelMissing, ModelUnfit
from models.fetch import SMALL_FILES, WEIGHTS
from models.home import recall, remember


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Two sha256 in hexadecimal."""

    weights: str
    tokens: str


def weights_file(folder: Path) -> Path | None:
    """The weights that are used: safetensors before a pickle."""
    return next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)


def fingerprint(folder: Path) -> Fingerprint:
    """Digest the files of a model; a file of known size and time is not read again.

    Raises ModelMissing where there are no weights, ModelUnfit where a file of the hub's cache is
    not the one it was stored as.
    """
    weights = weights_file(folder)
    if weights is None:
        raise ModelMissing(f"{folder} has neither {' nor '.join(WEIGHTS)}")
    small = sorted(name for name in SMALL_FILES if (folder / name).is_file())
    digests = _digests(folder, [*small, weights.name])
    return Fingerprint(
        weights=digests[weights.name],
        tokens=_over(f"{name} {digests[name]}" for name in small),
    )


def _digests(folder: Path, names: list[str]) -> dict[str, str]:
    """The sha256 of each file; what had to be read is remembered with its size and time."""
    key = str(folder.resolve())
    known = recall("fingerprints", key)
    seen: dict[str, list[str | int]] = {}
    for name in names:
        path = folder / name
        try:
            state = path.stat()
            old = known.get(name, [])
            same = old[:2] == [state.st_size, state.st_mtime_ns]
            digest = old[2] if same else _sha256(path)
        except OSError as error:
            raise ModelError(f"{path} cannot be read: {error.strerror}") from error
        seen[name] = [state.st_size, state.st_mtime_ns, digest]
    if seen != known:
        remember("fingerprints", key, seen)
    return {name: str(entry[2]) for name, entry in seen.items()}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for chunk in iter(functools.partial(stream.read, 1 << 22), b""):
            digest.update(chunk)
    _compare(path, digest.hexdigest())
    return digest.hexdigest()


def _compare(path: Path, digest: str) -> None:
    """The hub's cache names a large file by its sha256; what differs is damaged."""
    blob = path.resolve()
    if blob.parent.name == "blobs" and len(blob.name) == len(digest) and blob.name != digest:
        raise ModelUnfit(f"{path} is damaged: its sha256 is {digest}; remove {blob} and run again")


def _over(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
