"""The engines there are. Importing this imports none of the libraries behind them."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from models.engines import ct2, pytorch, student
from models.engines.compute import Compute
from models.engines.device import Device
from models.engines.engine import DecodeOptions, Engine
from models.layout import FIREFOX, HUGGING_FACE, Layout

ALL_OPTIONS = frozenset(one.name for one in fields(DecodeOptions))


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to run a model.

    `name(compute)` is its part of a signature; `load(folder, compute=…, device=…, threads=…)`
    gives the Engine. `folder` is a model as published, in this `layout`, or, where `converted`,
    what `models.conversion` made of it. `automatic(device)` is the precision of `--compute auto`,
    for a processor known without a library; `supported(device)` are all that it computes in.
    Each of the three that take a device raises DeviceMissing, and `load` PrecisionMissing or
    OutOfMemory. `heeds` are the fields of DecodeOptions that count; `scores`: it tells
    probabilities.
    """

    name: Callable[[str], str]
    load: Callable[..., Engine]
    automatic: Callable[[Device], str]
    supported: Callable[[Device], tuple[str, ...]]
    converted: bool
    layout: Layout = HUGGING_FACE
    heeds: frozenset[str] = ALL_OPTIONS
    scores: bool = True

    def precision(self, compute: Compute, device: Device) -> str:
        """What `compute` is on the device."""
        return self.automatic(device) if compute == "auto" else compute


ENGINES = {
    "ctranslate2": Backend(
        ct2.name,
        ct2.load,
        ct2.automatic,
        ct2.supported,
        converted=True,
    ),
    "torch": Backend(
        pytorch.name,
        pytorch.load,
        pytorch.automatic,
        pytorch.supported,
        converted=False,
    ),
    "student": Backend(
        student.name,
        student.load,
        student.automatic,
        student.supported,
        converted=False,
        layout=FIREFOX,
        heeds=frozenset(),
        scores=False,
    ),
}
