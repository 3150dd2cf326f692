"""The program that downloads one revision of one model; it runs as a process of its own.

A process, because the hub's client reads its settings when it is imported and, on a server that
accepts and then says nothing, waits without end: a process can be given fresh settings, and it can
be ended. `models.hub.watch` starts it, listens and keeps the clock; `channel` has what it says.

    python -P fetch.py list|get REPO REVISION SECONDS

`list` ends when the hub has said what there is; SECONDS is how long a connection may be silent
before another one is tried. It ends when its stdin does: with the process that started it.
"""

import os
import re
import signal
import sys
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.hub.channel import Channel
    from models.hub.receive import Remote

SMALL_FILES = frozenset(
    {
        "added_tokens.json",
        "config.json",
        "generation_config.json",
        "merges.txt",
        "source.spm",
        "special_tokens_map.json",
        "spiece.model",
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


_AT_ONCE = 4  # files: the small ones, each a question and an answer, come beside the weights
_COMMIT = re.compile("[0-9a-f]{40}")
_DIGEST = re.compile("[0-9A-Za-z-]{1,128}")  # it becomes the name of a file


def announced(repo: str, revision: str) -> tuple[str, list["Remote"]]:
    """The commit of a revision, and the files that are needed of it, the largest first."""
    from huggingface_hub import HfApi

    from models.hub.refusals import NotAHub

    try:
        info = HfApi().model_info(repo, revision=revision, files_metadata=True)
        listed = {file.rfilename: file for file in info.siblings or ()}
        commit = info.sha or ""
        if not _COMMIT.fullmatch(commit):
            raise NotAHub("it names no commit")
        remotes = [_remote(repo, commit, listed[name]) for name in needed(listed)]
        return commit, sorted(remotes, key=lambda one: -one.size)
    except (AttributeError, KeyError, TypeError):
        raise NotAHub("its answer is not that of a hub") from None


def _remote(repo: str, commit: str, file: Any) -> "Remote":
    """Large files are listed with their sha256, small ones with git's id; by some mirrors none."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    from models.hub.receive import Remote
    from models.hub.refusals import NotAHub

    url = hf_hub_url(repo, file.rfilename, revision=commit)
    size, digest = file.size, file.lfs.sha256 if file.lfs else file.blob_id
    if size is None or digest is None:
        asked = get_hf_file_metadata(url)
        size, digest = asked.size, asked.etag
    if size is None or not _DIGEST.fullmatch(digest or ""):
        raise NotAHub(f"it tells neither length nor digest of {file.rfilename}")
    return Remote(file.rfilename, url, size, digest)


def download(
    repo: str, commit: str, remotes: list["Remote"], timeout: float, channel: "Channel"
) -> dict[str, str]:
    """Bring files into the hub's cache, some at a time; the sha256 of each."""
    from models.hub.receive import Place, bring
    from models.hub.snapshots import storage

    place = Place(storage(repo), commit)
    pool = ThreadPoolExecutor(_AT_ONCE)
    coming = {pool.submit(bring, one, place, channel, timeout): one.name for one in remotes}
    digests = {}
    for future in as_completed(coming):
        digests[coming[future]] = future.result()
        channel.send()
    return digests


def work(task: str, repo: str, revision: str, timeout: float, channel: "Channel") -> None:
    """Do what the arguments say. Raises what goes wrong and does not pass."""
    import_module("huggingface_hub.hf_api")  # where the machine is busy, seconds
    channel.send()
    commit, remotes = _asked(repo, revision, channel)
    files = {one.name: [one.size, one.digest] for one in remotes}
    channel.send(commit=commit, files=files)
    if task == "get":
        digests = download(repo, commit, remotes, timeout, channel)
        channel.send(done=sum(one.size for one in remotes), digests=digests)


def _asked(repo: str, revision: str, channel: "Channel") -> tuple[str, list["Remote"]]:
    from models.hub.refusals import FAILING, pause

    tries = 0
    while True:
        try:
            return announced(repo, revision)
        except Exception as error:  # noqa: BLE001 (sorted there, and raised where it does not pass)
            pause(error, tries, FAILING, channel)
            tries += 1


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    """Read the arguments, keep stdout for messages, report every failure as one."""
    sys.path.append(str(Path(__file__).parents[2]))  # where the package is not installed
    from models.hub.channel import Channel
    from models.hub.refusals import refusal

    task, repo, revision, timeout = sys.argv[1:]
    channel = Channel(os.fdopen(os.dup(1), "w"))
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    code = 1
    try:
        work(task, repo, revision, float(timeout), channel)
        code = 0
    except Exception as error:  # noqa: BLE001 (whatever it is, the other process must hear of it)
        met = refusal(error)
        channel.send(error=met.kind, detail=met.detail, done=channel.done)
    finally:
        os._exit(code)  # without waiting for threads that wait for the hub


if __name__ == "__main__":
    main()
