"""Looks at everything that khulasa stands on, and says what to do about what is not good.

    for diagnosis in examine(Chosen(models="fast")):
        print(diagnosis.name, diagnosis.state, diagnosis.found, diagnosis.advice)

Nothing here raises, waits long for a network, or downloads.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from importlib import import_module

from models.errors import ALL_WELL, SOME_FAILED, ModelError
from pipeline.doctor.chosen import Chosen
from pipeline.doctor.diagnosis import Diagnosis, guarded

__all__ = ["Chosen", "Diagnosis", "examine", "exit_code"]

_REINSTALL = "install khulasa again"

# The module that looks, and what to do where it cannot. What is quick comes first. Modules are
# imported when their turn comes: a package that is missing breaks one look, not all.
_LOOKS = {
    "python": ("environment", ""),
    "packages": ("environment", _REINSTALL),
    "torch": ("environment", _REINSTALL),
    "terminal": ("environment", ""),
    "variables": ("environment", ""),
    "cores": ("machine", ""),
    "memory": ("machine", ""),
    "processor": ("machine", _REINSTALL),
    "precision": ("machine", ""),
    "disk": ("machine", "set KHULASA_HOME and HF_HOME to other folders"),
    "store": ("storage", "set KHULASA_HOME to another folder"),
    "hub": ("storage", ""),
    "cache": ("storage", "mend or delete it, or name another: --cache PATH"),
    "self-test": ("proofs", f"{_REINSTALL}, and report it if that does not help"),
    "model": ("proofs", ""),
}


def examine(chosen: Chosen) -> Iterator[Diagnosis]:
    """Look at one thing after the other; each finding comes when it is known.

    The bundled models and those that are on this machine are loaded and tested: seconds each.
    """
    for name, (module, advice) in _LOOKS.items():
        yield from guarded(name, partial(_look, module, name, chosen), advice)


def exit_code(found: Iterable[Diagnosis]) -> int:
    """0 where nothing is bad, 3 where a model or the self-test is, else 1."""
    bad = {one.name for one in found if one.state == "bad"}
    if bad & {"model", "self-test"}:
        return ModelError.exit_code
    return SOME_FAILED if bad else ALL_WELL


def _look(module: str, name: str, chosen: Chosen) -> Iterator[Diagnosis]:
    function = name.replace("-", "_")
    yield from getattr(import_module(f"pipeline.doctor.{module}"), function)(chosen)
