"""The engines there are. Importing this imports none of the libraries behind them."""

from collections.abc import Callable
from dataclasses import dataclass

from models import engine_ct2, engine_torch
from models.engine import Engine


@dataclass(frozen=True, slots=True)
class Backend:
    """One way to run a model.

    `name(compute)` is its part of a signature; `load(folder, compute=…, device=…, threads=…)`
    gives the Engine. `folder` is a model as published or, where `converted`, what `models.convert`
    made of it. The first of `computes`, the precisions on offer, is the default.
    """

    name: Callable[[str], str]
    load: Callable[..., Engine]
    computes: tuple[str, ...]
    converted: bool


ENGINES = {
    "ctranslate2": Backend(engine_ct2.name, engine_ct2.load, engine_ct2.COMPUTES, converted=True),
    "torch": Backend(engine_torch.name, engine_torch.load, engine_torch.COMPUTES, converted=False),
}
