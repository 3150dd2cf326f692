"""What tests of models share: a random one that is here, and a hub with little to download."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.model import Model, ready
from tests import factory
from tests.hub import Hub
from tests.models.carried import ENTRY, UNTESTED, cached
from tests.models.loopback import REPO, WEIGHTS


@pytest.fixture
def straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificates of this machine's."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the hub serves."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / WEIGHTS).write_bytes(os.urandom(300_000))
    return folder


@pytest.fixture
def small_hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub."""
    with Hub({REPO: folder}) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served


@pytest.fixture(scope="session")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small random translator."""
    return factory.marian(tmp_path_factory.mktemp("models") / "marian")


@pytest.fixture
def used(marian: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """The translator in the hub's cache, digested and converted."""
    cached(marian)
    with monkeypatch.context() as patch:
        patch.setenv("KHULASA_SELF_TEST", "off")
        return ready(ENTRY, UNTESTED)
