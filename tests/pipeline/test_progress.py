"""Progress: what is told, how often, and where."""

import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest

from models.hub.line import Arrival
from pipeline import progress as module
from pipeline.progress import RECENT, Gauge, Shown, progress
from pipeline.report import Progress


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_LINE", 0.02)
    monkeypatch.setattr(module, "NEXT_LINE", 0.02)


@pytest.fixture(autouse=True)
def _heard(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO, logger="pipeline.progress"):
        yield


def test_a_gauge_tells_the_speed_of_late() -> None:
    gauge = Gauge(30, 0)
    for second in range(1, 101):
        gauge.rise(10 * second, second)
    assert gauge.per_second(100) == pytest.approx(10, rel=0.01)
    for second in range(101, 131):
        gauge.rise(1_000 + 2 * (second - 100), second)
    assert gauge.per_second(130) == pytest.approx(2, rel=0.01)
    assert gauge.per_second(1_000) == 0


def test_a_gauge_that_never_rose_stands_still() -> None:
    assert Gauge(30, 5).per_second(5) == 0
    assert Gauge(30, 5).per_second(50) == 0


def test_a_gauge_stays_small() -> None:
    gauge = Gauge(30, 0)
    for step in range(100_000):
        gauge.rise(step, step / 1_000)
    assert len(gauge._marks) <= 102
    assert gauge.per_second(100) == pytest.approx(1_000, rel=0.02)


def test_what_is_decoded_is_told_per_second(clock: Clock) -> None:
    shown = Shown(None, clock)
    assert shown.speed == ""
    clock.now += 10
    shown.decoded("translate", 225)
    assert shown.speed == "22.5 sentences/s"
    shown.decoded("summarize", 5)
    assert shown.speed == "22.5 sentences/s, 0.50 summaries/s"
    clock.now += 31
    assert shown.speed == ""


def test_the_rest_is_reckoned_from_the_speed_of_late(clock: Clock) -> None:
    """A job that was resumed rushes through what is cached: that says nothing of the rest."""
    shown = Shown(1_000_000, clock)
    clock.now += 1
    shown.update(500_000, Progress(1_000, 0, 16_000, 16_000))
    assert shown.left is None
    for _ in range(600):
        clock.now += 1
        shown.update(shown._consumed.total + 100, Progress(1_001, 0, 16_016, 16_000))
    assert shown.fraction == pytest.approx(0.56)
    assert shown.left == pytest.approx(4_400, rel=0.02)
    assert shown.remaining.startswith("1 h 1")


def test_nothing_is_reckoned_without_a_size(clock: Clock) -> None:
    shown = Shown(None, clock)
    clock.now += 60
    shown.update(1_000, Progress(10, 0, 160, 0))
    assert shown.left is None
    assert shown.fraction is None


def test_a_file_that_grew_is_not_more_than_done(clock: Clock) -> None:
    shown = Shown(100, clock)
    clock.now += 60
    shown.update(300, Progress(10, 0, 160, 0))
    assert (shown.fraction, shown.left, shown.remaining) == (1.0, 0, "10 s left")


@pytest.mark.usefixtures("_hurried")
def test_lines_where_there_is_no_terminal(caplog: pytest.LogCaptureFixture) -> None:
    with progress(1_000, quiet=False) as shown:
        shown.decoded("translate", 160)
        shown.update(250, Progress(1_240, 3, 20_000, 9_000))
        time.sleep(0.15)
    first, *_, last = caplog.messages
    assert first.startswith("1,240 documents, 3 failed (25 % of the sources); 45 % cached; ")
    assert " sentences/s; " in first
    assert first.endswith(" left")
    assert re.fullmatch(r"1,240 documents, 3 failed in [\d.]+ s; 45 % cached", last)
    told = vars(caplog.records[-1])
    assert {name: told[name] for name in ("total", "consumed", "done", "failed", "reused")} == {
        "total": 1_000,
        "consumed": 250,
        "done": 1_240,
        "failed": 3,
        "reused": 9_000,
    }


def test_a_download_is_told_while_it_comes(clock: Clock) -> None:
    shown = Shown(None, clock)
    assert shown.downloading == ""
    shown.arrived(Arrival("o/n", 34, 100))
    clock.now += RECENT - 1
    assert shown.downloading == "downloading o/n, 34 %"
    clock.now += 2  # it failed, and nobody says so here
    assert shown.downloading == ""
    shown.arrived(Arrival("o/n", 100, 100))
    assert shown.downloading == ""


@pytest.mark.usefixtures("_hurried")
def test_a_download_stands_in_the_lines(caplog: pytest.LogCaptureFixture) -> None:
    with progress(None, quiet=False) as shown:
        shown.arrived(Arrival("o/n", 1, 3))
        time.sleep(0.15)
    assert caplog.messages[0] == "0 documents; downloading o/n, 33 %"


def test_a_short_job_tells_only_its_end(caplog: pytest.LogCaptureFixture) -> None:
    with progress(None, quiet=False) as shown:
        shown.update(1, Progress(1, 0, 0, 0))
    [said] = caplog.messages
    assert said.startswith("1 document in ")


def test_a_long_job_tells_less_often(caplog: pytest.LogCaptureFixture, clock: Clock) -> None:
    """A mail of cron in the morning holds some hundred lines, not a thousand."""
    shown = Shown(None, clock)

    class Night:
        """Over after eight hours; waiting passes the time."""

        def wait(self, seconds: float) -> bool:
            clock.now += seconds
            return shown.elapsed > 8 * 3_600

    module._tell(shown, Night())  # type: ignore[arg-type]
    assert 50 < len(caplog.messages) < 150


def test_it_ends_with_an_error_as_well(caplog: pytest.LogCaptureFixture) -> None:
    with suppress(KeyboardInterrupt), progress(None, quiet=False) as shown:
        shown.update(1, Progress(7, 0, 0, 0))
        raise KeyboardInterrupt
    [said] = caplog.messages
    assert said.startswith("7 documents in ")


@pytest.mark.usefixtures("_hurried")
def test_quiet_says_nothing(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress(100, quiet=True) as shown:
        shown.decoded("translate", 5)
        shown.update(50, Progress(1, 0, 5, 0))
        time.sleep(0.06)
    assert caplog.messages == []
    assert capsys.readouterr().err == ""


def test_threads_lose_nothing() -> None:
    shown = Shown(None)

    def decode() -> None:
        for _ in range(5_000):
            shown.decoded("translate", 1)

    threads = [Thread(target=decode) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown._decoded["translate"].total == 20_000


def test_an_update_costs_next_to_nothing() -> None:
    """No time is asserted; what makes it cheap is: nothing is written, little is kept."""
    shown = Shown(10**9)
    for step in range(20_000):
        shown.update(step, Progress(step, 0, step, 0))
    assert len(shown._consumed._marks) <= 102


SCRIPT = """
import logging, sys, time
from pipeline.logs import configure
from pipeline.progress import progress
from pipeline.report import Progress
configure(0, sys.argv[1])
with progress(1000, quiet=False) as shown:
    shown.decoded("translate", 100)
    shown.update(400, Progress(12, 1, 200, 50))
    time.sleep(0.4)
    logging.getLogger("models").warning("in the midst")
    time.sleep(0.4)
print("rich" in sys.modules)
"""


def on_a_terminal(form: str, **environment: str) -> str:
    """What the script writes to a terminal of 100 columns."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(sys.path), "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, form],
        stdout=theirs,
        stderr=theirs,
        env={**kept, "TERM": "xterm", **environment},
    ):
        os.close(theirs)
        written = b""
        try:
            while piece := os.read(ours, 65_536):
                written += piece
        except OSError:  # what Linux says at the end of a terminal
            pass
    os.close(ours)
    return written.decode()


def test_one_line_moves_on_a_terminal_and_messages_stand_above_it() -> None:
    written = on_a_terminal("text")
    assert "12 documents, 1 failed; 25 % cached; " in written
    assert "━" in written
    before, after = written.split("khulasa: warning: in the midst\r\n")
    assert before.endswith("\x1b[2K")  # the line was wiped away first
    assert "12 documents" in after  # and drawn again below
    assert re.search(r"khulasa: note: 12 documents, 1 failed in [\d.]+ s; 25 % cached\r\n", after)
    assert after.endswith("True\r\n")
    assert written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l")


@pytest.mark.parametrize(("form", "environment"), [("json", {}), ("text", {"TERM": "dumb"})])
def test_plain_lines_on_a_terminal_that_cannot_or_must_not(
    form: str, environment: dict[str, str]
) -> None:
    written = on_a_terminal(form, **environment)
    assert "\x1b" not in written
    assert "12 documents, 1 failed in " in written
    assert written.endswith("False\r\n")
