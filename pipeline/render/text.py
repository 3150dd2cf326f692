"""Text for people: the summary with its evidence, then source and English side by side.

Right-to-left text stands on the right, left-to-right text on the left, so that both columns begin
at the outer margins, as in a bilingual book.
"""

from typing import TextIO

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.catalog import languages
from pipeline.document import Record, Segment, Translation
from pipeline.flags import FLAGS
from pipeline.signature import Signature

WIDTH_OF_FILES = 110
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
    console.print(_summary(record))
    console.print(_columns(record, console))
    console.print(_notes(record))
    console.print()


def _heading(record: Record) -> Text:
    known = languages().get(record.document.lang)
    pair = f"  ·  {known.name if known else record.document.lang} → English"
    return Text.assemble(_plain(record.document.id), pair, style="bold")


def _summary(record: Record) -> Padding:
    table = Table.grid(padding=(0, 1))
    table.add_column(ratio=1, overflow="fold")
    table.add_column(style="cyan", no_wrap=True)
    for sentence in record.summary.sentences:
        numbers = " ".join(str(index + 1) for index in sentence.supports)
        table.add_row(_plain(sentence.text), f"← {numbers}" if numbers else "← ?")
    return Padding(Group(Text("Summary", style="bold cyan"), table), (1, 0))


def _columns(record: Record, console: Console) -> Table:
    known = languages().get(record.document.lang)
    from_right = known is not None and known.direction == "rtl"
    number = len(str(len(record.segments))) + 1
    width = (console.width - number - 4) // 2
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right", width=number - 1)
    table.add_column(width=width, overflow="fold")
    table.add_column(width=width, overflow="fold", justify="right" if from_right else "left")
    paragraph = 0
    for segment, translation in zip(record.segments, record.translations, strict=True):
        if segment.paragraph != paragraph:
            table.add_row()
        paragraph = segment.paragraph
        table.add_row(*_row(segment, translation, console, width, from_right))
    return table


def _row(
    segment: Segment, translation: Translation, console: Console, width: int, from_right: bool
) -> tuple[Text, Text, Text]:
    source = _plain(segment.text)
    if from_right:
        lines = source.wrap(console, width, overflow="fold")
        islands = [Text(f"{RIGHT_TO_LEFT}{line.plain.rstrip()}{END}") for line in lines]
        source = Text("\n", justify="right").join(islands)
    target = _plain(translation.text)
    if translation.flags:
        target = Text("\n").join([target, Text(f"⚑ {', '.join(translation.flags)}", "yellow")])
    number = Text(str(segment.index + 1))
    return (number, target, source) if from_right else (number, source, target)


def _notes(record: Record) -> Padding:
    flags = [Text(f"⚑ {flag}: {FLAGS[flag].meaning}", "yellow") for flag in record.all_flags]
    made = [Text(_provenance(name, record), "dim") for name in ("translate", "summarize")]
    return Padding(Group(*flags, *made), (1, 0, 0, 0))


def _provenance(name: str, record: Record) -> str:
    report = record.stages[name]
    model = dict(Signature.parse(report.signature).params)["model"]
    spent = "from the cache" if report.cached else f"{report.seconds:.1f} s"
    return f"{name}: {model} ({spent})"


def _plain(text: str) -> Text:
    """The words alone: one line, nothing that commands a terminal or turns what follows around."""
    return Text(" ".join(text.translate(_DIRECTION_MARKS | _CONTROLS).split()))
