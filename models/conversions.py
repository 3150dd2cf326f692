"""Models in CTranslate2's form: made once each, kept in the store, shared by every process.

A conversion is a folder named for everything that decides it. It appears whole, by renaming; what
an interrupted process left behind is removed by the next that converts the same model.
"""

import errno
import logging
import os
import shutil
from importlib.metadata import version
from pathlib import Path

from models.errors import ModelError
from models.fingerprint import Fingerprint, weights_file
from models.home import models_home
from models.store import alone

log = logging.getLogger(__name__)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def converted(folder: Path, fingerprint: Fingerprint, compute: str) -> Path:
    """The folder of the converted model, made now if need be (seconds, some 2 GB of memory).

    `folder` is the model as published, `compute` the precision that weights are stored in. Raises
    ModelError where it cannot be written, ModelUnfit where the model cannot be converted.
    """
    target = conversion_folder(fingerprint, compute)
    if target.is_dir():
        return target
    with alone(f"convert-{target.name}"):
        if not target.is_dir():  # else the process that we waited for made it
            _convert(folder, target, compute)
    return target


def conversion_folder(fingerprint: Fingerprint, compute: str) -> Path:
    """Where the conversion is or will be."""
    parts = (fingerprint.weights[:16], fingerprint.tokens[:16], compute, version("ctranslate2"))
    return models_home() / "converted" / "-".join(parts)


def discard(fingerprint: Fingerprint, compute: str) -> None:
    """Remove a conversion, so that it is made again when it is next wanted."""
    target = conversion_folder(fingerprint, compute)
    with alone(f"convert-{target.name}"):
        shutil.rmtree(target, ignore_errors=True)


def _convert(folder: Path, target: Path, compute: str) -> None:
    for stale in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(stale, ignore_errors=True)
    log.info("converting %s to %s, once", folder.name, compute)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.mkdir(parents=True)
        _demand_space(folder, temporary)
        from models.convert import convert

        convert(folder, temporary / "model", compute)
        _flush(temporary / "model")
        (temporary / "model").replace(target)
    except OSError as error:
        reason = "the disk is full" if error.errno in _FULL else str(error)
        raise ModelError(f"cannot convert {folder.name} in {target.parent}: {reason}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _demand_space(folder: Path, target: Path) -> None:
    """Fail before the work rather than after it: int8 takes a quarter of float32."""
    weights = weights_file(folder)
    needed = weights.stat().st_size if weights else 0
    if shutil.disk_usage(target).free < needed // 4:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _flush(folder: Path) -> None:
    """Have the system write the files out before the folder gets its final name."""
    for path in folder.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
