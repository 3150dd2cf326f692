"""The engine of students: fxtranslate, a process for each core.

What holds of the library (0.5), measured:
- An object belongs to the thread that made it, and keeps the interpreter to itself while it
  translates: threads gain nothing, and all else of this process would wait. So it runs in
  processes of its own (`models.engines.student_worker`), which also a panic ends alone.
- It takes a text, not tokens, and cuts it as SentencePiece does but for unknown characters.
- It gives no probabilities, and searches greedily: no option is heeded.
- It stops at 2 n + 4 tokens for a source of n, without a word.
"""

import json
import sys
import weakref
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from models import firefox, students
from models.engines.batches import Memory
from models.engines.compute import check
from models.engines.ct2 import available_cores
from models.engines.device import PROCESSOR, Device
from models.engines.engine import DecodeOptions, Engine, Hypothesis, Tokens, check_lengths
from models.engines.parallel import Parallel
from models.errors import EngineMissing, ModelUnfit, one_line
from models.firefox import Files
from models.students import StudentTokenizer

_SCRIPT = Path(__file__).with_name("student_worker.py")
_ENDED = "the process of a worker ended"
# Cut again into pieces, a text may have one less than was written.
_NEARLY = 1


class WorkerFailed(RuntimeError):
    """The process of a worker ended, or said that it will."""


def name(compute: str = "int8") -> str:
    """The signature component of this engine. Raises EngineMissing."""
    try:
        release = ".".join(metadata.version("fxtranslate").split(".")[:2])
    except metadata.PackageNotFoundError:
        raise EngineMissing("student", "students") from None
    return f"fxtranslate-{release}-{compute}"


def automatic(device: Device) -> str:
    """The precision of the only device that there is. Raises DeviceMissing."""
    return supported(device)[0]


def supported(device: Device) -> tuple[str, ...]:
    """The precision that all students are published in. Raises DeviceMissing."""
    if device.kind != "cpu":
        device.check(0, "fxtranslate")
    return ("int8",)


def load(
    folder: Path,
    *,
    compute: str = "int8",
    device: Device = PROCESSOR,
    threads: int | None = None,
) -> Engine:
    """Load a student's folder; each of the `threads`, one a core if None, is a process.

    Raises ModelUnfit where the files are damaged, DeviceMissing for all but the processor, and
    PrecisionMissing.
    """
    check(compute, supported(device), device, "fxtranslate")
    files, tokenizer, engine = firefox.files(folder), students.tokenizer(folder), name(compute)
    workers = [Worker(files, tokenizer, engine) for _ in range(threads or available_cores())]
    try:
        workers[0].start()
    except WorkerFailed as error:
        raise ModelUnfit(f"{folder}: cannot be loaded ({one_line(error)})") from None
    return Parallel(workers, Memory())


class Worker:
    """A replica of a student, whose process starts when there is work for it, and stays."""

    def __init__(self, files: Files, tokenizer: StudentTokenizer, engine: str) -> None:
        self.name = engine
        self._files = files
        self._tokenizer = tokenizer
        self._process: _Process | None = None

    def start(self) -> "_Process":
        """The process, started now if need be. Raises WorkerFailed."""
        if self._process is None or self._process.ended:
            self._process = _Process(self._files)
            weakref.finalize(self, self._process.end)
        return self._process

    def check(self, sources: Sequence[Tokens], targets: Sequence[Tokens] = ()) -> None:
        """As Replica says."""
        check_lengths(sources, students.POSITIONS)
        check_lengths(targets, students.POSITIONS, "target")

    def decode(
        self,
        batch: Sequence[Tokens],
        options: DecodeOptions,  # noqa: ARG002 - none is heeded
    ) -> list[Hypothesis]:
        """As Replica says. Raises WorkerFailed."""
        texts = self.start().translate([self._tokenizer.text(source) for source in batch])
        return [self._hypothesis(*pair) for pair in zip(batch, texts, strict=True)]

    def teach(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """There are no probabilities to be had."""
        raise NotImplementedError("fxtranslate tells no probabilities")

    def _hypothesis(self, source: Tokens, text: str) -> Hypothesis:
        tokens = tuple(self._tokenizer.encode_target(text))
        return Hypothesis(tokens, None, len(tokens) + _NEARLY < 2 * len(source) + 4)


class _Process:
    """A process that has loaded a student. Raises WorkerFailed."""

    def __init__(self, files: Files) -> None:
        import subprocess

        self.ended = False
        self._popen = subprocess.Popen(  # noqa: S603 - our own script and files
            [sys.executable, "-P", str(_SCRIPT), *map(str, files.all)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # where the library tells its panics, at length
            text=True,
            encoding="ascii",
        )
        self._answer()

    @property
    def number(self) -> int:
        """By which the system knows it."""
        return self._popen.pid

    def translate(self, texts: Sequence[str]) -> list[str]:
        """The translation of each text."""
        assert self._popen.stdin  # noqa: S101 - for the type checker
        try:
            self._popen.stdin.write(f"{json.dumps(texts)}\n")
            self._popen.stdin.flush()
        except OSError:  # it ended before it was asked
            self.end()
            raise WorkerFailed(_ENDED) from None
        return self._answer()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.ended = True
        self._popen.kill()
        self._popen.communicate()

    def _answer(self) -> list[str]:
        assert self._popen.stdout  # noqa: S101 - for the type checker
        line = self._popen.stdout.readline()
        answer: list[str] | str | None = json.loads(line) if line else _ENDED
        if isinstance(answer, str):
            self.end()
            raise WorkerFailed(answer)
        return answer or []
