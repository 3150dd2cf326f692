"""Ctrl-C, and SIGTERM as schedulers send it: one is enough, and a second one breaks nothing."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupts:
    """Raises KeyboardInterrupt when the process is told to end, where that does no harm.

    Without `listen` it does nothing at all.
    """

    def __init__(self) -> None:
        self._held = self._came = self._over = False

    def listen(self) -> None:
        """Hear SIGINT and SIGTERM from now on. Only the main thread may ask for that."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._heard)

    @contextmanager
    def held(self) -> Iterator[None]:
        """What happens here happens as a whole: an interruption comes after it."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._came:
            self._came = False
            raise KeyboardInterrupt

    def over(self) -> None:
        """The work has come to its end: nothing interrupts what is left, which is short.

        Python itself ends without a word of it, too: impatient people press twice.
        """
        self._over = True

    def _heard(self, _number: int, _frame: object) -> None:
        if self._over:
            return
        if self._held:
            self._came = True
        else:
            raise KeyboardInterrupt
