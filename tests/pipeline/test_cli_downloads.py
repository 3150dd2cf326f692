"""Downloads by the command: what a person sees, how long they wait, and that offline is offline."""

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from models.hub.line import Arrival, silent
from pipeline.cli.downloads import downloads
from tests.hub import Hub
from tests.pipeline.shell import Shell

GUARD = """
import os, sys

def refuse(event, args):
    internet = event == "socket.__new__" and args[1] not in (1, 16)  # of Unix and of the kernel
    if internet or event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        with open(os.environ["GUARD"], "a") as kept:
            print(event, *args[1:], file=kept)
        os._exit(99)

sys.addaudithook(refuse)
"""
NAMES = ("--translator", "o/translator", "--summarizer", "o/summarizer", "--no-self-test")
TEXT = "عقد الاجتماع أمس.".encode()


@pytest.fixture
def serving(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with the small random models of the shell."""
    folders = {
        f"o/{role}": shutil.copytree(Path(shell.models[place]), tmp_path / role)
        for role, place in (("translator", 1), ("summarizer", 3))
    }
    with Hub(folders) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served


@pytest.fixture
def guarded(tmp_path: Path) -> dict[str, str]:
    """An environment where Python ends, and says so in GUARD, before it opens a socket."""
    folder = tmp_path / "guard"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(GUARD)
    return {"PYTHONPATH": str(folder), "GUARD": str(folder / "met")}


def test_offline_opens_no_socket_in_any_process(
    serving: Hub, shell: Shell, guarded: dict[str, str]
) -> None:
    """With models that are here and with models that are not; without the word, one is opened."""
    met = Path(guarded["GUARD"])
    offline = {"HF_HUB_OFFLINE": "1", **guarded}
    done = shell("run", "-", *NAMES, given=TEXT, **offline)
    assert (done.returncode, done.stdout) == (3, "")
    assert "o/translator is not on this machine, and HF_HUB_OFFLINE forbids asking" in done.stderr
    assert not met.exists()

    assert shell("run", "-", *NAMES, given=TEXT, **guarded).returncode == 3
    assert met.read_text().startswith("socket.")  # in the process that downloads
    met.unlink()

    assert shell("run", "-", *NAMES, given=TEXT).returncode == 0
    serving.requests.clear()
    for cache in ((), ("--cache", "off")):
        done = shell("run", "-", *NAMES, *cache, given=TEXT, **offline)
        assert (done.returncode, done.stderr) == (0, "")
    assert not met.exists()
    assert serving.total() == 0


def test_nobody_waits_longer_than_they_said(serving: Hub, shell: Shell) -> None:
    serving.faults.silent = True
    started = time.monotonic()
    done = shell("run", "-", *NAMES, "--timeout", "1", given=TEXT)
    assert time.monotonic() - started < 15
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert ". Ways out: (1) " in done.stderr
    assert f"{serving.url} sent nothing for 1 s: try again, or " in done.stderr


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan"])
def test_a_timeout_is_a_number_of_seconds(seconds: str, shell: Shell) -> None:
    done = shell("run", "-", *NAMES, "--timeout", seconds, given=TEXT)
    assert done.returncode == 2


def on_a_terminal(shell: Shell, *arguments: str) -> str:
    """What a person sees on stderr."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", "-", *NAMES, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=theirs,
        env=shell.environment(TERM="xterm"),
    ) as process:  # fmt: skip
        os.close(theirs)
        assert process.stdin is not None
        process.stdin.write(TEXT)
        process.stdin.close()
        seen = b""
        try:
            while data := os.read(ours, 1 << 16):
                seen += data
        except OSError:  # how a terminal says that nobody is left
            pass
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


def test_a_download_is_seen_on_a_terminal_and_not_where_it_must_be_quiet(
    serving: Hub, shell: Shell
) -> None:
    serving.faults.only, serving.faults.pace = "/model.safetensors", 300_000
    seen = on_a_terminal(shell)
    assert re.search(r"o/translator .*kB .*kB/s", seen)
    assert re.search(r"o/summarizer .*kB .*kB/s", seen)
    shutil.rmtree(os.environ["HF_HOME"])
    assert on_a_terminal(shell, "--quiet") == ""


def test_models_that_come_at_once_have_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr("rich.console.Console", lambda **_: console)
    with downloads(shown=True) as heard:
        heard(Arrival("o/a", 10, 100))
        heard(Arrival("o/b", 500, 1000))
        heard(Arrival("o/a", 100, 100))
        heard(Arrival("o/b", 1000, 1000))
    assert "o/a" in screen.getvalue()
    assert "o/b" in screen.getvalue()


def test_nothing_is_drawn_where_nobody_looks() -> None:
    with downloads(shown=False) as heard:
        assert heard is silent
