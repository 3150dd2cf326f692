"""What a job loses when it is killed: a job of 300 documents, killed with SIGKILL 50 times.

    python -m tests.benchmarks.resume [KILLS [SEED [THREADS]]]

A job runs once undisturbed. Then it is killed and started again, up to eight times; when it comes
to its end its records are compared with the undisturbed ones, and it begins anew with an empty
cache, until all kills are spent. Every other kill falls at any moment of the work that is left to
the job, as its trace tells that, the others at a random moment of a stage drawn by lot, so that
short stages have their share. The first job converts the models too. Articles of the small world,
some of them repeated, some with one sentence changed; the bundled models, one thread if not said.

`twice` is what was decoded to its end and not kept, in all jobs; `batches` of them, by one kill.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.tiny.world import event

DOCUMENTS = 300
KILLS = 50
KILLS_OF_ONE = 8
FIRST = 4 * 10**9  # the seed of the first article: no model was trained on it
KINDS = ("sentence", "summary")
# What says how a record came about, not what it holds.
PASSING = ("cached", "seconds", "sentences", "remembered")
POLL = 0.005  # seconds


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job and the ones that continue it work."""

    corpus: Path
    folder: Path
    home: Path
    threads: int

    @property
    def records(self) -> list[dict[str, Any]]:
        """What the job wrote, without what is different each time."""
        lines = (self.folder / "out" / "records.jsonl").read_bytes().split(b"\n")[:-1]
        records: list[dict[str, Any]] = [json.loads(line) for line in lines]
        for stage in (stage for record in records for stage in record["stages"].values()):
            for name in PASSING:
                stage.pop(name, None)
        return records

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()


@dataclass(frozen=True, slots=True)
class Run:
    """One process, from its start to its end, by its trace.

    `batches` of each kind: the keys of what was decoded. `stages`: names and when each began.
    """

    killed: bool
    seconds: float
    batches: dict[str, list[list[str]]]
    stages: list[tuple[str, float]]

    @property
    def stretches(self) -> dict[str, list[float]]:
        """How long each stage took, every time that it came."""
        found: dict[str, list[float]] = {}
        ends = [begun for _, begun in self.stages[1:]]
        for (name, begun), end in zip(self.stages, [*ends, self.seconds], strict=True):
            found.setdefault(name, []).append(max(0.0, end - begun))
        return found


@dataclass(slots=True)
class Round:
    """A job that came to its end, with the runs that it took."""

    runs: list[Run] = field(default_factory=list)

    def decoded(self, kind: str) -> list[str]:
        return [key for run in self.runs for batch in run.batches[kind] for key in batch]

    def share(self, whole: Run) -> float:
        """How much of the decoding is done, 0 to 1."""
        done = sum(len(set(self.decoded(kind))) for kind in KINDS)
        return done / sum(len(batch) for kind in KINDS for batch in whole.batches[kind])

    def lost(self, kind: str) -> Iterator[list[list[str]]]:
        """Of each killed run, the batches that hold what was decoded again, that alone."""
        for number, run in enumerate(self.runs[:-1]):
            later = set(Round(self.runs[number + 1 :]).decoded(kind))
            lost = [[key for key in batch if key in later] for batch in run.batches[kind]]
            yield [batch for batch in lost if batch]


def corpus(path: Path, documents: int) -> Path:
    """Write documents: of ten, seven new, two repeated, one with a new second sentence."""
    draw = random.Random(1)
    texts: list[str] = []
    for number in range(documents):
        text = event(FIRST + number).article.arabic()
        if texts and number % 10 in (3, 6):
            text = draw.choice(texts)
        elif texts and number % 10 == 9:
            lead = event(FIRST + number).article.arabic().split("\n\n")[1]
            text = "\n\n".join([*draw.choice(texts).split("\n\n")[:-1], lead])
        texts.append(text)
    rows = ({"id": str(number), "text": text} for number, text in enumerate(texts))
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    return path


class Moment:
    """When to kill: so many seconds after a line has come for so many times in the trace."""

    def __init__(self, mark: str, times: int, seconds: float) -> None:
        self._mark, self._times, self._delay = mark.encode(), times, seconds
        self._begun: float | None = None

    def come(self, trace: bytes) -> bool:
        """Whether it is now, by what the process wrote so far."""
        if self._begun is None and trace.count(self._mark) >= self._times:
            self._begun = time.monotonic()
        return self._begun is not None and time.monotonic() - self._begun >= self._delay


def any_moment(draw: random.Random, whole: Run, share: float) -> Moment:
    """Any moment of the work of a job of which that share is decoded."""
    lines = len(whole.stages) + sum(len(whole.batches[kind]) for kind in KINDS)
    gap = whole.seconds / lines
    return Moment("\n", draw.randint(1, 1 + round((1 - share) * lines)), draw.uniform(0, 2 * gap))


def moment_of_a_stage(draw: random.Random, whole: Run) -> Moment:
    """A moment of a stage, of the times that it comes any one."""
    stage, stretches = draw.choice(list(whole.stretches.items()))
    return Moment(
        f"stage {stage} ", draw.randint(1, len(stretches)), draw.uniform(0, max(stretches))
    )


def run(place: Place, moment: Moment | None) -> Run:
    """Run the job, to its end or until the moment comes."""
    trace = place.folder / "trace"
    trace.write_bytes(b"")
    options = ["--models", "tiny", "--threads", str(place.threads)]
    options += ["--cache", str(place.folder / "cache.sqlite")]
    module = [sys.executable, "-m", "tests.benchmarks.traced", str(trace), "batch"]
    command = [*module, str(place.corpus), str(place.folder / "out"), "--quiet", *options]
    environment = {**os.environ, "KHULASA_HOME": str(place.home)}
    process, started = subprocess.Popen(command, env=environment), time.monotonic()
    while process.poll() is None:
        if moment and moment.come(trace.read_bytes()):
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(POLL)
    code = process.wait()
    if code not in (0, -signal.SIGKILL):
        raise SystemExit(f"exit code {code}")
    return traced(trace, code != 0, time.monotonic() - started)


def traced(trace: Path, killed: bool, seconds: float) -> Run:
    """What the trace tells of a run."""
    batches: dict[str, list[list[str]]] = {kind: [] for kind in KINDS}
    stages = [("starting", 0.0)]
    for kind, *words in map(str.split, trace.read_text().splitlines()):
        if kind == "stage":
            stages.append((words[0], float(words[1])))
        else:
            batches[kind].append(words)
    return Run(killed, seconds, batches, stages)


def rounds(place: Place, whole: Run, kills: int, draw: random.Random) -> Iterator[Round]:
    """Jobs killed and continued until as many kills are spent; each when it is at its end."""
    spent = 0
    while spent < kills:
        place.clear()
        job = Round()
        while not job.runs or job.runs[-1].killed:
            moment = None
            if spent < kills and len(job.runs) < KILLS_OF_ONE:
                directed = moment_of_a_stage(draw, whole)
                anywhere = any_moment(draw, whole, job.share(whole))
                moment = directed if len(job.runs) % 2 else anywhere
            job.runs.append(run(place, moment))
            spent += job.runs[-1].killed
        yield job


def main(kills: int, seed: int, threads: int) -> None:
    """Run, kill, compare, print the table."""
    draw, told = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        source = corpus(base / "corpus.jsonl", DOCUMENTS)
        place = Place(source, base / "job", base / "home", threads)
        place.clear()
        run(replace(place, corpus=corpus(base / "one.jsonl", 1)), None)  # converts the models
        place.clear()
        whole, wanted = run(place, None), place.records
        shutil.rmtree(place.home)
        found: list[Round] = []
        for job in rounds(place, whole, kills, draw):
            found.append(job)
            told["equal"] += place.records == wanted
            print(f"job {len(found)}: {len(job.runs) - 1} kills", file=sys.stderr)
    show(whole, found, len(wanted), told["equal"])


def show(whole: Run, found: list[Round], documents: int, equal: int) -> None:
    """Print what came of it."""
    killed = [run for job in found for run in job.runs if run.killed]
    fell = Counter(run.stages[-1][0] for run in killed)
    print(f"a job of {documents} documents, undisturbed: {whole.seconds:.1f} s")
    print(f"kills: {len(killed)}, while " + ", ".join(f"{k} {n}" for k, n in fell.most_common()))
    print(f"jobs that came to their end: {len(found)}, with equal records: {equal}")
    print(f"\n{'':10}{'distinct':>9}{'decoded':>9}{'expected':>10}{'twice':>7}", end="")
    print(f"{'batches':>9}{'most by one kill':>18}{'largest batch':>15}")
    for kind in KINDS:
        distinct = len(set(Round([whole]).decoded(kind)))
        decoded = sum(len(job.decoded(kind)) for job in found)
        lost = [batches for job in found for batches in job.lost(kind)]
        twice = [sum(map(len, batches)) for batches in lost]
        sizes = [len(batch) for job in found for run in job.runs for batch in run.batches[kind]]
        print(f"{kind:10}{distinct:9}{decoded:9}{distinct * len(found):10}{sum(twice):7}", end="")
        print(f"{max(map(len, lost)):9}{max(twice):18}{max(sizes):15}")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*[*numbers, *(KILLS, 1, 1)[len(numbers) :]])
