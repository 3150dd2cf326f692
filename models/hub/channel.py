"""What the downloading process says to the one that started it: one JSON object a line.

In this order:

    {}                                      the client is loaded, now the hub is asked
    {"commit": SHA, "files": {NAME: [SIZE, DIGEST]}}
                                            the hub answered: this is what is needed
    {"done": BYTES}                         so much of it is here, at most four times a second
    {}                                      work goes on that brings no bytes
    {"digests": {NAME: SHA256}}             everything is in the cache and as the hub announced it

At any time {"trouble": KIND, "detail": LINE, "after": SECONDS}: something went wrong, and is tried
again after a while. Or, as the last, {"error": KIND, "detail": LINE, "done": BYTES}. `refusals` has
the kinds.
"""

import json
import time
from threading import Lock
from typing import TextIO

_PAUSE = 0.25  # seconds


class Channel:
    """The way back to the process that started this one. Every method may be called by a thread."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream = stream
        self._lock = Lock()
        self._done = 0
        self._last = 0.0

    def send(self, **message: object) -> None:
        """Say something."""
        with self._lock:
            self._write(message)

    def beat(self) -> None:
        """Say that work goes on, unless something was said just now."""
        with self._lock:
            if self._due():
                self._write({})

    def arrived(self, count: int) -> None:
        """So many bytes more are here; fewer, if it is negative."""
        with self._lock:
            self._done += count
            if self._due():
                self._write({"done": self._done})

    @property
    def done(self) -> int:
        """How many bytes are here."""
        return self._done

    def _due(self) -> bool:
        return time.monotonic() - self._last > _PAUSE

    def _write(self, message: dict[str, object]) -> None:
        print(json.dumps(message), file=self._stream, flush=True)
        self._last = time.monotonic()
