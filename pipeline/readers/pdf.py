"""PDF: the text layer, its lines joined to paragraphs. What is only a picture is not read."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import UnsupportedOperation
from pathlib import Path
from typing import IO, Any, BinaryIO

from pipeline.readers import about
from pipeline.readers.content import Content, Unreadable, content, flat
from pipeline.readers.disguise import said
from pipeline.readers.layout import Shown, paragraphs, shown
from pipeline.readers.pdf_glyphs import PICTURES

SECONDS = 10.0
SECONDS_A_PAGE = 0.05
"""How long the first page may take, and by how much each page that came puts off the end."""

MOST_LINES = 400_000

_CHUNK = 2**20
_SIGN = b"%PDF-"
_SIGN_WITHIN = 1024  # bytes in which readers of PDF look for it
_PROGRAM = Path(__file__).with_name("pdf_glyphs.py")
_DATE = re.compile(
    r"D:(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(?:([-+])(\d\d)'?(\d\d)'?|(Z)(?:00'?00'?)?)?)?"
)

_DAMAGED = "is damaged or cut off; get it again from where it came"
_FAILED = {
    "locked": "is encrypted; save it without a password",
    "damaged": _DAMAGED,
    "pages": "holds more than 5,000 pages; cut it into documents",
    "text": "holds more text than 16 million characters; cut it into documents",
    "slow": f"is too hard to read: its next page did not come in {SECONDS:.0f} s",
}
_NO_TEXT = "holds pictures of pages and no text: run OCR on it first, as with ocrmypdf"


def read(file: BinaryIO) -> Iterator[Content]:
    """The one document of a PDF. Raises Unreadable with the reason."""
    file.seek(0)
    if _SIGN not in file.read(_SIGN_WITHIN):
        raise Unreadable(said(file) or "is no .pdf by its first bytes")
    says: dict[str, Any] = {}
    pages: list[list[Shown]] = []
    pictures = damaged = lines = 0
    for part in _parts(file):
        if isinstance(part, dict):
            says = part
        elif isinstance(part, list):
            pages.append(shown(part))
            lines += len(pages[-1])
            if lines > MOST_LINES:
                raise Unreadable(_FAILED["text"])
        else:
            pictures += part == PICTURES
            damaged += part != PICTURES
            pages.append([])
    if damaged:
        raise Unreadable(_DAMAGED)
    if not any(pages):
        raise Unreadable(_NO_TEXT if pictures else "holds no text")
    found = list(paragraphs(pages))
    yield content(
        found,
        title=_title(says["about"], found),
        lang=flat(says["lang"]),
        time=_time(says["about"].get("CreationDate", "")),
        flags=("no-text-layer",) if pictures else (),
    )


def _title(says: dict[str, str], lines: list[Any]) -> str:
    """The heading at the top; without one, what the file says, for that is often of a template."""
    if lines and lines[0][1].kind == "heading":
        return str(lines[0][0])
    return about.title(says.get("Title", ""))


def _time(date: str) -> str:
    found = _DATE.match(date)
    if not found:
        return ""
    year, month, day, hour, minute, second, sign, hours, minutes, zulu = found.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = f"{sign}{hours}:{minutes}" if sign else zulu or ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{zone}"


def _parts(file: BinaryIO) -> Iterator[Any]:
    """What the program says, line by line, until it ends or its time is over."""
    with _on_disk(file) as source, _run(source) as process:
        late = _Alarm(process)
        ended = False
        for line in process.stdout or ():
            if not line.endswith(b"\n"):
                break
            part = json.loads(line)
            ended = part is None
            if isinstance(part, dict) and "failed" in part:
                raise Unreadable(_FAILED[part["failed"]])
            if not ended:
                late.put_off(SECONDS_A_PAGE)
                yield part
        late.off()
        if late.rang:
            raise Unreadable(_FAILED["slow"])
        if not ended:
            raise Unreadable(_DAMAGED)


@contextmanager
def _run(source: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    # -P: the folder of the program, where modules have the names of formats, is not searched.
    process = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-P", str(_PROGRAM)],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        with process:
            yield process
    finally:
        process.kill()


class _Alarm:
    """Ends a process at a time that can be put off."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._end = time.monotonic() + SECONDS
        self._off = threading.Event()
        self.rang = False
        threading.Thread(target=self._watch, daemon=True).start()

    def put_off(self, seconds: float) -> None:
        """The end is later."""
        self._end += seconds

    def off(self) -> None:
        """It does not ring any more."""
        self._off.set()

    def _watch(self) -> None:
        while (left := self._end - time.monotonic()) > 0:
            if self._off.wait(left):
                return
        self.rang = True
        self._process.kill()


@contextmanager
def _on_disk(file: BinaryIO) -> Iterator[IO[bytes]]:
    """The file as another process can read it: one that is only in memory is written down."""
    file.seek(0)
    try:
        with os.fdopen(os.dup(file.fileno()), "rb") as same:
            same.seek(0)
            yield same
    except UnsupportedOperation:
        with tempfile.TemporaryFile() as copy:
            while chunk := file.read(_CHUNK):
                copy.write(chunk)
            copy.seek(0)
            yield copy
