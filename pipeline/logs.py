"""What is said on stderr: a line an event, for people or for programs."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Literal

from pipeline.harmless import visible

Form = Literal["text", "json"]

WORDS = {"WARNING": "warning", "INFO": "note", "ERROR": "error", "DEBUG": "detail"}

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Stderr(logging.Handler):
    """Writes to whatever stands for stderr at the time: above a progress line that moves there."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001 - a message that cannot be written stops no work
            self.handleError(record)


class Text(logging.Formatter):
    """`khulasa: warning: …`: one line, in which nothing commands a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            message += f": {''.join(traceback.format_exception_only(record.exc_info[1]))}"
        word = WORDS.get(record.levelname, record.levelname.lower())
        return f"khulasa: {word}: {visible(' '.join(message.split()))}"


class JsonLines(logging.Formatter):
    """One JSON object a line: time (ISO 8601, UTC), level, logger, message; exception and extra."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().strip(),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        taken = _STANDARD | event.keys()
        extra = {key: value for key, value in vars(record).items() if key not in taken}
        # ASCII: no encoding of stderr can break the line or the object.
        return json.dumps(event | extra, default=str)


def configure(verbosity: int = 0, form: Form = "text") -> None:
    """Send every message to stderr: errors (-1), warnings (0), our notes (1), our details (2).

    At 0 the progress of a job is told as well and, on a terminal, what takes seconds: downloads
    and conversions of models. Warnings of Python and of libraries are messages like any other.
    May be called again.
    """
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, Stderr)]:
        root.removeHandler(handler)
    handler = Stderr()
    handler.setFormatter(Text() if form == "text" else JsonLines())
    root.addHandler(handler)
    for name, level in _levels(max(-1, min(verbosity, 2))).items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)


def _levels(verbosity: int) -> dict[str, int]:
    """The level of each logger that has one of its own; "" is the root, which libraries use.

    A library's notes would bury ours, so none are shown; its warnings are.
    """
    own = (logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)[verbosity + 1]
    levels = {
        "": max(own, logging.WARNING),
        "models": own,
        "pipeline": own,
        "pipeline.progress": own,
    }
    if verbosity == 0:
        levels["pipeline.progress"] = logging.INFO
        levels["models"] = logging.INFO if sys.stderr.isatty() else own
    return levels


def for_programs() -> bool:
    """Whether stderr carries JSON lines now."""
    handlers = logging.getLogger().handlers
    return any(isinstance(handler.formatter, JsonLines) for handler in handlers)
