"""The Ray runner against the local one, on random weights, over PostgreSQL on this machine.

    python -m tests.benchmarks.cluster FILES ARTICLES [DOCUMENTS [BEAM]]

FILES and ARTICLES as in tests/benchmarks/batch.py; 500 of them with a beam of 4 if not said.
Translations are as long as their sources (tests/benchmarks/mirror.py), summaries the bundled
model's. Every job begins with an empty cache in PostgreSQL, where not told otherwise:

    a  one process of two threads
    b  Ray: two workers of one thread that translate, one that summarises
    c  as (b), a document only: what Ray needs to start and end
    d  (a) again, all cached: seconds a document of the local runner
    e  (b) again, all cached: seconds a document of the Ray runner

Every article ends with FOOTER, as those of an agency do: sentences that all workers meet.
Efficiency is a / (b - c); `decoding` is the share of that time in which the workers that translate
decode. `twice` is what two of them decoded both. Memory is the largest
resident set: of the local process, and of the driver on Ray. Nothing else should run here.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pipeline import database
from tests.benchmarks.batch import ROOT, SUMMARIZER, Place, prepare
from tests.benchmarks.mirror import logged, mirroring
from tests.postgres import Postgres

LOGS = "KHULASA_BENCHMARK_LOGS"
HOOK = "tests.benchmarks.cluster.mirror"
DOCUMENTS, BEAM = 500, 4
FOOTER = "جميع الحقوق محفوظة للوكالة. تابعوا آخر الأخبار على موقعنا الإلكتروني."

_LASTING = ExitStack()  # as long as the process

# `khulasa` in a process whose workers mirror too; the last line of stdout is its peak, in KB.
COMMAND = """
import re, sys
from pathlib import Path
from tests.benchmarks import cluster
from pipeline.cli import app
kind = sys.argv.pop(1)
cluster.begin(kind)
try:
    app()
finally:
    # Not by getrusage: what a process was before exec counts there.
    status = Path("/proc/self/status").read_text()
    print(re.search(r"VmHWM:\\s+(\\d+)", status)[1], file=sys.__stdout__)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds from start to exit and to the first record, and megabytes at most."""

    seconds: float
    first: float
    megabytes: int


def begin(kind: str) -> None:
    """Mirror here, or on the workers of a cluster of our own."""
    if kind == "local":
        mirror()
        return
    import ray

    ray.init(
        "local",
        num_cpus=3,
        object_store_memory=512 * 2**20,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        _node_ip_address="127.0.0.1",
        runtime_env={"worker_process_setup_hook": HOOK},
    )


def mirror() -> None:
    """From now on engines of this process mirror, and log what they decode."""
    log = Path(os.environ[LOGS]) / f"{os.getpid()}.log"
    _LASTING.enter_context(mirroring())
    _LASTING.enter_context(logged(log.open("w", encoding="utf-8", buffering=1)))


def khulasa(place: Place, kind: str, articles: Path, beam: int, url: str) -> Run:
    """One job."""
    out = place.folder / f"{kind}-{time.monotonic_ns()}"
    on = {
        "local": ("--threads", "2"),
        "ray": ("--runner", "ray", "--threads", "1", "--translators", "2"),
    }[kind]
    command = [
        *(sys.executable, "-c", COMMAND, kind, "batch", str(articles), str(out), "--from", "ar"),
        *("--translator", str(place.model), "--summarizer", str(SUMMARIZER), "--no-self-test"),
        *("--beam", str(beam), "--cache", url, "--quiet", *on),
    ]
    logs = place.folder / "logs"
    logs.mkdir(exist_ok=True)
    home = str(place.folder / "home")
    environment = {LOGS: str(logs), "KHULASA_HOME": home, "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    first = _first_record(out, process) - started
    peak, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"khulasa ended with {process.returncode}")
    return Run(time.monotonic() - started, first, int(peak.split()[-1]) // 1024)


def _first_record(out: Path, process: "subprocess.Popen[str]") -> float:
    partial = out / "records.jsonl.partial"
    while process.poll() is None and not (partial.exists() and partial.stat().st_size):
        time.sleep(0.1)
    return time.monotonic()


def _with_footer(articles: Path) -> None:
    rows = [json.loads(line) for line in articles.read_text("utf-8").split("\n")]
    with_footer = [row | {"text": f"{row['text']}\n{FOOTER}"} for row in rows]
    lines = (json.dumps(row, ensure_ascii=False) for row in with_footer)
    articles.write_text("\n".join(lines), "utf-8")


def decoded(place: Place) -> tuple[Counter[str], float]:
    """How often each sentence was translated since the last time, and seconds of all workers."""
    found, seconds = Counter[str](), 0.0
    for log in (place.folder / "logs").glob("*.log"):
        for line in map(json.loads, log.read_text("utf-8").splitlines()):
            if not line["summary"]:
                found.update(" ".join(source) for source in line["sources"])
                seconds += line["seconds"]
        log.unlink()
    return found, seconds


def main(arguments: list[str]) -> int:
    """Make, convert, measure, print."""
    paths, numbers = [Path(one) for one in arguments[:2]], [int(one) for one in arguments[2:]]
    if len(paths) < 2 or not (paths[0] / "config.json").is_file() or not paths[1].is_file():
        print(__doc__, file=sys.stderr)
        return 2
    documents, beam = [*numbers, *(DOCUMENTS, BEAM)[len(numbers) :]]
    with tempfile.TemporaryDirectory() as name, Postgres({}) as server:
        place = Place(Path(name))
        documents = prepare(place, paths[0], paths[1], documents)
        _with_footer(place.articles)
        url = server.url()

        def job(kind: str, articles: Path = place.articles, empty: bool = True) -> Run:
            if empty:
                server.empty()
                database.migrate(url)
            run = khulasa(place, kind, articles, beam, url)
            print(
                f"  {kind:5} {'' if empty else 'cached':6} {run.seconds:7.1f} s, first record"
                f" after {run.first:6.1f} s, {run.megabytes} MB",
                flush=True,
            )
            return run

        print(f"{documents} documents, beam {beam}", flush=True)
        local = job("local")
        decoded(place)
        local_warm = job("local", empty=False)
        one = job("ray", place.folder / "first.jsonl")
        decoded(place)
        on_ray = job("ray")
        sentences, spent = decoded(place)
        ray_warm = job("ray", empty=False)
        twice = sum(count - 1 for count in sentences.values())
        working = on_ray.seconds - one.seconds
        print(f"  efficiency {local.seconds / working:.3f}")
        print(f"  decoding {spent / 2 / working:.3f}")
        print(f"  with start and end {local.seconds / on_ray.seconds:.3f}")
        print(f"  twice {twice} of {sentences.total()} sentences, {twice / sentences.total():.2%}")
        for kind, warm, empty in (("local", local_warm, 0.0), ("Ray", ray_warm, one.seconds)):
            each = 1000 * (warm.seconds - empty) / documents
            print(f"  {kind}, all cached: {each:.2f} ms a document")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
