"""Writes models into one file, for machines that no network reaches: see `manifest`."""

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal

from models import firefox
from models.catalog import Entry
from models.conversion.conversions import Conversion
from models.errors import ModelMissing, ModelUnfit
from models.model import Model
from models.stock.manifest import COMMIT, MEMBER, File, Form, Manifest, Packed
from models.store.fingerprint import ABSENT_WEIGHTS, deciding, digest, weights_file
from models.students import named

Content = Literal["converted", "published"]


def pack(
    chosen: Sequence[tuple[Entry, Model]], content: Content, out: BinaryIO
) -> tuple[Manifest, str]:
    """Write models as one archive, the same bytes for the same models.

    "converted" takes the form that the engine of a model runs, if it has one, "published" the
    weights as they are on the hub. Returns what is in the archive and its sha256. Raises
    ModelError, also where a model does not pass its self-test: nothing is carried that does not
    work.
    """
    described = [
        _as_converted(entry, model)
        if content == "converted" and model.converts
        else _as_published(entry, model)
        for entry, model in chosen
    ]
    manifest = Manifest(version("khulasa"), tuple(packed for packed, _ in described))
    paths = chain.from_iterable(paths for _, paths in described)
    digesting = _Digesting(out)
    with tarfile.open(fileobj=digesting, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        text = manifest.to_json().encode()
        archive.addfile(_member(MEMBER, len(text)), io.BytesIO(text))
        for (place, file), path in zip(manifest.members().items(), paths, strict=True):
            _add(archive, place, file, path)
    return manifest, digesting.sha256.hexdigest()


def _as_published(entry: Entry, model: Model) -> tuple[Packed, list[Path]]:
    """What the manifest says of a model, and where each file of it is."""
    folder = model.located.folder
    if weights_file(folder) is None:
        raise ModelMissing(f"{model.located.name} came here in a converted form alone: pull it")
    _ = model.engine
    paths = [folder / name for name in deciding(folder)]
    return _packed(entry, model, paths, ()), paths


def _as_converted(entry: Entry, model: Model) -> tuple[Packed, list[Path]]:
    """As `_as_published`, but the weights are those of the form that the engine runs."""
    made = Conversion.at(model.convert())
    weights = weights_file(model.located.folder)
    paths = [model.located.folder / name for name in deciding(model.located.folder)]
    if weights in paths:
        paths.remove(weights)
    converted = [made.folder / name for name in made.digests()]
    form = Form(made.compute, made.version, tuple(map(_file, converted)))
    return _packed(entry, model, paths, (form,)), [*paths, *converted]


def _packed(entry: Entry, model: Model, paths: Sequence[Path], forms: tuple[Form, ...]) -> Packed:
    name, commit = _named(model)
    return Packed(
        name=name,
        commit=commit,
        revision=entry.repository.revision,
        role=entry.role,
        languages=entry.languages,
        licence=entry.repository.licence,
        weights=_weights(model),
        files=tuple(map(_file, paths)),
        forms=forms,
    )


def _named(model: Model) -> tuple[str, str]:
    """Name and commit; a student has none, and its weights stand for it."""
    if student := firefox.present(model.located.folder):
        return named(student.pair), model.fingerprint.weights[:COMMIT]
    name, _, commit = model.located.name.partition("@")
    return name, commit


def _weights(model: Model) -> File:
    """The published weights, which may be elsewhere."""
    folder = model.located.folder
    if path := weights_file(folder):
        return File(path.name, path.stat().st_size, model.fingerprint.weights)
    return File(**json.loads((folder / ABSENT_WEIGHTS).read_text("utf-8")))


def _file(path: Path) -> File:
    return File(path.name, path.stat().st_size, digest(path))


def _add(archive: tarfile.TarFile, place: str, file: File, path: Path) -> None:
    """Copy a file in, which must still be what the manifest says."""
    with path.open("rb") as stream:
        digesting = _Digesting(stream)
        archive.addfile(_member(place, file.size), digesting)
    if digesting.sha256.hexdigest() != file.sha256:
        raise ModelUnfit(f"{path} changed while it was packed: pack again")


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member


class _Digesting(io.RawIOBase):
    """A stream, and the sha256 of all that is read from or written to it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.sha256.update(data)
        return data

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.sha256.update(data)
        return self._stream.write(data)
