"""Models in one file, out of one home and into another: all of it, or nothing."""

import errno
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from models.catalog import Entry
from models.engines.engine import DecodeOptions
from models.errors import ModelError, ModelMissing, ModelUnfit
from models.home import models_home
from models.hub import snapshots
from models.model import Model, Runtime, ready
from models.stock.installed import installed
from models.stock.manifest import MEMBER
from models.stock.pack import Content, pack
from models.stock.unpack import Arrived, unpack
from models.store.locate import carried
from tests import factory
from tests.models.carried import COMMIT, ENTRY, REPO, UNTESTED, cached

ROOT = Path(__file__).parents[3]
PLACE = f"{REPO.replace('/', '--')}/{COMMIT}"


@pytest.fixture(scope="session")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return factory.marian(tmp_path_factory.mktemp("models") / "marian", weights="bin")


@pytest.fixture(autouse=True)
def _untested(monkeypatch: pytest.MonkeyPatch) -> None:
    """These models translate nothing."""
    monkeypatch.setenv("KHULASA_SELF_TEST", "off")


@pytest.fixture(scope="session")
def file(marian: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The model in its converted form, packed on a machine that has it."""
    home = tmp_path_factory.mktemp("packing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHULASA_HOME", str(home / "khulasa"))
        patch.setenv("HF_HOME", str(home / "huggingface"))
        cached(marian)
        return packed(ready(ENTRY, UNTESTED)).getvalue()


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Go to another machine: an empty home, and no network."""

    def go() -> None:
        monkeypatch.setenv("KHULASA_HOME", str(tmp_path / "away" / "khulasa"))
        monkeypatch.setenv("HF_HOME", str(tmp_path / "away" / "huggingface"))
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    return go


def packed(model: Model, content: Content = "converted", entry: Entry = ENTRY) -> io.BytesIO:
    archive = io.BytesIO()
    pack([(entry, model)], content, archive)
    archive.seek(0)
    return archive


def translated(model: Model) -> list[str]:
    """What a model gives for two sentences."""
    sources = [model.tokenizer.encode(text) for text in ("قال الوزير نعم.", "عقد الاجتماع أمس.")]
    found = model.engine.generate(sources, DecodeOptions(max_length=20))
    return [model.tokenizer.decode(one.tokens) for one in found]


def names(archive: io.BytesIO) -> list[str]:
    with tarfile.open(fileobj=archive) as members:
        found = members.getnames()
    archive.seek(0)
    return found


@pytest.mark.parametrize("content", ["converted", "published"])
def test_out_of_one_home_and_into_another(
    content: Content, marian: Path, away: Callable[[], None]
) -> None:
    cached(marian)
    here = ready(ENTRY, UNTESTED)
    identity, given = here.identity, translated(here)
    archive = packed(here, content)
    away()
    [arrived] = unpack(archive)
    assert (arrived.model.name, arrived.model.commit, arrived.before) == (REPO, COMMIT, None)
    there = ready(ENTRY, UNTESTED)
    assert there.identity == identity
    assert translated(there) == given


def test_a_converted_form_comes_without_the_weights(marian: Path, away: Callable[[], None]) -> None:
    cached(marian)
    archive = packed(ready(ENTRY, UNTESTED))
    found = names(archive)
    assert found[0] == MEMBER
    assert f"{PLACE}/vocab.json" in found
    assert f"{PLACE}/pytorch_model.bin" not in found
    assert any(name.endswith("/model.bin") for name in found)
    away()
    unpack(archive)
    assert not snapshots.storage(REPO).exists()
    assert (carried(REPO) / COMMIT / "weights.json").is_file()
    here = installed(REPO)
    assert here is not None
    assert (here.published, here.absent) == (False, ())
    with pytest.raises(ModelMissing, match="--engine torch does not read: pull"):
        _ = ready(ENTRY, Runtime("torch", self_test="skipped"))


def test_published_weights_come_where_the_hubs_client_finds_them(
    marian: Path, away: Callable[[], None]
) -> None:
    cached(marian)
    archive = packed(ready(ENTRY, UNTESTED), "published")
    away()
    unpack(archive)
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(REPO, "pytorch_model.bin", cache_dir=snapshots.cache_folder())
    assert found == str(snapshots.snapshot(REPO, COMMIT) / "pytorch_model.bin")
    assert (Path(found)).read_bytes() == (marian / "pytorch_model.bin").read_bytes()


def test_what_was_carried_can_be_carried_on(marian: Path, away: Callable[[], None]) -> None:
    cached(marian)
    first = packed(ready(ENTRY, UNTESTED))
    away()
    unpack(first)
    again = packed(ready(ENTRY, UNTESTED))
    assert again.getvalue() == first.getvalue()
    with pytest.raises(ModelMissing, match="came here in a converted form alone"):
        packed(ready(ENTRY, UNTESTED), "published")


def test_another_commit_takes_the_place_of_what_was_used(marian: Path, file: bytes) -> None:
    older = "0" * 40
    cached(marian, commit=older)
    assert ready(ENTRY, UNTESTED).located.name == f"{REPO}@{older}"
    [arrived] = unpack(io.BytesIO(file))
    assert arrived == Arrived(arrived.model, older)
    assert ready(ENTRY, UNTESTED).located.name == f"{REPO}@{COMMIT}"


def test_a_model_that_fails_its_test_is_not_packed(
    marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KHULASA_SELF_TEST")
    cached(marian)
    with pytest.raises(ModelUnfit, match="fails its self-test"):
        ready(ENTRY)


Change = Callable[[tarfile.TarInfo, bytes], object]


def rewritten(archive: io.BytesIO, change: Change) -> io.BytesIO:
    """The archive with what `change` makes of each member: none, another, or other bytes of it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=archive) as before, tarfile.open(fileobj=out, mode="w") as after:
        for member in before:
            stream = before.extractfile(member)
            data = stream.read() if stream else b""
            made = change(member, data)
            if isinstance(made, tarfile.TarInfo):
                after.addfile(made)
            elif isinstance(made, bytes):
                member.size = len(made)
                after.addfile(member, io.BytesIO(made))
    out.seek(0)
    return out


def flip(member: tarfile.TarInfo, data: bytes) -> object:
    return bytes([data[0] ^ 1]) + data[1:] if member.name.endswith("/model.bin") else data


def cut(member: tarfile.TarInfo, data: bytes) -> object:
    return data[:-1] if member.name.endswith("/model.bin") else data


def grow(member: tarfile.TarInfo, data: bytes) -> object:
    return data + b"x" if member.name.endswith("/vocab.json") else data


def leave_out(member: tarfile.TarInfo, data: bytes) -> object:
    return None if member.name.endswith("/vocab.json") else data


def without_manifest(member: tarfile.TarInfo, data: bytes) -> object:
    return None if member.name == MEMBER else data


def climb(member: tarfile.TarInfo, data: bytes) -> object:
    if member.name.endswith("/vocab.json"):
        member.name = "../../vocab.json"
    return data


def absolute(member: tarfile.TarInfo, data: bytes) -> object:
    if member.name.endswith("/vocab.json"):
        member.name = "/tmp/vocab.json"
    return data


def link(member: tarfile.TarInfo, data: bytes) -> object:
    if not member.name.endswith("/vocab.json"):
        return data
    member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
    return member


def hard_link(member: tarfile.TarInfo, data: bytes) -> object:
    if not member.name.endswith("/vocab.json"):
        return data
    member.type, member.linkname, member.size = tarfile.LNKTYPE, MEMBER, 0
    return member


def device(member: tarfile.TarInfo, data: bytes) -> object:
    if not member.name.endswith("/vocab.json"):
        return data
    member.type, member.size = tarfile.CHRTYPE, 0
    return member


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (flip, "model.bin is not the file that was packed"),
        (cut, "model.bin is not the file that was packed"),
        (grow, "vocab.json is not the file that was packed"),
        (leave_out, "it is incomplete: .*vocab.json is missing"),
        (without_manifest, "it does not begin with khulasa-models.json"),
        (climb, r"'../../vocab.json' is none of the files of its manifest: refused"),
        (absolute, "'/tmp/vocab.json' is none of the files of its manifest: refused"),
        (link, "vocab.json' is none of the files of its manifest: refused"),
        (hard_link, "vocab.json' is none of the files of its manifest: refused"),
        (device, "vocab.json' is none of the files of its manifest: refused"),
    ],
)
def test_what_was_changed_is_refused_and_leaves_nothing(
    change: Change,
    complaint: str,
    file: bytes,
) -> None:
    archive = rewritten(io.BytesIO(file), change)
    with pytest.raises(ModelUnfit, match=complaint):
        unpack(archive)
    assert left_behind() == []


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9])
def test_a_file_that_was_cut_short(share: float, file: bytes) -> None:
    with pytest.raises(ModelUnfit):
        unpack(io.BytesIO(file[: int(share * len(file))]))
    assert left_behind() == []


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"\0" * 20_000, os.urandom(5000)])
def test_no_file_of_ours(data: bytes) -> None:
    with pytest.raises(
        ModelUnfit, match=r"no file (of khulasa|that khulasa packed)|not begin with"
    ):
        unpack(io.BytesIO(data))


def left_behind() -> list[Path]:
    """Files in the homes of khulasa and of the hub's client, locks aside."""
    folders = (models_home(), snapshots.cache_folder())
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if path.parent.name != "locks"]


def test_a_second_time_changes_nothing(file: bytes) -> None:
    unpack(io.BytesIO(file))
    before = {path: path.read_bytes() for path in left_behind()}
    [arrived] = unpack(io.BytesIO(file))
    assert arrived.before == COMMIT
    assert {path: path.read_bytes() for path in left_behind()} == before


def test_what_a_killed_process_left_is_no_obstacle(file: bytes) -> None:
    stale = models_home() / ".unpacking" / PLACE
    stale.mkdir(parents=True)
    (stale / "half").write_text("of a file")
    unpack(io.BytesIO(file))
    assert not stale.exists()


UNPACK = """
import sys, time
from models.stock import unpack

def wait(*_):
    print("here", flush=True)
    time.sleep(60)

setattr(unpack, sys.argv[2], wait)
with open(sys.argv[1], "rb") as archive:
    unpack.unpack(archive)
"""


@pytest.mark.parametrize("moment", ["_install", "_install_files", "settle", "replace_text"])
def test_a_kill_leaves_no_half_model(moment: str, file: bytes, tmp_path: Path) -> None:
    (tmp_path / "models.tar").write_bytes(file)
    process = subprocess.Popen(
        [sys.executable, "-c", UNPACK, str(tmp_path / "models.tar"), moment],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    process.kill()
    process.communicate()
    here = installed(REPO)
    assert here is None or here.absent or moment == "settle"  # then all of it was there
    with (tmp_path / "models.tar").open("rb") as archive:
        unpack(archive)
    assert len(translated(ready(ENTRY, UNTESTED))) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting wants root")
def test_a_full_disk(file: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        monkeypatch.setenv("KHULASA_HOME", str(small))
        with pytest.raises(ModelError, match="it cannot be unpacked: the disk is full"):
            unpack(io.BytesIO(file))
        assert left_behind() == []
        free = shutil.disk_usage(small)
        monkeypatch.setattr(
            "shutil.disk_usage", lambda _: type(free)(free.total, free.used, 10**12)
        )
        with pytest.raises(ModelError, match="it cannot be unpacked: the disk is full"):
            unpack(io.BytesIO(file))
        assert left_behind() == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_file_that_changes_while_it_is_packed(
    marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(marian)
    model = ready(ENTRY, UNTESTED)
    monkeypatch.setattr("models.stock.pack.digest", lambda _: "0" * 64)
    with pytest.raises(ModelUnfit, match="changed while it was packed: pack again"):
        packed(model)


def test_the_digest_is_that_of_the_file(marian: Path) -> None:
    cached(marian)
    archive = io.BytesIO()
    manifest, sha256 = pack([(ENTRY, ready(ENTRY, UNTESTED))], "converted", archive)
    assert sha256 == hashlib.sha256(archive.getvalue()).hexdigest()
    assert manifest.models[0].languages == ("ar",)
    assert manifest.models[0].licence == "apache-2.0"


def test_a_disk_that_takes_nothing_is_told_before_the_work(
    file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.stock.unpack._write", None)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10}))
    with pytest.raises(ModelError, match="the disk is full") as raised:
        unpack(io.BytesIO(file))
    assert isinstance(raised.value.__cause__, OSError)
    assert raised.value.__cause__.errno == errno.ENOSPC
