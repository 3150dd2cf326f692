"""What would run: a set of models or others in their place, where they run, and the cache."""

from dataclasses import dataclass
from pathlib import Path

from models import catalog
from models.catalog import BUNDLED, EXTRACTIVE, ModelSet, Repository, Role
from models.model import DEFAULT, Runtime
from models.stock.installed import Installed, installed

ARABIC = "ar"
"""The language of a text that nobody named."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """As the options of the other commands say it."""

    lang: str = ARABIC
    models: ModelSet = "best"
    translator: str | None = None
    summarizer: str | None = None
    runtime: Runtime = DEFAULT
    cache: str | None = None

    @property
    def given(self) -> dict[Role, str]:
        """The models that take the places of the set's."""
        places: dict[Role, str | None] = {
            "translator": self.translator,
            "summarizer": self.summarizer,
        }
        return {
            role: reference
            for role, reference in places.items()
            if reference is not None and reference != EXTRACTIVE
        }

    def wanted(self) -> list[Repository]:
        """What of the hub's a run would use; a language that the catalogue lacks adds nothing."""
        given = self.given
        taken = [repository(reference) for reference in given.values()]
        from_hub = "translator" not in given and self.runtime.engine != "student"
        language = catalog.find(self.lang) if from_hub else None
        if language and self.models != "tiny":
            taken.append(language.best if self.models == "best" else language.fast)
        if self.models != "tiny" and self.summarizer is None:
            taken.append(catalog.summarizers()[self.models])
        return [one for one in taken if one]

    def missing(self) -> list[Repository]:
        """Those that a run would download."""
        found = ((one, installed(one.name, one.revision)) for one in self.wanted())
        return [one for one, here in found if here is None or here.absent]

    def here(self) -> list[Installed]:
        """Of the given repositories and those of the catalogue, what is on this machine."""
        given = filter(None, map(repository, self.given.values()))
        known = {one.name: one for one in (*given, *catalog.repositories().values())}
        found = (installed(one.name, one.revision) for one in known.values())
        return [one for one in found if one]


def repository(reference: str) -> Repository | None:
    """The repository that a reference names; None for a folder or a bundled model."""
    if reference.startswith((".", "~", "/", BUNDLED)) or Path(reference).is_dir():
        return None
    name, _, revision = reference.partition("@")
    known = catalog.repositories().get(name, Repository(name, 0))
    return Repository(name, known.megabytes, revision or known.revision)
