"""Models from the hub, within bounds: it answers soon, keeps sending, sends what it announced.

Nothing here is imported by a run that finds its models on this machine.
"""

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, cast

from models.errors import ModelError, ModelMissing, ModelUnfit
from models.home import replace_text
from models.snapshots import cache_folder, storage

_CLIENT = {
    "HF_HUB_VERBOSITY": "error",  # failures are told once, by us
    "HF_HUB_DISABLE_TELEMETRY": "1",  # nobody need know what is read, and with which tools
    "PYTHONIOENCODING": "utf-8",
}


class HubFailure(ModelMissing):
    """The hub did not give the model; the message says why, in a clause."""


def endpoint() -> str:
    """The hub's address, as its client finds it."""
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def offline() -> bool:
    """Whether the environment forbids network, as the hub's client reads it."""
    value = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return value.upper() in {"1", "ON", "YES", "TRUE"}


def fetch(repo: str, revision: str, progress: bool = False) -> str:
    """Download a revision into the hub's cache and return the commit that it is.

    `progress` shows the client's bar on stderr. Bounds, in seconds, from the environment:
    KHULASA_HUB_TIMEOUT (8) until the hub has answered, KHULASA_HUB_STALL (60) without a byte.

    Raises HubFailure where the hub does not answer or does not give the model, ModelUnfit where
    what came is not what was announced, ModelError where it cannot be written.
    """
    if offline():
        raise HubFailure("HF_HUB_OFFLINE forbids asking the hub")
    answer, stall = _seconds("KHULASA_HUB_TIMEOUT", 8), _seconds("KHULASA_HUB_STALL", 60)
    commit = ""
    with _Child(repo, revision, answer, progress) as child:
        # Its own start, which a busy machine delays, is not the hub's fault.
        for bound in itertools.chain((stall, answer), itertools.repeat(stall)):
            message = child.hear(bound)
            if "error" in message:
                raise _failure(repo, revision, message)
            commit = message.get("commit", commit)
            if message.get("done"):
                break
    if commit != revision:
        replace_text(storage(repo) / "refs" / revision, commit)
    return commit


def probe(seconds: float = 3) -> str:
    """What the hub says to a short question: its HTTP status, as "200 OK".

    Raises HubFailure where it does not answer in time or must not be asked.
    """
    if offline():
        raise HubFailure("HF_HUB_OFFLINE forbids asking the hub")
    answers: queue.Queue[str | HubFailure] = queue.Queue()
    # Looking up a name obeys no limit of time, so it is done by a thread that may be left behind.
    threading.Thread(target=_ask, args=(seconds, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise HubFailure(f"{endpoint()} sent nothing for {seconds:.0f} s") from None
    if isinstance(answer, HubFailure):
        raise answer
    return answer


def _ask(seconds: float, answers: "queue.Queue[str | HubFailure]") -> None:
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    address = f"{endpoint()}/api/models?limit=1"
    try:
        if not address.startswith(("https://", "http://")):
            raise ValueError("HF_ENDPOINT is no address of the web")
        with urllib.request.urlopen(address, timeout=seconds) as reply:  # noqa: S310 (as above)
            answers.put(f"{reply.status} {reply.reason}")
    except urllib.error.HTTPError as refusal:
        answers.put(f"{refusal.code} {refusal.reason}")
    except (OSError, ValueError, HTTPException) as error:
        cause = getattr(error, "reason", error)
        reason = getattr(cause, "strerror", None) or str(cause) or type(error).__name__
        answers.put(HubFailure(f"{endpoint()} cannot be reached ({reason})"))


class _Child:
    """The downloading process; leaving the block ends it, whatever it does."""

    def __init__(self, repo: str, revision: str, timeout: float, progress: bool) -> None:
        program = Path(__file__).with_name("fetch.py")
        arguments = [repo, revision, str(timeout)]
        self._process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
            [sys.executable, "-P", "-W", "ignore", str(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if progress else subprocess.DEVNULL,
            text=True,
            env=_environment(progress),
        )
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._output = cast("IO[str]", self._process.stdout)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> "_Child":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """After a failure ask it to clean up and end; end it if it does not soon."""
        if kind is not None:
            self._process.terminate()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()
        self._output.close()

    def hear(self, seconds: float) -> dict[str, Any]:
        """The next message; HubFailure where none comes in time."""
        started = time.monotonic()
        try:
            return self._messages.get(timeout=seconds)
        except queue.Empty:
            waited = time.monotonic() - started
            raise HubFailure(f"{endpoint()} sent nothing for {waited:.0f} s") from None

    def _listen(self) -> None:
        for line in self._output:
            with contextlib.suppress(ValueError):  # half a line, from a process that was ended
                self._messages.put(json.loads(line))
        self._messages.put({"error": "unreachable", "detail": "the download ended early"})


def _failure(repo: str, revision: str, message: dict[str, Any]) -> ModelError:
    """What a message of failure means to a person."""
    detail = message["detail"]
    match message["error"]:
        case "damaged":
            return ModelUnfit(f"{repo} from {endpoint()}: {detail}; try again")
        case "disk":
            return ModelError(f"cannot store {repo} in {cache_folder()}: {detail}")
        case "missing":
            return HubFailure(
                f"{endpoint()} has no such model, or shows it only to a valid HF_TOKEN"
            )
        case "revision":
            return HubFailure(f"{endpoint()} has the model, but no revision {revision!r}")
        case "gated":
            return HubFailure(f"{endpoint()} asks you to accept its terms and to set HF_TOKEN")
        case "refused":
            return HubFailure(f"{endpoint()} refused: look at HF_TOKEN ({detail})")
        case "busy":
            return HubFailure(f"{endpoint()} has too many requests, try later ({detail})")
        case _:
            return HubFailure(f"{endpoint()} cannot be reached ({detail})")


def _environment(progress: bool) -> dict[str, str]:
    quiet = {} if progress else {"HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    return {**os.environ, **_CLIENT, **quiet}


def _seconds(name: str, default: float) -> float:
    try:
        value = float(os.environ.get(name) or default)
        if not 0 <= value < threading.TIMEOUT_MAX:
            raise ValueError
        return value
    except ValueError:
        raise ModelError(f"{name} must be a number of seconds") from None
