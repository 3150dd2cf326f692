"""One file from the hub into its cache: it goes on where it was left, and is what was announced.

The hub's client keeps a part only as long as its process lives. Ours lies beside the whole files
as `blobs/DIGEST.incomplete`, survives whoever wrote it, and is asked to be completed with a Range
request. The whole is compared with the announced digest before it gets its name.

Plain HTTP, which every mirror and proxy understands: the hub's Xet protocol, which is faster on
fast lines, neither resumes in another process nor tells each byte that arrives.
"""

import functools
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.hub.channel import Channel
from models.hub.refusals import INTERRUPTED, BrokenOff, Damaged, pause

_SHA256, _GIT = 64, 40  # hex digits


@dataclass(frozen=True, slots=True)
class Remote:
    """A file as the hub announces it: `size` in bytes, `digest` its sha256 or git's object id.

    A mirror may name neither: any other `digest` is the name of that content, and proves nothing.
    """

    name: str
    url: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a commit of a repository goes: the client's folder of it, and its snapshot there."""

    storage: Path
    commit: str

    def pointer(self, remote: Remote) -> Path:
        """The file under its own name."""
        return self.storage / "snapshots" / self.commit / remote.name

    def blob(self, remote: Remote) -> Path:
        """The file under the name of its content."""
        return self.storage / "blobs" / remote.digest

    def part(self, remote: Remote) -> Path:
        """What has come of it so far."""
        return self.storage / "blobs" / f"{remote.digest}.incomplete"

    def lock(self, remote: Remote) -> Path:
        """The lock that the hub's client takes too, whichever program runs it."""
        return self.storage.parent / ".locks" / self.storage.name / f"{remote.digest}.lock"


def bring(remote: Remote, place: Place, channel: Channel, timeout: float) -> str:
    """Have a file in the cache, whole and under its name; its sha256.

    A connection that is silent for `timeout` seconds is made anew. Raises Damaged, what the hub's
    client raises, OSError.
    """
    pointer, blob = place.pointer(remote), place.blob(remote)
    with _alone(remote, place, channel):
        sha256 = _kept(pointer, remote, channel) or _kept(blob, remote, channel)
        if sha256 is None:
            sha256 = _fetched(remote, place.part(remote), channel, timeout)
            place.part(remote).replace(blob)
        _link(pointer, blob)
    return sha256


def _kept(path: Path, remote: Remote, channel: Channel) -> str | None:
    """The sha256 of a file that is here; it is removed where it is not what it should be."""
    if not path.is_file():
        return None
    if sha256 := _verified(path, remote, channel):
        channel.arrived(remote.size)
        return sha256
    path.resolve().unlink()
    path.unlink(missing_ok=True)
    return None


def _fetched(remote: Remote, part: Path, channel: Channel, timeout: float) -> str:
    """Complete a part; its sha256. What an earlier process left may be wrong: once more, then."""
    if _size(part) > remote.size:
        part.unlink()
    before = _size(part)
    channel.arrived(before)
    _complete(remote, part, channel, timeout)
    if sha256 := _verified(part, remote, channel):
        return sha256
    part.unlink()
    channel.arrived(-remote.size)
    if before:
        return _fetched(remote, part, channel, timeout)
    raise Damaged(f"{remote.name} arrived damaged ({remote.size} bytes) and was removed")


def _complete(remote: Remote, part: Path, channel: Channel, timeout: float) -> None:
    """Ask for what is lacking until it is here; the other process says when it takes too long."""
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    tries = 0
    while (here := _size(part)) < remote.size:
        try:
            _ask(remote, part, here, channel, timeout)
        except Exception as error:  # noqa: BLE001 (sorted there, and raised where it does not pass)
            tries = 0 if _size(part) > here else tries
            pause(error, tries, INTERRUPTED, channel)
            tries += 1


def _ask(remote: Remote, part: Path, start: int, channel: Channel, timeout: float) -> None:
    """One request for the bytes from `start` on. A redirection to another host gets no token."""
    from huggingface_hub import get_session, hf_raise_for_status
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    wanted = {"Range": f"bytes={start}-"} if start else {}
    headers = {**build_hf_headers(), "Accept-Encoding": "identity", **wanted}
    with get_session().stream("GET", remote.url, headers=headers, timeout=timeout) as answer:
        hf_raise_for_status(answer)
        if start and answer.status_code != 206:  # it sends everything
            channel.arrived(-start)
            start = 0
        _agree(remote, start, answer)
        with part.open("ab" if start else "wb") as out:
            _write(answer.iter_bytes(), out, remote, start, channel)


def _write(chunks: Iterator[bytes], out: Any, remote: Remote, here: int, channel: Channel) -> None:
    for chunk in chunks:
        here += len(chunk)
        if here > remote.size:
            raise Damaged(f"{remote.name} is longer than the {remote.size} bytes announced")
        out.write(chunk)
        out.flush()  # a process that is killed leaves what it has
        channel.arrived(len(chunk))
    if here < remote.size:
        raise BrokenOff(f"{remote.name} broke off after {here} of {remote.size} bytes")
    os.fsync(out.fileno())  # before it gets the name of a whole file


def _agree(remote: Remote, start: int, answer: Any) -> None:
    """Compare the length that is announced with the one that is sent, before it is."""
    headers = answer.headers
    if "Content-Encoding" in headers or "Content-Length" not in headers:
        return
    total = start + int(headers["Content-Length"])
    if total != remote.size:
        raise Damaged(
            f"{remote.name} has {remote.size} bytes by the list and {total} when asked for"
        )


def _verified(path: Path, remote: Remote, channel: Channel) -> str | None:
    """The sha256 of a file, None where it is not the one that was announced."""
    size = path.stat().st_size
    sha256 = hashlib.sha256()
    git = hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    for chunk in _chunks(path):
        sha256.update(chunk)
        if len(remote.digest) == _GIT:
            git.update(chunk)
        channel.beat()
    digests = {_SHA256: sha256.hexdigest(), _GIT: git.hexdigest()}
    whole = (size, digests.get(len(remote.digest), remote.digest)) == (remote.size, remote.digest)
    return sha256.hexdigest() if whole else None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from iter(functools.partial(stream.read, 1 << 24), b"")


def _link(pointer: Path, blob: Path) -> None:
    """Give a file its name as the client does: by a link, or by moving it where none can be."""
    if pointer.is_file():
        return
    pointer.parent.mkdir(parents=True, exist_ok=True)
    pointer.unlink(missing_ok=True)
    try:
        pointer.symlink_to(os.path.relpath(blob, pointer.parent))
    except (OSError, NotImplementedError):
        blob.replace(pointer)


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


@contextmanager
def _alone(remote: Remote, place: Place, channel: Channel) -> Iterator[None]:
    """Let one process at a time bring a file; wait as long as what another one brings grows."""
    from filelock import Timeout
    from huggingface_hub.utils import WeakFileLock  # type: ignore[attr-defined]

    lock, seen = place.lock(remote), -1
    lock.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(WeakFileLock(lock, timeout=1))
                break
            except Timeout:
                channel.send(trouble="locked", detail=str(lock), after=0)
                grown = sum(map(_size, place.storage.glob(f"blobs/{remote.digest}*.incomplete")))
                if grown != seen:
                    channel.beat()
                seen = grown
        yield
