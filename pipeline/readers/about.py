"""What documents say of themselves: title, language and time, in the words of Dublin Core."""

import re
from dataclasses import dataclass

from pipeline.readers.content import flat
from pipeline.readers.packed import Packed
from pipeline.readers.stream import events

LONGEST = 1000
"""Characters of one statement; what is longer is none."""

_TITLE = ("dc:title",)
_LANG = ("dc:language",)
_TIME = ("dcterms:created", "meta:creation-date", "dc:date", "dcterms:modified")
# What programs write where nobody gave a title, and names of files.
_NO_TITLE = re.compile(
    r"(?:microsoft word - .*|.*\.(?:docx?|odt|rtf|pdf|indd|qxd|tex|dvi|pub|pptx?)"
    r"|(?:untitled|document|dokument|sans titre)[\s\d]*|[\d\W]*)",
    re.I,
)
_ISO = re.compile(
    r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class About:
    """What is known, "" where nothing is. `time` is as ISO 8601 has it."""

    title: str = ""
    lang: str = ""
    time: str = ""


def about(archive: Packed, path: str) -> About:
    """What an XML part of an archive says; the first of each where there are several."""
    said: dict[str, str] = {}
    here = ""
    for event in events(archive.chunks(path)):
        if event.kind == "start":
            here = event.value if event.value not in said else ""
        elif event.kind == "end":
            here = ""
        elif here in (*_TITLE, *_LANG, *_TIME):
            said[here] = (said.get(here, "") + event.value)[:LONGEST]
    return About(title(_first(said, _TITLE)), _first(said, _LANG), iso(_first(said, _TIME)))


def title(text: str) -> str:
    """A title, or "" for what a program wrote in its place."""
    text = flat(text)
    return "" if _NO_TITLE.fullmatch(text) else text


def iso(time: str) -> str:
    """A time where it is one of ISO 8601."""
    return time if _ISO.fullmatch(time) else ""


def _first(said: dict[str, str], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := flat(said.get(name, "")))), "")
