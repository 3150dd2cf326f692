"""Reads the words and sentence patterns of the tiny world from its data files."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from models.tiny.terms import Noun, Phrase, Style, Term

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "lexicon"
_SLOT = re.compile(r"\{(\w+)(?::([^}]+))?\}")


@dataclass(frozen=True)
class Template:
    """A text with slots, cut up: fixed text and (slot, form) in turn."""

    parts: tuple[str | tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        parts: list[str | tuple[str, str]] = []
        position = 0
        for match in _SLOT.finditer(text):
            parts += [text[position : match.start()], (match[1], match[2] or "")]
            position = match.end()
        return cls((*parts, text[position:]))

    def arabic(self, terms: dict[str, Term], style: Style) -> str:
        filled = (p if isinstance(p, str) else terms[p[0]].arabic(p[1], style) for p in self.parts)
        return style.quotes("".join(filled))

    def english(self, terms: dict[str, Term]) -> str:
        filled = (p if isinstance(p, str) else terms[p[0]].english(p[1]) for p in self.parts)
        text = "".join(filled).replace("“", '"').replace("”", '"')
        first = next(i for i, char in enumerate(text) if char.isalnum())
        return text[:first] + text[first].upper() + text[first + 1 :]


@dataclass(frozen=True)
class Pattern:
    """One way to say one fact; `summary` where the fact belongs in the summary."""

    name: str
    arabic: Template
    english: Template
    summary: Template | None


@dataclass(frozen=True)
class Detail:
    """A fact with its wordings, and sentences that may follow directly on it."""

    wordings: tuple[Pattern, ...]
    follow: tuple[Pattern, ...]

    @property
    def salient(self) -> bool:
        return self.wordings[0].summary is not None


Roles = tuple[tuple[Phrase, Phrase], ...]
"""Masculine and feminine form of each role."""


class Range(NamedTuple):
    """The least and the greatest value of a number."""

    low: int
    high: int


Slot = Range | str | tuple[Phrase, ...]
"""A range of numbers, a range of numerals ("2008-2022"), or phrases to choose from."""


@dataclass(frozen=True)
class Kind:
    """A kind of event: what it draws on and what can be said of it."""

    name: str
    slots: dict[str, Slot]
    roles: dict[str, Roles]
    headlines: Detail
    leads: Detail
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Lexicon:
    """All words and patterns of the world."""

    nouns: dict[str, Noun]
    months: tuple[Phrase, ...]
    given: tuple[Phrase, ...]
    family: tuple[Phrase, ...]
    towns: tuple[Phrase, ...]
    common: tuple[Detail, ...]
    kinds: tuple[Kind, ...]

    def patterns(self) -> list[Pattern]:
        """Every sentence pattern of the world."""
        details = [*self.common]
        for kind in self.kinds:
            details += [kind.headlines, kind.leads, *kind.details]
        return [pattern for d in details for pattern in d.wordings + d.follow]


def _phrases(entries: Iterable[list[str]]) -> tuple[Phrase, ...]:
    return tuple(Phrase(e[0], e[1], e[2:] == ["f"]) for e in entries)


def _words(table: dict[str, str], feminine: bool = False) -> tuple[Phrase, ...]:
    return tuple(Phrase(arabic, english, feminine) for arabic, english in table.items())


def _slots(table: dict[str, Any]) -> dict[str, Slot]:
    slots: dict[str, Slot] = {}
    for name, entry in table.items():
        if isinstance(entry, str):
            slots[name] = slots[entry.removeprefix("like ")] if "like" in entry else entry
        elif isinstance(entry[0], int):
            slots[name] = Range(*entry)
        else:
            slots[name] = _phrases(entry)
    return slots


def _pattern(name: str, entry: list[str]) -> Pattern:
    arabic, english, *summary = (Template.parse(text) for text in entry)
    return Pattern(name, arabic, english, summary[0] if summary else None)


def _detail(name: str, table: dict[str, Any]) -> Detail:
    wordings = (_pattern(f"{name}.{i}", e) for i, e in enumerate(table["wordings"]))
    follow = (_pattern(f"{name}.follow.{i}", e) for i, e in enumerate(table.get("follow", ())))
    return Detail(tuple(wordings), tuple(follow))


def _details(name: str, tables: list[dict[str, Any]]) -> tuple[Detail, ...]:
    return tuple(_detail(f"{name}.{i}", table) for i, table in enumerate(tables))


def _role(
    masculine: str, feminine: str, english: str, english_feminine: str
) -> tuple[Phrase, Phrase]:
    return Phrase(masculine, english), Phrase(feminine, english_feminine, True)


def _kind(path: Path, common: dict[str, Slot]) -> Kind:
    table = tomllib.loads(path.read_text("utf-8"))
    return Kind(
        name=path.stem,
        slots=common | _slots(table["slots"]),
        roles={who: tuple(_role(*e) for e in entries) for who, entries in table["roles"].items()},
        headlines=_detail(f"{path.stem}.headline", table["headline"]),
        leads=_detail(f"{path.stem}.lead", table["lead"]),
        details=_details(path.stem, table["detail"]),
    )


@cache
def lexicon() -> Lexicon:
    """The lexicon of the package, read once."""
    names, places, common = (
        tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
        for name in ("names", "places", "common")
    )
    slots = _slots(common["slots"])
    return Lexicon(
        nouns={name: Noun(*forms) for name, forms in common["nouns"].items()},
        months=_phrases(common["calendar"]["months"]),
        given=_words(names["masculine"]) + _words(names["feminine"], feminine=True),
        family=_words(names["family"]),
        towns=_words(places["towns"]),
        common=_details("common", common["detail"]),
        kinds=tuple(_kind(path, slots) for path in sorted((FOLDER / "events").glob("*.toml"))),
    )
