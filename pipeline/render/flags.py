"""The table of all flags: which ask for attention, which are notes, and what each means."""

import json
from typing import TextIO

from rich.console import Console
from rich.text import Text

from pipeline.flags import FLAGS, GROUPS, shown
from pipeline.render.hanging import WIDTH_OF_FILES, hang

_LEGEND = "⚑ asks for attention; · is a note, true of many good translations too"
_NAMES = max(map(len, FLAGS)) + 4  # characters, with the mark and a gap


def to_people(out: TextIO) -> None:
    """Write the flags of each group below each other, as wide as the window on a terminal."""
    console = Console(file=out, highlight=False, width=None if out.isatty() else WIDTH_OF_FILES)
    for group, flags in GROUPS.items():
        console.print(Text(f"Of {group}", "bold"))
        for flag in flags:
            name = Text(shown(flag.name).ljust(_NAMES), "" if flag.note else "yellow")
            hang(console, name, Text(flag.meaning))
        console.print()
    console.print(Text(_LEGEND, "dim"))


def to_programs(out: TextIO) -> None:
    """Write one JSON object a line: name, of, note, meaning."""
    for group, flags in GROUPS.items():
        for flag in flags:
            entry = {"name": flag.name, "of": group, "note": flag.note, "meaning": flag.meaning}
            out.write(f"{json.dumps(entry, ensure_ascii=False)}\n")
