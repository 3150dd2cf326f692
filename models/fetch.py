"""The program that downloads one revision of one model; it runs as a process of its own.

A process, because the hub's client reads its settings when it is imported, retries for minutes
and, on a server that accepts and then says nothing, waits without end: a process can be given
fresh settings, and it can be ended. `models.hub` starts it, listens and keeps the clock.

    python -P fetch.py REPO REVISION TIMEOUT

It writes one JSON object a line to stdout, in this order:

    {}                      the client is loaded, now the hub is asked
    {"commit": "<sha>"}     it answered, this is the revision
    {}                      something arrived (at most twice a second)
    {"done": true}          everything is in the cache and as the hub said

or, instead of what should come next, {"error": KIND, "detail": "one line"}, KIND being one of
missing, revision, gated, refused, busy, unreachable, damaged, disk.
"""

import errno
import functools
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, TextIO

SMALL_FILES = frozenset(
    {
        "added_tokens.json",
        "config.json",
        "generation_config.json",
        "merges.txt",
        "source.spm",
        "special_tokens_map.json",
        "target.spm",
        "target_vocab.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.json",
    }
)
"""Configuration and tokenizer: whatever of these a model has decides what it gives."""

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""Weights, the preferred form first. The second is a pickle, which torch reads as data only."""


def needed(names: Collection[str]) -> list[str]:
    """Of the files of a repository, those to download: one form of the weights, nothing for show.

    >>> needed(["README.md", "config.json", "pytorch_model.bin", "tf_model.h5"])
    ['config.json', 'pytorch_model.bin']
    """
    weights = [name for name in WEIGHTS if name in names][:1]
    return sorted(SMALL_FILES.intersection(names)) + weights


_STATUS = {401: "missing", 404: "missing", 403: "refused", 429: "busy"}  # 401: or private
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


class Channel:
    """The way back to the process that started this one."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream
        self._last = 0.0

    def send(self, **message: object) -> None:
        """Say something."""
        print(json.dumps(message), file=self._stream, flush=True)
        self._last = time.monotonic()

    def beat(self) -> None:
        """Say that work goes on."""
        if time.monotonic() - self._last > 0.5:
            self.send()


def download(repo: str, revision: str, timeout: float, channel: Channel) -> None:
    """Bring what is needed of a revision into the hub's cache, and check each file that came."""
    from huggingface_hub import HfApi, constants, hf_hub_download
    from huggingface_hub.utils.tqdm import tqdm

    # A tenth of the client's own: a slow line must not look like a dead one.
    constants.DOWNLOAD_CHUNK_SIZE = 1 << 20

    class Bar(tqdm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs |= {"desc": f"{repo} {name}", "leave": False}
            super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> bool | None:
            channel.beat()
            return super().update(n)  # type: ignore[no-any-return]

    channel.send()
    info = HfApi().model_info(repo, revision=revision, timeout=timeout, files_metadata=True)
    listed = {file.rfilename: file for file in info.siblings or ()}
    names = needed(listed)
    channel.send(commit=info.sha)
    for name in names:
        channel.beat()
        path = hf_hub_download(repo, name, revision=info.sha, tqdm_class=Bar)
        _verify(Path(path), listed[name], channel)
    channel.send(done=True)


class Damaged(Exception):
    """A file arrived that is not the one that the hub announced."""


def _verify(path: Path, announced: Any, channel: Channel) -> None:
    """Compare a file with the size and digest that the hub lists, and remove it if they differ.

    Large files are listed with their sha256, small ones with git's own object id.
    """
    size = path.stat().st_size
    if announced.lfs is not None:
        digest, wanted = hashlib.sha256(), announced.lfs.sha256
    else:
        digest, wanted = hashlib.sha1(usedforsecurity=False), announced.blob_id
        digest.update(f"blob {size}\0".encode())
    for chunk in _chunks(path):
        digest.update(chunk)
        channel.beat()
    if (announced.size is None or size == announced.size) and wanted in (None, digest.hexdigest()):
        return
    path.resolve().unlink()
    path.unlink(missing_ok=True)
    raise Damaged(f"{path.name} arrived damaged ({size} bytes) and was removed")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from iter(functools.partial(stream.read, 1 << 24), b"")


def _kind(error: BaseException) -> str:
    """Sort what the client raises, or what it says was the cause, into what a person can do."""
    for cause in _causes(error):
        if name := _by_type(cause) or _by_number(cause):
            return name
    return "damaged" if "Consistency check failed" in str(error) else "unreachable"


def _by_type(error: BaseException) -> str | None:
    from huggingface_hub import errors

    kinds: list[tuple[type[BaseException], str]] = [
        (Damaged, "damaged"),
        (errors.GatedRepoError, "gated"),
        (errors.RepositoryNotFoundError, "missing"),
        (errors.HFValidationError, "missing"),
        (errors.RevisionNotFoundError, "revision"),
    ]
    return next((name for kind, name in kinds if isinstance(error, kind)), None)


def _by_number(error: BaseException) -> str | None:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in _STATUS:
        return _STATUS[status]
    return "disk" if isinstance(error, OSError) and error.errno in _DISK else None


def _detail(error: BaseException) -> str:
    """The first line of what was wrong in the first place."""
    first = [*_causes(error)][-1]
    lines = [line.strip() for line in str(first).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(first).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def main() -> None:
    """Read the arguments, keep stdout for messages, report every failure as one."""
    repo, revision, timeout = sys.argv[1:]
    channel = Channel(os.fdopen(os.dup(1), "w"))
    os.dup2(2, 1)
    for number in (signal.SIGTERM, signal.SIGINT):  # leave, but by way of what removes part files
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        download(repo, revision, float(timeout), channel)
    except Exception as error:  # noqa: BLE001 (whatever it is, the other process must hear of it)
        channel.send(error=_kind(error), detail=_detail(error))
    for number in (signal.SIGTERM, signal.SIGINT):  # nothing is left to clean up
        signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    main()
