"""Translation memories in the exchange format TMX 1.4, read unit by unit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from models.errors import one_line
from pipeline.readers.content import Unreadable

LARGEST_UNIT = 4 * 2**20
"""Bytes from the end of one unit to the end of the next; more is no translation of a sentence."""

DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Unit:
    """Texts that translate each other, with their languages as the file writes them.

    `props` are the properties of the unit by type, `person` who changed it last, or made it.
    """

    texts: tuple[tuple[str, str], ...]
    props: dict[str, str] = field(default_factory=dict)
    person: str = ""


_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Elements that hold what another program needs to format the text; within them, `sub` is text.
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})


class _Metered:
    """A file that says where no unit ends in too many bytes, before they fill the memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.since = 0

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.since += len(data)
        if self.since > LARGEST_UNIT:
            raise Unreadable(f"has a unit larger than {LARGEST_UNIT >> 20} MB")
        return data


def units(file: BinaryIO) -> Iterator[Unit]:
    """Every unit in order. Raises Unreadable for what is no TMX, or is no harmless XML.

    Entities may not be declared: a short file could make gigabytes of them, or read other files.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    metered, number = _Metered(file), 0
    try:
        for element, parents in _ended(iterparse(metered, events=("start", "end"))):
            if _tag(element) == "tu":
                yield _unit(element)
                metered.since, number = 0, number + 1
                parents[-1].clear()
    except (ParseError, LookupError, ValueError) as error:
        # An encoding may be unknown to Python; a DefusedXmlException is a ValueError.
        reason = "declares entities" if isinstance(error, DefusedXmlException) else one_line(error)
        raise Unreadable(f"unit {number + 1:,} cannot be read as XML: {reason}") from error
    if not number:
        raise Unreadable("holds no translation units; is it a TMX file?")


def _ended(events: Any) -> Iterator[tuple[Element, list[Element]]]:
    """Every element below the root that is complete, with what it lies in, the root first."""
    parents: list[Element] = []
    for event, element in events:
        if event == "start":
            parents.append(element)
            if len(parents) > DEEPEST:
                raise Unreadable(f"nests more than {DEEPEST} elements in each other")
            continue
        parents.pop()
        if parents:
            yield element, parents


def _unit(element: Element) -> Unit:
    props = {
        part.get("type", ""): "".join(_plain(part)) for part in element if _tag(part) == "prop"
    }
    variants = [part for part in element if _tag(part) == "tuv"]
    # A tool that knows of languages notes the change at the text that was changed.
    named = (one.get(name) for name in ("changeid", "creationid") for one in (*variants, element))
    return Unit(tuple(_texts(element)), props, next(filter(None, named), ""))


def _texts(unit: Element) -> Iterator[tuple[str, str]]:
    for variant in unit:
        if _tag(variant) == "tuv":
            segments = (part for part in variant if _tag(part) == "seg")
            text = "".join(text for segment in segments for text in _plain(segment))
            yield variant.get(_LANG) or variant.get("lang") or "", text


def _plain(element: Element) -> Iterator[str]:
    """The text in an element, without the codes of other programs."""
    own = _tag(element) not in _CODES
    if own and element.text:
        yield element.text
    for part in element:
        yield from _plain(part)
        if own and part.tail:
            yield part.tail


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
