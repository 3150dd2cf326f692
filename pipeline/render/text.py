"""Text for people: the summary with its evidence, then source and English side by side.

Right-to-left text stands on the right, left-to-right text on the left, so that both columns begin
at the outer margins, as in a bilingual book.
"""

from collections.abc import Iterable
from typing import TextIO

from rich.box import HORIZONTALS
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from models.catalog import languages, name_of
from pipeline.document import Record, Segment
from pipeline.flags import FLAGS, shown
from pipeline.signature import Signature

WIDTH_OF_FILES = 110
NUMBERS = 6  # cells for the number of a segment that supports a sentence
# Unicode Bidirectional Algorithm (UAX #9), 2.6: each line is an island of its own direction, and
# neither turns the columns around nor is turned by what a document holds.
RIGHT_TO_LEFT = "\u2067"
END = "\u2069"
_DIRECTION_MARKS = dict.fromkeys(
    [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " ")


def render(record: Record, out: TextIO) -> None:
    """Write one document; in colour and as wide as the window where `out` is a terminal."""
    console = Console(file=out, highlight=False, width=None if out.isatty() else WIDTH_OF_FILES)
    console.print(_heading(record))
    console.print(_summary(record, console))
    console.print(_columns(record, console))
    console.print(_notes(record))
    console.print()


def _heading(record: Record) -> Text:
    pair = f"  ·  {name_of(record.document.lang)} → English"
    return Text.assemble(_plain(record.document.id), pair, style="bold")


def _summary(record: Record, console: Console) -> Padding:
    """Each sentence beside the source sentences that support it, by their numbers."""
    width = (console.width - NUMBERS - 6) // 2
    table = Table.grid(padding=(0, 1))
    table.add_column(width=width, overflow="fold")
    table.add_column(style="cyan", width=NUMBERS, justify="right")
    table.add_column(width=width, overflow="fold", style="dim")
    for sentence in record.summary.sentences:
        marked = _marked(_plain(sentence.text), sentence.flags, sentence.details)
        first, *others = sentence.supports or [None]
        table.add_row(marked, *_evidence(first, record, console, width))
        for index in others:
            table.add_row("", *_evidence(index, record, console, width))
    title = Text("  ".join(("Summary", *map(shown, record.summary.flags))), "bold cyan")
    # No lines at the sides: where a terminal turns text around they would not stay in place.
    panel = Panel(table, box=HORIZONTALS, border_style="cyan", title=title, title_align="left")
    return Padding(panel, (1, 0))


def _evidence(index: int | None, record: Record, console: Console, width: int) -> tuple[str, Text]:
    if index is None:
        return "← ?", Text("")
    return f"← {index + 1}", _source(record.segments[index], record, console, width)


def _source(segment: Segment, record: Record, console: Console, width: int) -> Text:
    """The text of a segment in the direction of its language."""
    text = _plain(segment.text)
    from_right = _from_right(segment.lang or record.document.lang)
    return _turned(text, console, width) if from_right else text


def _from_right(lang: str) -> bool:
    known = languages().get(lang)
    return known is not None and known.direction == "rtl"


def _columns(record: Record, console: Console) -> Table:
    from_right = _from_right(record.document.lang)
    number = len(str(len(record.segments))) + 1
    width = (console.width - number - 4) // 2
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right", width=number - 1)
    table.add_column(width=width, overflow="fold")
    table.add_column(width=width, overflow="fold", justify="right" if from_right else "left")
    blocks = enumerate(record.document.blocks)
    paragraph, headings = 0, {index for index, block in blocks if block.kind == "heading"}
    for segment, translation in zip(record.segments, record.translations, strict=True):
        if segment.paragraph != paragraph:
            table.add_row()
        paragraph = segment.paragraph
        place = Text(str(segment.index + 1))
        source = _source(segment, record, console, width)
        target = _marked(_plain(translation.text), translation.flags, translation.details)
        cells = (target, source) if from_right else (source, target)
        table.add_row(place, *cells, style="bold" if paragraph in headings else "")
    return table


def _turned(text: Text, console: Console, width: int) -> Text:
    """Lines of right-to-left text, each an island of its direction."""
    lines = text.wrap(console, width, overflow="fold")
    islands = [Text(f"{RIGHT_TO_LEFT}{line.plain.rstrip()}{END}") for line in lines]
    return Text("\n", justify="right").join(islands)


def _marked(text: Text, flags: Iterable[str], details: dict[str, str]) -> Text:
    """The text, and below it a line for each of its flags with what it was raised for."""
    marks = [Text(str(_plain(shown(f, details.get(f, "")))), _style(f)) for f in flags]
    return Text("\n").join([text, *marks])


def _style(flag: str) -> str:
    return "dim" if FLAGS[flag].note else "yellow"


def _notes(record: Record) -> Padding:
    flags = [Text(shown(f, FLAGS[f].meaning), _style(f)) for f in record.all_flags]
    made = [Text(_provenance(name, record), "dim") for name in ("translate", "summarize")]
    return Padding(Group(*flags, *made), (1, 0, 0, 0))


def _provenance(name: str, record: Record) -> str:
    report = record.stages[name]
    maker = Signature.parse(report.signature).maker or "nothing to translate"
    spent = "from the cache" if report.cached else f"{report.seconds:.1f} s"
    return f"{name}: {maker} ({spent})"


def _plain(text: str) -> Text:
    """The words alone: one line, nothing that commands a terminal or turns what follows around."""
    return Text(" ".join(text.translate(_DIRECTION_MARKS | _CONTROLS).split()))
