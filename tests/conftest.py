"""No test can touch the user's own cache, models or hub by accident."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import database
from tests.postgres import Absent, Postgres


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh home a test: what one test kept, no other finds."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("KHULASA_HOME", str(home / "khulasa"))
    monkeypatch.setenv("HF_HOME", str(home / "huggingface"))
    # Nothing listens there: a test that wants a hub starts one and says so.
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for name in ("HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN", "KHULASA_SELF_TEST"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared(root: Path) -> Path:
    """Real data that development has beside the checkout; tests that want it skip without."""
    folder = root.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data beside this checkout")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own; tests that want it skip where there is none."""
    pytest.importorskip("psycopg", reason="khulasa[cluster] is not installed")
    try:
        with Postgres() as server:
            yield server
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture
def shared_cache(postgres: Postgres) -> str:
    """The URL of an empty database on it, for a role that may use tables, not make them."""
    postgres.empty()
    database.migrate(postgres.url())
    postgres.grant()
    return postgres.url(postgres.WORKER)
