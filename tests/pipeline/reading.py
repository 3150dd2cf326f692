"""What tests of readers share."""

from io import BytesIO

from pipeline.document import Document
from pipeline.readers.content import Unreadable
from pipeline.sources import each


def parse(data: bytes, name: str, lang: str | None = None) -> Document:
    """The one document in bytes that came from `name`."""
    [found] = each(BytesIO(data), name, lang)
    if isinstance(found, Unreadable):
        raise found
    return found
