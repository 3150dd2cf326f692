"""A job on a Ray cluster, from its sources to its records."""

import logging
import os
import socket
import sys
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import ray
from ray.data import ActorPoolStrategy, DataContext, Dataset, TaskPoolStrategy, read_datasource

from models.errors import KhulasaError, one_line
from models.hub.line import Line
from pipeline.cluster.deaths import Deaths
from pipeline.cluster.reading import Documents
from pipeline.cluster.size import ADDRESS, Pool, Size
from pipeline.cluster.windows import Item, Window
from pipeline.cluster.workers import Name, Recipe, Worker
from pipeline.corpus import Corpus, Ids
from pipeline.document import Failure, Record
from pipeline.flow import Pipeline

log = logging.getLogger(__name__)

Outcome = Record | Failure

ANSWER = 10  # seconds for a cluster to take a connection
_OBJECTS = 512 * 2**20  # bytes that a cluster of our own keeps of windows on their way
# A block is a window: Ray Data cuts where it holds more bytes than this, but never within a row.
_BLOCK = 2**16


@contextmanager
def connected(address: str | None, size: Size) -> Iterator[None]:
    """Have Ray: the cluster at `address` or RAY_ADDRESS, else one of our own on this machine.

    Its own is reached from this machine alone. Raises KhulasaError where there is none.
    """
    with _quiet_libraries():
        if ray.is_initialized():
            yield
            return
        given = _given(address or os.environ.get(ADDRESS) or "local", size)
        _require_answer(given["address"])
        try:
            ray.init(**given, log_to_driver=False, logging_level=logging.ERROR)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise KhulasaError(f"--address {given['address']}: {one_line(error)}") from error
        try:
            yield
        finally:
            ray.shutdown()


def _require_answer(address: str) -> None:
    """Ray itself would try for ever. Raises KhulasaError."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdecimal():
        return
    try:
        socket.create_connection((host, int(port)), timeout=ANSWER).close()
    except (OSError, OverflowError) as error:
        raise KhulasaError(f"--address {address}: {one_line(error)}") from error


def _given(address: str, size: Size) -> dict[str, Any]:
    if address != "local":
        return {"address": address}
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told that we run
    return {
        "address": address,
        "num_cpus": size.cores * size.most,
        "object_store_memory": _OBJECTS,
        "include_dashboard": False,
        "_node_ip_address": "127.0.0.1",
    }


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """What Ray writes past our messages stays in its own log: stdout is for results."""
    stderr = sys.stderr
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        os.fdopen(os.dup(2), "w", encoding="utf-8", buffering=1) as ours,
        redirect_stdout(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", module=r"ray\.")
        sys.stderr = ours
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(ours.fileno(), 2)
            sys.stderr = stderr


class Ray:
    """Works on a corpus where `connected`; each worker has a pipeline like the given one.

    `cache` is the place of its cache. The pipeline itself hears what was decoded, no more. What
    `pipeline.cluster.size.require_reach` refuses does not work.
    """

    def __init__(self, corpus: Corpus, pipeline: Pipeline, cache: str | None, size: Size) -> None:
        # What hears of downloads draws them on this machine's terminal.
        line = Line(timeout=pipeline.runtime.line.timeout)
        runtime = replace(pipeline.runtime, threads=size.cores, line=line)
        options = {
            one.name: getattr(pipeline, one.name)
            for one in fields(pipeline)
            if one.init and one.name not in ("cache", "decoded")
        }
        self._recipe = Recipe(cache, tuple((options | {"runtime": runtime}).items()))
        self._corpus, self._pipeline, self._size = corpus, pipeline, size

    @property
    def ignored(self) -> int:
        """Known from the beginning."""
        return self._corpus.ignored

    def outcomes(self) -> Generator[tuple[Outcome, int], None, None]:
        """In the order of the sources, whatever worker was done first.

        Raises the KhulasaError that ended the job on a worker.
        """
        _warn_of_shortage(self._size)
        ids, said = Ids(), set[str]()
        for window in _windows(self._dataset()):
            for message in (one for one in window.said if one not in said):
                said.add(message)
                log.warning("%s", message)
            if window.ended:
                raise window.ended
            for item in window.items:
                outcome = _named(item, ids)
                if isinstance(outcome, Record):
                    self._tell(outcome)
                yield outcome, item.consumed

    def _dataset(self) -> Dataset:
        """Documents through the stages: reading and segmenting beside the pools of workers.

        They ask for no cores: where the pools have taken all of them, they would wait for ever.
        """
        _set_up()
        deaths, size = Deaths.begin(), self._size
        documents = Documents(self._corpus, deaths)
        beside: dict[str, Any] = {
            "compute": TaskPoolStrategy(size=size.translators.most),
            "num_cpus": 0,
        }
        found: Dataset = read_datasource(
            documents, override_num_blocks=max(1, len(documents.tasks)), **beside
        )
        found = found.map(Worker(self._recipe, "segmented", deaths), **beside)
        worker: Any = Worker  # made on the other side, once a worker
        pools: Mapping[Name, Pool] = {
            "translated": size.translators,
            "summarized": size.summarizers,
        }
        for stage, pool in pools.items():
            found = found.map(
                worker,
                fn_constructor_args=(self._recipe, stage, deaths),
                compute=ActorPoolStrategy(min_size=pool.least, max_size=pool.most),
                num_cpus=size.cores,
                num_gpus=size.cards,
            )
        return found

    def _tell(self, record: Record) -> None:
        translated, summarized = record.stages["translate"], record.stages["summarize"]
        if not translated.cached:
            decoded = (translated.sentences or 0) - (translated.remembered or 0)
            self._pipeline.decoded("translate", decoded)
        if not summarized.cached:
            self._pipeline.decoded("summarize", 1)


def _set_up() -> None:
    """How Ray Data works from now on: a dataset keeps what was set when it was made."""
    context = DataContext.get_current()
    context.execution_options.preserve_order = True
    context.target_max_block_size = _BLOCK
    context.enable_progress_bars = context.print_on_execution_start = False
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _warn_of_shortage(size: Size) -> None:
    """A cluster that does not grow would have us wait for ever for workers that have no place."""
    there: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    for name, kind, each in (("CPU", "cores", size.cores), ("GPU", "graphics cards", size.cards)):
        if there.get(name, 0) < each * size.least:
            message = "the cluster has %g %s, but %d workers want %g: the job waits for more"
            log.warning(message, there.get(name, 0), kind, size.least, each * size.least)


def _windows(dataset: Dataset) -> Iterator[Window]:
    """What comes out, as it is done."""
    for table in dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=1):
        for cell in table["window"]:
            yield Window.of({"window": cell.as_py()})


def _named(item: Item, ids: Ids) -> Outcome:
    """The outcome under the id that the document would have had on one machine."""
    outcome = item.outcome
    if not isinstance(outcome, Record | Failure):
        raise TypeError(f"a {type(outcome).__name__} is no outcome")
    identity = item.name and ids.another(item.name)
    if identity is None or identity == item.name:
        return outcome
    if isinstance(outcome, Failure):
        return replace(outcome, id=identity)
    before = outcome.document
    document = replace(before, id=identity, flags=(*before.flags, "duplicate-id"))
    flags = (*document.flags, *outcome.flags[len(before.flags) :])
    return replace(outcome, document=document, flags=flags)
