"""What there is: every model of the catalogue, and what else is on this machine, with its state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from models import catalog, students
from models.catalog import Entry
from models.model import open_entry
from models.stock.installed import Installed, installed, others
from models.store.fingerprint import remembered


@dataclass(frozen=True, slots=True)
class Item:
    """A model and what is here of it.

    `passed` says, by the code of a language, how well it did in its self-test, in a clause; under
    `en` for a summariser.
    """

    entry: Entry
    here: Installed | None
    passed: Mapping[str, str]

    @property
    def usable(self) -> bool:
        """Whether it is here whole."""
        return self.here is not None and not self.here.absent

    @property
    def size(self) -> int:
        """The bytes that it takes on the disk, with all that was made from it."""
        return self.here.whole_size if self.here else 0


def everything() -> list[Entry]:
    """The catalogue, then what is here besides."""
    unknown = (catalog.entry(one.name) for one in others())
    return [*catalog.entries().values(), *unknown, *(one.entry for one in students.here())]


def serving(names: Iterable[str]) -> list[Entry]:
    """As `catalog.serving`, with the students on this machine, which may be named too."""
    found: list[Entry] = []
    for name in names:
        if student := students.find(name):
            found.append(student.entry)
        else:
            found += catalog.serving([name])
            code = catalog.code_of(name)
            found += [one.entry for one in students.here() if one.lang == code]
    return list(dict.fromkeys(found))


def chosen(names: Iterable[str], models: Literal["best", "fast"]) -> list[Entry]:
    """As `catalog.chosen`; students are taken by their names alone."""
    found: list[Entry] = []
    for name in names:
        student = students.find(name)
        found += [student.entry] if student else catalog.chosen([name], models)
    return list(dict.fromkeys(found))


def item(entry: Entry) -> Item:
    """Look at what is here of a model. Reads no large file, asks nobody."""
    here = installed(entry.repository.name, entry.repository.revision)
    if here is None or here.absent or remembered(here.folder) is None:
        return Item(entry, here, {})
    opened = open_entry(entry).items()
    return Item(entry, here, {code: told for code, one in opened if (told := one.tested)})
