"""Finds a model: bundled here, in a folder of the user's, in the hub's cache, on the hub.

What comes from the hub lies in the hub's own cache, where other programs find it too. A model that
is here is used without a question to anybody.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.catalog import BUNDLED, EXTRACTIVE, Role
from models.errors import ModelError, ModelMissing, ModelUnfit
from models.home import models_home, recall, remember
from models.hub import snapshots
from models.hub.fetch import WEIGHTS
from models.hub.line import Heard, Line, silent
from models.store.fingerprint import ABSENT_WEIGHTS

log = logging.getLogger(__name__)

_TINY = Path(__file__).parents[1] / "tiny"
_MAY_NAME_CODE = ("config.json", "generation_config.json", "tokenizer_config.json")
_CODE = {"auto_map", "custom_code", "custom_generate", "custom_pipelines"}
_REPOSITORY = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model that someone asks for.

    `reference` is a repository of the hub (`owner/name`, or `owner/name@revision`), a folder, or a
    bundled model; `revision` counts where the reference has none. `others` are repositories to
    name if this one cannot be had.
    """

    role: Role
    reference: str
    revision: str = "main"
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Located:
    """A complete model folder, and its name for signatures, the same on every machine."""

    name: str
    folder: Path


def locate(wanted: Wanted, heard: Heard = silent, timeout: float | None = None) -> Located:
    """Find a model, or fetch it. `heard` hears how far it is, `timeout` bounds the hub's silence.

    Raises ModelMissing where it cannot be had, ModelUnfit where it is incomplete or of a kind that
    is refused, ModelError where the disk does not take it.
    """
    if wanted.reference.startswith(BUNDLED):
        return _whole(Located(wanted.reference, bundled(wanted.reference)))
    folder = Path(wanted.reference).expanduser()
    if wanted.reference and folder.is_dir():
        name = folder.resolve().name.replace("|", "_")  # which parts the components of a signature
        return _whole(Located(f"dir:{name}", folder))
    return _from_hub(wanted, Line(heard, timeout), _cached)


def published(wanted: Wanted, line: Line) -> Located:
    """As `locate`, of a repository, and not content with a converted form alone."""
    return _from_hub(wanted, line, _cached_as_published)


def lacking(folder: Path) -> list[str]:
    """The files without which a folder is no model; empty where it is complete."""
    if not (folder / "config.json").is_file():
        return ["config.json"]
    absent = [name for name in _tokenizer_files(folder) if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in (*WEIGHTS, ABSENT_WEIGHTS)):
        whole = " in one piece" if any(folder.glob("*.index.json")) else ""
        absent.append(" or ".join(WEIGHTS) + whole)
    return absent


def _tokenizer_files(folder: Path) -> list[str]:
    """What the tokenizer of this kind of model needs."""
    kind = _object(folder / "config.json").get("model_type")
    if kind == "marian":
        said = folder / "tokenizer_config.json"
        separate = said.is_file() and _object(said).get("separate_vocabs")
        own = ["target_vocab.json"] if separate else []
        return ["source.spm", "target.spm", "vocab.json", *own]
    if (folder / "tokenizer.json").is_file():
        return []
    return ["spiece.model"] if kind in ("pegasus", "t5") else ["vocab.json", "merges.txt"]


def bundled(reference: str) -> Path:
    """The folder of a model that comes with this package."""
    return _TINY / reference.removeprefix(BUNDLED)


def carried(repo: str) -> Path:
    """Where the files lie, a folder a commit, of a model that came in a converted form alone."""
    return models_home() / "carried" / repo.replace("/", "--")


def commit_here(repo: str, revision: str) -> str | None:
    """The commit of a revision as far as this machine knows; its files may be elsewhere."""
    return _settled(repo, revision) or snapshots.commit_of(repo, revision)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Let one process at a time do what is called `name`; a dead process holds nothing up."""
    from filelock import FileLock, Timeout

    path = models_home() / "locks" / f"{re.sub('[/:]', '--', name)}.lock"
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=2)
        except Timeout:
            log.warning("waiting for another process: %s", name)
            lock.acquire()
    except OSError as error:
        raise ModelError(
            f"the model store {models_home()} cannot be written ({error.strerror}): "
            "set KHULASA_HOME to a folder that can"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _from_hub(wanted: Wanted, line: Line, cached: Callable[[str, str], Located | None]) -> Located:
    """A snapshot that is here, or comes. A branch stays what it was when it was first used."""
    match = _REPOSITORY.fullmatch(wanted.reference)
    if match is None or wanted.reference.startswith((".", "~", "/")):
        raise ModelMissing(f"there is no folder {wanted.reference!r} for --{wanted.role}")
    repo, revision = match["name"], match["revision"] or wanted.revision
    if found := cached(repo, revision):
        return found
    from models.hub import client

    with alone(f"fetch-{repo}"):
        if found := cached(repo, revision):  # by the process that we waited for
            return found
        asked = _settled(repo, revision) or revision
        log.info("downloading %s at %s", repo, asked)
        try:
            commit = client.fetch(repo, asked, line.heard, line.timeout)
        except client.HubFailure as failure:
            raise ModelMissing(_ways(repo, str(failure), wanted)) from failure
        settle(repo, revision, commit)
        return _whole(Located(f"{repo}@{commit}", snapshots.snapshot(repo, commit)))


def _cached(repo: str, revision: str) -> Located | None:
    """A complete model that is here, if only in a converted form."""
    return _found(repo, revision, snapshots.snapshot) or _found(
        repo, revision, lambda repo, commit: carried(repo) / commit
    )


def _cached_as_published(repo: str, revision: str) -> Located | None:
    return _found(repo, revision, snapshots.snapshot)


def _found(repo: str, revision: str, place: Callable[[str, str], Path]) -> Located | None:
    commit = commit_here(repo, revision)
    if commit is None or lacking(place(repo, commit)):
        return None
    settle(repo, revision, commit)
    return _whole(Located(f"{repo}@{commit}", place(repo, commit)))


def _settled(repo: str, revision: str) -> str | None:
    """The commit that a branch was when this store first used it."""
    return recall("commits", f"{repo}@{revision}").get("commit")


def settle(repo: str, revision: str, commit: str) -> None:
    """Have a branch mean this commit from now on."""
    if commit not in (revision, _settled(repo, revision)):
        remember("commits", f"{repo}@{revision}", {"commit": commit})


def _whole(located: Located) -> Located:
    """Refuse a folder that is incomplete or wants its own code run."""
    folder = located.folder
    if absent := lacking(folder):
        kind = ModelUnfit if folder.is_dir() else ModelMissing
        raise kind(f"{located.name} is no complete model: {folder} lacks {', '.join(absent)}")
    for name in _MAY_NAME_CODE:
        said = _object(folder / name) if (folder / name).is_file() else {}
        if wanted := _CODE & said.keys():
            raise ModelUnfit(
                f"{located.name} wants code of its own run ({name}: {min(wanted)}): that is refused"
            )
    return located


def _object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnfit(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(value, dict):
        raise ModelUnfit(f"{path} holds no JSON object")
    return value


def _ways(repo: str, reason: str, wanted: Wanted) -> str:
    """One line: what is wrong, and the ways out."""
    small = "--models tiny"
    if wanted.role == "summarizer":
        small = f"--summarizer {EXTRACTIVE}, which needs no model; (4) {small}"
    other = f"; or take another model: --{wanted.role} {wanted.others[0]}" if wanted.others else ""
    return (
        f"{repo} is not on this machine, and {reason}. Ways out: "
        f"(1) khulasa models pack {repo} -o FILE.tar where the hub answers, and khulasa models "
        "unpack FILE.tar here; "
        f"(2) give a folder that holds it: --{wanted.role} DIR; (3) {small}{other}"
    )
