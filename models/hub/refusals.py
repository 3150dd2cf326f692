"""Sorts what the hub's client raises into what a person can do about it."""

import errno
import os
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from socket import gaierror
from typing import Any

from models.hub.channel import Channel

PAUSES = (1, 2, 4, 8)
"""Seconds before the second try, the third and so on; then always the last."""

FAILING = frozenset({"busy", "failing"})
"""Kinds that pass by themselves, whenever they occur."""

INTERRUPTED = FAILING | {"cut", "name", "silent", "unreachable"}
"""Kinds that pass by themselves where the hub has answered before."""

_STATUS = {401: "private", 404: "missing", 403: "refused", 407: "password", 416: "damaged"}
_BUSY = {408, 429}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_DISK = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


class Noticed(Exception):
    """What this program sees itself; its message is the detail."""


class Damaged(Noticed):
    """What arrived is not what the hub announced."""


class NotAHub(Noticed):
    """What answers does not speak as a hub does."""


class BrokenOff(Noticed):
    """The connection ended before the file did."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What went wrong, and the first line of its cause.

    `after` is in how many seconds the hub wants to be asked again, where it says so.
    """

    kind: str
    detail: str
    after: float | None = None


def refusal(error: BaseException) -> Refusal:
    """Sort an error by what it is, or by what it says was the cause."""
    causes = [*_causes(error)]
    answer = next((one.response for one in causes if hasattr(one, "response")), None)
    kind = _by_type(causes) or _by_answer(answer) or _by_number(causes) or "unreachable"
    first = next((one for one in causes if isinstance(one, Noticed)), causes[-1])
    detail = _detail(first) if answer is None else _status(answer)
    return Refusal(kind, detail, _after(answer))


def pause(error: Exception, tries: int, passing: frozenset[str], channel: Channel) -> None:
    """Say what went wrong, and wait before it is tried again. Raises what does not pass."""
    met = refusal(error)
    if met.kind not in passing:
        raise error
    seconds = max(PAUSES[min(tries, len(PAUSES) - 1)], met.after or 0)
    if met.kind == "silent":  # it waited already
        seconds = 0
    channel.send(trouble=met.kind, detail=met.detail, after=seconds)
    time.sleep(seconds)


def _by_type(causes: list[BaseException]) -> str | None:
    import httpx2
    from huggingface_hub import errors

    kinds: list[tuple[type[BaseException], str]] = [
        (Damaged, "damaged"),
        (NotAHub, "page"),
        (JSONDecodeError, "page"),
        (errors.GatedRepoError, "gated"),
        (errors.HFValidationError, "missing"),
        (errors.RevisionNotFoundError, "revision"),
        (errors.RemoteEntryNotFoundError, "lacking"),
        (httpx2.TooManyRedirects, "loop"),
        (httpx2.InvalidURL, "address"),
        (httpx2.UnsupportedProtocol, "address"),
        (httpx2.TimeoutException, "silent"),
        (ssl.SSLCertVerificationError, "certificate"),
        (ssl.SSLError, "tls"),
        (gaierror, "name"),
        (BrokenOff, "cut"),
        (httpx2.RemoteProtocolError, "cut"),
        (httpx2.TransportError, "unreachable"),
    ]
    met = (name for kind, name in kinds for one in causes if isinstance(one, kind))
    return "password" if _wants_password(causes) else next(met, None)


def _wants_password(causes: list[BaseException]) -> bool:
    import httpx2

    return any(isinstance(one, httpx2.ProxyError) and "407" in str(one) for one in causes)


def _by_answer(answer: Any) -> str | None:
    if answer is None:
        return None
    status = answer.status_code
    if status == 401 and "authorization" in answer.request.headers:
        return "token"
    if status in _BUSY:
        return "busy"
    return "failing" if status >= 500 else _STATUS.get(status, "refused")


def _by_number(causes: list[BaseException]) -> str | None:
    numbers = {one.errno for one in causes if isinstance(one, OSError)}
    return "full" if numbers & _FULL else "disk" if numbers & _DISK else None


def _status(answer: Any) -> str:
    return f"{answer.status_code} {answer.reason_phrase}".strip()


def _after(answer: Any) -> float | None:
    """What Retry-After says, which is a number of seconds or a date."""
    said = "" if answer is None else answer.headers.get("Retry-After", "")
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _detail(cause: BaseException) -> str:
    """The first line of what was wrong in the first place, without secrets."""
    said = str(_words(cause) or cause)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    line = lines[0][:300] if lines else type(cause).__name__
    if token := os.environ.get("HF_TOKEN"):
        line = line.replace(token, "…")
    return re.sub(r"//[^/@\s]+@", "//", line)


def _words(cause: BaseException) -> str | None:
    """What it says without number and place in a source file."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, ssl.SSLError):
        return (cause.reason or "").lower().replace("_", " ")
    return cause.strerror if isinstance(cause, OSError) else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__  # the client hides some of its causes
