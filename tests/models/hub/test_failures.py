"""Each thing that goes wrong between here and the hub: one line that says what to do, in time."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from models.hub import client, snapshots
from tests.faults import Proxy, certificate, unanswering
from tests.hub import Hub
from tests.models.loopback import REPO, TOKEN, WEIGHTS, comes, fails

OTHER = "set HF_HUB_CACHE to a folder that can be written"
MORE = "try again, or allow more with --timeout"
NETWORK = "look at the network and at HF_ENDPOINT"
pytestmark = pytest.mark.usefixtures("straight")


@pytest.mark.parametrize(
    ("status", "code", "token", "said"),
    [
        (400, "", "", "refused: look at HF_TOKEN and at what it may read (400 Bad Request)"),
        (401, "", "", "has no such model, or shows it only to a valid HF_TOKEN: look at both"),
        (401, "", TOKEN, "does not accept your HF_TOKEN: make another, or unset it"),
        (401, "GatedRepo", "", "asks you to accept its terms and to set HF_TOKEN"),
        (403, "GatedRepo", TOKEN, "asks you to accept its terms and to set HF_TOKEN"),
        (403, "", TOKEN, "refused: look at HF_TOKEN and at what it may read (403 Forbidden)"),
        (
            404,
            "RepoNotFound",
            "",
            "has no such model, or does not show it to you: look at its name",
        ),
        (404, "", "", "has no such model, or does not show it to you: look at its name"),
        (404, "RevisionNotFound", "", "has the model, but no revision 'main': look at its name"),
        (500, "", "", "fails (500 Internal Server Error): try again later"),
        (503, "", "", "fails (503 Service Unavailable): try again later"),
    ],
)
def test_a_hub_that_says_no(
    status: int, code: str, token: str, said: str, small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_hub.faults.status, small_hub.faults.code = status, code
    monkeypatch.setenv("HF_TOKEN", token)
    assert fails(timeout=2).startswith(f"{small_hub.url} {said}")


def test_a_file_that_is_listed_and_not_there(small_hub: Hub) -> None:
    small_hub.faults.only, small_hub.faults.status = f"/{WEIGHTS}", 404
    small_hub.faults.code = "EntryNotFound"
    assert "lists a file of the model that it does not have" in fails()


@pytest.mark.parametrize(
    ("status", "only"), [(429, "/api/"), (503, "/api/"), (408, f"/{WEIGHTS}"), (500, f"/{WEIGHTS}")]
)
def test_what_passes_by_itself_is_waited_for(status: int, only: str, small_hub: Hub) -> None:
    small_hub.faults.only, small_hub.faults.status, small_hub.faults.times = only, status, 1
    assert comes().is_file()


def test_a_pause_that_the_hub_asks_for_is_kept(small_hub: Hub) -> None:
    small_hub.faults.status, small_hub.faults.times, small_hub.faults.retry_after = 429, 1, "3"
    started = time.monotonic()
    assert comes().is_file()
    assert time.monotonic() - started > 3


@pytest.mark.parametrize(
    ("retry_after", "said"),
    [("600", "600 s"), ("Wed, 01 Jan 2200 00:00:00 GMT", r"\d{10} s"), ("never", "2 s")],
)
def test_a_pause_that_is_too_long_is_told(retry_after: str, said: str, small_hub: Hub) -> None:
    small_hub.faults.status, small_hub.faults.retry_after = 429, retry_after
    assert re.search(rf"has too many requests: try again in {said}$", fails(timeout=2.5))


def test_a_hub_that_is_refused_or_silent_or_out_of_reach(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_hub.faults.silent = True
    assert fails(timeout=1) == f"{small_hub.url} sent nothing for 1 s: {MORE}"
    with unanswering() as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        assert fails(timeout=1) == f"{address} sent nothing for 1 s: {MORE}"
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    refused = "cannot be reached (Connection refused)"
    assert fails(allowed=1) == f"http://127.0.0.1:9 {refused}: {NETWORK}"
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    said = r"http://hub\.invalid cannot be found by name \(.+\): look at the network and .+"
    assert re.fullmatch(said, fails())
    monkeypatch.setenv("HF_ENDPOINT", "hub.example")
    assert "is no address of the web: look at HF_ENDPOINT" in fails(allowed=1)


@pytest.mark.parametrize("only", ["/api/", f"/{WEIGHTS}"])
def test_a_file_that_does_not_begin(only: str, small_hub: Hub) -> None:
    small_hub.faults.only, small_hub.faults.silent = only, True
    assert fails(timeout=2) == f"{small_hub.url} sent nothing for 2 s: {MORE}"


def test_a_download_that_trickles(small_hub: Hub) -> None:
    """Never silent, and never done: 300 bytes a second are no line."""
    small_hub.faults.only, small_hub.faults.pace = f"/{WEIGHTS}", 300
    said = rf"{small_hub.url} sends too slowly \(\d+ bytes in 4 s\): try again on another line.*"
    assert re.fullmatch(said, fails(timeout=4))
    [part] = snapshots.storage(REPO).rglob("*.incomplete")
    assert 0 < part.stat().st_size < 4 * client.FLOOR


@pytest.mark.parametrize("more", [7, -7])
def test_a_length_that_is_not_the_announced_one(more: int, small_hub: Hub) -> None:
    small_hub.faults.only, small_hub.faults.longer = f"/{WEIGHTS}", more
    said = f"{WEIGHTS} has 300000 bytes by the list and {300_000 + more} when asked for; try again"
    assert fails(allowed=5) == f"{REPO} from {small_hub.url}: {said}"
    assert not list(snapshots.storage(REPO).rglob(f"snapshots/*/{WEIGHTS}"))


@pytest.mark.parametrize("only", ["/api/", f"/{WEIGHTS}"])
def test_redirections_without_end(only: str, small_hub: Hub) -> None:
    small_hub.faults.only, small_hub.faults.loop = only, True
    said = "sends from one address to another without end: look at HF_ENDPOINT and the proxy"
    assert fails() == f"{small_hub.url} {said}"


def test_a_hub_that_breaks_off_again_and_again(small_hub: Hub) -> None:
    small_hub.faults.only = f"/{WEIGHTS}"
    small_hub.faults.cut_after, small_hub.faults.cuts = 0, 1_000
    said = rf"{small_hub.url} breaks off \(.+\): try again later, it goes on"
    assert re.fullmatch(said, fails(timeout=6))


def test_a_page_in_place_of_the_hub(small_hub: Hub) -> None:
    small_hub.faults.page = True
    assert "sends something that no hub sends: a network that wants you to log in" in fails()


def test_a_page_in_place_of_a_file(small_hub: Hub) -> None:
    small_hub.faults.only, small_hub.faults.page = f"/{WEIGHTS}", True
    assert f"{WEIGHTS} has 300000 bytes by the list and 36 when asked for" in fails()


def test_a_certificate_that_nobody_signed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = certificate(tmp_path / "tls")
    with Hub({REPO: folder}, certificate=both) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        said = (
            r"shows a certificate that is not trusted \(self.signed certificate\): .*SSL_CERT_FILE"
        )
        assert re.search(said, fails())
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            with monkeypatch.context() as patch:
                patch.setenv(name, str(tmp_path / "tls" / "certificate.pem"))
                assert client.announced(REPO, "main").commit == served.commit(REPO)


def test_a_certificate_that_is_over(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = certificate(tmp_path / "tls", until="20210101000000Z")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls" / "certificate.pem"))
    with Hub({REPO: folder}, certificate=both) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        assert "not trusted (certificate has expired)" in fails()


def test_certificates_that_are_not_there(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    assert "there are no certificates in /nowhere/ca.pem, which SSL_CERT_FILE" in fails()


def test_a_hub_without_tls_where_it_should_be(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", small_hub.url.replace("http", "https"))
    assert "does not speak TLS as it should (wrong version number): look at" in fails()


def port(served: Hub) -> tuple[str, int]:
    """Where it listens."""
    parts = urlsplit(served.url)
    assert parts.port
    return "127.0.0.1", parts.port


def test_a_proxy_stands_between(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(port(small_hub)) as proxy:
        monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")  # which only the proxy finds
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        weights = comes()
        assert weights.read_bytes() == (small_hub.folders[REPO] / WEIGHTS).read_bytes()
        asked = f"GET http://hub.invalid/o/n/resolve/{small_hub.commit(REPO)}/{WEIGHTS}"
        assert proxy.asked.count(asked) == 1


def test_a_proxy_is_not_asked_where_that_is_said(
    small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.com,127.0.0.1")
    assert comes().is_file()


def test_a_proxy_that_carries_tls(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = certificate(tmp_path / "tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls" / "certificate.pem"))
    with Hub({REPO: folder}, certificate=both) as served, Proxy(port(served)) as proxy:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        assert comes().is_file()
        assert set(proxy.asked) == {f"CONNECT {urlsplit(served.url).netloc}"}


def test_a_proxy_that_is_dead_is_named(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:secret@127.0.0.1:9")
    said = "the proxy http://127.0.0.1:9 cannot be reached or fails (Connection refused)"
    assert fails(allowed=1) == f"{said}: look at HTTP_PROXY"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password(
    scheme: str, small_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"{scheme.upper()}_PROXY"
    with Proxy(port(small_hub), authorization="Basic bWU6c2VjcmV0") as proxy:
        monkeypatch.setenv("HF_ENDPOINT", f"{scheme}://hub.invalid")
        monkeypatch.setenv(variable, f"http://{proxy.address}")
        said = f"the proxy http://{proxy.address} wants a password"
        assert fails() == f"{said}: set {variable} to http://USER:PASSWORD@{proxy.address}"


def test_a_proxy_that_gets_its_password(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(port(small_hub), authorization="Basic bWU6c2VjcmV0") as proxy:
        monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
        monkeypatch.setenv("HTTP_PROXY", f"http://me:secret@{proxy.address}")
        assert comes().is_file()


def test_a_cache_that_cannot_be_written(
    small_hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "file" / "hub"))
    assert re.match(f"cannot store {REPO} in .*hub: Not a directory", fails())


def test_a_disk_that_is_full_or_read_only(
    small_hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a real one where this user may mount it."""
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("cannot mount a tmpfs")
    try:
        monkeypatch.setenv("HF_HUB_CACHE", str(small))
        said = fails()
        assert said.startswith(
            f"cannot store {REPO} in {small}: No space left on device; make room"
        )
        assert max(one.stat().st_size for one in small.rglob("*.incomplete")) > 100_000
        subprocess.run(["mount", "-o", "remount,size=2m", str(small)], check=True)
        assert comes().is_file()
        assert len(small_hub.ranges) == 1
        shutil.rmtree(small / "models--o--n")
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        assert fails() == f"cannot store {REPO} in {small}: Read-only file system; {OTHER}"
    finally:
        subprocess.run(["umount", str(small)], check=True)
