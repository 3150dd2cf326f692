"""Are the models that are here still what they were, and do they work?

Every file is read again and compared with what the hub announced, or else with what it was when it
was first used; every converted form with what it was when it was made. Then the model translates,
or summarises, what it must: see `models.golden`.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.catalog import Entry
from models.conversion.conversions import DIGESTS, Conversion
from models.errors import ModelError
from models.golden import FailsSelfTest
from models.home import recall
from models.model import Model, Runtime, open_entry
from models.stock.installed import Installed
from models.store.fingerprint import deciding, digest


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look found, in a clause; `advice` says what to do where something is wrong."""

    found: str
    advice: str = ""


def verify(entry: Entry, here: Installed, runtime: Runtime) -> Iterator[Verdict]:
    """Look at the files, at the converted forms, and at what the model gives: minutes at most."""
    anew = f"khulasa models remove {here.name}, then pull or unpack it again"
    if here.absent:
        yield Verdict(f"lacks {', '.join(here.absent)}", f"khulasa models pull {here.name}")
        return
    if damage := _damaged(here.folder, _expected(here)):
        yield Verdict(damage, anew)
        return
    yield Verdict(f"{len(deciding(here.folder))} files are what they were")
    for form in here.conversions:
        yield _verified(form, here, anew)
    try:
        for lang, model in open_entry(entry, runtime).items():
            yield _tested(lang, model, anew)
    except ModelError as error:
        yield Verdict(str(error), anew)


def _expected(here: Installed) -> dict[str, str]:
    """The sha256 of files by name, as the hub announced them, else as they were when first read."""
    first = recall("fingerprints", str(here.folder.resolve()))
    came = recall("digests", f"{here.name}@{here.commit}").get("files", {})
    return {name: entry[2] for name, entry in first.items()} | {
        name: file["sha256"] for name, file in came.items()
    }


def _damaged(folder: Path, expected: Mapping[str, str]) -> str | None:
    """The first file that is not what it was, in a clause."""
    for name in deciding(folder):
        try:
            found = digest(folder / name)
        except ModelError as error:
            return str(error)
        except OSError as error:
            return f"{folder / name} cannot be read: {error.strerror}"
        if found != expected.get(name, found):
            return f"{folder / name} is not what it was: its sha256 is {found}"
    return None


def _verified(form: Conversion, here: Installed, anew: str) -> Verdict:
    """Whether a converted form is whole; one that can be made again is removed where it is not."""
    try:
        damaged = [
            name for name, known in form.digests().items() if digest(form.folder / name) != known
        ]
    except (OSError, ValueError):
        damaged = [DIGESTS]
    if not damaged:
        return Verdict(f"its {form.compute} form is what it was")
    found = f"its {form.compute} form is damaged ({', '.join(damaged)})"
    if not here.published:
        return Verdict(found, anew)
    shutil.rmtree(form.folder, ignore_errors=True)
    return Verdict(f"{found}: it was removed, and is made again")


def _tested(lang: str, model: Model, anew: str) -> Verdict:
    if not model.proof.inputs:
        return Verdict("no sentences are known to test it with")
    try:
        return Verdict(f"passes its self-test ({lang}): {model.examine()}")
    except FailsSelfTest as failure:
        return Verdict(failure.complaint, anew)
