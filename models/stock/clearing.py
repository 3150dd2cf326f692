"""Makes room: removes a model with all that was made from it, or what nothing here uses."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models import students
from models.conversion.conversions import Conversion, conversions, leftovers
from models.errors import KhulasaError
from models.home import forget, records
from models.hub import snapshots
from models.stock.installed import Installed, size
from models.stock.inventory import everything
from models.stock.unpack import staging
from models.store import safe
from models.store.fingerprint import remembered, weights_file
from models.store.locate import alone, carried

LEFT_BEHIND = 3600
"""Seconds after which nothing is at work any more: converting takes less than a minute."""


@dataclass(frozen=True, slots=True)
class Waste:
    """A file or folder that nothing uses, and why, in a clause."""

    path: Path
    reason: str

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.path.stat().st_size if self.path.is_file() else size(self.path)


def remove(here: Installed) -> int:
    """Remove a repository's files, also from the hub's cache, and what was made from them.

    Returns how many bytes that were. Raises OSError where they cannot be removed, KhulasaError
    where a package brought the model.
    """
    freed = here.whole_size
    folders = [*here.made, *_places(here)]
    with alone(f"fetch-{here.name}"):
        for folder in filter(Path.is_dir, folders):
            shutil.rmtree(folder)
        for key, _ in list(records("commits")):
            if key.partition("@")[0] == here.name:
                forget("commits", key)
        forget("fingerprints", str(here.folder.resolve()))
    return freed


def _places(here: Installed) -> list[Path]:
    """Where the files of a model may lie."""
    student = students.find(here.name)
    if student is None:
        return [carried(here.name), snapshots.storage(here.name)]
    if here.folder.parent != students.home():
        package = here.name.partition(":")[0].rpartition("-")[0]
        raise KhulasaError(f"{here.name} came with a package: pip uninstall {package}")
    return [here.folder]


def waste() -> Iterator[Waste]:
    """What can go: nothing uses it, or it is made again should it be wanted after all."""
    owners = _owners()
    for form in conversions():
        if reason := _useless(form, owners.get((form.weights, form.tokens), [])):
            yield Waste(form.folder, reason)
    weights = {own for own, _ in owners}
    for copy in safe.copies():
        if copy.name[:16] not in weights:
            yield Waste(copy, "made from a model that is not here any more")
    for path in (*leftovers(), *safe.leftovers(), *staging(), *_parts()):
        if path.exists() and _age(path) > LEFT_BEHIND:
            yield Waste(path, "left behind by work that was interrupted")


def collect() -> int:
    """Remove all waste; how many bytes that were."""
    found = list(waste())
    freed = sum(one.size for one in found)
    for one in found:
        if one.path.is_dir():
            shutil.rmtree(one.path, ignore_errors=True)
        else:
            one.path.unlink(missing_ok=True)
    return freed


def _parts() -> Iterator[Path]:
    """Files of which a download has brought a part; the next download would go on from there."""
    for entry in everything():
        yield from snapshots.storage(entry.repository.name).glob("blobs/*.incomplete")


def _owners() -> dict[tuple[str, str], list[Path]]:
    """The folders of models that were used and are still there, by what names a conversion."""
    owners: dict[tuple[str, str], list[Path]] = {}
    for key, _ in records("fingerprints"):
        folder = Path(key)
        if folder.is_dir() and (known := remembered(folder)):
            owners.setdefault((known.weights[:16], known.tokens[:16]), []).append(folder)
    return owners


def _useless(form: Conversion, owners: list[Path]) -> str | None:
    """Why a conversion can go; one that came without its weights cannot be made again."""
    if not owners:
        return "made from a model that is not here any more"
    if not form.current and any(map(weights_file, owners)):
        return "made for another version of CTranslate2"
    return None


def _age(path: Path) -> float:
    """Seconds since it, or anything in it, changed."""
    return time.time() - max(one.stat().st_mtime for one in (path, *path.rglob("*")))
