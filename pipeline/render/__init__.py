"""Records to what people and programs read: one module a format, found by its name."""

from collections.abc import Callable
from importlib import import_module
from typing import TextIO

from pipeline.document import Record

FORMATS = {
    "text": "pipeline.render.text",
    "json": "pipeline.render.json",
    "markdown": "pipeline.render.markdown",
}
SUFFIXES = {".txt": "text", ".json": "json", ".jsonl": "json", ".md": "markdown"}


def renderer(name: str) -> Callable[[Record, TextIO], None]:
    """What writes one record to a stream in the format `name`, a key of FORMATS."""
    render: Callable[[Record, TextIO], None] = import_module(FORMATS[name]).render
    return render
