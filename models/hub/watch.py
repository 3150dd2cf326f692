"""The downloading process from outside: started, heard, and ended when it takes too long."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, cast

from models.errors import ModelError
from models.hub.failures import HubFailure, failure
from models.hub.line import Announced, File

Message = dict[str, Any]
"""As `channel` has them."""

FLOOR = 1000
"""Bytes a second under which a line is taken for broken: dnf's `minrate`. A model of 300 MB would
take more than three days."""

_START = 60.0  # seconds for the other process to start, which a busy machine delays

_CLIENT = {
    "HF_HUB_VERBOSITY": "error",  # failures are told once, by us
    "HF_HUB_DISABLE_TELEMETRY": "1",  # nobody need know what is read, and with which tools
    "HF_HUB_DISABLE_XET": "1",  # see `receive`
    "PYTHONIOENCODING": "utf-8",
}


def offline() -> bool:
    """Whether the environment forbids network, as the hub's client reads it."""
    value = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return value.upper() in {"1", "ON", "YES", "TRUE"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds without news: until the hub has answered, and from then on."""

    answer: float
    stall: float

    @classmethod
    def of(cls, timeout: float | None) -> "Bounds":
        """The same for both; None: KHULASA_HUB_TIMEOUT and KHULASA_HUB_STALL. Raises ModelError."""
        if timeout is not None:
            return cls(timeout, timeout)
        return cls(_seconds("KHULASA_HUB_TIMEOUT", 8), _seconds("KHULASA_HUB_STALL", 60))


class Clock:
    """How long the hub has been silent, or as good as silent."""

    def __init__(self) -> None:
        self.start(_START)
        self._done = 0

    def start(self, seconds: float) -> None:
        """Allow so much time for what comes next."""
        self._seconds = seconds
        self.restart()

    def restart(self) -> None:
        """There is news."""
        self._since = time.monotonic()
        self._bytes = 0
        self._trouble: Message | None = None

    def arrived(self, done: int) -> None:
        """So many bytes are here. Only enough of them are news."""
        self._bytes += done - self._done
        self._done = done
        self._trouble = None
        if self._bytes < 0 or self._bytes >= FLOOR * self._seconds:
            self.restart()

    def meet(self, trouble: Message) -> None:
        """Something went wrong that may pass; that nothing comes is known here better."""
        if trouble["kind"] != "silent":
            self._trouble = trouble

    @property
    def left(self) -> float:
        """Seconds until it is enough."""
        return max(0.0, self._since + self._seconds - time.monotonic())

    @property
    def verdict(self) -> Message:
        """What to say when it is: what kept going wrong, else that nothing came, or little."""
        if self._trouble:
            return self._trouble
        if self._bytes > 0:
            return {"kind": "slow", "detail": f"{self._bytes} bytes in {self._seconds:.0f} s"}
        return {"kind": "silent", "detail": "", "after": self._seconds}


class Download:
    """The downloading process; leaving the block ends it, whatever it does."""

    def __init__(
        self, task: Literal["list", "get"], repo: str, revision: str, bounds: Bounds
    ) -> None:
        if offline():
            raise HubFailure("HF_HUB_OFFLINE forbids asking the hub")
        self._repo, self._revision, self._bounds = repo, revision, bounds
        self._clock = Clock()
        self._total = self._done = 0
        program = Path(__file__).with_name("fetch.py")
        arguments = [task, repo, revision, str(bounds.stall / 2)]
        self._process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
            [sys.executable, "-P", "-W", "ignore", str(program), *arguments],
            stdin=subprocess.PIPE,  # it ends when this does, as when this process is killed
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_environment(),
        )
        self._messages: queue.Queue[Message] = queue.Queue()
        self._output = cast("IO[str]", self._process.stdout)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> "Download":
        return self

    def __exit__(self, *_: object) -> None:
        """End it: what has come lies on the disk and goes on next time."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        self._output.close()
        cast("IO[str]", self._process.stdin).close()

    def announced(self) -> Announced:
        """What the hub answers first. Raises HubFailure."""
        self.hear()
        self._clock.start(self._bounds.answer)
        message: Message = {}
        while "commit" not in message:
            message = self.hear()
        self._clock.start(self._bounds.stall)
        files = {name: _file(*file) for name, file in message["files"].items()}
        found = Announced(message["commit"], files)
        self._total = found.total
        return found

    def hear(self) -> Message:
        """The next news. Raises what `fetch` does, where there is none in time."""
        while True:
            try:
                message = self._messages.get(timeout=self._clock.left)
            except queue.Empty:
                raise self._failure(self._clock.verdict) from None
            self._done = message.get("done", self._done)
            if "error" in message:
                raise self._failure({"kind": message["error"], **message})
            if "trouble" not in message:
                self._note(message)
                return message
            self._clock.meet({"kind": message["trouble"], **message})
            if message["after"] > self._clock.left:
                raise self._failure(self._clock.verdict)

    def _note(self, message: Message) -> None:
        if "done" in message:
            self._clock.arrived(self._done)
        else:
            self._clock.restart()

    def _failure(self, message: Message) -> ModelError:
        return failure(self._repo, self._revision, message, self._total - self._done)

    def _listen(self) -> None:
        for line in self._output:
            with contextlib.suppress(ValueError):  # half a line, from a process that was ended
                self._messages.put(json.loads(line))
        self._messages.put({"error": "ended", "detail": ""})


def _file(size: int, digest: str) -> File:
    match len(digest):
        case 64:
            return File(size, sha256=digest)
        case 40:
            return File(size, git=digest)
        case _:
            return File(size)


def _environment() -> dict[str, str]:
    """The child's: certificates that other programs are told of are good for it too."""
    env = os.environ
    named = env.get("SSL_CERT_FILE") or env.get("REQUESTS_CA_BUNDLE") or env.get("CURL_CA_BUNDLE")
    if not named:
        return {**env, **_CLIENT}
    if not Path(named).exists():
        raise ModelError(
            f"there are no certificates in {named}, which SSL_CERT_FILE or REQUESTS_CA_BUNDLE names"
        )
    variable = "SSL_CERT_DIR" if Path(named).is_dir() else "SSL_CERT_FILE"
    return {**env, **_CLIENT, variable: named}


def _seconds(name: str, default: float) -> float:
    try:
        value = float(os.environ.get(name) or default)
        if not 0 <= value < threading.TIMEOUT_MAX:
            raise ValueError
        return value
    except ValueError:
        raise ModelError(f"{name} must be a number of seconds") from None
