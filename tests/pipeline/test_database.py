"""A shared database: how it is opened, told of, prepared, and waited for."""

import logging
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from pipeline import database, schema
from pipeline.cache import Cache, CacheUnusable
from pipeline.signature import Signature
from tests.postgres import Postgres

BEAM_4 = Signature("translate", 1, (("beam", "4"),))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://me:s3cret@db/news", "postgresql+psycopg://me:***@db/news"),
        ("postgresql://db/news?password=s3cret", "postgresql://db/news?password=hidden"),
        ("postgresql://db/n?sslpassword=s3cret&x=1", "postgresql://db/n?sslpassword=hidden&x=1"),
        ("postgresql://me@db/news?sslmode=require", "postgresql://me@db/news?sslmode=require"),
        ("not an address:s3cret@db/news?password=s3cret", "db/news"),
        ("sqlite:////srv/cache.sqlite", "sqlite:////srv/cache.sqlite"),
    ],
)
def test_an_address_is_told_without_its_passwords(url: str, told: str) -> None:
    assert database.shown(url) == told


def test_without_a_driver_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CacheUnusable, match=r"pip install 'khulasa\[cluster\]'$"):
        Cache("postgresql://db/news")


class TestFile:
    def test_it_is_made_when_it_is_opened(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'cache.sqlite'}"
        with closing(Cache(url)):
            assert database.migrate(url) == []

    def test_one_of_a_newer_khulasa_is_left_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "cache.sqlite"
        with closing(Cache(f"sqlite:///{file}")):
            pass
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("INSERT INTO schema_steps VALUES (99, 0)")
        with pytest.raises(CacheUnusable, match=r"is of a newer khulasa; update this one$"):
            Cache(f"sqlite:///{file}")

    def test_many_that_make_it_at_once_agree(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'cache.sqlite'}"
        steps: list[list[int]] = []
        threads = [
            threading.Thread(target=lambda: steps.append(database.migrate(url))) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(steps) == [[]] * 5 + [[1]]


class TestServer:
    def test_it_must_have_been_prepared(self, postgres: Postgres) -> None:
        postgres.empty()
        with pytest.raises(CacheUnusable, match="make them with khulasa cache migrate") as caught:
            Cache(postgres.url())
        assert postgres.OWNER[1] not in str(caught.value)

    def test_it_is_prepared_once(self, postgres: Postgres) -> None:
        postgres.empty()
        assert database.migrate(postgres.url()) == list(range(1, schema.CURRENT + 1))
        assert database.migrate(postgres.url()) == []
        with closing(Cache(postgres.url())) as cache:
            assert cache.shared
            assert cache.counts() == []

    def test_what_an_older_one_kept_stays(self, shared_cache: str, postgres: Postgres) -> None:
        with closing(Cache(shared_cache)) as cache:
            cache.remember(BEAM_4, {"نعم": "yes"})
        postgres.execute("DROP TABLE schema_steps")
        assert database.migrate(postgres.url()) == [1]
        with closing(Cache(postgres.url())) as cache:
            assert cache.recall(BEAM_4, ["نعم"]) == {"نعم": "yes"}

    def test_who_works_with_it_may_not_change_it(
        self, shared_cache: str, postgres: Postgres
    ) -> None:
        with closing(Cache(shared_cache)) as cache:
            cache.remember(BEAM_4, {"نعم": "yes"})
            assert cache.clear() == 1
            assert cache.health(10).refusal == ""
        postgres.empty()
        postgres.execute(f"GRANT USAGE ON SCHEMA public TO {postgres.WORKER[0]}")
        with pytest.raises(CacheUnusable, match="permission denied for schema public"):
            database.migrate(shared_cache)

    def test_a_wrong_password_is_told_at_once(self, postgres: Postgres) -> None:
        wrong = postgres.url((postgres.WORKER[0], "wr0ng"))
        with pytest.raises(CacheUnusable, match="password authentication failed") as caught:
            Cache(wrong)
        assert "wr0ng" not in str(caught.value)

    @pytest.mark.parametrize("way", ["PGPASSWORD", "PGPASSFILE"])
    def test_a_password_may_come_by_variable(
        self,
        way: str,
        shared_cache: str,
        postgres: Postgres,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        name, password = postgres.WORKER
        file = tmp_path / "pgpass"
        file.write_text(f"127.0.0.1:{postgres.port}:*:{name}:{password}\n", "utf-8")
        file.chmod(0o600)
        monkeypatch.setenv(way, password if way == "PGPASSWORD" else str(file))
        bare = shared_cache.replace(f":{quote_plus(password)}@", "@")
        assert bare != shared_cache
        with closing(Cache(bare)) as cache:
            assert cache.remember(BEAM_4, {"نعم": "yes"}) == {"نعم": "yes"}

    def test_writers_of_the_same_rows_do_not_wait_for_each_other(self, shared_cache: str) -> None:
        sources = [f"source {number}" for number in range(400)]
        with closing(Cache(shared_cache)) as one, closing(Cache(shared_cache)) as two:
            found: list[dict[str, str]] = []

            def write(cache: Cache, order: list[str], name: str) -> None:
                found.append(cache.remember(BEAM_4, dict.fromkeys(order, name)))

            given = [(one, sources, "one"), (two, sources[::-1], "two")]
            threads = [threading.Thread(target=write, args=each) for each in given]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert found[0] == found[1] == one.recall(BEAM_4, sources)

    def test_one_that_is_restarted_is_waited_for(
        self, shared_cache: str, postgres: Postgres, caplog: pytest.LogCaptureFixture
    ) -> None:
        with closing(Cache(shared_cache)) as cache:
            cache.remember(BEAM_4, {"نعم": "yes"})
            postgres.stop()
            restart = threading.Timer(1, postgres.start)
            restart.start()
            assert cache.remember(BEAM_4, {"لا": "no", "نعم": "aye"}) == {"لا": "no", "نعم": "yes"}
            restart.join()
            assert cache.recall(BEAM_4, ["لا", "نعم"]) == {"لا": "no", "نعم": "yes"}
        assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []

    def test_one_that_stays_away_is_told_once_and_taken_up_again(
        self,
        shared_cache: str,
        postgres: Postgres,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(database, "WAITS", (0.01, 0.01))
        with closing(Cache(shared_cache)) as cache:
            postgres.stop()
            assert cache.remember(BEAM_4, {"نعم": "yes"}) == {"نعم": "yes"}
            assert cache.remember(BEAM_4, {"لا": "no"}) == {"لا": "no"}
            assert cache.recall(BEAM_4, ["نعم"]) == {}
            postgres.start()
            assert cache.remember(BEAM_4, {"ربما": "maybe"}) == {"ربما": "maybe"}
            assert cache.recall(BEAM_4, ["نعم", "ربما"]) == {"ربما": "maybe"}
        told = [r.getMessage().partition(" (")[0] for r in caplog.records if r.levelno > 20]
        assert told == ["cache not written", "cache not read"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key, for 127.0.0.1, which signs itself."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "ca.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def server(authority: Path) -> Iterator[Postgres]:
    settings = {"ssl_cert_file": "ca.pem", "ssl_key_file": "key.pem"}
    files = {name: (authority / name).read_bytes() for name in settings.values()}
    with Postgres({"ssl": "on", **settings}, files) as server:
        database.migrate(server.url())
        yield server


def test_what_libpq_is_told_of_it_passes_through(server: Postgres, authority: Path) -> None:
    sure = server.url(sslmode="verify-full", sslrootcert=str(authority / "ca.pem"))
    with closing(Cache(sure)) as cache:
        query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        with cache._database.asked() as connection:
            assert connection.exec_driver_sql(query).scalar_one() is True


def test_a_server_that_nobody_vouches_for_is_refused(
    server: Postgres, authority: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-keyout", str(tmp_path / "k"), "-out", str(other)),
        ],
        check=True,
        capture_output=True,
    )
    with pytest.raises(CacheUnusable, match="certificate verify failed"):
        Cache(server.url(sslmode="verify-full", sslrootcert=str(other)))


def test_a_memory_in_parts_is_used_as_one(postgres: Postgres, root: Path) -> None:
    plan = (root / "pipeline" / "cluster" / "README.md").read_text("utf-8")
    [block] = re.findall(r"^```postgresql\n(.*?)^```$", plan, re.MULTILINE | re.DOTALL)
    postgres.empty()
    postgres.execute(*filter(str.strip, block.split(";")))
    database.migrate(postgres.url())
    sources = {f"source {number}": number for number in range(100)}
    with closing(Cache(postgres.url())) as cache:
        assert cache.remember(BEAM_4, sources) == sources
        assert cache.remember(BEAM_4, dict.fromkeys(sources, -1)) == sources
        assert cache.clear() == 100
