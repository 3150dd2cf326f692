"""Looks at what the machine lends this process: cores, memory, instructions, room on the disk."""

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from models.catalog import ModelSet
from models.engines.backends import ENGINES
from models.engines.compute import varies
from models.engines.ct2 import available_cores
from models.home import models_home
from models.hub.snapshots import cache_folder
from pipeline.doctor.chosen import Chosen
from pipeline.doctor.diagnosis import Diagnosis
from pipeline.figures import count, in_bytes

PROC = Path("/proc")
CGROUP = Path("/sys/fs/cgroup")

NEEDED: dict[ModelSet, float] = {"best": 2.5e9, "fast": 1.5e9, "tiny": 0.7e9}
"""Bytes of memory that a set takes at most, which is while its larger model is converted: 1.8 GB
for opus-mt-tc-big-ar-en."""

_KEPT = 200e6  # bytes for the cache of a night's work and for what libraries write beside it

# What makes int8 fast, by the names that Linux gives it (x86, then Arm).
_INSTRUCTIONS = {
    "avx2": "AVX2",
    "avx512bw": "AVX-512",
    "avx_vnni": "VNNI",
    "avx512_vnni": "VNNI",
    "amx_int8": "AMX",
    "asimd": "NEON",
    "asimddp": "dot product",
}


def cores(chosen: Chosen) -> Iterator[Diagnosis]:
    """How many cores there are for this process, and how much of their time."""
    free = available_cores()
    limit = _core_limit()
    if limit is None or limit >= free:
        yield Diagnosis("cores", "good", f"{count(free, 'core')} for this process")
        return
    threads = max(1, round(limit))
    found = f"{count(free, 'core')} for this process, but a limit to the time of {limit:g}"
    if chosen.runtime.threads and chosen.runtime.threads <= threads:
        yield Diagnosis("cores", "good", f"{found}; --threads {chosen.runtime.threads} keeps to it")
        return
    yield Diagnosis("cores", "poor", found, f"--threads {threads}: more wait for each other")


def memory(chosen: Chosen) -> Iterator[Diagnosis]:
    """How much memory there is, and whether that is enough for the set."""
    total, available = _memory_of_machine()
    if not total:
        yield Diagnosis("memory", "good", "this system does not tell how much there is")
        return
    limit = _memory_limit()
    if limit is not None and limit < total:
        total, available = limit, min(available, limit)
        told = f"{in_bytes(total)} allowed to this process"
    else:
        told = f"{in_bytes(total)}, of which {in_bytes(available)} are free"
    needed = NEEDED[chosen.models]
    if available >= needed:
        yield Diagnosis("memory", "good", told)
        return
    advice = "end other programs" if total >= needed else "--models fast takes less"
    found = f"{told}; --models {chosen.models} may take {in_bytes(needed)}"
    yield Diagnosis("memory", "poor", found, advice)


def processor(_: Chosen) -> Iterator[Diagnosis]:
    """Which instructions there are, and what CTranslate2 makes of them."""
    import ctranslate2

    computes = ctranslate2.get_supported_compute_types("cpu")
    fast = _instructions()
    told = "instructions unknown" if fast is None else ", ".join(fast) or "no fast instructions"
    engine = f"CTranslate2 {version('ctranslate2')} computes {', '.join(sorted(computes))}"
    found = f"{platform.machine()}: {told}; {engine}"
    if "int8" in computes and (fast is None or {"AVX2", "NEON"} & set(fast)):
        yield Diagnosis("processor", "good", found)
        return
    advice = "int8 has no fast way here: a processor with AVX2 or NEON is several times as fast"
    yield Diagnosis("processor", "poor", found, advice)


def precision(chosen: Chosen) -> Iterator[Diagnosis]:
    """What the models are computed in, among what the device computes."""
    runtime = chosen.runtime
    there = ENGINES[runtime.engine].supported(runtime.place)
    told = f"{runtime.engine} on {runtime.place} computes {', '.join(there)}"
    if runtime.precision not in there:
        yield Diagnosis("precision", "bad", f"{told}; not {runtime.precision}", "--compute auto")
        return
    how = "which is --compute auto" if runtime.compute == "auto" else "as --compute says"
    found = f"{runtime.precision}, {how}; {told}"
    if varies(runtime.precision):
        advice = "--compute float32 where outputs must not depend on the batch"
        yield Diagnosis("precision", "poor", found, advice)
        return
    yield Diagnosis("precision", "good", found)


def disk(chosen: Chosen) -> Iterator[Diagnosis]:
    """Whether models and cache have room where they live."""
    download = 1e6 * sum(one.megabytes for one in chosen.missing())
    needs = {cache_folder(): download, models_home().parent: download / 4 + _KEPT}
    devices: dict[int, list[Path]] = {}
    for place in needs:
        devices.setdefault(existing(place).stat().st_dev, []).append(place)
    for places in devices.values():
        free = shutil.disk_usage(existing(places[0])).free
        needed = sum(needs[place] for place in places)
        found = f"{in_bytes(free)} free for {' and '.join(map(str, places))}"
        if free >= needed:
            yield Diagnosis("disk", "good", found)
            continue
        advice = "make room, or set HF_HOME and KHULASA_HOME to a larger disk"
        found = f"{found}; --models {chosen.models} takes {in_bytes(needed)} more"
        yield Diagnosis("disk", "poor", found, advice)


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(one for one in (path, *path.parents) if one.exists())


def unwritable(folder: Path) -> str:
    """Why nothing can be written in a folder that exists or can be made; empty if it can.

    Tried rather than asked: rights, a read-only disk, a full one and a quota look the same then.
    """
    try:
        with tempfile.TemporaryFile(dir=existing(folder)) as stream:
            stream.write(b"0" * 4096)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _core_limit() -> float | None:
    """Cores' worth of time that the control groups give: the least of all that apply."""
    limits = [quota / period for quota, period in _quotas() if quota > 0]
    return min(limits, default=None)


def _quotas() -> Iterator[tuple[float, float]]:
    """Microseconds of time in each period of microseconds; none or -1 is no limit."""
    for text in _of_groups("", "cpu.max"):
        quota, period = text.split()
        if quota != "max":
            yield float(quota), float(period)
    quotas = _of_groups("cpu", "cpu.cfs_quota_us")
    periods = _of_groups("cpu", "cpu.cfs_period_us")
    yield from zip(map(float, quotas), map(float, periods), strict=False)


def _memory_limit() -> float | None:
    texts = [*_of_groups("", "memory.max"), *_of_groups("memory", "memory.limit_in_bytes")]
    return min((float(text) for text in texts if text != "max"), default=None)


def _of_groups(controller: str, file: str) -> Iterator[str]:
    """The text of a file in this process's control group and all above it, the nearest first.

    `controller` is that of version 1; "" is version 2, where all are one.
    """
    try:
        lines = (PROC / "self" / "cgroup").read_text("utf-8").splitlines()
    except OSError:  # no Linux
        return
    for line in lines:
        _, names, place = line.split(":", 2)
        if controller not in names.split(","):
            continue
        inner = Path(place.lstrip("/"))
        for group in (inner, *inner.parents):
            path = CGROUP / controller / group / file
            if path.is_file():
                yield path.read_text("utf-8").strip()


def _memory_of_machine() -> tuple[float, float]:
    """Bytes there are, bytes that are free or could be at once; zeros where that is unknown."""
    try:
        text = (PROC / "meminfo").read_text("utf-8")
    except OSError:
        if not hasattr(os, "sysconf"):
            return 0.0, 0.0
        total = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        return total, total
    found = {name: 1024 * float(kib) for name, kib in re.findall(r"(\w+):\s+(\d+) kB", text)}
    return found["MemTotal"], found.get("MemAvailable", found["MemTotal"])


def _instructions() -> list[str] | None:
    """Those that make int8 fast; None where the system does not tell."""
    try:
        text = (PROC / "cpuinfo").read_text("utf-8")
    except OSError:
        return None
    found = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    flags = found[1].split() if found else []
    return list(dict.fromkeys(name for flag, name in _INSTRUCTIONS.items() if flag in flags))
