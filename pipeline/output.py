"""What a job writes: its records in one file or a file each, and files that appear only whole."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from io import BytesIO
from pathlib import Path

from filelock import FileLock, Timeout

from models.errors import KhulasaError
from pipeline.document import Record
from pipeline.render import FORMATS, Write, opened

RECORDS = "records"
LINES = f"{RECORDS}.jsonl"
FOLDER = RECORDS
INDEX = "index.html"
LOCK = ".lock"
LONGEST_NAME = 80  # characters; four bytes each at most, and file systems allow 255 bytes

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
def written(folder: Path, forms: Sequence[str], split: bool) -> Iterator[Write]:
    """Write every record in each of the formats: all to one file, or a file each where `split`.

    A format whose files hold one document alone is always split. A record that a format cannot
    hold is written in the others; then the KhulasaError is raised.
    """
    with ExitStack() as stack:
        asked = dict.fromkeys(forms)  # each once: two writers of one file would spoil it
        writes = [stack.enter_context(_in_format(folder, form, split)) for form in asked]

        def write(record: Record) -> None:
            refused: list[KhulasaError] = []
            for one in writes:
                try:
                    one(record)
                except KhulasaError as error:
                    refused.append(error)
            if refused:
                raise refused[0]

        yield write


def _in_format(folder: Path, form: str, split: bool) -> AbstractContextManager[Write]:
    if form == "html":
        return in_pages(folder)
    if split or FORMATS[form].alone:
        return in_a_file_each(folder, form)
    return in_lines(folder) if form == "json" else in_one_file(folder, form)


@contextmanager
def in_one_file(folder: Path, form: str) -> Iterator[Write]:
    """Write all records to one file in a format of `pipeline.render`; as `in_lines`.

    What an error interrupts has no end and keeps the name that ends in `.partial`.
    """
    whole = folder / f"{RECORDS}{FORMATS[form].endings[0]}"
    partial = whole.with_name(f"{whole.name}.partial")
    with _named(partial), partial.open("wb") as file, opened(form, file) as write:
        yield write
    partial.replace(whole)


@contextmanager
def in_lines(folder: Path) -> Iterator[Write]:
    """Write records to LINES, one line of JSON each; it has that name when the context ends.

    Meanwhile it ends in `.partial`. Where a write was cut short, by a signal or a full disk, what
    stands of the line is cut off.
    """
    partial = folder / f"{LINES}.partial"
    whole = 0
    with partial.open("wb", buffering=0) as file:  # what a buffer holds is lost on a full disk

        def write(record: Record) -> None:
            nonlocal whole
            line = rendered(record, "json")
            rest = memoryview(line)
            with _named(partial):
                while rest:
                    rest = rest[file.write(rest) :]
            whole += len(line)

        try:
            yield write
        finally:
            file.truncate(whole)
    partial.replace(folder / LINES)


@contextmanager
def in_a_file_each(folder: Path, form: str) -> Iterator[Write]:
    """Write every record to a file of its own in FOLDER, in a format of `pipeline.render`."""
    (folder / FOLDER).mkdir(exist_ok=True)
    suffix = FORMATS[form].endings[0]

    def write(record: Record) -> None:
        name = f"{file_name(record.document.id)}{suffix}"
        put(folder / FOLDER / name, rendered(record, form))

    yield write


@contextmanager
def in_pages(folder: Path) -> Iterator[Write]:
    """Write a page for every record, and INDEX to find them by."""
    from pipeline.render import index

    partial = folder / f"{INDEX}.partial"
    with (
        in_a_file_each(folder, "html") as write_page,
        _named(partial),
        partial.open("wb") as file,
        index.writing(file) as add,
    ):

        def write(record: Record) -> None:
            write_page(record)
            add(record, f"{FOLDER}/{file_name(record.document.id)}{FORMATS['html'].endings[0]}")

        yield write
    partial.replace(folder / INDEX)


def rendered(record: Record, form: str) -> bytes:
    """A file that holds this one record."""
    out = BytesIO()
    with opened(form, out) as write:
        write(record)
    return out.getvalue()


def put(path: Path, content: bytes) -> None:
    """Write a file that is there when it is complete and not before."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with _named(path):
            partial.write_bytes(content)
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
