"""The characters of a PDF and where they stand. Run as a program, in a process of its own.

A PDF is the input of a large library in C++; what makes it hang, crash or fill the memory ends this
process and no other. It imports nothing of ours. Standard input is the file, which can be sought
in. Each line of standard output is a JSON list: first what the file says of itself, then a page
each, last nothing; or, in the place of what follows, the reason why it cannot be read.

A page is a list of lines, or a word for what it is. A line is a list of pieces, each a text with
its left, right, base and size: one piece where all runs from left to right, else one a character.
"""

import ctypes
import json
import sys
import unicodedata
from typing import Any

MEMORY = 700 * 2**20
WRITTEN = 256 * 2**20
"""Bytes of address space, most of which is only reserved, and of what can be written there."""

MOST_PAGES = 5000
MOST_CHARACTERS = 16 * 2**20
MOST_ON_A_PAGE = 2**17
PICTURES, DAMAGED = "pictures", "damaged"
"""What stands for a page that holds no text and at least one picture, or that cannot be read."""

CELL = 1.5
"""The space between cells of a row, in sizes of the letters; justified lines have less."""

Piece = tuple[str, float, float, float, float]

_RIGHT_TO_LEFT = ((0x590, 0x8FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC), (0x10800, 0x10FFF))


def main() -> None:
    """Read the file and tell what is in it."""
    _limit()
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        return _say({"failed": "locked" if locked else "damaged"})
    if len(document) > MOST_PAGES:
        return _say({"failed": "pages"})
    _say({"about": document.get_metadata_dict(), "lang": _lang(document)})
    characters = 0
    for number in range(len(document)):
        lines, count = _page(document, number)
        characters += count
        if max(characters - MOST_CHARACTERS, count - MOST_ON_A_PAGE) > 0:
            return _say({"failed": "text"})
        _say(lines)
    return _say(None)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_DATA, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(what: Any) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def _lang(document: Any) -> str:
    from pypdfium2 import raw

    buffer = ctypes.create_string_buffer(100)
    length = raw.FPDFCatalog_GetLanguage(
        document, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), len(buffer)
    )
    return buffer.raw[: max(0, length - 2)].decode("utf-16-le", "replace") if length < 100 else ""


def _page(document: Any, number: int) -> tuple[Any, int]:
    """The lines of a page, or what stands for them; and how many characters it has."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return DAMAGED, 0
    count = text.count_chars()
    if count > MOST_ON_A_PAGE:
        return [], count
    codes = [raw.FPDFText_GetUnicode(text, at) for at in range(count)]
    lines = [_line(text, codes, at) for row in _lines(codes) for at in _cells(text, codes, row)]
    pictures = not lines and any(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    text.close()
    page.close()
    return PICTURES if pictures else lines, count


def _lines(codes: list[int]) -> list[list[int]]:
    """The indexes of the characters of each line."""
    lines: list[list[int]] = [[]]
    for at, code in enumerate(codes):
        if code in (10, 13):
            lines.append([])
        elif code:
            lines[-1].append(at)
    return [line for line in lines if any(codes[at] > 32 for at in line)]


def _cells(text: Any, codes: list[int], row: list[int]) -> list[list[int]]:
    """The parts of a row with more than a space between them, as the cells of a table."""
    row = [at for at in row if codes[at] > 32 or codes[at] in (2, 32)]
    while codes[row[-1]] == 32:
        row.pop()
    while codes[row[0]] == 32:
        row.pop(0)
    if _is_turned(codes, row):
        return [row]
    gaps = _gaps(text, codes, row)
    least = min(gaps.values(), default=0.0) if len(gaps) > 1 else 0.0
    cells: list[list[int]] = [[]]
    for at in row:
        # The spaces of a justified line are all wide.
        if gaps.get(at, 0.0) > max(CELL, 2 * least):
            cells.append([])
        cells[-1].append(at)
    return cells


def _gaps(text: Any, codes: list[int], row: list[int]) -> dict[int, float]:
    """How wide the spaces of a row are, in sizes of its letters."""
    gaps = {}
    for before, at, after in zip(row, row[1:], row[2:], strict=False):
        if codes[at] == 32 and codes[before] > 32 and codes[after] > 32:
            left, right = _piece(text, codes, before), _piece(text, codes, after)
            gaps[at] = (right[1] - left[2]) / max(left[4], right[4], 1.0)
    return gaps


def _is_turned(codes: list[int], line: list[int]) -> bool:
    return any(low <= codes[at] <= high for at in line for low, high in _RIGHT_TO_LEFT)


def _line(text: Any, codes: list[int], line: list[int]) -> list[Piece]:
    if _is_turned(codes, line):
        return [_piece(text, codes, at) for at in line]
    whole = "".join(chr(codes[at]) for at in line)
    seen = [at for at in line if codes[at] > 32]
    first, last = _piece(text, codes, seen[0]), _piece(text, codes, seen[-1])
    some = [_piece(text, codes, at)[4] for at in seen[:: max(1, len(seen) // 5)]]
    return [(whole, first[1], last[2], first[3], max(some))]


def _piece(text: Any, codes: list[int], at: int) -> Piece:
    """One character."""
    from pypdfium2 import raw

    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetLooseCharBox(text, at, box)
    raw.FPDFText_GetCharOrigin(text, at, x, y)
    size = raw.FPDFText_GetFontSize(text, at)
    char = chr(codes[at])
    # A mark stands where it is seen; all letters of a ligature begin at its origin.
    left = box.left if unicodedata.category(char) == "Mn" else x.value
    return char, round(left, 1), round(box.right, 1), round(y.value, 1), round(size, 1)


if __name__ == "__main__":
    main()
