"""The files that the command line names as sources: one by one, as folders, as patterns."""

import glob
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import BinaryIO, Literal

from models.errors import one_line
from pipeline import objects
from pipeline.document import Failure
from pipeline.harmless import visible
from pipeline.readers import FORMATS
from pipeline.readers.content import Unreadable
from pipeline.sources import STDIN, ending, stem

Kind = Literal["document", "jsonl", "csv", "parquet"]

KNOWN = f".{', .'.join(FORMATS)}, .jsonl, .csv, .tsv (these three also as .gz or .zst) or .parquet"

_KINDS: dict[str, Kind] = {
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "csv": "csv",
    "tsv": "csv",
    "parquet": "parquet",
}
_TABLE = re.compile(r"(?<=.)\.(?:(parquet)|(jsonl|ndjson|csv|tsv)(?:\.gz|\.zst)?)\Z", re.I | re.S)


@dataclass(frozen=True, slots=True)
class File:
    """One file of a corpus: its path, its address in a store, or STDIN.

    `identity` is what ids are made from; `size` is in bytes, as it lies there.
    """

    path: str
    identity: str
    kind: Kind
    size: int

    @property
    def name(self) -> str:
        """The path as it can be printed."""
        return visible(_shown(self.path))

    def open(self) -> BinaryIO:
        """Its bytes, which can be sought in. Raises OSError and Unreadable."""
        stored = objects.is_address(self.path)
        return objects.opened(self.path) if stored else Path(self.path).open("rb")


@dataclass(slots=True)
class Found:
    """What was found, in order; a Failure stands for a folder or link that could not be read.

    `ignored` counts what a folder or pattern holds besides: files of no known kind, links that
    lead to a folder or out of the folder, and what is no regular file.
    """

    files: list[File | Failure] = field(default_factory=list)
    ignored: int = 0

    def add(self, path: Path, base: Path) -> None:
        """Take the file, or count it as ignored; its id is its path below `base`."""
        kind = _kind(path)
        try:
            if kind and path.is_file() and not _leaves(path, base):
                identity = _identity(path, base)
                self.files.append(File(str(path), identity, kind, path.stat().st_size))
            elif kind and path.is_symlink() and not path.exists():
                self.files.append(Failure("is a link to nothing", visible(str(path))))
            else:
                self.ignored += 1
        except OSError as error:
            self.files.append(Failure(_reason(error), visible(str(path))))


def find(sources: Sequence[str], without: Path | None = None) -> Found:
    """Every file of the sources; what lies in the folder `without` is not seen.

    Raises Unreadable for a source that is not there or that holds no file of a known kind.
    """
    if list(sources).count(STDIN) > 1:
        raise Unreadable("standard input can be read only once", STDIN)
    unseen = without and without.resolve()
    found = Found()
    for source in sources:
        one = _find(source, unseen)
        if not any(isinstance(file, File) for file in one.files):
            failures = (file.reason for file in one.files if isinstance(file, Failure))
            reason = next(failures, f"holds no file that can be read: no {KNOWN}")
            raise Unreadable(reason, visible(_shown(source)))
        found.files += one.files
        found.ignored += one.ignored
    return found


def _find(source: str, unseen: Path | None) -> Found:
    if source == STDIN:
        return Found([File(STDIN, "stdin", "jsonl", 0)])
    if objects.is_address(source):
        return _stored(source)
    path = Path(source)
    try:
        status = os.stat(source)  # noqa: PTH116  an empty name is no file, but a Path of it is "."
    except (OSError, ValueError) as error:
        if glob.has_magic(source):
            return _matching(path, unseen)
        raise Unreadable(_reason(error), visible(source)) from error
    if stat.S_ISDIR(status.st_mode):
        return _below(path, unseen)
    kind = _kind(path)
    if kind is None:
        raise Unreadable(f"is of no known kind: {KNOWN}", visible(source))
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("is neither a file nor a folder", visible(source))
    return Found([File(source, _identity(path, path.parent), kind, status.st_size)])


def _stored(source: str) -> Found:
    """The files of a folder in a store, or the one."""
    found = Found()
    for one in objects.find(source):
        if kind := _kind(one.below):
            identity = _identity(one.below, PurePath())
            found.files.append(File(one.address, identity, kind, one.size))
        else:
            found.ignored += 1
    return found


def _below(folder: Path, unseen: Path | None) -> Found:
    """The files of a folder and its folders, in the order of their names; nothing hidden."""
    found, waiting = Found(), [folder]
    while waiting:
        path = waiting.pop()
        if path != folder and (path.is_symlink() or not path.is_dir()):
            found.add(path, folder)
        elif path.resolve() != unseen:
            try:
                inside = sorted(path.iterdir(), key=lambda one: one.name, reverse=True)
            except OSError as error:
                found.files.append(Failure(_reason(error), visible(str(path))))
                continue
            waiting += [one for one in inside if not one.name.startswith(".")]
    return found


def _matching(pattern: Path, unseen: Path | None) -> Found:
    """The files that a pattern matches, in the order of their names; nothing hidden unasked."""
    first = next(i for i, part in enumerate(pattern.parts) if glob.has_magic(part))
    base, parts = Path(*pattern.parts[:first]), pattern.parts[first:]
    if parts[-1] == "**":  # of files, not of folders: Python 3.11 and 3.13 differ in this
        parts = (*parts, "*")
    try:
        matches = sorted(set(base.glob(str(Path(*parts)))))
    except (ValueError, OSError) as error:
        reason = f"is no pattern of files: {one_line(error)}"
        raise Unreadable(reason, visible(str(pattern))) from error
    below = unseen if unseen and unseen.is_relative_to(base.resolve()) else None
    asked, found = _hides(parts), Found()
    for path in matches:
        seen = asked or not _hides(path.relative_to(base).parts)
        if below and path.parent.resolve().is_relative_to(below):
            continue
        if seen and not path.is_dir():
            found.add(path, base)
    return found


def _hides(parts: tuple[str, ...]) -> bool:
    return any(part.startswith(".") for part in parts)


def _kind(path: PurePath) -> Kind | None:
    if table := _TABLE.search(path.name):
        return _KINDS[(table[1] or table[2]).lower()]
    return "document" if ending(path.name) else None


def _identity(path: PurePath, base: PurePath) -> str:
    below = path.relative_to(base)
    return visible(below.with_name(stem(_TABLE.sub("", below.name))).as_posix())


def _leaves(path: Path, base: Path) -> bool:
    return path.is_symlink() and base.resolve() not in path.resolve().parents


def _shown(source: str) -> str:
    return objects.plain(source) if objects.is_address(source) else source


def _reason(error: OSError | ValueError) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number).lower() if number else str(error)
