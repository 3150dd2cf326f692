"""One JSON object a document, one line each: what programs read."""

import json
from typing import TextIO

from pipeline.document import Record


def render(record: Record, out: TextIO) -> None:
    """Write the record (schema 1) and a line end."""
    # Some readers take these two for line ends; JSON allows them escaped.
    line = json.dumps(record.to_json(), ensure_ascii=False)
    out.write(line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n")
