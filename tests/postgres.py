"""A real PostgreSQL on loopback, in a folder of its own, run by a user without rights."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import sqlalchemy as sa

README = Path(__file__).parent.parent / "README.md"
USERS = ("postgres", "nobody")
# What a test writes need not survive the machine, but it must survive the server.
QUICK = {"fsync": "off", "full_page_writes": "off"}


class Absent(Exception):
    """There is no PostgreSQL on this machine, or nobody to run it as."""


def programs() -> Path:
    """The folder of initdb and pg_ctl, the newest there is. Raises Absent."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_release)
    found = debian[-1] if debian else shutil.which("initdb")
    if found is None:
        raise Absent("no PostgreSQL server is installed")
    return Path(found).parent


def _release(path: Path) -> float:
    return float(path.parts[-3])


class Postgres:
    """A server as long as the context lasts. OWNER may do anything, WORKER what was granted.

    `settings` are lines of postgresql.conf; `files` lie in the server's own folder.
    """

    OWNER: ClassVar = ("owner", "0wner's secret")
    WORKER: ClassVar = ("khulasa", "s3cret/w@rker")

    def __init__(
        self, settings: Mapping[str, str] = QUICK, files: Mapping[str, bytes] | None = None
    ) -> None:
        self._settings, self._files = settings, files or {}
        self._programs = programs()
        self.port = _free_port()

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="khulasa-postgres-"))
        self._data = self.folder / "data"
        password = self.folder / "password"
        password.write_text(self.OWNER[1], "utf-8")
        self._as: list[str] = []
        if os.geteuid() == 0:  # as which the server refuses to run
            user = _user()
            self._as = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
            self._as += ["--clear-groups"]
            for path in (self.folder, password):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._run(
            "initdb", "--no-sync", "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256",
            f"--username={self.OWNER[0]}", f"--pwfile={password}", f"--pgdata={self._data}",
        )  # fmt: skip
        given = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            **self._settings,
        }
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in given.items())
        for file_name, content in self._files.items():
            self._put(file_name, content)
        self.start()
        name, secret = self.WORKER[0], self.WORKER[1].replace("'", "''")
        self.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{secret}'")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start, and wait until it answers."""
        log = self.folder / "log"
        self._run("pg_ctl", "start", "--wait", f"--pgdata={self._data}", f"--log={log}")

    def stop(self) -> None:
        """End at once, as where the machine is lost: every transaction is broken off."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate", f"--pgdata={self._data}")

    def url(self, role: tuple[str, str] = OWNER, **query: str) -> str:
        """Where khulasa finds it."""
        return sa.URL.create(
            "postgresql+psycopg", *role, "127.0.0.1", self.port, "postgres", query=query
        ).render_as_string(hide_password=False)

    def execute(self, *statements: str) -> list[Any]:
        """Run them as the owner; the rows of the last."""
        engine = sa.create_engine(self.url(), poolclass=sa.NullPool)
        with engine.begin() as connection:
            found = [connection.exec_driver_sql(one) for one in statements][-1]
            return [tuple(row) for row in found] if found.returns_rows else []

    def empty(self) -> None:
        """Drop all tables."""
        self.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")

    def grant(self) -> None:
        """Give WORKER the rights that the README names."""
        [block] = re.findall(r"^```sql\n(.*?)^```$", README.read_text("utf-8"), re.M | re.S)
        self.execute(*(one for one in block.split(";") if "GRANT" in one))

    def _put(self, name: str, content: bytes) -> None:
        path = self._data / name
        path.write_bytes(content)
        path.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(path, _user().pw_uid, _user().pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), *arguments]
        # Not into a pipe: the server would hold it open.
        with (self.folder / f"{program}.out").open("ab") as out:
            done = subprocess.run(
                command, stdout=out, stderr=out, cwd=self.folder, check=False, timeout=120
            )
        if done.returncode:
            said = (self.folder / f"{program}.out").read_text("utf-8")
            raise RuntimeError(f"{program}: {said}")


def _user() -> pwd.struct_passwd:
    names = {one.pw_name: one for one in pwd.getpwall()}
    for user in USERS:
        if user in names:
            return names[user]
    raise Absent("no user to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
