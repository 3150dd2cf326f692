"""What the hub's refusals, silences and faults mean to a person: one line, with what to do."""

import os
from typing import Any
from urllib.parse import urlsplit

from models.errors import ModelError, ModelMissing, ModelUnfit
from models.hub.snapshots import cache_folder


class HubFailure(ModelMissing):
    """The hub did not give the model; the message says why, in a clause."""


def endpoint() -> str:
    """The hub's address, as its client finds it."""
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def failure(repo: str, revision: str, message: dict[str, Any], lacking: int) -> ModelError:
    """The error that a message of the downloading process becomes.

    `message` has "kind" (of `refusals`), "detail" and perhaps "after", in seconds; `lacking` bytes
    of the model are not here yet.
    """
    kind, detail = message["kind"], message["detail"]
    if kind == "damaged":
        return ModelUnfit(f"{repo} from {endpoint()}: {detail}; try again")
    if kind in ("disk", "full"):
        room = f"; make room for {lacking / 1e6:.1f} MB, what has come is kept"
        advice = room if kind == "full" else "; set HF_HUB_CACHE to a folder that can be written"
        return ModelError(f"cannot store {repo} in {cache_folder()}: {detail}{advice}")
    if kind == "locked":
        return HubFailure(f"another program is downloading it: let it end ({detail})")
    if kind in ("password", "unreachable") and (between := proxy()):
        return HubFailure(_of_proxy(kind, detail, *between))
    clause = _CLAUSES[kind].format(
        revision=revision, detail=detail, wait=_wait(message.get("after"))
    )
    return HubFailure(f"{endpoint()} {clause}")


_CLAUSES = {
    "address": "is no address of the web: look at HF_ENDPOINT ({detail})",
    "busy": "has too many requests: try again in {wait}",
    "certificate": (
        "shows a certificate that is not trusted ({detail}): behind a proxy that opens TLS, name "
        "its certificate in SSL_CERT_FILE; else look at the address and at this machine's clock"
    ),
    "cut": "breaks off ({detail}): try again later, it goes on",
    "ended": "was asked, but the download was ended from outside: start again, it goes on",
    "failing": "fails ({detail}): try again later",
    "gated": "asks you to accept its terms and to set HF_TOKEN",
    "lacking": "lists a file of the model that it does not have ({detail}): try another revision",
    "loop": "sends from one address to another without end: look at HF_ENDPOINT and the proxy",
    "missing": "has no such model, or does not show it to you: look at its name and at HF_TOKEN",
    "name": "cannot be found by name ({detail}): look at the network and at HF_ENDPOINT",
    "page": (
        "sends something that no hub sends: a network that wants you to log in, or a proxy, may "
        "answer in its place; or HF_ENDPOINT is wrong"
    ),
    "password": "wants a password, as a proxy does ({detail}): look at HTTPS_PROXY",
    "private": "has no such model, or shows it only to a valid HF_TOKEN: look at both",
    "refused": "refused: look at HF_TOKEN and at what it may read ({detail})",
    "revision": "has the model, but no revision {revision!r}: look at its name",
    "silent": "sent nothing for {wait}: try again, or allow more with --timeout",
    "slow": "sends too slowly ({detail}): try again on another line, it goes on",
    "tls": "does not speak TLS as it should ({detail}): look at HF_ENDPOINT, http or https",
    "token": "does not accept your HF_TOKEN: make another, or unset it",
    "unreachable": "cannot be reached ({detail}): look at the network and at HF_ENDPOINT",
}


def proxy() -> tuple[str, str] | None:
    """The proxy between here and the hub as HOST:PORT, and the variable that usually names it."""
    from urllib.request import getproxies, proxy_bypass

    hub = urlsplit(endpoint())
    if not hub.hostname or proxy_bypass(hub.hostname):
        return None
    known = getproxies()
    address = known.get(hub.scheme) or known.get("all")
    if not address:
        return None
    return address.rpartition("//")[2].rpartition("@")[2], f"{hub.scheme.upper()}_PROXY"


def _of_proxy(kind: str, detail: str, place: str, variable: str) -> str:
    if kind == "password":
        advice = f"set {variable} to http://USER:PASSWORD@{place}"
        return f"the proxy http://{place} wants a password: {advice}"
    return f"the proxy http://{place} cannot be reached or fails ({detail}): look at {variable}"


def _wait(seconds: float | None) -> str:
    return "a while" if seconds is None else f"{seconds:.0f} s"
