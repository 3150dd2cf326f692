"""A stand-in for the model hub: real HTTP on the loopback, as far as its client asks.

    with Hub({"owner/name": folder}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)

It serves a folder's files as one commit, computes digests as the hub does (sha256 for weights,
git's object id for small files), and misbehaves on demand.
"""

import contextlib
import hashlib
import json
import re
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

_LARGE = (".safetensors", ".bin", ".spm")
_API = re.compile(r"/api/models/(?P<repo>[^/]+/[^/]+)(/(?P<what>revision|tree)/(?P<rev>[^/]+))?/?")
_FILE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<rev>[^/]+)/(?P<name>.+)")


@dataclass
class Faults:
    """What goes wrong. `silent` accepts a connection and never answers it; an answer is cut
    `cut_after` bytes, so many times, and stalls where the file has `stall_after` bytes."""

    silent: bool = False
    status: int | None = None
    code: str = ""
    """The X-Error-Code of answers with `status`."""
    retry_after: str | None = None
    times: int | None = None
    """How many requests meet `status`; None: all."""
    page: bool = False
    """Answers with a page for people, as a network does that wants them to log in."""
    loop: bool = False
    """Redirects to the same address."""
    elsewhere: str = ""
    """Another host, to which requests for files are redirected."""
    longer: int = 0
    """So many bytes more than announced are sent; fewer, if negative."""
    pace: float | None = None
    """Bytes a second."""
    cut_after: int | None = None
    cuts: int = 1
    stall_after: int | None = None
    corrupt: bool = False
    only: str = ""
    """A part of the path that a request must have to meet the faults."""


@dataclass
class Hub:
    """Serves model folders. `requests` counts "METHOD path", `ranges` lists what was resumed."""

    folders: dict[str, Path]
    faults: Faults = field(default_factory=Faults)
    token: str | None = None
    """If set, requests without it are answered 401."""
    pinned: dict[str, str] = field(default_factory=dict)
    """Commits that repositories claim to be at, instead of digests of what they hold."""
    prefix: str = ""
    """The path under which it is found, as of a mirror."""
    certificate: Path | None = None
    """If set, it speaks TLS, with this certificate and key."""
    requests: Counter[str] = field(default_factory=Counter)
    authorizations: list[str | None] = field(default_factory=list)
    """What each request showed."""
    ranges: list[str] = field(default_factory=list)

    def __enter__(self) -> "Hub":
        """Start to serve; large files are digested before the first client waits."""
        hub = self
        for repo in self.folders:
            _ = [_sibling(path) for path in self.files(repo)]

        class Handler(_Handler):
            served = hub

        self._stop = threading.Event()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and let go of those whom the server kept waiting."""
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The endpoint."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}{self.prefix}"

    def commit(self, repo: str) -> str:
        """The commit of `main` now: it moves when a file changes, unless it is pinned."""
        if repo in self.pinned:
            return self.pinned[repo]
        digest = hashlib.sha1()
        for path in self.files(repo):
            digest.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
        return digest.hexdigest()

    def files(self, repo: str) -> list[Path]:
        """What the repository holds."""
        return sorted(path for path in self.folders[repo].iterdir() if path.is_file())

    def total(self) -> int:
        """How many requests there were."""
        return sum(self.requests.values())

    def wait(self, seconds: float = 60) -> None:
        """Keep a client waiting, at most until the server ends."""
        self._stop.wait(seconds)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients may go when they like; anything else is a fault of ours, and told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    served: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.served.requests[f"{self.command} {path}"] += 1
        self.served.authorizations.append(self.headers.get("Authorization"))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if not self._misbehave(path):
                self._serve(path)

    def _misbehave(self, path: str) -> bool:
        faults = self.served.faults
        if faults.only not in path:
            return False
        if faults.silent:
            self.served.wait()
            self.close_connection = True
        elif faults.status is not None and faults.times != 0:
            faults.times = None if faults.times is None else faults.times - 1
            retry = {"Retry-After": faults.retry_after} if faults.retry_after else {}
            self._refuse(faults.status, faults.code, retry)
        elif faults.page:
            self._page()
        elif faults.loop or (faults.elsewhere and "/resolve/" in path):
            self._refuse(302, "", {"Location": faults.elsewhere + self.path})
        else:
            return False
        return True

    def _page(self) -> None:
        body = b"<!DOCTYPE html><title>Log in</title>"
        self._head(200, len(body), {"Content-Type": "text/html"})
        self.wfile.write(body)

    def _serve(self, path: str) -> None:
        path = path.removeprefix(self.served.prefix)
        match = _API.fullmatch(path) or _FILE.fullmatch(path)
        token = self.served.token
        if token is not None and self.headers.get("Authorization") != f"Bearer {token}":
            self._refuse(401, "GatedRepo")
        elif match is None or match["repo"] not in self.served.folders:
            self._refuse(404, "RepoNotFound")
        elif match["rev"] not in (None, "main", self.served.commit(match["repo"])):
            self._refuse(404, "RevisionNotFound")
        elif "name" in match.groupdict():
            self._file(match["repo"], match["name"])
        elif match["what"] == "tree":
            self._json([_entry(path) for path in self.served.files(match["repo"])])
        else:
            self._info(match["repo"])

    def _info(self, repo: str) -> None:
        siblings = [_sibling(path) for path in self.served.files(repo)]
        commit = self.served.commit(repo)
        self._json({"id": repo, "modelId": repo, "sha": commit, "siblings": siblings, "tags": []})

    def _file(self, repo: str, name: str) -> None:
        path = self.served.folders[repo] / name
        commit = {"X-Repo-Commit": self.served.commit(repo)}
        if "/" in name or not path.is_file():
            self._refuse(404, "EntryNotFound", commit)
            return
        start = self._start(path)
        headers = commit | _digest_headers(path) | {"Accept-Ranges": "bytes"}
        size = path.stat().st_size
        if self.served.faults.only in f"/{name}":
            size += self.served.faults.longer
        if start:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        self._head(206 if start else 200, size - start, headers)
        if self.command == "GET":
            self._send(path, start)

    def _start(self, path: Path) -> int:
        asked = self.headers.get("Range")
        if asked is None:
            return 0
        self.served.ranges.append(f"{path.name} {asked}")
        return int(asked.removeprefix("bytes=").partition("-")[0])

    def _send(self, path: Path, start: int) -> None:
        sent = 0
        for chunk in self._chunks(path, start):
            limit = self._limit(path, start)
            if limit is not None and sent + len(chunk) > limit:
                self.wfile.write(chunk[: max(0, limit - sent)])
                self._break_off()
                return
            self.wfile.write(chunk)
            sent += len(chunk)
        self.wfile.write(b"?" * self.served.faults.longer)

    def _limit(self, path: Path, start: int) -> int | None:
        """After how many bytes this answer breaks off."""
        faults = self.served.faults
        if faults.only not in f"/{path.name}":
            return None
        if faults.cut_after is not None and faults.cuts > 0:
            return faults.cut_after
        return None if faults.stall_after is None else faults.stall_after - start

    def _break_off(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        if self.served.faults.cut_after is None:
            self.served.wait()
        self.served.faults.cuts -= 1

    def _chunks(self, path: Path, start: int) -> Iterator[bytes]:
        faults = self.served.faults
        with path.open("rb") as stream:
            stream.seek(start)
            while chunk := stream.read(self._at_once(path)):
                if faults.corrupt and faults.only in f"/{path.name}":
                    chunk = bytes(byte ^ 1 for byte in chunk)
                yield chunk

    def _at_once(self, path: Path) -> int:
        """How many bytes to send now; waits where they are to come slowly."""
        faults = self.served.faults
        if faults.pace is None or faults.only not in f"/{path.name}":
            return 1 << 16
        self.served.wait(0.1)
        return max(1, round(faults.pace / 10))

    def _json(self, value: object) -> None:
        body = json.dumps(value).encode()
        self._head(200, len(body), {"Content-Type": "application/json"})
        if self.command == "GET":
            self.wfile.write(body)

    def _refuse(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        body = {"X-Error-Code": code, "X-Error-Message": code} if code else {}
        self._head(status, 0, body | (headers or {}))

    def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()


Digest = Literal["sha1", "sha256"]
_known: dict[tuple[Path, int, int, Digest], str] = {}


def _digest(path: Path, kind: Digest) -> str:
    """Git's object id or the plain sha256, computed once a file."""
    state = path.stat()
    key = (path, state.st_size, state.st_mtime_ns, kind)
    if key not in _known:
        digest = hashlib.new(kind)
        if kind == "sha1":
            digest.update(f"blob {state.st_size}\0".encode())
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 22):
                digest.update(chunk)
        _known[key] = digest.hexdigest()
    return _known[key]


def _is_large(path: Path) -> bool:
    return path.suffix in _LARGE


def _sibling(path: Path) -> dict[str, Any]:
    """A file as `/api/models/R?blobs=true` lists it."""
    size = path.stat().st_size
    entry: dict[str, Any] = {"rfilename": path.name, "size": size, "blobId": _object(path)}
    if _is_large(path):
        entry["lfs"] = {"sha256": _digest(path, "sha256"), "size": size, "pointerSize": 134}
    return entry


def _entry(path: Path) -> dict[str, Any]:
    """A file as `/api/models/R/tree/V` lists it."""
    size = path.stat().st_size
    entry: dict[str, Any] = {"type": "file", "path": path.name, "size": size}
    if _is_large(path):
        entry["lfs"] = {"oid": _digest(path, "sha256"), "size": size, "pointerSize": 134}
    return entry | {"oid": _object(path)}


def _object(path: Path) -> str:
    """The id of git's object: the file, or for a large one a pointer, whose id nobody looks at."""
    return "0" * 40 if _is_large(path) else _digest(path, "sha1")


def _digest_headers(path: Path) -> dict[str, str]:
    if not _is_large(path):
        return {"ETag": f'"{_digest(path, "sha1")}"'}
    digest = f'"{_digest(path, "sha256")}"'
    size = str(path.stat().st_size)
    return {"ETag": digest, "X-Linked-Etag": digest, "X-Linked-Size": size}
