"""Weights that were published as a pickle, kept as safetensors: copied once, read ever after.

A pickle can carry code. It is read as data alone, once, and what it holds is kept under its sha256;
nothing reads the pickle again. What was published stays what identifies the model.
"""

import errno
import logging
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import FULL, ModelError, ModelMissing, ModelUnfit, one_line
from models.home import models_home
from models.hub.fetch import WEIGHTS
from models.store.fingerprint import Fingerprint, fingerprint, weights_file
from models.store.locate import alone

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

SAFE = WEIGHTS[0]

# Names that are left out where another name has the same weights.
_SHARED = ("embed_tokens.weight", "lm_head.weight")


def weights_folder(folder: Path) -> Path:
    """Where the model.safetensors of a model lies: in its folder, or with a copy, made now if need.

    Raises ModelMissing where there are no weights, ModelUnfit where a pickle is damaged or holds
    more than tensors, ModelError where the copy cannot be written.
    """
    published = weights_file(folder)
    if published is None:
        raise ModelMissing(f"{folder} has neither {' nor '.join(WEIGHTS)}")
    if published.name == SAFE:
        return folder
    target = copy_of(fingerprint(folder))
    if not target.is_dir():
        with alone(f"safe-{target.name}"):
            if not target.is_dir():  # else the process that we waited for made it
                _copy(published, target)
    return target


def copy_of(identity: Fingerprint) -> Path:
    """Where the copy is or will be that a model of this fingerprint has if it needs one."""
    return _home() / identity.weights


def copies() -> list[Path]:
    """The copies that are here, each named for the sha256 of the pickle that it is of."""
    return sorted(_home().glob("[!.]*"))


def leftovers() -> list[Path]:
    """What interrupted copying left behind, and that at work has made so far."""
    return sorted(_home().glob(".*"))


def discard(folder: Path) -> None:
    """Remove a copy, so that it is made again when it is next wanted; nothing else is removed."""
    if folder.parent == _home():
        with alone(f"safe-{folder.name}"):
            shutil.rmtree(folder, ignore_errors=True)


def stored(folder: Path) -> set[str]:
    """The names of the weights in a folder that `weights_folder` gave, shared ones included."""
    from safetensors import safe_open

    with safe_open(folder / SAFE, framework="pt") as file:
        return {*file.keys(), *(file.metadata() or {})}


def _home() -> Path:
    return models_home() / "safe"


def _copy(pickle: Path, target: Path) -> None:
    for stale in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(stale, ignore_errors=True)
    log.info("copying the weights of %s into a form without code, once", pickle.parent.name)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.mkdir(parents=True)
        if shutil.disk_usage(temporary).free < pickle.stat().st_size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        _write(_tensors(pickle), temporary / SAFE)
        temporary.replace(target)
    except OSError as error:
        reason = "the disk is full" if error.errno in FULL else str(error)
        raise ModelError(f"cannot copy {pickle} into {target.parent}: {reason}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _tensors(path: Path) -> "dict[str, torch.Tensor]":
    """What a pickle holds, without running anything of it."""
    from pickle import UnpicklingError
    from zipfile import is_zipfile

    import torch

    try:
        # Before torch 1.6 pickles were no zip files, and those cannot be mapped into memory.
        found: Any = torch.load(path, map_location="cpu", weights_only=True, mmap=is_zipfile(path))
    except UnpicklingError:
        raise ModelUnfit(
            f"{path} is refused: it is damaged, or holds more than tensors, which could be code"
        ) from None
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes torch raise
        raise ModelUnfit(f"{path}: weights cannot be loaded ({one_line(error)})") from None
    if not isinstance(found, dict) or not all(map(torch.is_tensor, found.values())):
        raise ModelUnfit(f"{path} is refused: it is no table of weights")
    return found


def _write(tensors: "dict[str, torch.Tensor]", path: Path) -> None:
    """Write tensors, once each; the metadata gives the other names of those that have several."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    names: dict[tuple[Any, ...], str] = {}
    own: dict[str, torch.Tensor] = {}
    shared = {"format": "pt"}
    for name in sorted(tensors, key=lambda name: name.endswith(_SHARED)):
        tensor = tensors[name]
        place = (tensor.data_ptr(), tensor.shape, tensor.stride(), tensor.dtype)
        if names.setdefault(place, name) == name:
            own[name] = tensor.contiguous()
        else:
            shared[name] = names[place]
    try:
        save_file(own, path, metadata=shared)
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        raise OSError(int(number[1]) if number else errno.EIO, str(error)) from None
    except (ValueError, RuntimeError) as error:
        raise ModelUnfit(f"{path.name} cannot be written ({one_line(error)})") from None
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
