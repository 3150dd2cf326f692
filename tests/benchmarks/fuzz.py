"""Every reader is given inputs with faults in them: real files mutated, and tokens in disorder.

    python -m tests.benchmarks.fuzz FOLDER [INPUTS [SEED [READER…]]]

FOLDER is one of tests.benchmarks.formats; its small files are the seeds of 100,000 inputs if not
said. Two processes read them, each within 3 GB, and ten seconds of the processor for an input; one
that dies or hangs is replaced, and its input counted. Only Unreadable may be raised, and what is
read must be as `tests/benchmarks/invariants.py` says. Inputs that show a fault go to the folder
`faults` beside FOLDER's files, each fault once. The same SEED gives the same inputs.

`peak` is of a process that reads up to 2,000 inputs, with what it imports.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

from pipeline.readers import FORMATS
from tests.benchmarks import grammar
from tests.benchmarks.folder import FILES

INPUTS = 100_000
PROCESSES = 2
CHUNK = 2_000
HANG = 10.0  # seconds of the processor
ASLEEP = 60.0  # seconds of the clock
MEMORY = 3 * 2**30
POLL = 0.1

# Where a process writes what it is at, for who watches it.
AT, SINCE, READ, REFUSED, SLOWEST, SLOWEST_AT, PEAK, PEAK_AT, CPU, CLOCK = range(10)


@dataclass(slots=True)
class Tally:
    """What became of the inputs of one target."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    hangs: int = 0
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, 0)
    peak: tuple[float, int] = (0.0, 0)
    faults: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def fault(self, name: str, at: int) -> None:
        self.faults[name] += 1
        self.first.setdefault(name, at)

    def add(self, state: Any, count: int) -> None:
        """Take over what a process has done that ended, after `count` inputs."""
        self.inputs += count
        self.read += int(state[READ])
        self.refused += int(state[REFUSED])
        self.seconds += state[CPU]
        self.slowest = max(self.slowest, (state[SLOWEST], int(state[SLOWEST_AT])))
        self.peak = max(self.peak, (state[PEAK], int(state[PEAK_AT])))


@dataclass(frozen=True, slots=True)
class Job:
    """The inputs of a target from `start` to `stop`."""

    name: str
    start: int
    stop: int


class Inputs:
    """All inputs there are, by target and number."""

    def __init__(self, files: Path, seed: int) -> None:
        self._seeds, self._seed = grammar.seeds(files), seed
        self._all = [data for several in self._seeds.values() for data in several]
        self.targets = [name for name in grammar.TARGETS if self._seeds[name] and _there(name)]

    def __call__(self, name: str, number: int) -> bytes:
        dice = Random(f"{self._seed} {name} {number}")
        return grammar.sample(name, self._seeds[name], self._all, dice)


def _there(name: str) -> bool:
    module = FORMATS.get(grammar.TARGETS[name].ending)
    return module is None or find_spec(f"pipeline.readers.{module}") is not None


def work(inputs: Inputs, job: Job, state: Any, channel: Any) -> None:
    """Read the inputs of a job in this process; faults go through the channel."""
    from tests.benchmarks.invariants import read

    if module := FORMATS.get(grammar.TARGETS[job.name].ending):
        import_module(f"pipeline.readers.{module}")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what libraries say is not looked at
    with tempfile.TemporaryDirectory() as folder:
        for number in range(job.start, job.stop):
            data = inputs(job.name, number)
            started = _now()
            state[AT], state[SINCE], state[CLOCK] = number, started, time.monotonic()
            try:
                documents, refused = read(job.name, data, Path(folder))
                state[READ] += documents > 0
                state[REFUSED] += refused > 0 and not documents
            except Exception as error:  # noqa: BLE001  that is what is looked for
                channel.send((number, _where(error)))
            _note(state, number, _now() - started)
            state[SINCE] = 0  # while the next one is made


def _now() -> float:
    """Seconds of the processor of this process and those that it waited for."""
    return sum(os.times()[:4])


def _note(state: Any, number: int, seconds: float) -> None:
    if seconds > state[SLOWEST]:
        state[SLOWEST], state[SLOWEST_AT] = seconds, number
    own, others = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    peak = max(resource.getrusage(who).ru_maxrss for who in (own, others)) / 1024
    state[CPU] = _now()
    if peak > state[PEAK] + 16:
        state[PEAK_AT] = number
    state[PEAK] = max(peak, state[PEAK])


def _where(error: Exception) -> str:
    """An error by its kind and the last line of our code and of any code that it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    root = str(Path(__file__).parents[2])
    ours = [one for one in frames if one.filename.startswith(f"{root}/pipeline")] or frames
    places = {f"{Path(one.filename).name}:{one.lineno}": None for one in (ours[-1], frames[-1])}
    said = str(error).splitlines()
    return f"{type(error).__name__} {' < '.join(places)}: {said[0][:70] if said else ''}"


def _spent(process: int | None) -> float:
    """Seconds of the processor that a process has spent."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class Running:
    """A process at its job, watched."""

    def __init__(self, inputs: Inputs, job: Job, tally: Tally) -> None:
        context = multiprocessing.get_context("fork")
        self.job, self._tally = job, tally
        self._state = context.RawArray("d", 10)
        self._state[AT] = job.start
        self._ours, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=work, args=(inputs, job, self._state, theirs))
        self._process.start()
        theirs.close()

    def poll(self) -> Job | None:
        """What is left of the job where it is over or must end; None while it goes on."""
        self._receive()
        if self._process.is_alive() and not self._hangs():
            return None
        hung, at = self._process.is_alive(), int(self._state[AT])
        self._process.kill()
        self._process.join()
        self._receive()
        done = self.job.stop - self.job.start
        if hung or self._process.exitcode:
            died = f"died with exit code {self._process.exitcode}"
            self._tally.fault("hangs" if hung else died, at)
            self._tally.hangs += hung
            done = at + 1 - self.job.start
        self._tally.add(self._state, done)
        return Job(self.job.name, self.job.start + done, self.job.stop)

    def _hangs(self) -> bool:
        """Whether it works for long at an input, or sleeps over one."""
        since, clock = self._state[SINCE], self._state[CLOCK]
        if not since:
            return False
        works = _spent(self._process.pid) - since > HANG
        return works or time.monotonic() - clock > ASLEEP  # type: ignore[no-any-return]

    def _receive(self) -> None:
        try:
            while self._ours.poll():
                number, fault = self._ours.recv()
                self._tally.fault(fault, number)
        except (EOFError, OSError):
            return


def run(inputs: Inputs, count: int, names: Sequence[str]) -> dict[str, Tally]:
    """Read `count` inputs of all targets together, in shares of theirs."""
    tallies = {name: Tally() for name in names}
    total = sum(grammar.TARGETS[name].share for name in names)
    waiting = [job for name in names for job in _jobs(name, count, total)]
    waiting.reverse()
    running: list[Running] = []
    while waiting or running:
        while waiting and len(running) < PROCESSES:
            job = waiting.pop()
            running.append(Running(inputs, job, tallies[job.name]))
        for one in list(running):
            left = one.poll()
            if left is not None:
                running.remove(one)
                if left.start < left.stop:
                    waiting.append(left)
        time.sleep(POLL)
    return tallies


def _jobs(name: str, count: int, total: int) -> Iterator[Job]:
    share = -(-count * grammar.TARGETS[name].share // total)
    for start in range(0, share, CHUNK):
        yield Job(name, start, min(share, start + CHUNK))


def table(tallies: dict[str, Tally]) -> Iterator[str]:
    """A row a target, the sum of all, and the faults."""
    yield (
        f"{'reader':11}{'inputs':>8}{'read':>8}{'refused':>9}{'faults':>8}{'hangs':>7}"
        f"{'slowest s':>11}{'all s':>7}{'peak MB':>9}"
    )
    for name, one in [*tallies.items(), ("all", _sum(tallies))]:
        yield (
            f"{name:11}{one.inputs:8}{one.read:8}{one.refused:9}{one.faults.total() - one.hangs:8}"
            f"{one.hangs:7}{one.slowest[0]:11.2f}{one.seconds:7.0f}{one.peak[0]:9.0f}"
        )
    for name, one in tallies.items():
        for fault, count in one.faults.most_common():
            yield f"{name}: {count} x {fault} (input {one.first[fault]})"


def _sum(tallies: dict[str, Tally]) -> Tally:
    whole = Tally()
    for one in tallies.values():
        whole.inputs, whole.read = whole.inputs + one.inputs, whole.read + one.read
        whole.seconds += one.seconds
        whole.refused, whole.hangs = whole.refused + one.refused, whole.hangs + one.hangs
        whole.slowest, whole.peak = max(whole.slowest, one.slowest), max(whole.peak, one.peak)
        whole.faults.update(one.faults)
    return whole


def keep(folder: Path, inputs: Inputs, tallies: dict[str, Tally]) -> None:
    """Write an input for every fault, and the slowest and the hungriest of each target."""
    folder.mkdir(exist_ok=True)
    for name, one in tallies.items():
        odd = dict.fromkeys(one.first.values(), "fault")
        for number, why in {one.slowest[1]: "slow", one.peak[1]: "large"}.items():
            odd.setdefault(number, why)
        for number, why in odd.items():
            file = folder / f"{why}-{name}-{number}.{grammar.TARGETS[name].ending}"
            file.write_bytes(inputs(name, number))


def main(arguments: list[str]) -> int:
    """Fuzz and print; 1 where a fault was found."""
    if not arguments or not (Path(arguments[0]) / FILES).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    count = int(arguments[1]) if arguments[1:] else INPUTS
    seed = int(arguments[2]) if arguments[2:] else 1
    inputs = Inputs(folder / FILES, seed)
    names = [name for name in inputs.targets if name in (arguments[3:] or inputs.targets)]
    absent = sorted(set(grammar.TARGETS) - set(inputs.targets))
    if absent:
        print(f"not there yet: {', '.join(absent)}")
    started = time.monotonic()
    tallies = run(inputs, count, names)
    keep(folder / "faults", inputs, tallies)
    for line in table(tallies):
        print(line, flush=True)
    print(f"{time.monotonic() - started:.0f} s")
    return int(any(one.faults for one in tallies.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
