"""How large a job on a cluster is, and what every job there needs. Imports no Ray."""

import os
from dataclasses import dataclass

from models.errors import KhulasaError
from pipeline.corpus import Corpus
from pipeline.database import CacheUnusable
from pipeline.files import File
from pipeline.flow import Pipeline
from pipeline.sources import STDIN

ADDRESS = "RAY_ADDRESS"


@dataclass(frozen=True, slots=True)
class Pool:
    """How many workers a stage has; between these, as there is work."""

    least: int
    most: int

    @classmethod
    def parse(cls, text: str, option: str) -> "Pool":
        """From `4` or `1:16`. Raises KhulasaError."""
        least, colon, most = text.partition(":")
        if not all(part.isdecimal() and int(part) for part in (least, *([most] * bool(colon)))):
            raise KhulasaError(f"{option} {text}: is neither a number of workers nor MIN:MAX")
        pool = cls(int(least), int(most or least))
        if pool.least > pool.most:
            raise KhulasaError(f"{option} {text}: MIN is more than MAX")
        return pool


@dataclass(frozen=True, slots=True)
class Size:
    """How large a job is: workers of each kind, the cores and graphics cards of every one."""

    translators: Pool
    summarizers: Pool
    cores: int = 1
    cards: float = 0

    @property
    def least(self) -> int:
        """How many workers there are at least."""
        return self.translators.least + self.summarizers.least

    @property
    def most(self) -> int:
        """How many workers there are at most."""
        return self.translators.most + self.summarizers.most


def require_reach(
    corpus: Corpus, pipeline: Pipeline, cache: str | None, address: str | None
) -> None:
    """Raise KhulasaError where workers would not reach what they read, or what others keep."""
    if any(isinstance(one, File) and one.path == STDIN for one in corpus.files):
        raise KhulasaError("standard input reaches no worker: name files, with --runner ray")
    if cache == "off":
        raise CacheUnusable("--runner ray wants a cache: workers would translate the same again")
    if (address or os.environ.get(ADDRESS)) and not pipeline.cache.shared:
        raise CacheUnusable(
            "a cluster wants a cache that all its nodes reach: --cache postgresql+psycopg://…"
        )
