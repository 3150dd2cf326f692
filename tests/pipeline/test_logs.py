"""What stderr gets to see: one line an event, whatever it holds."""

import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from pipeline.logs import Form, configure

NAMES = ("", "models", "pipeline", "pipeline.progress")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root, levels = logging.getLogger(), {name: logging.getLogger(name).level for name in NAMES}
    handlers = root.handlers[:]
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(capsys)]


def speak() -> None:
    """Every logger says something at every level."""
    for name in ("models.hub.client", "pipeline.cache", "pipeline.progress", "httpx"):
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            logging.getLogger(name).log(level, name)


@pytest.mark.parametrize(
    ("verbosity", "heard"),
    [
        (-1, {"error": 4}),
        (0, {"error": 4, "warning": 4, "note": 1}),
        (1, {"error": 4, "warning": 4, "note": 3}),
        (2, {"error": 4, "warning": 4, "note": 3, "detail": 3}),
        (7, {"error": 4, "warning": 4, "note": 3, "detail": 3}),
    ],
)
def test_levels(verbosity: int, heard: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    configure(verbosity)
    speak()
    said = [line.split(": ")[1] for line in lines(capsys)]
    assert {word: said.count(word) for word in said} == heard


def test_on_a_terminal_what_takes_seconds_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure()
    logging.getLogger("models.store.locate").info("downloading %s", "a/b")
    logging.getLogger("pipeline.cache").info("not this")
    assert lines(capsys) == ["khulasa: note: downloading a/b"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_event_is_one_line(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure(0, form)
    logging.getLogger("models").warning("two\nlines \u2028\x85 \x1b[2J \u202e of %s", "خبر\ud800")
    try:
        raise ValueError("not\nthis")
    except ValueError:
        logging.getLogger("pipeline").exception("it broke")
    warnings.warn("an old way\nto do it", UserWarning, stacklevel=1)
    assert len(lines(capsys)) == 3


def test_text_says_what_happened_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    logging.getLogger("pipeline.cache").warning("cache not read (%s)", "dis\x1bk\nI/O")
    try:
        raise ValueError("no such thing")
    except ValueError:
        logging.getLogger("pipeline.batch").exception("in/a.txt")
    assert lines(capsys) == [
        "khulasa: warning: cache not read (dis\\x1bk I/O)",
        "khulasa: error: in/a.txt: ValueError: no such thing",
    ]


def test_json_has_what_a_scheduler_wants(capsys: pytest.CaptureFixture[str]) -> None:
    configure(1, "json")
    fields = {"path": "in/خبر.txt", "line": 3, "kind": set}
    logging.getLogger("pipeline.batch").info("read", extra=fields)
    try:
        raise ValueError("no such thing")
    except ValueError:
        logging.getLogger("pipeline.batch").exception("it broke", extra={"level": "mine"})
    read, broke = objects(capsys)
    assert datetime.fromisoformat(read.pop("time")).utcoffset() is not None
    assert read == {
        "level": "info",
        "logger": "pipeline.batch",
        "message": "read",
        "path": "in/خبر.txt",
        "line": 3,
        "kind": "<class 'set'>",
    }
    assert broke["level"] == "error"
    assert broke["exception"].endswith("ValueError: no such thing")


def test_warnings_of_libraries_are_messages(capsys: pytest.CaptureFixture[str]) -> None:
    configure(0, "json")
    warnings.warn("an old way", UserWarning, stacklevel=1)
    [event] = objects(capsys)
    assert (event["level"], event["logger"]) == ("warning", "py.warnings")
    assert "UserWarning: an old way" in event["message"]


def test_quiet_silences_warnings_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    configure(-1)
    warnings.warn("an old way", UserWarning, stacklevel=1)
    assert lines(capsys) == []


def test_called_again_it_says_things_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    configure(0, "json")
    configure(0, "text")
    logging.getLogger("models").warning("once")
    assert lines(capsys) == ["khulasa: warning: once"]


def test_other_handlers_stay(caplog: pytest.LogCaptureFixture) -> None:
    configure()
    logging.getLogger("models").warning("heard")
    assert caplog.messages == ["heard"]


def test_an_encoding_that_holds_little_breaks_no_line() -> None:
    code = (
        "import logging; from pipeline.logs import configure; configure(0, 'json');"
        "logging.getLogger('models').warning('خبر')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stderr)["message"] == "خبر"
