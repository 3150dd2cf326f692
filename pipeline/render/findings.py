"""What checks found: a JSON object a pair, and a table of how often each flag was raised."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table

from pipeline.figures import count, share
from pipeline.flags import FLAGS, Finding


def to_json(index: int, findings: Iterable[Finding]) -> dict[str, Any]:
    """The form of a line: `{"index": 0, "flags": [{"name": …, "note": false, "detail": …}]}`."""
    flags = [{"name": f.name, "note": f.note, "detail": f.detail} for f in findings]
    return {"index": index, "flags": flags}


@dataclass(slots=True)
class Tally:
    """How many pairs were checked, and how many have each flag, however often they have it."""

    pairs: int = 0
    attention: int = 0
    noted: int = 0
    flags: Counter[str] = field(default_factory=Counter)

    def add(self, findings: Sequence[Finding]) -> None:
        """Count one pair. `noted` are those with nothing but notes."""
        self.pairs += 1
        self.flags.update({finding.name for finding in findings})
        if any(not finding.note for finding in findings):
            self.attention += 1
        elif findings:
            self.noted += 1


def write_table(tally: Tally, out: TextIO) -> None:
    """Counts and shares of the pairs by flag, in the order of `khulasa flags`, then their sum."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Flag")
    table.add_column("Pairs", justify="right")
    table.add_column("Share", justify="right")
    table.add_column("Meaning")
    for flag in FLAGS.values():
        if raised := tally.flags[flag.name]:
            meaning = f"{flag.meaning} (note)" if flag.note else flag.meaning
            table.add_row(flag.name, count(raised), share(raised, tally.pairs), meaning)
    console = Console(file=out, highlight=False, width=None if out.isatty() else 100)
    if tally.flags:
        console.print(table)
    console.print(
        f"{count(tally.pairs, 'pair')}: {_of(tally.attention, tally)} to look at,"
        f" {_of(tally.noted, tally)} with notes only"
    )


def _of(number: int, tally: Tally) -> str:
    return f"{count(number)} ({share(number, tally.pairs)})" if number else "none"
