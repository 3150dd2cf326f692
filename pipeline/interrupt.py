"""Ctrl-C, and SIGTERM as schedulers send it: one is enough, and a second one breaks nothing."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Raises KeyboardInterrupt when the process is told to end, where that does no harm.

    Without `listen` it does nothing at all.
    """

    def __init__(self) -> None:
        self._held = self._came = False
        self._heard_of: list[signal.Signals] = []

    def listen(self) -> None:
        """Hear SIGINT and SIGTERM from now on; not one that is ignored, as behind a shell.

        Only the main thread may ask for that.
        """
        both = (signal.SIGINT, signal.SIGTERM)
        self._heard_of = [one for one in both if signal.getsignal(one) is not signal.SIG_IGN]
        self._have(self._heard)

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

        Impatient people press twice. The signals are ignored, not handled by something that does
        nothing: Python takes handlers away while it still has to end.
        """
        self._have(signal.SIG_IGN)

    def _have(self, handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
        for number in self._heard_of:
            signal.signal(number, handler)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        if not self._held:
            raise KeyboardInterrupt
        self._came = True
