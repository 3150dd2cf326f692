"""A short head with a longer text beside it, which goes on below itself."""

from rich.console import Console
from rich.text import Text

WIDTH_OF_FILES = 110
NARROWEST = 20


def hang(console: Console, head: Text, *texts: Text) -> None:
    """Print the head and, to its right, the texts below each other, wrapped at the window."""
    width = max(NARROWEST, console.width - head.cell_len)
    for text in texts:
        for line in text.wrap(console, width, overflow="fold"):
            line.rstrip()
            console.print(head + line, soft_wrap=True)
            head = Text(" " * head.cell_len)
