"""What stands between a machine and its hub, and can go wrong there: proxies, certificates."""

import contextlib
import select
import shutil
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Proxy:
    """Forwards what is asked to one server, whatever the address says, and notes what was asked.

    `authorization` is the Proxy-Authorization that it wants; without it, it answers 407.
    """

    target: tuple[str, int]
    authorization: str | None = None
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> "Proxy":
        """Start."""
        proxy = self

        class Handler(_Forward):
            serving = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._server.server_address[1]}"


class _Forward(BaseHTTPRequestHandler):
    serving: Proxy

    def do_GET(self) -> None:
        """Ask the server for what this absolute address asks, and hand its answer on."""
        if self._refused():
            return
        path = "/" + self.path.partition("://")[2].partition("/")[2]
        host, port = self.serving.target
        request = urllib.request.Request(f"http://{host}:{port}{path}", headers=dict(self.headers))
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with straight.open(request, timeout=30) as answer:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name not in ("Server", "Date"):
                    self.send_header(name, value)
            self.end_headers()
            shutil.copyfileobj(answer, self.wfile)

    def do_CONNECT(self) -> None:
        """Carry bytes between both sides until one of them ends."""
        if self._refused():
            return
        with socket.create_connection(self.serving.target) as server:
            self.send_response(200)
            self.end_headers()
            _carry(self.connection, server)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _refused(self) -> bool:
        self.serving.asked.append(f"{self.command} {self.path}")
        wanted = self.serving.authorization
        if wanted is None or self.headers.get("Proxy-Authorization") == wanted:
            return False
        self.send_response(407)
        self.send_header("Proxy-Authenticate", "Basic")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True


def _carry(client: socket.socket, server: socket.socket) -> None:
    others = {client: server, server: client}
    with contextlib.suppress(OSError):
        while True:
            for one in select.select([client, server], [], [], 30)[0]:
                data = one.recv(1 << 16)
                if not data:
                    return
                others[one].sendall(data)


_AUTHORITY = """
[ca]
default_ca = ca
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = policy
x509_extensions = names
[policy]
commonName = supplied
[names]
subjectAltName = IP:127.0.0.1
basicConstraints = critical, CA:TRUE
[req]
distinguished_name = subject
[subject]
"""


def certificate(folder: Path, until: str = "21240101000000Z") -> Path:
    """A certificate of 127.0.0.1 that signs itself, with its key; skips where OpenSSL is absent."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificates, and is not here")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.cnf").write_text(_AUTHORITY)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01")
    openssl(folder, "req -config ca.cnf -newkey rsa:2048 -nodes -keyout key.pem "
            "-subj /CN=127.0.0.1 -out request.pem")  # fmt: skip
    openssl(folder, "ca -config ca.cnf -batch -notext -selfsign -keyfile key.pem -in request.pem "
            f"-startdate 20200101000000Z -enddate {until} -out certificate.pem")  # fmt: skip
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "certificate.pem").read_text())
    return both


def openssl(folder: Path, arguments: str) -> None:
    """Run it there."""
    command = ["openssl", *arguments.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@contextmanager
def unanswering() -> Iterator[str]:
    """An address where the network takes no connection and refuses none, as a firewall does."""
    with socket.socket() as listening, contextlib.ExitStack() as full:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):  # the queue of connections is full now
            one = full.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
