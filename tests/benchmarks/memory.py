"""Peak memory of `khulasa batch`, and what a document costs, as jobs grow.

    python -m tests.benchmarks.memory [DOCUMENTS…]

1,000, 5,000 and 20,000 documents if not said, as long as news are (1,500 characters), through all
stages with the bundled models: an article of the small world that no other document has, four
sentences, and three of those that repeat. Each job runs twice, with an empty cache and
again with all in it. The table gives the peak of resident memory, seconds of the clock, and
milliseconds of processor time a document, for which a job of one document is taken off: that is
what starting costs. The ratios below it are to the smallest job.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from models.tiny.world import event

DOCUMENTS = (1_000, 5_000, 20_000)
FIRST = 5 * 10**9  # the seed of the first article: no model was trained on it
SENTENCES = 4
REPEATED = 20  # articles, of which each document has three


@dataclass(frozen=True, slots=True)
class Cost:
    """Peak in MB, seconds of the clock and of the processor."""

    peak: float
    clock: float
    processor: float


def corpus(path: Path, documents: int) -> Path:
    """Write that many documents as JSONL."""
    draw = random.Random(1)
    repeated = [event(FIRST - 1 - number).article.arabic() for number in range(REPEATED)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(documents):
            own = event(FIRST + number, SENTENCES).article.arabic()
            text = "\n".join([own, *draw.sample(repeated, 3)])
            file.write(json.dumps({"id": f"{number}", "text": text}, ensure_ascii=False) + "\n")
    return path


def job(source: Path, folder: Path) -> Cost:
    """Run one job, with what `folder` has as its cache."""
    options = ["--models", "tiny", "--beam", "1", "--cache", str(folder / "cache.sqlite")]
    command = [sys.executable, "-m", "pipeline", "batch", str(source), str(folder / "out")]
    started = time.perf_counter()
    process = subprocess.Popen([*command, *options, "--quiet"])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}")
    clock = time.perf_counter() - started
    return Cost(used.ru_maxrss / 1024, clock, used.ru_utime + used.ru_stime)


def measure(counts: list[int], base: Path) -> dict[str, dict[int, Cost]]:
    """The costs of cold and warm jobs by number of documents; prints a row as each is done."""
    source = base / "corpus.jsonl"
    print(f"{'':6}{'documents':>10}{'peak MB':>9}{'seconds':>9}{'CPU ms/document':>17}")
    found: dict[str, dict[int, Cost]] = {"cold": {}, "warm": {}}
    for documents in (1, *counts):
        corpus(source, documents)
        with tempfile.TemporaryDirectory(dir=base) as folder:
            for heat, costs in found.items():
                costs[documents] = job(source, Path(folder))
                print(_row(heat, documents, costs), flush=True)
    return found


def _row(heat: str, documents: int, costs: dict[int, Cost]) -> str:
    cost = costs[documents]
    row = f"{heat:6}{documents:10,}{cost.peak:9.0f}{cost.clock:9.1f}"
    return row + (f"{_each(costs, documents):17.2f}" if documents > 1 else "")


def _each(costs: dict[int, Cost], documents: int) -> float:
    return 1000 * (costs[documents].processor - costs[1].processor) / (documents - 1)


def main(counts: list[int]) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["KHULASA_HOME"] = f"{name}/home"
        job(corpus(Path(name) / "first.jsonl", 1), Path(name))  # converts the models
        found = measure(counts, Path(name))
    for heat, costs in found.items():
        least = counts[0]
        for documents in counts[1:]:
            peak = costs[documents].peak / costs[least].peak
            each = _each(costs, documents) / _each(costs, least)
            print(f"{heat} {documents:,} to {least:,}: peak {peak:.2f}, cost {each:.2f}")


if __name__ == "__main__":
    main(sorted(int(argument) for argument in sys.argv[1:]) or list(DOCUMENTS))
