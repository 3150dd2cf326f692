"""The downloading program as its parent sees it: what it chooses, what it says, how it ends."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models.hub import fetch, snapshots
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
    command = [sys.executable, "-P", str(PROGRAM), "get", "o/n", revision, "60"]
    env = os.environ | {"HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_TELEMETRY": "1"}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    )


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


def listen(process: "subprocess.Popen[str]") -> list[dict[str, object]]:
    """What it says until it ends; its stdin stays open as long."""
    assert process.stdout is not None
    return [json.loads(line) for line in process.stdout]


def test_messages(served: Path) -> None:
    weights = (served / "pytorch_model.bin").read_bytes()
    sha256 = hashlib.sha256(weights).hexdigest()
    with Hub({"o/n": served}) as hub:
        ready, first, *others, last = listen(start(hub))
        commit = hub.commit("o/n")
    assert ready == {}
    assert first == {
        "commit": commit,
        "files": {
            "pytorch_model.bin": [3_000_000, sha256],
            "config.json": [2, "9e26dfeeb6e641a33dae4961196235bdb965b21b"],  # git hash-object
        },
    }
    assert all(one.keys() <= {"done"} for one in others)
    assert last == {
        "done": 3_000_002,
        "digests": {
            "pytorch_model.bin": sha256,
            "config.json": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        },
    }


@pytest.mark.parametrize(
    ("repositories", "revision", "kind"), [(["o/n"], "v9", "revision"), ([], "main", "missing")]
)
def test_failures(served: Path, repositories: list[str], revision: str, kind: str) -> None:
    with Hub(dict.fromkeys(repositories, served)) as hub:
        message = listen(start(hub, revision))[-1]
    assert message["error"] == kind
    assert "\n" not in str(message["detail"])


def part_of(process: "subprocess.Popen[str]", size: int) -> Path:
    """The part of the weights, once it has so many bytes."""
    while True:
        for part in snapshots.storage("o/n").rglob("*.incomplete"):
            if part.stat().st_size >= size:
                return part
        assert process.poll() is None
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_killed_process_left_goes_on_in_the_next(
    served: Path, number: signal.Signals
) -> None:
    with Hub({"o/n": served}) as hub:
        hub.faults.only, hub.faults.stall_after = "pytorch_model.bin", 2_000_000
        process = start(hub)
        part = part_of(process, 1_900_000)
        process.send_signal(number)
        process.communicate(timeout=120)
        left = part.stat().st_size
        hub.faults.stall_after = None
        last = listen(start(hub))[-1]
        assert hub.ranges == [f"pytorch_model.bin bytes={left}-"]
    assert "digests" in last
    assert not part.exists()
    [whole] = snapshots.storage("o/n").rglob("snapshots/*/pytorch_model.bin")
    assert whole.read_bytes() == (served / "pytorch_model.bin").read_bytes()


def test_ctrl_c_is_for_the_parent(served: Path) -> None:
    with Hub({"o/n": served}) as hub:
        hub.faults.only, hub.faults.cut_after = "pytorch_model.bin", 2_000_000
        process = start(hub)
        part_of(process, 1_900_000)
        process.send_signal(signal.SIGINT)
        assert "digests" in listen(process)[-1]


def test_it_ends_with_its_parent(served: Path) -> None:
    with Hub({"o/n": served}) as hub:
        hub.faults.silent = True
        process = start(hub)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=120) == 1


def test_a_process_whose_parent_is_gone_ends(served: Path) -> None:
    """Nobody hears it any more: the next message fails, and with it the download."""
    with Hub({"o/n": served}) as hub:
        process = start(hub)
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=120) != 0
    assert not list(snapshots.storage("o/n").rglob("pytorch_model.bin"))
