"""A job over a corpus: a record of every document, what failed, and a report of it all.

Nothing is remembered here but in the cache: a job that was killed starts again, finds there what
it had finished, and gives the same records.
"""

import json
import logging
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.errors import ALL_WELL, INTERRUPTED, SOME_FAILED, KhulasaError, ModelError, one_line
from pipeline.corpus import Corpus
from pipeline.document import Document, Failure, Record
from pipeline.flow import Pipeline
from pipeline.interrupt import Interrupts
from pipeline.output import put
from pipeline.progress import Shown
from pipeline.render import Write
from pipeline.report import Job, Report, Status, Tally

log = logging.getLogger(__name__)

REPORT = "report.json"
PAGE = "report.html"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job came to its end. `error` is what ended it against everybody's will."""

    status: Status = "finished"
    reason: str | None = None
    error: Exception | None = None


Outcome = Record | Failure


class Runner(Protocol):
    """Where and how the documents of a job are worked on."""

    @property
    def ignored(self) -> int:
        """How many files of the sources are of no known kind."""

    def outcomes(self) -> Generator[tuple[Outcome, int], None, None]:
        """Of each document, in order, what became of it, and the bytes of the sources behind it.

        Where it is closed early the work ends, and what is done is kept.
        """


class Local:
    """On this machine, in this process. With `fail_fast` nothing is read after what cannot be."""

    def __init__(self, corpus: Corpus, pipeline: Pipeline, fail_fast: bool = False) -> None:
        self._corpus, self._pipeline, self._fail_fast = corpus, pipeline, fail_fast
        self._consumed: deque[int] = deque()

    @property
    def ignored(self) -> int:
        """Known from the beginning."""
        return self._corpus.ignored

    def outcomes(self) -> Generator[tuple[Outcome, int], None, None]:
        """One after the other, as the pipeline gives them."""
        with closing(self._pipeline.outcomes(self._documents())) as outcomes:
            for outcome in outcomes:
                yield outcome, self._consumed.popleft()

    def _documents(self) -> Iterator[Document | Failure]:
        for entry in self._corpus:
            self._consumed.append(entry.consumed)
            yield entry.outcome
            if self._fail_fast and isinstance(entry.outcome, Failure):
                return


class Batch:
    """One job: what comes out of `runner` goes to `write`.

    With `fail_fast` it ends at the first document that fails.
    """

    def __init__(
        self,
        runner: Runner,
        write: Write,
        shown: Shown,
        interrupts: Interrupts,
        fail_fast: bool,
    ) -> None:
        self._exit_code = ALL_WELL
        self._fail_fast = fail_fast
        self._interrupts = interrupts
        self._runner = runner
        self._write = write
        self._shown = shown
        self._tally = Tally()

    def run(self) -> Ending:
        """Work until the end, an interruption, an error, or the first failure that is too many.

        However it ends, every record that was written is whole.
        """
        try:
            with closing(self._runner.outcomes()) as outcomes:
                for outcome, consumed in outcomes:
                    with self._interrupts.held():  # or a record would be written, not counted
                        self._finish(outcome, consumed)
                    if self._exit_code and self._fail_fast:
                        return Ending("stopped", str(outcome))
        except KeyboardInterrupt:
            self._interrupts.over()
            log.warning("interrupted; the same command goes on where it was")
            return Ending("interrupted")
        except Exception as error:  # noqa: BLE001 - whatever it is, what is done gets its report
            return Ending("stopped", one_line(error), error)
        finally:
            self._interrupts.over()
        return Ending()

    def exit_code(self, ending: Ending) -> int:
        """What the command ends with; of several reasons the gravest."""
        return INTERRUPTED if ending.status == "interrupted" else self._exit_code

    def report(self, job: Job, ending: Ending) -> Report:
        """What was done."""
        elapsed, ignored = self._shown.elapsed, self._runner.ignored
        return self._tally.report(job, elapsed, ending.status, ending.reason, ignored)

    def _finish(self, outcome: Outcome, consumed: int) -> None:
        if isinstance(outcome, Record):
            outcome = self._written(outcome)
        if isinstance(outcome, Failure):
            self._note(outcome)
        self._tally.add(outcome, self._shown.elapsed)
        self._shown.update(consumed, self._tally.progress)

    def _written(self, record: Record) -> Outcome:
        """The record, or why a format that was asked for cannot hold it."""
        try:
            self._write(record)
        except KhulasaError as error:
            document = record.document
            return Failure(str(error), document.path, document.line, document.id, error)
        return record

    def _note(self, failure: Failure) -> None:
        log.error("%s", failure)
        code = ModelError.exit_code if isinstance(failure.cause, ModelError) else SOME_FAILED
        self._exit_code = max(self._exit_code, code)


def write_report(report: Report, folder: Path) -> None:
    """REPORT for programs and PAGE for people."""
    from pipeline.render.report import page

    written = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
    put(folder / REPORT, f"{written}\n".encode())
    put(folder / PAGE, page(report).encode())
