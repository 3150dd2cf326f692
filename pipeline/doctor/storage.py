"""Looks at what is kept on this machine, and at the hub that more comes from."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from models.conversion.conversions import conversions
from models.home import models_home
from models.hub.client import HubFailure, endpoint, probe
from models.stock.clearing import waste
from models.stock.installed import size
from pipeline.cache import Cache, open_cache, own_file
from pipeline.doctor.chosen import Chosen
from pipeline.doctor.diagnosis import Diagnosis
from pipeline.doctor.machine import unwritable
from pipeline.figures import count, in_bytes
from pipeline.health import Health

SAMPLE = 50_000
"""Rows of each table that are compared with their checksums: a tenth of a second."""


SOON = 3.0
"""Seconds for the hub to answer, where nobody said otherwise."""


def store(_: Chosen) -> Iterator[Diagnosis]:
    """Converted models and small records: whether they can be written, what is waste."""
    home = models_home()
    if refusal := unwritable(home):
        advice = "set KHULASA_HOME to a folder that can be written"
        found = f"{home} cannot be written ({refusal}): no model can be converted, nothing is kept"
        yield Diagnosis("store", "poor", found, advice)
        return
    useless = list(waste())
    if useless:
        reasons = ", or ".join(dict.fromkeys(one.reason for one in useless))
        found = f"{in_bytes(sum(one.size for one in useless))} {reasons}"
        yield Diagnosis("store", "poor", found, "khulasa models gc")
    gone = {one.path for one in useless}
    kept = [one.folder for one in conversions() if one.folder not in gone]
    told = f"{count(len(kept), 'converted model')}, {in_bytes(sum(map(size, kept)))}"
    yield Diagnosis("store", "good", f"{home}: {told}")
    fault = home.parent / "error.log"
    if fault.is_file():
        advice = "report it with that file, then delete it"
        yield Diagnosis("store", "poor", f"{fault} holds a fault of khulasa itself", advice)


def hub(chosen: Chosen) -> Iterator[Diagnosis]:
    """Whether the hub answers; where all models are here already that does not matter."""
    missing = chosen.missing()
    try:
        answer = probe(chosen.runtime.line.timeout or SOON)
    except HubFailure as failure:
        if not missing:
            yield Diagnosis("hub", "good", f"{failure}; the models of this choice are here")
            return
        packed = " ".join(one.name for one in missing)
        advice = (
            f"khulasa models pack {packed} -o FILE.tar where the hub answers, and khulasa models "
            "unpack FILE.tar here; or take --models tiny"
        )
        names = " and ".join(one.name for one in missing)
        yield Diagnosis("hub", "poor", f"{failure}: {names} cannot come", advice)
        return
    if answer.startswith(("429", "5")):
        found = f"{endpoint()} answers {answer}"
        yield Diagnosis("hub", "poor" if missing else "good", found, "try later" if missing else "")
        return
    yield Diagnosis("hub", "good", f"{endpoint()} answers")


def cache(chosen: Chosen) -> Iterator[Diagnosis]:
    """Whether the cache opens, is whole and can be written."""
    if chosen.cache == "off":
        yield Diagnosis("cache", "good", "off: nothing is kept")
        return
    file = _to_come(chosen.cache)
    if file is not None:
        yield _made(file)
        return
    # Opened by its URL, the user's own is not replaced where it cannot be used.
    own = chosen.cache is None
    with closing(Cache(f"sqlite:///{own_file()}") if own else open_cache(chosen.cache)) as opened:
        yield from _told(opened.health(SAMPLE))


def _to_come(place: str | None) -> Path | None:
    """The file of a cache that nobody has made yet."""
    if place is None:
        return None if own_file().exists() else own_file()
    file = Path(place)
    return file if "://" not in place and file.parent.is_dir() and not file.exists() else None


def _made(file: Path) -> Diagnosis:
    if refusal := unwritable(file.parent):
        found = f"{file} cannot be made ({refusal}): nothing is kept"
        return Diagnosis("cache", "poor", found, "name another: --cache PATH")
    return Diagnosis("cache", "good", f"{file} is not there yet: the first run makes it")


def _told(health: Health) -> Iterator[Diagnosis]:
    place = str(health.file or "the shared database")
    if health.structure not in (None, "ok"):
        advice = f"delete {place}: what it held is computed again"
        yield Diagnosis("cache", "bad", f"{place} is damaged: {health.structure}", advice)
        return
    if health.damaged:
        share = f"{health.damaged:,} of {count(health.checked, 'row')}"
        advice = "look at the disk; khulasa computes such a row again when it meets it"
        yield Diagnosis("cache", "poor", f"{place}: {share} fail their checksums", advice)
    if health.refusal:
        found = f"{place} cannot be written ({health.refusal}): what is new is not kept"
        yield Diagnosis("cache", "poor", found, "allow it, or name another: --cache PATH")
    checked = "all" if health.checked == health.rows else f"{health.checked:,}"
    structure = "" if health.structure or not health.file else ", too large to check its structure"
    found = f"{count(health.rows, 'row')}, {checked} compared with their checksums{structure}"
    yield Diagnosis("cache", "good", f"{place}: {found}{_sizes(health.file)}")


def _sizes(file: Path | None) -> str:
    if file is None:
        return ""
    log = file.with_name(f"{file.name}-wal")
    waiting = log.stat().st_size if log.is_file() else 0
    return f", {in_bytes(file.stat().st_size)}" + f" and {in_bytes(waiting)} of log" * bool(waiting)
