"""What the doctor finds, line by line as it is known: for people, or JSON for programs."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TextIO

from rich.console import Console
from rich.text import Text

from pipeline.doctor import Diagnosis
from pipeline.figures import count
from pipeline.harmless import visible
from pipeline.render.hanging import WIDTH_OF_FILES, hang

_MARKS = {"good": ("✓", "green"), "poor": ("!", "yellow"), "bad": ("✗", "red")}
_NAMES = 9  # characters of the longest name


def to_people(found: Iterable[Diagnosis], out: TextIO) -> list[Diagnosis]:
    """Write a mark, a name and what was found of each, advice below it, and how many are well.

    Returns all that was found.
    """
    console = Console(file=out, highlight=False, width=None if out.isatty() else WIDTH_OF_FILES)
    seen: list[Diagnosis] = []
    with console.status("looking …"):  # moves on a terminal, where a look may take seconds
        for one in found:
            _print(console, one)
            out.flush()
            seen.append(one)
    console.print(_total(seen))
    return seen


def to_programs(found: Iterable[Diagnosis], out: TextIO) -> list[Diagnosis]:
    """Write one JSON object a line: name, state, found, advice. Returns all that was found."""
    seen: list[Diagnosis] = []
    for one in found:
        out.write(f"{json.dumps(asdict(one), ensure_ascii=False)}\n")
        out.flush()
        seen.append(one)
    return seen


def _print(console: Console, one: Diagnosis) -> None:
    mark, colour = _MARKS[one.state]
    head = Text.assemble((mark, colour), " ", (one.name.ljust(_NAMES), "bold"), " ")
    found = Text(visible(one.found), "dim" if one.state == "good" else "")
    advice = [Text(f"→ {visible(one.advice)}", colour)] if one.advice else []
    hang(console, head, found, *advice)


def _total(seen: list[Diagnosis]) -> Text:
    states = [one.state for one in seen]
    bad, poor = states.count("bad"), states.count("poor")
    if not bad and not poor:
        return Text("\nAll is well.")
    parts = [f"{bad} bad"] * bool(bad) + [f"{poor} poor"] * bool(poor)
    return Text(f"\n{' and '.join(parts)} of {count(len(seen), 'finding')}: see the arrows.")
