"""The translation memory as people exchange it: what is kept goes out, corrections come in."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from models.catalog import ENGLISH, code_of
from models.errors import KhulasaError
from pipeline.cache import Cache
from pipeline.corrections import Correction
from pipeline.harmless import visible
from pipeline.pairs import read_units
from pipeline.provenance import MARK, fingerprint, normal
from pipeline.render.tmx import units_to
from pipeline.signature import Signature
from pipeline.tmx import Unit
from pipeline.translate import SOURCED, remembered_pair

NOT_SOURCES = frozenset({ENGLISH, "", "und"})
OURS = frozenset({"khulasa", "memory"})
"""Whom our own exports name as the maker of a unit, who is no person."""

Left = Counter[str]
"""How many were left out, by reason."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A translation in the memory. `made` tells by whom: a model, by its name, or what origin."""

    lang: str
    source: str
    target: str
    by: str
    made: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What a cache remembers of one language or all. `left` counts what was not given, by reason.

    Only a portion of it is held at a time. Iterators raise CacheUnusable.
    """

    cache: Cache
    lang: str | None = None
    left: Left = field(default_factory=Left)

    def by_people(self) -> Iterator[Remembered]:
        """The translations by people."""
        for one in self.cache.corrections(self.lang):
            yield Remembered(one.lang, one.source, one.target, "memory", one.origin)

    def by_models(self) -> Iterator[Remembered]:
        """The translations by models: of each sentence the one that was used last."""
        for portion in self._portions():
            yield from portion

    def by_all(self) -> Iterator[Remembered]:
        """The translations by people, then those by models of other sentences."""
        yield from self.by_people()
        for portion in self._portions():
            known = self.cache.corrected(portion[0].lang, [one.source for one in portion])
            yield from (one for one in portion if one.source not in known)

    def _portions(self) -> Iterator[list[Remembered]]:
        newer: dict[str, list[Signature]] = {}
        for signature in self._signatures():
            params = dict(signature.params)
            lang, model = params["lang"], params.get("model", "")
            for values in self.cache.remembered(signature):
                pairs = self._sound(values)
                for other in newer.get(lang, ()):
                    pairs = _without(pairs, self.cache.holds(other, list(pairs)))
                if pairs:
                    yield [Remembered(lang, *pair, "model", model) for pair in pairs.items()]
            newer.setdefault(lang, []).append(signature)

    def _signatures(self) -> Iterator[Signature]:
        """Those under which sentences were remembered with their sources, used last first."""
        for one in self.cache.counts():
            signature = Signature.parse(one.signature)
            lang = dict(signature.params).get("lang")
            if signature.stage != "translate" or not one.sentences or self.lang not in (None, lang):
                continue
            if signature.version < SOURCED:
                self.left["by an earlier version, which kept no sources"] += one.sentences
            else:
                yield signature

    def _sound(self, values: list[Any]) -> dict[str, str]:
        """Translations by source. What is empty would offer itself as a translation."""
        pairs = [remembered_pair(value) for value in values if value is not None]
        self.left["damaged"] += len(values) - len(pairs)
        full = {source: target for source, target in pairs if normal(target)}
        self.left["without a translation"] += len(pairs) - len(full)
        return full


def _without(pairs: dict[str, str], sources: Container[str]) -> dict[str, str]:
    return {source: target for source, target in pairs.items() if source not in sources}


def read_corrections(path: Path, lang: str | None, left: Left) -> Iterator[Correction]:
    """What people translated in a .tsv or .tmx; `left` counts units that say nothing of that.

    A translation by a model that is as we wrote it is nobody's correction. Raises Unreadable, also
    after some that could be read.
    """
    wanted = code_of(lang) if lang else None
    for unit in read_units(path, lang):
        target = next((text for code, text in unit.texts if code == ENGLISH and normal(text)), None)
        sources = list(_sources(unit, wanted))
        if target is None:
            left["without English"] += 1
        elif not sources:
            left["without a text in " + (wanted or "another language")] += 1
        elif unit.props.get(f"x-{MARK}") == fingerprint(target):
            left["by models and not changed"] += 1
        else:
            origin = ", ".join(filter(None, (path.name, _person(unit))))
            yield from (Correction(code, text, target, origin) for code, text in sources)


def _sources(unit: Unit, wanted: str | None) -> Iterator[tuple[str, str]]:
    """Every other language's texts: their sentences may have the same translation."""
    for code, text in dict.fromkeys(unit.texts):
        if code not in NOT_SOURCES and wanted in (None, code) and normal(text):
            yield code, text


def _person(unit: Unit) -> str:
    return "" if unit.person in OURS else unit.person


def write(entries: Iterable[Remembered], path: Path, out: BinaryIO) -> Counter[str]:
    """Write translations in the format that the ending of `path` names; how many by whom.

    Raises KhulasaError for another ending than .tmx and .tsv.
    """
    writing = _WRITERS.get(path.suffix.lower())
    if writing is None:
        raise KhulasaError(f"{visible(str(path))}: a memory is written as .tmx or .tsv")
    written = Counter[str]()
    with writing(out) as write_one:
        for one in entries:
            write_one(one)
            written[one.by] += 1
    return written


@contextmanager
def _tmx(out: BinaryIO) -> Iterator[Callable[[Remembered], None]]:
    with units_to(out) as write_unit:

        def write_one(one: Remembered) -> None:
            props = {"by": one.by, "made": one.made}
            write_unit(one.source, one.target, one.lang, props)

        yield write_one


@contextmanager
def _tsv(out: BinaryIO) -> Iterator[Callable[[Remembered], None]]:
    """Source, translation, language, and the fingerprint of what a model made."""

    def write_one(one: Remembered) -> None:
        mark = fingerprint(one.target) if one.by == "model" else ""
        row = (normal(one.source), normal(one.target), one.lang, mark)
        out.write("\t".join(row).rstrip("\t").encode() + b"\n")

    yield write_one


_WRITERS = {".tmx": _tmx, ".tsv": _tsv}
