"""Models from the hub, within bounds: it answers soon, keeps sending, sends what it announced.

Nothing here is imported by a run that finds its models on this machine.
"""

import queue
import threading

from models.home import remember, replace_text
from models.hub.failures import HubFailure, endpoint
from models.hub.line import Announced, Arrival, File, Heard, silent
from models.hub.snapshots import storage
from models.hub.watch import FLOOR, Bounds, Download, Message, offline

__all__ = [
    "FLOOR", "Announced", "Arrival", "File", "Heard", "HubFailure",
    "announced", "endpoint", "fetch", "offline", "probe", "silent",
]  # fmt: skip


def fetch(repo: str, revision: str, heard: Heard = silent, timeout: float | None = None) -> str:
    """Download a revision into the hub's cache and return the commit that it is.

    What an earlier process left unfinished goes on. `heard` hears how far it is. `timeout` is how
    many seconds the hub may be silent, or send less than FLOOR; None: KHULASA_HUB_TIMEOUT (8) until
    it has answered, then KHULASA_HUB_STALL (60).

    Raises HubFailure where the hub does not answer or does not give the model, ModelUnfit where
    what came is not what was announced, ModelError where it cannot be written.
    """
    with Download("get", repo, revision, Bounds.of(timeout)) as download:
        found = download.announced()
        message: Message = {}
        while "digests" not in message:
            message = download.hear()
            if "done" in message:
                heard(Arrival(repo, message["done"], found.total))
    kept = {
        name: {"size": found.files[name].size, "sha256": sha256}
        for name, sha256 in message["digests"].items()
    }
    remember("digests", f"{repo}@{found.commit}", {"files": kept})
    if found.commit != revision:
        replace_text(storage(repo) / "refs" / revision, found.commit)
    return found.commit


def announced(repo: str, revision: str, timeout: float | None = None) -> Announced:
    """What the hub has now, without downloading it. Bounds and errors are those of `fetch`."""
    with Download("list", repo, revision, Bounds.of(timeout)) as download:
        return download.announced()


def probe(seconds: float) -> str:
    """What the hub says to a short question: its HTTP status, as "200 OK".

    Raises HubFailure where it does not answer in time or must not be asked.
    """
    if offline():
        raise HubFailure("HF_HUB_OFFLINE forbids asking the hub")
    answers: queue.Queue[str | HubFailure] = queue.Queue()
    # Looking up a name obeys no limit of time, so it is done by a thread that may be left behind.
    threading.Thread(target=_ask, args=(seconds, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise HubFailure(f"{endpoint()} sent nothing for {seconds:.0f} s") from None
    if isinstance(answer, HubFailure):
        raise answer
    return answer


def _ask(seconds: float, answers: "queue.Queue[str | HubFailure]") -> None:
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    address = f"{endpoint()}/api/models?limit=1"
    try:
        if not address.startswith(("https://", "http://")):
            raise ValueError("HF_ENDPOINT is no address of the web")
        with urllib.request.urlopen(address, timeout=seconds) as reply:  # noqa: S310 (as above)
            answers.put(f"{reply.status} {reply.reason}")
    except urllib.error.HTTPError as refusal:
        answers.put(f"{refusal.code} {refusal.reason}")
    except (OSError, ValueError, HTTPException) as error:
        cause = getattr(error, "reason", error)
        reason = getattr(cause, "strerror", None) or str(cause) or type(error).__name__
        answers.put(HubFailure(f"{endpoint()} cannot be reached ({reason})"))
