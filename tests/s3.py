"""A stand-in for an object store that speaks S3: lists, sizes, whole files and parts of them."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class S3:
    """Serves objects, by bucket and key, on loopback."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects
        handler = type("Handler", (_Handler,), {"store": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def address(self, path: str) -> str:
        """Where Arrow finds a bucket, a folder or an object."""
        place = f"127.0.0.1%3A{self._server.server_port}"
        return f"s3://{path}?scheme=http&region=us-east-1&endpoint_override={place}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: S3

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path).lstrip("/"), parse_qs(parts.query)
        objects = self.store.objects
        if "list-type" in query:
            self._answer(200, _listed(objects, path, query).encode())
        elif path in objects:
            self._give(objects[path])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _give(self, content: bytes) -> None:
        if (asked := self.headers.get("Range")) is None:
            self._answer(200, content)
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        end = min(int(last), len(content) - 1)
        part = content[int(first) : end + 1]
        self._answer(206, part, f"bytes {first}-{end}/{len(content)}")

    def _answer(self, status: int, content: bytes, part: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", "Sun, 29 Nov 2026 00:00:00 GMT")
        self.send_header("ETag", '"stand-in"')
        if part:
            self.send_header("Content-Range", part)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


def _listed(objects: dict[str, bytes], bucket: str, query: dict[str, list[str]]) -> str:
    """The keys below a prefix, parted into those that are next and folders where that is asked."""
    bucket = bucket.strip("/")
    prefix, parting = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
    keys = [key.partition("/")[2] for key in objects if key.partition("/")[0] == bucket]
    below = sorted(key for key in keys if key.startswith(prefix))
    folders: dict[str, None] = {}
    rows = ""
    for key in below:
        rest = key[len(prefix) :]
        if parting and parting in rest:
            folders[prefix + rest.partition(parting)[0] + parting] = None
            continue
        size = len(objects[f"{bucket}/{key}"])
        rows += (
            f"<Contents><Key>{escape(key)}</Key><Size>{size}</Size>"
            "<LastModified>2026-11-29T00:00:00.000Z</LastModified></Contents>"
        )
    for folder in folders:
        rows += f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>"
    count = len(below)
    return (
        f'<?xml version="1.0"?><ListBucketResult xmlns="{_NAMESPACE}"><Name>{bucket}</Name>'
        f"<Prefix>{escape(prefix)}</Prefix><KeyCount>{count}</KeyCount><MaxKeys>1000</MaxKeys>"
        f"<IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
    )
