"""What a packed file holds: the models, and size and sha256 of every file of theirs.

The file is a tar archive. Its first member is this manifest as JSON, the others are what it lists,
each at `OWNER--NAME/COMMIT/PATH`, where PATH is a file as published or, of a converted form,
`COMPUTE-VERSION/FILE`. A student is called `student:PAIR`, and the first digits of the sha256 of
its weights stand for its commit.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from models import firefox
from models.catalog import Role
from models.errors import ModelUnfit
from models.hub.fetch import WEIGHTS
from models.store.fingerprint import Fingerprint, is_small, tokens_digest

MEMBER = "khulasa-models.json"
FORMAT = 1

COMMIT = 40
"""Digits of a commit."""

_NAME = re.compile(r"(?!.*--)[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*|student:[a-z_]{2,7}en", re.ASCII)
_COMMIT = re.compile(f"[0-9a-f]{{{COMMIT}}}")
_SHA256 = re.compile("[0-9a-f]{64}")
_REVISION = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
_VERSION = re.compile(r"\d+(\.\d+)*")
_COMPUTE = re.compile("[a-z0-9_]+")
_CONVERTED = re.compile(r"[a-z0-9_]+\.(bin|json|txt)")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a model: its name there, its bytes, its sha256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Form:
    """A converted form: the precision it is stored in, the CTranslate2 that made it, its files."""

    compute: str
    version: str
    files: tuple[File, ...]

    @property
    def place(self) -> str:
        """Its folder below the model's."""
        return f"{self.compute}-{self.version}"


@dataclass(frozen=True, slots=True)
class Packed:
    """A model in the archive.

    `revision` is what it was asked for by, a branch or the commit. `licence` is None where it is
    not known. `weights` are those published, which are among `files` only where they came along.
    """

    name: str
    commit: str
    revision: str
    role: Role
    languages: tuple[str, ...]
    licence: str | None
    weights: File
    files: tuple[File, ...]
    forms: tuple[Form, ...]

    @property
    def student(self) -> str | None:
        """The pair of languages of a student, as in `pten`; None of other models."""
        kind, _, pair = self.name.partition(":")
        return pair if kind == "student" else None

    @property
    def published(self) -> bool:
        """Whether the weights came as they were published."""
        return self.weights in self.files

    @property
    def fingerprint(self) -> Fingerprint:
        """What `models.store.fingerprint` gives of its files."""
        return Fingerprint(
            self.weights.sha256, tokens_digest({file.name: file.sha256 for file in self.files})
        )

    @property
    def place(self) -> str:
        """The folder of its published files in the archive; its forms are in folders below."""
        return f"{re.sub('[/:]', '--', self.name)}/{self.commit}"

    def members(self) -> Iterator[tuple[str, File]]:
        """Each file with its place in the archive."""
        for file in self.files:
            yield f"{self.place}/{file.name}", file
        for form in self.forms:
            for file in form.files:
                yield f"{self.place}/{form.place}/{file.name}", file


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that an archive holds; `khulasa` is the version that wrote it."""

    khulasa: str
    models: tuple[Packed, ...]

    def members(self) -> dict[str, File]:
        """Every file by its place in the archive, in the order in which they stand there."""
        return {place: file for model in self.models for place, file in model.members()}

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.members().values())

    def to_json(self) -> str:
        """The text of the first member."""
        return json.dumps({"format": FORMAT} | asdict(self), ensure_ascii=False, indent=1) + "\n"


def read(text: bytes) -> Manifest:
    """The manifest of an archive, every name in it one that can do no harm.

    Raises ModelUnfit.
    """
    try:
        value = json.loads(text)
        if value["format"] != FORMAT:
            raise ModelUnfit(
                f"it is of format {value['format']!r}, this khulasa reads {FORMAT}: "
                "use the khulasa that packed it, or a newer one"
            )
        manifest = Manifest(str(value["khulasa"]), tuple(map(_model, value["models"])))
        if any(one.student and not one.published for one in manifest.models):
            raise ValueError("a student without its weights")
        if len(manifest.members()) < sum(len(list(one.members())) for one in manifest.models):
            raise ValueError("two files at one place")
        return manifest
    except (ValueError, TypeError, KeyError) as error:
        raise ModelUnfit(f"its manifest is not one of khulasa ({error!r})") from None


def _model(value: dict[str, Any]) -> Packed:
    return Packed(
        name=_matching(_NAME, value["name"]),
        commit=_matching(_COMMIT, value["commit"]),
        revision=_matching(_REVISION, value["revision"]),
        role=_role(value["role"]),
        languages=tuple(map(str, value["languages"])),
        licence=None if value["licence"] is None else str(value["licence"]),
        weights=_file(value["weights"], _is_weights),
        files=tuple(_file(one, _is_published) for one in value["files"]),
        forms=tuple(map(_form, value["forms"])),
    )


def _form(value: dict[str, Any]) -> Form:
    files = value["files"]
    return Form(
        compute=_matching(_COMPUTE, value["compute"]),
        version=_matching(_VERSION, value["version"]),
        files=tuple(_file(one, _is_converted) for one in files),
    )


def _is_weights(name: str) -> bool:
    return name in WEIGHTS or firefox.WEIGHTS.fullmatch(name) is not None


def _is_published(name: str) -> bool:
    return is_small(name) or _is_weights(name)


def _is_converted(name: str) -> bool:
    return _CONVERTED.fullmatch(name) is not None


def _file(value: dict[str, Any], allowed: Callable[[str], bool]) -> File:
    if not isinstance(value["name"], str) or not allowed(value["name"]):
        raise ValueError(f"{value['name']!r} is no file of a model")
    size = value["size"]
    if type(size) is not int or size < 0:
        raise ValueError(f"{size!r} is no size")
    return File(value["name"], size, _matching(_SHA256, value["sha256"]))


def _role(value: object) -> Role:
    if value == "translator":
        return "translator"
    return "summarizer"


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{value!r} cannot stand there")
    return value
