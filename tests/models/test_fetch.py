"""The downloading program as its parent sees it: what it chooses, what it says, how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models import fetch, snapshots
from tests.hub import Hub

PROGRAM = Path(fetch.__file__)


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """A folder that a hub can serve; the program does not ask what the files mean."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(os.urandom(3_000_000))
    return folder


def start(hub: Hub, revision: str = "main") -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", str(PROGRAM), "o/n", revision, "60"]
    env = os.environ | {"HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_TELEMETRY": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["config.json", "pytorch_model.bin"], ["config.json", "pytorch_model.bin"]),
        (["model.safetensors", "pytorch_model.bin"], ["model.safetensors"]),
        (["README.md", "tf_model.h5", "flax_model.msgpack", "onnx/model.onnx"], []),
        (["merges.txt", "vocab.json", "rust_model.ot"], ["merges.txt", "vocab.json"]),
        (["modeling_custom.py", "config.json"], ["config.json"]),
    ],
)
def test_needed_files(names: list[str], chosen: list[str]) -> None:
    assert fetch.needed(names) == chosen


def test_messages(served: Path) -> None:
    with Hub({"o/n": served}) as hub:
        printed, _ = start(hub).communicate(timeout=120)
        commit = hub.commit("o/n")
    ready, first, *beats, last = [json.loads(line) for line in printed.splitlines()]
    assert ready == {}
    assert first == {"commit": commit}
    assert all(beat == {} for beat in beats)
    assert last == {"done": True}


@pytest.mark.parametrize(
    ("repositories", "revision", "kind"), [(["o/n"], "v9", "revision"), ([], "main", "missing")]
)
def test_failures(served: Path, repositories: list[str], revision: str, kind: str) -> None:
    with Hub(dict.fromkeys(repositories, served)) as hub:
        printed, _ = start(hub, revision).communicate(timeout=120)
    message = json.loads(printed.splitlines()[-1])
    assert message["error"] == kind
    assert "\n" not in message["detail"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_asked_to_end_removes_its_part_file(
    served: Path, number: signal.Signals
) -> None:
    with Hub({"o/n": served}) as hub:
        hub.faults.only, hub.faults.stall_after = "pytorch_model.bin", 2_000_000
        process = start(hub)
        while not list(snapshots.storage("o/n").rglob("*.incomplete")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        process.communicate(timeout=120)
    assert list(snapshots.storage("o/n").rglob("*.incomplete")) == []


def test_a_process_whose_parent_is_gone_ends(served: Path) -> None:
    """Nobody hears it any more: the next message fails, and with it the download."""
    with Hub({"o/n": served}) as hub:
        process = start(hub)
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=120) != 0
    assert not list(snapshots.storage("o/n").rglob("pytorch_model.bin"))
