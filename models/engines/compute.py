"""The precisions that models are run in, by the names of `--compute`.

What `auto` takes is the engine's choice for a device; tests/benchmarks/tuning.md has the
measurements behind it.
"""

import logging
from collections.abc import Iterable
from functools import cache
from typing import Literal

from models.engines.device import Device
from models.errors import PrecisionMissing

log = logging.getLogger(__name__)

Compute = Literal[
    "auto",
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "bfloat16",
    "float16",
    "float32",
]


def check(compute: str, there: Iterable[str], device: Device, engine: str) -> None:
    """Raise PrecisionMissing unless it is among those that are `there` on the device."""
    if compute not in there:
        raise PrecisionMissing(compute, str(device), engine, there)


def stored(compute: str) -> str:
    """The precision that a conversion is stored in to be run in this one.

    Eight-bit weights serve whatever computes with them; others are stored as they are computed.
    """
    return "int8" if compute.startswith("int8") else compute


def varies(compute: str) -> bool:
    """Whether an output can depend on the batch that it was decoded in.

    It does where sums are kept in sixteen bits: their rounding follows the shape of the batch.
    """
    return compute.endswith("float16")


@cache
def announce(compute: str) -> None:
    """Say once a process that outputs of this precision may vary, where they may."""
    if varies(compute):
        log.warning(
            "computing in %s: in another batch a sentence may come out in other words; "
            "what is cached stays as it came first",
            compute,
        )
