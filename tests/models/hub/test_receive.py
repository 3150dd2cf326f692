"""Files come once, go on where they were left, and lie where the hub's own client finds them."""

import hashlib
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from models.home import recall
from models.hub import client, snapshots
from models.hub.client import Arrival, File
from tests.hub import Hub
from tests.models.loopback import REPO, TOKEN, WEIGHTS, comes, fails

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("straight")


def test_a_slow_line_is_waited_for(small_hub: Hub) -> None:
    """Longer than a hub may be silent."""
    small_hub.faults.only, small_hub.faults.pace = f"/{WEIGHTS}", 60_000
    assert comes(timeout=4).is_file()


def test_a_hub_that_goes_away_and_comes_back(small_hub: Hub) -> None:
    """Twice; all bytes come once."""
    small_hub.faults.only = f"/{WEIGHTS}"
    small_hub.faults.cut_after, small_hub.faults.cuts = 100_000, 2
    weights = (small_hub.folders[REPO] / WEIGHTS).read_bytes()
    assert comes().read_bytes() == weights
    assert small_hub.ranges == [f"{WEIGHTS} bytes=100000-", f"{WEIGHTS} bytes=200000-"]


def part_of_weights() -> Path:
    """Where a part of them would lie."""
    digest = client.announced(REPO, "main").files[WEIGHTS].sha256
    part = snapshots.storage(REPO) / "blobs" / f"{digest}.incomplete"
    part.parent.mkdir(parents=True)
    return part


def test_a_part_of_something_else_is_fetched_anew(small_hub: Hub) -> None:
    part = part_of_weights()
    part.write_bytes(b"another file" * 1000)
    weights = (small_hub.folders[REPO] / WEIGHTS).read_bytes()
    assert comes().read_bytes() == weights
    assert small_hub.ranges == [f"{WEIGHTS} bytes=12000-"]
    assert not part.exists()


def test_a_part_that_is_too_long_is_fetched_anew(small_hub: Hub) -> None:
    part = part_of_weights()
    part.write_bytes(bytes(300_001))
    assert comes().stat().st_size == 300_000
    assert small_hub.ranges == []


def test_a_part_that_is_whole_is_not_asked_for(small_hub: Hub) -> None:
    part = part_of_weights()
    shutil.copy(small_hub.folders[REPO] / WEIGHTS, part)
    weights = comes()
    assert weights.is_file()
    assert not [path for path in small_hub.requests if path.endswith(WEIGHTS)]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_mirror_under_a_path(slash: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Hub({REPO: folder}, prefix="/mirrors/hub") as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url + slash)
        assert comes().is_file()
        assert {path.split()[1].startswith("/mirrors/hub/") for path in served.requests} == {True}


def test_a_mirror_that_lists_no_digests(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hub._sibling", lambda path: {"rfilename": path.name})
    assert comes().read_bytes() == (small_hub.folders[REPO] / WEIGHTS).read_bytes()


def test_the_token_goes_to_the_endpoint_and_to_no_other_host(
    small_hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_hub.token = TOKEN
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with Hub({REPO: folder}) as storage:
        small_hub.faults.elsewhere = storage.url
        assert comes().is_file()
        assert set(small_hub.authorizations) == {f"Bearer {TOKEN}"}
        assert set(storage.authorizations) == {None}
        assert storage.requests[f"GET /o/n/resolve/{small_hub.commit(REPO)}/{WEIGHTS}"] == 1


def test_a_commit_or_a_digest_that_leads_out_of_the_cache_is_refused(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_hub.pinned[REPO] = "../../escaped"
    assert "sends something that no hub sends" in fails()
    del small_hub.pinned[REPO]
    name = {"rfilename": "config.json", "size": 2, "blobId": "../../escaped"}
    monkeypatch.setattr("tests.hub._sibling", lambda _: name)
    assert "sends something that no hub sends" in fails()


def test_what_came_is_remembered(small_hub: Hub) -> None:
    commit = client.fetch(REPO, "main")
    weights = (small_hub.folders[REPO] / WEIGHTS).read_bytes()
    assert recall("digests", f"{REPO}@{commit}") == {
        "files": {
            WEIGHTS: {"size": 300_000, "sha256": hashlib.sha256(weights).hexdigest()},
            "config.json": {
                "size": 2,
                "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            },
        }
    }


def test_what_is_announced(small_hub: Hub) -> None:
    weights = (small_hub.folders[REPO] / WEIGHTS).read_bytes()
    found = client.announced(REPO, "main")
    assert found.commit == small_hub.commit(REPO)
    assert found.total == 300_002
    assert found.files == {
        WEIGHTS: File(300_000, sha256=hashlib.sha256(weights).hexdigest()),
        "config.json": File(2, git="9e26dfeeb6e641a33dae4961196235bdb965b21b"),
    }
    assert small_hub.total() == 1
    assert not snapshots.storage(REPO).exists()


def test_models_in_parallel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repos = [f"o/n{number}" for number in range(4)]
    with Hub(dict.fromkeys(repos, folder)) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        heard: dict[str, list[Arrival]] = {repo: [] for repo in repos}

        def pull(repo: str) -> str:
            return client.fetch(repo, "main", heard[repo].append)

        with ThreadPoolExecutor(len(repos)) as pool:
            assert len({*pool.map(pull, repos)}) == 1  # the same files, the same commit
        for repo in repos:
            assert heard[repo][-1] == Arrival(repo, 300_002, 300_002)


def running(repo: str = REPO) -> "subprocess.Popen[str]":
    """A process that downloads without the lock of the store."""
    program = f"from models.hub import client; print(client.fetch({repo!r}, 'main', timeout=60))"
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_processes_that_want_the_same_model_download_it_once(small_hub: Hub) -> None:
    small_hub.faults.only, small_hub.faults.pace = f"/{WEIGHTS}", 100_000
    processes = [running() for _ in range(3)]
    printed = {process.communicate(timeout=300)[0].strip() for process in processes}
    assert printed == {small_hub.commit(REPO)}
    got = {path: count for path, count in small_hub.requests.items() if "/resolve/" in path}
    assert set(got.values()) == {1}
    assert len(got) == 2


def test_a_lock_whose_holder_does_nothing_is_told(small_hub: Hub) -> None:
    digest = client.announced(REPO, "main").files[WEIGHTS].sha256
    lock = snapshots.cache_folder() / ".locks" / "models--o--n" / f"{digest}.lock"
    lock.parent.mkdir(parents=True)
    with FileLock(lock):
        assert fails(timeout=2) == f"another program is downloading it: let it end ({lock})"


def test_what_a_killed_parent_left_goes_on(small_hub: Hub) -> None:
    small_hub.faults.only, small_hub.faults.stall_after = f"/{WEIGHTS}", 200_000
    parent = running()
    parts = snapshots.storage(REPO) / "blobs"
    while not [one for one in parts.glob("*.incomplete") if one.stat().st_size == 200_000]:
        assert parent.poll() is None
        time.sleep(0.02)
    parent.kill()
    parent.communicate()
    small_hub.faults.stall_after = None
    weights = (small_hub.folders[REPO] / WEIGHTS).read_bytes()
    assert comes().read_bytes() == weights
    assert small_hub.ranges == [f"{WEIGHTS} bytes=200000-"]


def test_the_hubs_own_client_finds_what_came(small_hub: Hub) -> None:
    comes()
    small_hub.requests.clear()
    program = (
        "from huggingface_hub import hf_hub_download as get, snapshot_download as all_of;"
        f"print(get({REPO!r}, {WEIGHTS!r})); print(all_of({REPO!r}, local_files_only=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    snapshot = snapshots.snapshot(REPO, small_hub.commit(REPO))
    assert done.stdout.split() == [str(snapshot / WEIGHTS), str(snapshot)]
    assert not [path for path in small_hub.requests if path.startswith("GET /o/n/resolve")]


def test_a_whole_file_that_rotted_is_fetched_anew(small_hub: Hub) -> None:
    """Something else is lacking, so that the hub is asked: then all is looked at."""
    weights = comes()
    weights.resolve().write_bytes(bytes(300_000))
    (weights.parent / "config.json").unlink()
    assert comes().read_bytes() == (small_hub.folders[REPO] / WEIGHTS).read_bytes()
    assert small_hub.requests[f"GET /o/n/resolve/{small_hub.commit(REPO)}/config.json"] == 1
