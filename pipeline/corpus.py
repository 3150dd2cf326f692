"""The documents of many sources, one after the other, each with an id of its own.

What cannot be read becomes a Failure that says where it stands and why; the stream goes on.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.catalog import ENGLISH, code_of, find
from pipeline.document import Document, Failure
from pipeline.files import File
from pipeline.files import find as find_files
from pipeline.harmless import visible
from pipeline.objects import is_address
from pipeline.readers.content import Unreadable
from pipeline.readers.text import plain
from pipeline.sources import STDIN, document, each, read_each
from pipeline.tables import USUAL, Fields, Row, listed, rows

__all__ = ["Corpus", "Entry", "Fields"]

LONGEST_NAME = 1000  # characters of an id, all of which are kept in memory, or of a time

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A document or why there is none; how many bytes of the corpus were read when it came.

    `values` is all that its row holds, nothing where it came as a file of its own.
    """

    outcome: Document | Failure
    consumed: int
    values: Mapping[str, Any] = field(default_factory=dict)


class Corpus:
    """The documents of files, folders, patterns, stores and standard input, in this order.

    `without` is a folder that is not read where a source holds it; `lang` and `fields` are those of
    its `reader`. `total` is the size of all `files` in bytes, None with standard input; `ignored`
    counts what folders and patterns hold that is no file of a known kind.

    Raises Unreadable for a source that is not there, or of which nothing can be read.
    """

    def __init__(
        self,
        sources: Sequence[str],
        lang: str | None = None,
        fields: Fields = USUAL,
        without: Path | None = None,
    ) -> None:
        found = find_files(sources, without)
        self.files, self.reader = found.files, Reader(lang, fields)
        files = [file for file in found.files if isinstance(file, File)]
        _require_parquet(files)
        read_from_disk = all(file.path != STDIN for file in files)
        self.total = sum(file.size for file in files) if read_from_disk else None
        self.ignored = found.ignored

    def __iter__(self) -> Iterator[Entry]:
        ids, before = Ids(), 0
        for file in self.files:
            for entry in self.reader.entries(file, before):
                outcome = entry.outcome
                told = ids.distinct(outcome) if isinstance(outcome, Document) else outcome
                yield replace(entry, outcome=told)
            before += 0 if isinstance(file, Failure) else file.size


@dataclass(frozen=True, slots=True)
class Reader:
    """What makes documents of files.

    `lang` is the language of all of them; without it, each has its own field or is told by its
    script. `fields` are the names that tables have for what a document has.
    """

    lang: str | None = None
    fields: Fields = USUAL

    def entries(self, file: File | Failure, before: int = 0) -> Iterator[Entry]:
        """What a file holds, its ids as they are; `before` it so many bytes were read."""
        if isinstance(file, Failure):
            yield Entry(file, before)
        elif file.kind == "document":
            yield from (Entry(one, before + file.size) for one in self._whole(file))
        else:
            for row in rows(file, self.fields):
                values = {} if isinstance(row.values, Unreadable) else row.values
                yield Entry(self._outcome(file, row), before + row.consumed, values)

    def _whole(self, file: File) -> Iterator[Document | Failure]:
        for found in self._each(file):
            if isinstance(found, Unreadable):
                yield Failure(found.reason, file.name, id=file.identity)
            else:
                yield replace(found, path=file.name)

    def _each(self, file: File) -> Iterator[Document | Unreadable]:
        if not is_address(file.path):
            yield from read_each(Path(file.path), self.lang, file.identity)
            return
        try:
            with file.open() as stream:
                yield from each(stream, file.name, self.lang, file.identity)
        except Unreadable as error:
            yield error

    def _outcome(self, file: File, row: Row) -> Document | Failure:
        identity: str | None = None
        try:
            if isinstance(row.values, Unreadable):
                raise row.values
            identity = _name(row.values.get(self.fields.id), self.fields.id)
            return self._document(file, row.line, row.values, identity)
        except Unreadable as error:
            return Failure(error.reason, file.name, row.line, identity)

    def _document(
        self, file: File, line: int | None, values: Any, identity: str | None
    ) -> Document:
        names = self.fields
        if names.text not in values:
            raise Unreadable(
                f"has no field {names.text!r} but {listed(values)}; name it, as in --fields"
                " text=body,title=headline"
            )
        lang = _text(values, names.lang).strip()
        found = document(
            plain(_text(values, names.text), _text(values, names.title)),
            identity or f"{file.identity}:{line}",
            self.lang or (_code(lang, names.lang) if lang else None),
        )
        time = _name(values.get(names.time), names.time)
        return replace(found, path=file.name, line=line, time=time)


class Ids:
    """The ids of the documents so far."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._next: dict[str, int] = {}

    def distinct(self, found: Document) -> Document:
        """The document, under an id that no other has; one that was changed is flagged."""
        identity = self.another(found.id)
        if identity == found.id:
            return found
        return replace(found, id=identity, flags=(*found.flags, "duplicate-id"))

    def another(self, wanted: str) -> str:
        """The id that was wanted, or what is made of it where another document has it."""
        identity = wanted
        while identity in self._seen:
            number = self._next[wanted] = self._next.get(wanted, 1) + 1
            identity = f"{wanted}-{number}"
        self._seen.add(identity)
        return identity


def _text(values: Any, name: str) -> str:
    """The text under `name`, empty where there is none."""
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"field {name!r} is no text but {type(value).__name__}")
    return whole(value, name)


def whole(text: str, name: str) -> str:
    """The text, which stands under `name`. Raises Unreadable where a character of it is cut."""
    if _SURROGATE.search(text):
        raise Unreadable(f"field {name!r} holds half a character, an escape like \\ud800 alone")
    return text


def _name(value: Any, name: str) -> str | None:
    """A text or a number as one short line; None where there is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise Unreadable(f"field {name!r} is neither text nor number but {type(value).__name__}")
    if value is None:
        return None
    if len(text := str(value)) > LONGEST_NAME:
        raise Unreadable(f"field {name!r} is longer than {LONGEST_NAME} characters")
    return visible(" ".join(text.split())) or None


def _code(lang: str, name: str) -> str:
    code = code_of(lang)
    if code != ENGLISH and find(lang) is None:
        raise Unreadable(
            f"field {name!r} is {lang[:40]!r}, no language of the catalogue; correct it, or name"
            " one language for all documents with --from"
        )
    return code


def _require_parquet(files: Sequence[File]) -> None:
    tables = [file.name for file in files if file.kind == "parquet"]
    if tables and find_spec("pyarrow") is None:
        raise Unreadable("needs a reader of Parquet: pip install 'khulasa[parquet]'", tables[0])
