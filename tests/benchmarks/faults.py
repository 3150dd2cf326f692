"""Everything that can go wrong between a machine and its hub, met by the real command.

    python -m tests.benchmarks.faults [SECONDS [COMMAND…]]

COMMAND is what downloads the model `o/n`: `run - --translator o/n`, if not said. It is run against
a hub on the loopback that misbehaves, with `--timeout SECONDS` (3). Prints a table: the fault, what
is said of it (without the ways out, which `run` adds), the exit code, and seconds from start to
exit. The first row has no fault in it but HF_HUB_OFFLINE, which is found at once: starting costs
that much.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.faults import Proxy, certificate, unanswering
from tests.hub import Faults, Hub

REPO, WEIGHTS = "o/n", "/pytorch_model.bin"
COMMAND = ("run", "-", "--translator", REPO)
ROOT = Path(__file__).parents[2]

OURS = re.compile("HF_.*|.*_PROXY|SSL_CERT_.*|.*_CA_BUNDLE", re.IGNORECASE)
STRAIGHT = {name: value for name, value in os.environ.items() if not OURS.fullmatch(name)}

Environment = dict[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A scratch folder with a model in it that is large enough to be cut."""

    folder: Path

    @property
    def model(self) -> Path:
        model = self.folder / "model"
        if not model.exists():
            model.mkdir()
            (model / "config.json").write_text("{}")
            (model / "pytorch_model.bin").write_bytes(os.urandom(3_000_000))
        return model

    @contextmanager
    def hub(self, faults: Faults, **more: str) -> Iterator[Environment]:
        """A hub with these faults, and what the command must know to ask it."""
        with Hub({REPO: self.model}, faults) as hub:
            yield {"HF_ENDPOINT": hub.url, **more}

    @contextmanager
    def tls(self, until: str, trusted: bool) -> Iterator[Environment]:
        """A hub that speaks TLS."""
        own = self.folder / f"tls-{until}"
        both = certificate(own, until)
        with Hub({REPO: self.model}, certificate=both) as hub:
            trust = {"SSL_CERT_FILE": str(own / "certificate.pem")} if trusted else {}
            yield {"HF_ENDPOINT": hub.url, **trust}

    @contextmanager
    def plain(self) -> Iterator[Environment]:
        """A hub that should speak TLS and does not."""
        with Hub({REPO: self.model}) as hub:
            yield {"HF_ENDPOINT": hub.url.replace("http", "https")}

    @contextmanager
    def proxied(self) -> Iterator[Environment]:
        """A hub behind a proxy that wants a password."""
        with Proxy(("127.0.0.1", 9), authorization="Basic …") as proxy:
            yield {"HF_ENDPOINT": "https://hub.invalid", "HTTPS_PROXY": f"http://{proxy.address}"}

    @contextmanager
    def full(self) -> Iterator[Environment]:
        """A hub cache on a file system of 1 MB, where this user may mount one."""
        small = self.folder / "small"
        small.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
        subprocess.run(mount, check=True)
        try:
            with self.hub(Faults(), HF_HUB_CACHE=str(small)) as environment:
                yield environment
        finally:
            subprocess.run(["umount", str(small)], check=True)

    @contextmanager
    def in_the_way(self) -> Iterator[Environment]:
        """A hub cache that cannot be written, whoever asks."""
        (self.folder / "file").touch()
        with self.hub(Faults(), HF_HUB_CACHE=str(self.folder / "file")) as environment:
            yield environment

    @contextmanager
    def dropped(self) -> Iterator[Environment]:
        """A firewall that says nothing."""
        with unanswering() as address:
            yield {"HF_ENDPOINT": address}


@contextmanager
def only(**environment: str) -> Iterator[Environment]:
    """A fault that is in the environment alone."""
    yield environment


Situation = AbstractContextManager[Environment]


def outside(place: Place) -> Iterator[tuple[str, Situation]]:
    """What goes wrong before a hub answers."""
    yield "HF_HUB_OFFLINE", only(HF_HUB_OFFLINE="1")
    yield "connection refused", only(HF_ENDPOINT="http://127.0.0.1:9")
    yield "no answer to connecting", place.dropped()
    yield "no such name", only(HF_ENDPOINT="http://hub.invalid")
    yield "HF_ENDPOINT is no address", only(HF_ENDPOINT="hub.example")
    yield "certificate signs itself", place.tls("21240101000000Z", trusted=False)
    yield "certificate is over", place.tls("20210101000000Z", trusted=True)
    yield "no TLS on a port for it", place.plain()
    yield "SSL_CERT_FILE is absent", only(SSL_CERT_FILE="/nowhere.pem")
    yield "proxy is dead", only(HF_ENDPOINT="http://hub.invalid", HTTP_PROXY="http://127.0.0.1:9")
    yield "proxy wants a password", place.proxied()
    yield "captive portal", place.hub(Faults(page=True))
    yield "redirection loop", place.hub(Faults(loop=True))


def answers(place: Place) -> Iterator[tuple[str, Situation]]:
    """What hubs say that is no."""
    yield "401 without a token", place.hub(Faults(status=401))
    yield "401 with a token", place.hub(Faults(status=401), HF_TOKEN="hf_wrong")
    yield "403", place.hub(Faults(status=403))
    yield "403, gated", place.hub(Faults(status=403, code="GatedRepo"))
    yield "404, repository", place.hub(Faults(status=404, code="RepoNotFound"))
    yield "404, revision", place.hub(Faults(status=404, code="RevisionNotFound"))
    yield "404, a file", place.hub(Faults(status=404, code="EntryNotFound", only=WEIGHTS))
    yield "429, Retry-After: 600", place.hub(Faults(status=429, retry_after="600"))
    yield "429 without", place.hub(Faults(status=429))
    yield "500", place.hub(Faults(status=500))
    yield "503 for a file", place.hub(Faults(status=503, only=WEIGHTS))


def transfers(place: Place) -> Iterator[tuple[str, Situation]]:
    """What goes wrong while bytes come, and where they go."""
    yield "never answers", place.hub(Faults(silent=True))
    yield "stalls in a file", place.hub(Faults(stall_after=1_000_000, only=WEIGHTS))
    yield "300 bytes a second", place.hub(Faults(pace=300, only=WEIGHTS))
    yield "cut, and gone", place.hub(Faults(cut_after=0, cuts=1_000_000, only=WEIGHTS))
    yield "too short", place.hub(Faults(longer=-7, only=WEIGHTS))
    yield "too long", place.hub(Faults(longer=7, only=WEIGHTS))
    yield "other bytes", place.hub(Faults(corrupt=True, only=WEIGHTS))
    yield "disk full", place.full()
    yield "cache cannot be written", place.in_the_way()


def main() -> None:
    """Meet them all, one after the other."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "3"
    command = (*(sys.argv[2:] or COMMAND), "--timeout", seconds)
    print(f"khulasa {' '.join(command)}", "", "| fault | message | code | s |", "|---|---|---|---|",
          sep="\n")  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        for kind in (outside, answers, transfers):
            place = Place(Path(scratch, kind.__name__))
            place.folder.mkdir()
            for name, situation in kind(place):
                print(f"| {name} | {met(situation, command)} |", flush=True)


def met(situation: Situation, command: tuple[str, ...]) -> str:
    """What the command says and does about it, in a home of its own."""
    with situation as more, tempfile.TemporaryDirectory() as home:
        homes = {"KHULASA_HOME": f"{home}/khulasa", "HF_HOME": f"{home}/huggingface"}
        started = perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *command],
            input="عقد الاجتماع أمس.",
            env={**STRAIGHT, **homes, **more},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        taken = perf_counter() - started
    lines = done.stderr.strip().splitlines()
    said = lines[0].partition(". Ways out")[0] if len(lines) == 1 else f"{len(lines)} lines"
    return f"{said} | {done.returncode} | {taken:.1f}"


if __name__ == "__main__":
    main()
