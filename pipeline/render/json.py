"""One JSON object a document, one line each: what programs read."""

import json
import re
from typing import TextIO

from pipeline.document import Record

# Some readers take these for line ends; JSON allows them escaped.
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


def render(record: Record, out: TextIO) -> None:
    """Write the record (schema 1) and a line end."""
    line = json.dumps(record.to_json(), ensure_ascii=False)
    out.write(_LINE_ENDS.sub(lambda end: f"\\u{ord(end[0]):04x}", line) + "\n")
