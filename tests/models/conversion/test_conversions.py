"""The one-time conversion: whole or not there, by one process at a time, made again if need be."""

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from models.conversion import convert
from models.conversion.conversions import (
    Conversion,
    conversion_folder,
    conversions,
    converted,
    discard,
    of,
)
from models.errors import ModelError, ModelMissing, ModelUnfit
from models.home import models_home
from models.store.fingerprint import Fingerprint, fingerprint

ROOT = Path(__file__).parents[3]

CONVERT = """
import sys, time
from pathlib import Path
from models.conversion import conversions, convert
from models.store.fingerprint import fingerprint

folder, log, wait = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
real = convert.convert

def slow(source, target, compute):
    with log.open("a") as stream:
        stream.write("converting\\n")
    target.mkdir()
    (target / "model.bin").write_text("a part")
    time.sleep(wait)
    real(source, target, compute)

convert.convert = slow
print(conversions.converted(folder, fingerprint(folder), "int8"))
"""


def start(folder: Path, log: Path, wait: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", CONVERT, str(folder), str(log), str(wait)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def leftovers() -> list[str]:
    return [path.name for path in (models_home() / "converted").iterdir()]


def test_a_conversion_is_made_once(marian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = fingerprint(marian)
    folder = converted(marian, identity, "int8")
    assert (folder / "model.bin").stat().st_size > 10_000
    assert leftovers() == [folder.name]
    monkeypatch.setattr(convert, "convert", None)
    assert converted(marian, identity, "int8") == folder


def test_what_decides_a_conversion_is_in_its_name() -> None:
    base = conversion_folder(Fingerprint("a" * 64, "b" * 64), "int8")
    assert base.name.startswith(f"{'a' * 16}-{'b' * 16}-int8-4.")
    others = [
        conversion_folder(Fingerprint("c" * 64, "b" * 64), "int8"),
        conversion_folder(Fingerprint("a" * 64, "c" * 64), "int8"),
        conversion_folder(Fingerprint("a" * 64, "b" * 64), "float32"),
    ]
    assert len({base, *others}) == 4


def test_three_processes_convert_once(marian: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    processes = [start(marian, log, 0.5) for _ in range(3)]
    printed = {process.communicate(timeout=300)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert log.read_text() == "converting\n"
    assert len(printed) == 1


def test_a_process_killed_during_conversion(marian: Path, tmp_path: Path) -> None:
    """The next one does not wait, does not trust what is there, and leaves nothing behind."""
    log = tmp_path / "log"
    killed = start(marian, log, 600)
    while not log.exists():
        assert killed.poll() is None
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    identity = fingerprint(marian)
    target = conversion_folder(identity, "int8")
    assert leftovers() == [f".{target.name}.{killed.pid}"]
    assert converted(marian, identity, "int8") == target
    assert (target / "model.bin").stat().st_size > 10_000
    assert leftovers() == [target.name]


def test_a_conversion_that_fails_leaves_nothing(
    marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path, target: Path, __: str) -> None:
        target.mkdir()
        (target / "model.bin").write_text("a part")
        raise ModelUnfit("weights cannot be loaded")

    monkeypatch.setattr(convert, "convert", fail)
    with pytest.raises(ModelUnfit, match="weights cannot be loaded"):
        converted(marian, fingerprint(marian), "int8")
    assert leftovers() == []


def test_a_disk_that_fills_up(marian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(_: Path, __: Path, ___: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(convert, "convert", fill)
    with pytest.raises(ModelError, match=r"cannot convert marian in .*: the disk is full$"):
        converted(marian, fingerprint(marian), "int8")
    assert leftovers() == []


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="cannot mount a tmpfs")
def test_a_disk_that_is_really_full(
    tmp_path: Path, marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system of 64 KiB; the converted model has more."""
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("cannot mount a tmpfs")
    try:
        monkeypatch.setenv("KHULASA_HOME", str(small))
        with pytest.raises(ModelError, match="the disk is full"):
            converted(marian, fingerprint(marian), "int8")
        assert leftovers() == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.fixture
def carried(marian: Path, tmp_path: Path) -> Path:
    """The model without its weights, converted to int8 by an older CTranslate2."""
    identity = fingerprint(marian)
    made = converted(marian, identity, "int8")
    made.rename(made.with_name(made.name.rpartition("-")[0] + "-4.0.1"))
    folder = shutil.copytree(marian, tmp_path / "carried")
    (folder / "model.safetensors").unlink()
    (folder / "weights.json").write_text(json.dumps({"sha256": identity.weights}))
    return folder


def test_a_carried_conversion_is_used_whoever_made_it(carried: Path) -> None:
    identity = fingerprint(carried)
    found = converted(carried, identity, "int8")
    assert found.name.endswith("-int8-4.0.1")
    assert not discard(carried, identity, "int8")
    assert found.is_dir()


def test_a_form_that_was_not_carried(carried: Path) -> None:
    with pytest.raises(ModelMissing, match="float32 would be made from; what came is int8:"):
        converted(carried, fingerprint(carried), "float32")


def test_conversions_are_listed_with_their_digests(marian: Path) -> None:
    identity = fingerprint(marian)
    folder = converted(marian, identity, "int8")
    (folder.parent / ".left-behind").mkdir()
    [found] = conversions()
    assert found == Conversion(
        identity.weights[:16], identity.tokens[:16], "int8", version("ctranslate2")
    )
    assert (found.folder, found.current) == (folder, True)
    assert of(identity) == [found]
    assert of(Fingerprint("0" * 64, "0" * 64)) == []
    digests = found.digests()
    assert set(digests) == {path.name for path in folder.iterdir()} - {"digests.json"}
    model = (folder / "model.bin").read_bytes()
    assert digests["model.bin"] == hashlib.sha256(model).hexdigest()


def test_discarded_and_made_again(marian: Path) -> None:
    identity = fingerprint(marian)
    folder = converted(marian, identity, "int8")
    discard(marian, identity, "int8")
    assert not folder.exists()
    discard(marian, identity, "int8")
    assert converted(marian, identity, "int8") == folder


def test_no_room_is_said_before_the_work(marian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "convert", None)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10}))
    with pytest.raises(ModelError, match="the disk is full"):
        converted(marian, fingerprint(marian), "int8")
