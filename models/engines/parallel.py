"""One model several times over, on cards or in processes, a thread each: for libraries without a
scheduler of their own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Protocol, TypeVar

from models.engines.batches import Memory, in_batches, in_order
from models.engines.engine import DecodeOptions, Engine, Hypothesis, Tokens

T = TypeVar("T")


class Replica(Protocol):
    """The model on one device, used by one thread at a time."""

    name: str

    def check(self, sources: Sequence[Tokens], targets: Sequence[Tokens] = ()) -> None:
        """Raise ValueError where the model has not the positions."""

    def decode(self, batch: Sequence[Tokens], options: DecodeOptions) -> list[Hypothesis]:
        """The hypotheses of one batch."""

    def teach(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """The scores of one batch, as `Engine.score` gives them."""


class Parallel(Engine):
    """Each batch goes to the first replica that is free; one more waits for it."""

    def __init__(self, replicas: Sequence[Replica], memory: Memory) -> None:
        self.name = replicas[0].name
        self._replicas = replicas
        self._memory = memory

    def stream(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        """As Engine says."""
        self._replicas[0].check(sources)

        def decode(replica: Replica, some: list[int]) -> list[Hypothesis]:
            return replica.decode([sources[i] for i in some], options)

        return self._portions(sources, options.beam, decode)

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """As Engine says."""
        self._replicas[0].check(sources, targets)

        def teach(replica: Replica, some: list[int]) -> list[tuple[float, ...]]:
            return replica.teach([sources[i] for i in some], [targets[i] for i in some])

        return in_order(self._portions(sources, 1, teach))

    def _portions(
        self, sources: Sequence[Tokens], beam: int, work: Callable[[Replica, list[int]], list[T]]
    ) -> Iterator[dict[int, T]]:
        free: SimpleQueue[Replica] = SimpleQueue()
        for replica in self._replicas:
            free.put(replica)

        def on_first_free(some: list[int]) -> list[T]:
            replica = free.get()
            try:
                return work(replica, some)
            finally:
                free.put(replica)

        count = len(self._replicas)
        threads = ThreadPoolExecutor(count)
        try:
            yield from in_batches(
                [len(source) for source in sources],
                beam,
                lambda some: threads.submit(on_first_free, some),
                self._memory,
                count,
                count + 1,
            )
        finally:
            threads.shutdown(cancel_futures=True)
