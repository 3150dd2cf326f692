"""Documents together with what people made of them: translation, summaries, segments.

In a folder they lie beside the document `NAME.txt`:

    NAME.en.txt          the translation, best one line a segment
    NAME.summary.en.txt  a summary
    NAME.segments.txt    the segments of the source, one a line

In JSON lines they are fields of its row: `reference` (a list of lines, or one text), `summary`
(a text, or a list of several people's), `segments` (a list).
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from models.catalog import languages
from pipeline.corpus import Corpus, whole
from pipeline.document import Document, Failure
from pipeline.files import File, find
from pipeline.harmless import visible
from pipeline.readers.content import Unreadable
from pipeline.sources import read, read_lines

TRANSLATION, SUMMARY, SEGMENTS = ".en.txt", ".summary.en.txt", ".segments.txt"

# ROUGE-L compares every word with every other: no summary is as long as this.
LONGEST_SUMMARY = 100_000  # characters


@dataclass(frozen=True, slots=True)
class References:
    """What a document is measured against; empty where nobody made it.

    `translation`: English, best one line a segment; `summaries`: each a whole one; `segments`: of
    the source. No line and no summary is blank.
    """

    translation: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.translation or self.summaries or self.segments)


@dataclass(frozen=True, slots=True)
class Case:
    """A document and its references, or why it cannot be read."""

    outcome: Document | Failure
    references: References = References()


class Cases:
    """The documents of a folder, of files `NAME.txt` or of JSON lines, in order, each id once.

    `lang` is the language of all rows, and of the files that do not name their own before the
    first hyphen, as `fr-railway.txt` does. Where there are files `NAME.txt`, no JSON lines are
    read. `ignored` counts what is neither document nor reference.

    Raises Unreadable for a source that is not there, or that holds no document.
    """

    def __init__(self, source: str, lang: str | None = None) -> None:
        found = find([source])
        self._lang = lang
        self._failures = [one for one in found.files if isinstance(one, Failure)]
        files = [one for one in found.files if isinstance(one, File)]
        texts = [one for one in files if one.path.lower().endswith(".txt")]
        self._documents = [one for one in texts if not _document_of(one)]
        self._orphans = [orphan for one in texts if (orphan := _orphan(one))]
        rows = [] if texts else [one for one in files if one.kind == "jsonl"]
        self._rows = Corpus([one.path for one in rows], lang) if rows else ()
        if not (self._documents or self._rows or self._orphans):
            raise Unreadable("holds no NAME.txt and no .jsonl to evaluate", visible(source))
        self.ignored = found.ignored + len(files) - len(texts) - len(rows)

    def __iter__(self) -> Iterator[Case]:
        yield from map(Case, chain(self._failures, self._orphans))
        yield from map(self._beside, self._documents)
        for entry in self._rows:
            yield _of_row(entry.outcome, entry.values)

    def _beside(self, file: File) -> Case:
        """The document of a file, with the references that lie beside it."""
        path = Path(file.path)
        try:
            document = read(path, _language_of(path) or self._lang)
            references = References(
                _lines_beside(path, TRANSLATION),
                _joined(_lines_beside(path, SUMMARY)),
                _lines_beside(path, SEGMENTS),
            )
        except Unreadable as error:
            where = str(error).removesuffix(error.reason).removesuffix(": ") or str(path)
            return Case(Failure(error.reason, visible(where), id=file.identity))
        return Case(replace(document, id=file.identity, path=file.name), references)


def _document_of(file: File) -> Path | None:
    """The document that a file is a reference of, by its name; None where it is none."""
    path = Path(file.path)
    for suffix in (SUMMARY, TRANSLATION, SEGMENTS):  # the first ends as the second does
        if path.name.lower().endswith(suffix):
            return path.with_name(f"{path.name[: -len(suffix)]}.txt")
    return None


def _orphan(file: File) -> Failure | None:
    document = _document_of(file)
    if document is None or document.exists():
        return None
    return Failure(f"is a reference, but there is no {visible(document.name)}", file.name)


def _language_of(path: Path) -> str | None:
    code, hyphen, _ = path.name.partition("-")
    return code if hyphen and code in languages() else None


def _lines_beside(document: Path, suffix: str) -> tuple[str, ...]:
    path = document.with_name(document.stem + suffix)
    if not path.exists():
        return ()
    if lines := read_lines(path):
        return tuple(map(_one_line, lines))
    raise Unreadable("is empty", str(path))


def _of_row(outcome: Document | Failure, values: Mapping[str, Any]) -> Case:
    if isinstance(outcome, Failure):
        return Case(outcome)
    try:
        references = References(
            _lines(values, "reference"), _summaries(values), _lines(values, "segments")
        )
    except Unreadable as error:
        return Case(Failure(error.reason, outcome.path, outcome.line, outcome.id))
    return Case(outcome, references)


def _summaries(values: Mapping[str, Any]) -> tuple[str, ...]:
    """A text is one summary, however many lines it has; a list holds several."""
    if isinstance(values.get("summary"), list):
        return _short(_lines(values, "summary"))
    return _joined(_lines(values, "summary"))


def _lines(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts, or the lines of one text; nothing where the field is absent or null."""
    value = values.get(name)
    lines = value.split("\n") if isinstance(value, str) else [] if value is None else value
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise Unreadable(f"field {name!r} is neither a text nor a list of texts")
    plain = (_one_line(unicodedata.normalize("NFC", whole(line, name))) for line in lines)
    return tuple(line for line in plain if line)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _joined(lines: tuple[str, ...]) -> tuple[str, ...]:
    return _short((" ".join(lines),) if lines else ())


def _short(summaries: tuple[str, ...]) -> tuple[str, ...]:
    if any(len(summary) > LONGEST_SUMMARY for summary in summaries):
        raise Unreadable(f"a reference summary over {LONGEST_SUMMARY:,} characters is none")
    return summaries
