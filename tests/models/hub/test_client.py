"""Models from a hub that works, one that fails in every known way, and none at all."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models import catalog
from models.errors import ModelError, ModelMissing, ModelUnfit
from models.hub import client, snapshots
from models.hub.line import Arrival
from models.store.locate import Located, Wanted, locate
from tests import factory
from tests.hub import Hub

REPO = "Helsinki-NLP/opus-mt-ar-en"
WANTED = Wanted("translator", REPO, others=("Helsinki-NLP/opus-mt-tc-big-ar-en",))
NAMES = {
    "config.json", "generation_config.json", "model.safetensors", "source.spm",
    "special_tokens_map.json", "target.spm", "tokenizer_config.json", "vocab.json",
}  # fmt: skip
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with everything beside it that public repositories also hold."""
    folder = factory.marian(tmp_path_factory.mktemp("public") / "marian")
    for extra in ("README.md", "tf_model.h5", "flax_model.msgpack", "rust_model.ot"):
        (folder / extra).write_text("not needed")
    (folder / "pytorch_model.bin").write_text("the same weights, as a pickle")
    return folder


@pytest.fixture
def serving(marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that serves a copy of the model, which a test may change."""
    folder = shutil.copytree(marian, tmp_path / "served")
    monkeypatch.setenv("KHULASA_HUB_TIMEOUT", "60")
    with Hub({REPO: folder}) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served


def weights_blob(found: Located) -> Path:
    return (found.folder / "model.safetensors").resolve()


def test_download(serving: Hub, capfd: pytest.CaptureFixture[str]) -> None:
    commit = serving.commit(REPO)
    found = locate(WANTED)
    assert found.name == f"{REPO}@{commit}"
    assert found.folder == snapshots.cache_folder() / (
        f"models--Helsinki-NLP--opus-mt-ar-en/snapshots/{commit}"
    )
    names = {path.name for path in found.folder.iterdir()}
    assert names == NAMES
    for name in names:
        served = serving.folders[REPO] / name
        assert (found.folder / name).read_bytes() == served.read_bytes()
    assert capfd.readouterr() == ("", "")


def test_blobs_are_named_by_the_hubs_etags(serving: Hub) -> None:
    found = locate(WANTED)
    content = (serving.folders[REPO] / "model.safetensors").read_bytes()
    assert weights_blob(found).name == hashlib.sha256(content).hexdigest()
    assert len((found.folder / "config.json").resolve().name) == 40


def test_a_model_that_is_here_is_used_without_a_question(serving: Hub) -> None:
    first = locate(WANTED)
    asked = serving.total()
    assert locate(WANTED) == first
    assert serving.total() == asked


def test_a_repository_with_a_pickle_only(serving: Hub) -> None:
    (serving.folders[REPO] / "model.safetensors").unlink()
    found = locate(WANTED)
    assert (found.folder / "pytorch_model.bin").is_file()
    assert not (found.folder / "model.safetensors").exists()


def test_a_branch_stays_what_it_was(serving: Hub) -> None:
    first = locate(WANTED)
    (serving.folders[REPO] / "README.md").write_text("moved on, and longer")
    assert serving.commit(REPO) != first.name.partition("@")[2]
    assert locate(WANTED) == first


def test_a_branch_stays_even_when_its_files_are_gone(serving: Hub) -> None:
    """The recorded commit is asked for again, not what `main` is by now."""
    first = locate(WANTED)
    shutil.rmtree(snapshots.cache_folder())
    (serving.folders[REPO] / "README.md").write_text("moved on, and longer")
    commit = first.name.partition("@")[2]
    with pytest.raises(ModelMissing, match=f"no revision '{commit}'"):
        locate(WANTED)


def test_a_pinned_revision_is_the_one_that_is_asked_for(serving: Hub) -> None:
    commit = serving.commit(REPO)
    assert locate(Wanted("translator", REPO, commit)).name == f"{REPO}@{commit}"
    assert locate(Wanted("translator", f"{REPO}@{commit}")).name == f"{REPO}@{commit}"
    assert serving.requests[f"GET /api/models/{REPO}/revision/{commit}"] == 1


def test_what_another_program_downloaded_is_found(serving: Hub) -> None:
    """The hub's own client fills the cache; then the hub goes away."""
    download = f"from huggingface_hub import snapshot_download as s; print(s({REPO!r}))"
    command = [sys.executable, "-c", download]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    serving.faults.status = 503
    assert str(locate(WANTED).folder) == printed.stdout.strip()


def test_an_incomplete_snapshot_is_completed(serving: Hub) -> None:
    found = locate(WANTED)
    (found.folder / "vocab.json").unlink()
    assert locate(WANTED) == found
    assert (found.folder / "vocab.json").is_file()


def test_offline_opens_no_socket(serving: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something tried to leave this process")

    found = locate(WANTED)
    asked = serving.total()
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "1")
            patch.setattr(socket, "socket", refuse)
            patch.setattr(subprocess, "Popen", refuse)
            assert locate(WANTED) == found
            with pytest.raises(ModelMissing, match="HF_HUB_OFFLINE forbids"):
                locate(Wanted("translator", "Helsinki-NLP/opus-mt-fr-en"))
    assert serving.total() == asked


def check_message(message: str) -> None:
    """One line, with the three ways out."""
    assert "\n" not in message
    assert (
        "Ways out: (1) khulasa models pack Helsinki-NLP/opus-mt-ar-en -o FILE.tar where the hub "
        "answers, and khulasa models unpack FILE.tar here; (2) give a folder that holds it: "
        "--translator DIR; (3) --models tiny"
    ) in message


def test_refused_connection() -> None:
    started = time.monotonic()
    with pytest.raises(ModelMissing, match="cannot be reached") as raised:
        locate(WANTED)
    assert time.monotonic() - started < 10
    check_message(str(raised.value))
    assert raised.value.exit_code == 3


def test_a_host_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    with pytest.raises(ModelMissing, match=r"http://hub\.invalid cannot be found by name"):
        locate(WANTED)


def test_a_server_that_never_answers(serving: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    serving.faults.silent = True
    monkeypatch.setenv("KHULASA_HUB_TIMEOUT", "1")
    started = time.monotonic()
    with pytest.raises(ModelMissing, match=r"sent nothing for 1 s|timed out") as raised:
        locate(WANTED)
    assert time.monotonic() - started < 10
    check_message(str(raised.value))


def waits(timeout: float | None, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a download waits for each piece of news, in seconds."""
    news: list[dict[str, object]] = [
        {},
        {"commit": "c" * 40, "files": {}},
        {"done": 0},
        {"digests": {}},
    ]
    left: list[float] = []

    def note(child: Any) -> dict[str, object]:
        left.append(round(child._clock.left))
        return news[len(left) - 1]

    monkeypatch.setattr("models.hub.watch.Download.hear", note)
    client.fetch(REPO, "main", timeout=timeout)
    return left


def test_the_usual_wait_is_under_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is for the process to start, which is not the hub's fault."""
    assert waits(None, monkeypatch) == [60, 8, 60, 60]


def test_a_timeout_bounds_every_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waits(3, monkeypatch) == [60, 3, 3, 3]


def test_a_download_that_stalls(serving: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    serving.faults.stall_after = 10_000
    serving.faults.only = "/model.safetensors"
    monkeypatch.setenv("KHULASA_HUB_STALL", "1")
    started = time.monotonic()
    with pytest.raises(ModelMissing, match="sent nothing for 1 s"):
        locate(WANTED)
    assert time.monotonic() - started < 20
    [part] = snapshots.storage(REPO).rglob("*.incomplete")
    assert part.stat().st_size == 10_000
    serving.faults.stall_after = None
    locate(WANTED)
    assert serving.ranges[-1] == "model.safetensors bytes=10000-"


def test_a_download_that_is_cut_goes_on(serving: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    large = serving.folders[REPO] / "model.safetensors"
    large.write_bytes(os.urandom(3_000_000))
    serving.faults.cut_after = 2_500_000
    serving.faults.only = "/model.safetensors"
    found = locate(WANTED)
    assert weights_blob(found).read_bytes() == large.read_bytes()
    assert serving.ranges == ["model.safetensors bytes=2500000-"]


def test_damaged_bytes_are_refused_and_removed(serving: Hub) -> None:
    serving.faults.corrupt = True
    serving.faults.only = "/model.safetensors"
    with pytest.raises(ModelUnfit, match=r"model\.safetensors arrived damaged.*try again"):
        locate(WANTED)
    stored = {path.name for path in snapshots.storage(REPO).rglob("*")}
    content = (serving.folders[REPO] / "model.safetensors").read_bytes()
    assert not {"model.safetensors", hashlib.sha256(content).hexdigest()} & stored
    serving.faults.corrupt = False
    assert (locate(WANTED).folder / "model.safetensors").is_file()


def test_damaged_small_file(serving: Hub) -> None:
    serving.faults.corrupt = True
    serving.faults.only = "/vocab.json"
    with pytest.raises(ModelUnfit, match=r"vocab\.json arrived damaged"):
        locate(WANTED)


def test_a_hub_that_fails(serving: Hub) -> None:
    """tests/models/test_failures.py has every kind; each is a clause in a line with ways out."""
    serving.faults.status = 403
    with pytest.raises(ModelMissing, match="refused: look at HF_TOKEN") as raised:
        locate(WANTED)
    check_message(str(raised.value))


def test_no_such_repository_names_the_next_candidate(serving: Hub) -> None:
    wanted = Wanted("translator", "Helsinki-NLP/opus-mt-xx-en", others=(REPO,))
    with pytest.raises(ModelMissing, match="has no such model") as raised:
        locate(wanted)
    assert str(raised.value).endswith(f"take another model: --translator {REPO}")


def test_a_repository_that_is_gated(serving: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    serving.token = "hf_secret"
    with pytest.raises(ModelMissing, match="accept its terms and to set HF_TOKEN"):
        locate(WANTED)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert locate(WANTED).name.startswith(REPO)


def test_no_such_revision(serving: Hub) -> None:
    with pytest.raises(ModelMissing, match="no revision 'v9'"):
        locate(Wanted("translator", f"{REPO}@v9"))


def test_a_repository_without_weights(serving: Hub) -> None:
    (serving.folders[REPO] / "model.safetensors").unlink()
    (serving.folders[REPO] / "pytorch_model.bin").unlink()
    with pytest.raises(ModelUnfit, match=r"lacks model\.safetensors or pytorch_model\.bin"):
        locate(WANTED)


def test_two_processes_download_once(serving: Hub) -> None:
    program = (
        "from models.store.locate import *; import sys;"
        f"print(locate(Wanted('translator', {REPO!r})).folder)"
    )
    command = [sys.executable, "-c", program]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    printed = {process.communicate(timeout=300)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(printed) == 1
    got = [count for path, count in serving.requests.items() if "GET" in path and "resolve" in path]
    assert set(got) == {1}


def test_a_download_is_heard(serving: Hub, capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[Arrival] = []
    locate(WANTED, heard.append)
    total = sum((serving.folders[REPO] / name).stat().st_size for name in NAMES)
    assert heard[-1] == Arrival(REPO, total, total)
    assert {arrival.total for arrival in heard} == {total}
    assert [one.done for one in heard] == sorted(one.done for one in heard)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf"])
def test_timeouts_must_be_numbers(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHULASA_HUB_TIMEOUT", value)
    with pytest.raises(ModelError, match="KHULASA_HUB_TIMEOUT must be a number of seconds"):
        locate(WANTED)


def test_catalogue_revisions_are_what_is_asked_for(serving: Hub) -> None:
    best = catalog.language("ar").best
    with pytest.raises(ModelMissing):
        locate(Wanted("translator", best.name, best.revision))
    assert serving.requests[f"GET /api/models/{best.name}/revision/{best.revision}"] == 1


def test_a_probe_hears_the_hub_whatever_it_says(serving: Hub) -> None:
    assert client.probe(30) == "404 Not Found"  # the stand-in lists no models
    serving.faults.status = 503
    assert client.probe(30) == "503 Service Unavailable"


def test_a_probe_gives_up_on_a_silent_hub_in_time(serving: Hub) -> None:
    serving.faults.silent = True
    started = time.monotonic()
    # The client and we keep the same second: on a busy machine either may be the first to say so.
    said = r"http://127.0.0.1:\d+ (sent nothing for 1 s|cannot be reached \(timed out\))"
    with pytest.raises(client.HubFailure, match=said):
        client.probe(1)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("HF_ENDPOINT", "http://127.0.0.1:9", "127.0.0.1:9 cannot be reached .*refused"),
        ("HF_ENDPOINT", "file:///etc", "cannot be reached .HF_ENDPOINT is no address of the web."),
        ("HF_HUB_OFFLINE", "1", "HF_HUB_OFFLINE forbids asking the hub"),
    ],
)
def test_a_probe_of_a_hub_that_cannot_or_must_not_be_asked(
    variable: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(client.HubFailure, match=reason):
        client.probe(30)
