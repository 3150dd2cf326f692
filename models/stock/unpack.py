"""Brings in what `models.stock.pack` wrote: all of it, as the manifest says, or nothing.

Everything is written beside the place where it belongs and compared with the manifest; only then
is it moved there, what makes a model complete last, so that no half model is ever believed in.
"""

import errno
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, BinaryIO

from models import students
from models.conversion.conversions import Conversion, seal
from models.errors import FULL, ModelError, ModelUnfit, one_line
from models.home import models_home, remember, replace_text
from models.hub import snapshots
from models.stock.manifest import MEMBER, File, Form, Manifest, Packed, read
from models.store.fingerprint import ABSENT_WEIGHTS
from models.store.locate import alone, carried, commit_here, settle

LARGEST_MANIFEST = 4_000_000  # bytes: a thousand models
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Arrived:
    """A model that is here now; `before` is the commit that its revision meant until then."""

    model: Packed
    before: str | None


def unpack(archive: BinaryIO) -> list[Arrived]:
    """Take in all models of an archive, which can be read from any place.

    Raises ModelUnfit where it is damaged, incomplete or not what its manifest says, ModelError
    where the disk does not take it; nothing of it is here then.
    """
    try:
        with alone("unpack"), _staging(), tarfile.open(fileobj=archive, mode="r:") as members:
            manifest = _manifest(members)
            _demand_space(manifest)
            _stage(members, manifest)
            return [_install(model) for model in manifest.models]
    except tarfile.TarError as error:
        raise ModelUnfit(f"it is damaged, or no file that khulasa packed ({error})") from error
    except OSError as error:
        reason = "the disk is full" if error.errno in FULL else one_line(error)
        raise ModelError(f"it cannot be unpacked: {reason}") from error


def staging() -> list[Path]:
    """Where files wait until all are there; what lies there otherwise, a killed process left."""
    return [models_home() / ".unpacking", snapshots.cache_folder() / ".khulasa-unpacking"]


@contextmanager
def _staging() -> Iterator[None]:
    """Empty places before and after."""
    for folder in staging():
        shutil.rmtree(folder, ignore_errors=True)
    try:
        yield
    finally:
        for folder in staging():
            shutil.rmtree(folder, ignore_errors=True)


def _staged(model: Packed) -> dict[str, Path]:
    """Where each file waits, by its place in the archive: on the file system where it belongs."""
    home, hub = staging()
    files = {f"{model.place}/{file.name}" for file in model.files}
    beside_others = hub if model.published and not model.student else home
    return {
        place: (beside_others if place in files else home) / place for place, _ in model.members()
    }


def _manifest(members: tarfile.TarFile) -> Manifest:
    first = members.next()
    if first is None or first.name != MEMBER or not first.isreg() or first.size > LARGEST_MANIFEST:
        raise ModelUnfit(f"it does not begin with {MEMBER}: it is no file that khulasa packed")
    return read(_content(members, first).read())


def _content(members: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = members.extractfile(member)
    if content is None:
        raise ModelUnfit(f"{member.name} is no file")
    return content


def _demand_space(manifest: Manifest) -> None:
    """Fail before the work rather than in it."""
    for folder in staging():
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < manifest.size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _stage(members: tarfile.TarFile, manifest: Manifest) -> None:
    """Write every file that the manifest lists, and compare it."""
    staged = {place: path for one in manifest.models for place, path in _staged(one).items()}
    waiting = manifest.members()
    while member := members.next():
        file = waiting.pop(member.name, None)
        if file is None or not member.isreg():
            raise ModelUnfit(f"{member.name!r} is none of the files of its manifest: refused")
        _write(_content(members, member), file, staged[member.name])
    if waiting:
        raise ModelUnfit(f"it is incomplete: {next(iter(waiting))} is missing; pack or copy again")


def _write(content: IO[bytes], file: File, path: Path) -> None:
    sha256, size = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        while size <= file.size and (chunk := content.read(_CHUNK)):
            out.write(chunk)
            sha256.update(chunk)
            size += len(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size != file.size or sha256.hexdigest() != file.sha256:
        raise ModelUnfit(f"{file.name} is not the file that was packed: it was damaged or changed")


def _install(model: Packed) -> Arrived:
    """Move a model to where it is used, what makes it complete last."""
    before = commit_here(model.name, model.revision)
    with alone(f"fetch-{model.name}"):
        for form in model.forms:
            _install_form(model, form)
        _install_files(model)
        came = {file.name: {"size": file.size, "sha256": file.sha256} for file in model.files}
        told = {"files": came, "licence": model.licence}
        remember("digests", f"{model.name}@{model.commit}", told)
        settle(model.name, model.revision, model.commit)
    return Arrived(model, before)


def _install_form(model: Packed, form: Form) -> None:
    own = model.fingerprint
    made = Conversion(own.weights[:16], own.tokens[:16], form.compute, form.version)
    home, _ = staging()
    staged = home / model.place / form.place
    seal(staged)
    shutil.rmtree(made.folder, ignore_errors=True)
    made.folder.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(made.folder)


def _install_files(model: Packed) -> None:
    if model.student:
        folder = students.home() / model.student
        shutil.rmtree(folder, ignore_errors=True)  # of an older one other names would stay
    elif model.published:
        folder = snapshots.snapshot(model.name, model.commit)
        snapshots.refer(model.name, model.revision, model.commit)
    else:
        folder = carried(model.name) / model.commit
    folder.mkdir(parents=True, exist_ok=True)
    staged = _staged(model)
    for file in sorted(model.files, key=lambda one: one == model.weights):
        staged[f"{model.place}/{file.name}"].replace(folder / file.name)
    if not model.published:
        replace_text(folder / ABSENT_WEIGHTS, json.dumps(asdict(model.weights)))
