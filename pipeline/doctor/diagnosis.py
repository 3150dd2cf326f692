"""What a look finds, and how a look that fails is itself a finding."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from models.errors import KhulasaError, one_line

State = Literal["good", "poor", "bad"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding: `poor` works but costs something, `bad` does not work.

    `name` is what was looked at, one of a fixed few; `found` and `advice` are one line each.
    """

    name: str
    state: State
    found: str
    advice: str = ""


Look = Callable[[], Iterable[Diagnosis]]


def guarded(name: str, look: Look, advice: str = "") -> Iterator[Diagnosis]:
    """What a look finds, up to the error that ends it, which is told with `advice`."""
    try:
        yield from look()
    except KhulasaError as error:
        yield Diagnosis(name, "bad", str(error), advice)
    except Exception as error:  # noqa: BLE001 - whatever breaks one look, the others go on
        kind = type(error).__name__
        yield Diagnosis(name, "bad", f"unexpected {kind}: {one_line(error)}", advice)
