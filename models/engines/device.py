"""Where models run, as `--device` says it: the processor, or one or several graphics cards."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from models.errors import DeviceMissing, KhulasaError

_WRITTEN = re.compile(r"(?P<kind>auto|cpu|mps|cuda)(?::(?P<cards>\d{1,3}(?:,\d{1,3})*))?", re.ASCII)


class UnknownDevice(KhulasaError):
    """No device is written so."""


@dataclass(frozen=True, slots=True)
class Device:
    """A processor, or cards of one kind by their numbers; Apple has one."""

    kind: Literal["cpu", "cuda", "mps"] = "cpu"
    cards: tuple[int, ...] = (0,)

    def __str__(self) -> str:
        """As `--device` takes it."""
        cards = ",".join(map(str, self.cards))
        return self.kind if self.cards == (0,) else f"{self.kind}:{cards}"

    def each(self) -> "list[Device]":
        """Its cards, a device each."""
        return [Device(self.kind, (card,)) for card in self.cards]

    def check(self, there: int, library: str) -> None:
        """Raise DeviceMissing unless a library that finds `there` cards finds all of these."""
        if max(self.cards) >= there:
            raise DeviceMissing(str(self), library, there)


PROCESSOR = Device()


def parse(text: str) -> Device:
    """`auto` is the processor, `cuda` the first card, `cuda:2` the third, `cuda:0,1` are two.

    Raises UnknownDevice.
    """
    found = _WRITTEN.fullmatch(text)
    cards = tuple(map(int, found["cards"].split(","))) if found and found["cards"] else (0,)
    if not found or len({*cards}) < len(cards) or (found["cards"] and found["kind"] != "cuda"):
        raise UnknownDevice(
            f"no device is called {text!r}: say auto, cpu, cuda, cuda:1, cuda:0,1 or mps"
        )
    kind: Any = "cpu" if found["kind"] == "auto" else found["kind"]
    return Device(kind, cards)
