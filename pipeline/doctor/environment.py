"""Looks at Python, the packages, the terminal and the variables that change what khulasa does."""

import locale
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pipeline
from pipeline.doctor.chosen import Chosen
from pipeline.doctor.diagnosis import Diagnosis
from pipeline.figures import in_bytes

PACKAGE = "khulasa"
OLDEST = (3, 11)

# Named where all is well; of the others that khulasa stands on, what is wrong is told.
_TOLD = (
    "torch",
    "transformers",
    "ctranslate2",
    "tokenizers",
    "sentencepiece",
    "sacrebleu",
    "sqlalchemy",
    "sentencex",
    "huggingface-hub",
)
_SECONDS = ("KHULASA_HUB_TIMEOUT", "KHULASA_HUB_STALL")
_SHOWN = (
    "KHULASA_HOME",
    "KHULASA_SELF_TEST",
    *_SECONDS,
    "HF_HOME",
    "HF_HUB_CACHE",
    "HF_ENDPOINT",
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "XDG_CACHE_HOME",
    "OMP_NUM_THREADS",
    "CT2_FORCE_CPU_ISA",
)
_SECRET = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HTTPS_PROXY", "https_proxy")


def python(_: Chosen) -> Iterator[Diagnosis]:
    """The interpreter, the system, and where khulasa is installed."""
    place = Path(str(pipeline.__file__)).parents[1]
    running = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        yield Diagnosis("python", "bad", running, f"install khulasa with Python {wanted} or newer")
        return
    try:
        release = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        advice = f"install it: pip install {place}"
        yield Diagnosis("python", "poor", f"{running}, khulasa in {place} is not installed", advice)
        return
    yield Diagnosis("python", "good", f"{running}, khulasa {release} in {place}")


def packages(_: Chosen) -> Iterator[Diagnosis]:
    """Whether every package that khulasa needs is there, in a version that it is made for."""
    from packaging.requirements import Requirement

    try:
        required = [Requirement(line) for line in metadata.requires(PACKAGE) or ()]
    except metadata.PackageNotFoundError:
        yield Diagnosis("packages", "poor", "unknown which are needed: khulasa is not installed")
        return
    needed = [one for one in required if not one.marker or one.marker.evaluate({"extra": ""})]
    versions = {one.name.lower(): _version(one.name) for one in needed}
    wrong = [
        Diagnosis(
            "packages",
            "bad",
            f"{one.name} {found}: {one.name}{one.specifier} is needed"
            if (found := versions[one.name.lower()])
            else f"{one.name} is not installed",
            f"pip install '{one.name}{one.specifier}'",
        )
        for one in needed
        if not one.specifier.contains(versions[one.name.lower()] or "0", prereleases=True)
    ]
    yield from wrong
    if not wrong:
        told = ", ".join(f"{name} {versions[name]}" for name in _TOLD if versions.get(name))
        yield Diagnosis("packages", "good", told)


def torch(_: Chosen) -> Iterator[Diagnosis]:
    """Whether torch brings libraries for a graphics card that is not there."""
    cuda = _cuda_of_torch()
    if cuda is None:
        yield Diagnosis("torch", "good", "a build for the processor alone")
        return
    import ctranslate2

    if cards := ctranslate2.get_cuda_device_count():
        yield Diagnosis("torch", "good", f"a build for CUDA {cuda}; graphics cards here: {cards}")
        return
    yield Diagnosis(
        "torch",
        "poor",
        f"a build for CUDA {cuda}, but there is no graphics card here: its libraries take "
        f"{in_bytes(_size_of_cuda())} for nothing",
        "install the build of torch for processors instead, and remove the packages nvidia-*",
    )


def terminal(_: Chosen) -> Iterator[Diagnosis]:
    """Whether what is printed can be read where it is printed."""
    encoding = locale.getencoding()
    shown = sys.stdout is not None and sys.stdout.isatty()
    kind = f"a terminal ({os.environ.get('TERM', 'unnamed')})" if shown else "no terminal"
    if sys.platform == "win32" or sys.flags.utf8_mode or encoding.lower().startswith("utf"):
        yield Diagnosis("terminal", "good", f"UTF-8, {kind}")
        return
    yield Diagnosis(
        "terminal",
        "poor",
        f"the locale's encoding is {encoding}, {kind}: khulasa writes UTF-8",
        "choose a locale with UTF-8, as in LANG=C.UTF-8",
    )


def variables(_: Chosen) -> Iterator[Diagnosis]:
    """The variables in force, keys and passwords only as being set."""
    if os.environ.get("KHULASA_SELF_TEST", "").lower() == "off":
        found = "KHULASA_SELF_TEST=off: models are used untested, and all that they give is flagged"
        yield Diagnosis("variables", "poor", found, "unset KHULASA_SELF_TEST")
    for name in _SECONDS:
        if not _is_seconds(os.environ.get(name) or "0"):
            found = f"{name}={os.environ[name]} is no number of seconds"
            yield Diagnosis("variables", "bad", found, f"unset {name} or mend it")
    shown = [f"{name}={_without_password(os.environ[name])}" for name in _SHOWN if _is_set(name)]
    shown += [f"{name} is set" for name in _SECRET if _is_set(name)]
    yield Diagnosis("variables", "good", ", ".join(shown) or "none is set")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _cuda_of_torch() -> str | None:
    """The CUDA that torch was built for, read from its files: importing it takes seconds."""
    path = Path(str(metadata.distribution("torch").locate_file("torch/version.py")))
    found = re.search(r"^cuda\b.*=\s*['\"]([\d.]+)['\"]", path.read_text("utf-8"), re.MULTILINE)
    return found[1] if found else None


def _size_of_cuda() -> int:
    ours = (one for one in metadata.distributions() if one.name.lower().startswith("nvidia-"))
    return sum(_size(one.files or ()) for one in ours)


def _size(files: Iterable[metadata.PackagePath]) -> int:
    return sum(file.size or 0 for file in files)


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name))


def _is_seconds(value: str) -> bool:
    try:
        return float(value) >= 0
    except ValueError:
        return False


def _without_password(value: str) -> str:
    """An address may hold one before an @."""
    return re.sub("//[^/]*@", "//…@", value)
