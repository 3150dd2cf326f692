"""Models in CTranslate2's form: made once each, kept in the store, shared by every process.

A conversion is a folder named for everything that decides it. It appears whole, by renaming; what
an interrupted process left behind is removed by the next that converts the same model. One that
was carried here without the weights that it was made from cannot be made again, and is used
whatever version of CTranslate2 made it: newer ones read it.
"""

import errno
import json
import logging
import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from models.errors import FULL, ModelError, ModelMissing
from models.home import models_home
from models.hub.snapshots import name_of
from models.store.fingerprint import Fingerprint, digest, weights_file
from models.store.locate import alone

log = logging.getLogger(__name__)

DIGESTS = "digests.json"
"""Stands in a conversion: the sha256 of each other file, by name."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A converted model: what it was made from (the beginnings of two sha256), in which precision,
    by which version of CTranslate2.
    """

    weights: str
    tokens: str
    compute: str
    version: str

    @classmethod
    def at(cls, folder: Path) -> "Conversion":
        """The conversion of a folder. Raises TypeError where its name is none of a conversion."""
        return cls(*folder.name.split("-", 3))

    @property
    def folder(self) -> Path:
        """Where it is or will be."""
        parts = (self.weights, self.tokens, self.compute, self.version)
        return models_home() / "converted" / "-".join(parts)

    @property
    def current(self) -> bool:
        """Whether the installed CTranslate2 would make it again."""
        return self.version == version("ctranslate2")

    def digests(self) -> dict[str, str]:
        """The sha256 of each file by name, as they were when it was made.

        Raises OSError or ValueError where that was lost.
        """
        value = json.loads((self.folder / DIGESTS).read_text("utf-8"))
        if not isinstance(value, dict):
            raise ValueError(f"{DIGESTS} holds no JSON object")
        return {str(name): str(own) for name, own in value.items()}


def converted(folder: Path, fingerprint: Fingerprint, compute: str) -> Path:
    """The folder of the converted model, made now if need be (seconds, some 2 GB of memory).

    `folder` is the model as published, `compute` the precision that weights are stored in. Raises
    ModelError where it cannot be written, ModelUnfit where the model cannot be converted,
    ModelMissing where it came in another form alone.
    """
    target = conversion_folder(fingerprint, compute)
    if target.is_dir():
        return target
    if weights_file(folder) is None:
        return _carried(folder, fingerprint, compute)
    with alone(f"convert-{target.name}"):
        if not target.is_dir():  # else the process that we waited for made it
            _convert(folder, target, compute)
    return target


def conversion_folder(fingerprint: Fingerprint, compute: str) -> Path:
    """Where the installed CTranslate2's conversion is or will be."""
    return _conversion(fingerprint, compute, version("ctranslate2")).folder


def of(fingerprint: Fingerprint) -> list[Conversion]:
    """The conversions of a model that are here."""
    own = (fingerprint.weights[:16], fingerprint.tokens[:16])
    return [one for one in conversions() if (one.weights, one.tokens) == own]


def conversions() -> list[Conversion]:
    """Every conversion that is here."""
    folders = sorted((models_home() / "converted").glob("[!.]*-*-*-*"))
    return [Conversion.at(folder) for folder in folders]


def leftovers() -> list[Path]:
    """What interrupted conversions left behind, and those at work have made so far."""
    return sorted((models_home() / "converted").glob(".*"))


def discard(folder: Path, fingerprint: Fingerprint, compute: str) -> bool:
    """Remove a conversion, so that it is made again when it is next wanted.

    False, and nothing is removed, where `folder` has not the weights to make it again from.
    """
    if weights_file(folder) is None:
        return False
    target = conversion_folder(fingerprint, compute)
    with alone(f"convert-{target.name}"):
        shutil.rmtree(target, ignore_errors=True)
    return True


def _conversion(fingerprint: Fingerprint, compute: str, made_by: str) -> Conversion:
    return Conversion(fingerprint.weights[:16], fingerprint.tokens[:16], compute, made_by)


def _carried(folder: Path, fingerprint: Fingerprint, compute: str) -> Path:
    here = of(fingerprint)
    if found := [one for one in here if one.compute == compute]:
        return found[-1].folder
    forms = ", ".join(dict.fromkeys(one.compute for one in here)) or "nothing"
    raise ModelMissing(
        f"{folder} came without the weights that {compute} would be made from; what came is "
        f"{forms}: pull the model, or unpack a file that has this form"
    )


def _convert(folder: Path, target: Path, compute: str) -> None:
    for stale in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(stale, ignore_errors=True)
    log.info("converting %s to %s, once", name_of(folder), compute)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.mkdir(parents=True)
        _demand_space(folder, temporary)
        from models.conversion.convert import convert

        convert(folder, temporary / "model", compute)
        seal(temporary / "model")
        (temporary / "model").replace(target)
    except OSError as error:
        reason = "the disk is full" if error.errno in FULL else str(error)
        told = f"cannot convert {name_of(folder)} in {target.parent}: {reason}"
        raise ModelError(told) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _demand_space(folder: Path, target: Path) -> None:
    """Fail before the work rather than after it: int8 takes a quarter of float32."""
    weights = weights_file(folder)
    needed = weights.stat().st_size if weights else 0
    if shutil.disk_usage(target).free < needed // 4:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def seal(folder: Path) -> None:
    """Note the digests, and have the system write all out before the folder gets its name."""
    digests = {path.name: digest(path) for path in sorted(folder.iterdir())}
    (folder / DIGESTS).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
