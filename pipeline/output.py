"""What a job writes: its records in one file or a file each, and files that appear only whole."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from filelock import FileLock, Timeout

from models.errors import KhulasaError
from pipeline.document import Record
from pipeline.render import SUFFIXES, renderer

RECORDS = "records.jsonl"
FOLDER = "records"
LOCK = ".lock"
LONGEST_NAME = 80  # characters; four bytes each at most, and file systems allow 255 bytes

Write = Callable[[Record], None]

# Names that are the same file nowhere else and hide nothing: no capitals, no leading dot.
_PLAIN = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
_UNSAFE = re.compile(r"[^\w.-]+")


class Occupied(KhulasaError):
    """Another job is writing to this folder."""


@contextmanager
def reserved(folder: Path) -> Iterator[None]:
    """Have the folder (made if absent) for one job alone. Raises Occupied."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0):
            yield
    except Timeout:
        raise Occupied(f"{folder}: another job is writing here; name another folder") from None


@contextmanager
def in_one_file(folder: Path) -> Iterator[Write]:
    """Write records to RECORDS, one line of JSON each; it has that name when the context ends.

    Meanwhile it ends in `.partial`. Where a write was cut short, by a signal or a full disk, what
    stands of the line is cut off.
    """
    partial = folder / f"{RECORDS}.partial"
    render, whole = renderer("json"), 0
    with partial.open("wb", buffering=0) as file:  # what a buffer holds is lost on a full disk

        def write(record: Record) -> None:
            nonlocal whole
            text = StringIO()
            render(record, text)
            line = text.getvalue().encode()
            rest = memoryview(line)
            with _named(partial):
                while rest:
                    rest = rest[file.write(rest) :]
            whole += len(line)

        try:
            yield write
        finally:
            file.truncate(whole)
    partial.replace(folder / RECORDS)


@contextmanager
def in_a_file_each(folder: Path, form: str) -> Iterator[Write]:
    """Write every record to a file of its own in FOLDER, in a format of `pipeline.render`."""
    (folder / FOLDER).mkdir(exist_ok=True)
    render = renderer(form)
    suffix = next(suffix for suffix, name in SUFFIXES.items() if name == form)

    def write(record: Record) -> None:
        text = StringIO()
        render(record, text)
        put(folder / FOLDER / f"{file_name(record.document.id)}{suffix}", text.getvalue())

    yield write


def put(path: Path, text: str) -> None:
    """Write a file that is there when it is complete and not before."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with _named(path):
            partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors of writing say where: the system's own do not."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def file_name(identity: str) -> str:
    """A name in any folder of any system for an id that may hold anything: another for another id.

    An id that is no plain name keeps its letters and gets the beginning of its sha256.
    """
    if _PLAIN.fullmatch(identity) and len(identity) <= LONGEST_NAME:
        return identity
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    readable = _UNSAFE.sub("-", identity)[: LONGEST_NAME - 13].strip("-.")
    return f"{readable}-{digest}" if readable else digest
