"""The options that say where a job runs, and the runner that they ask for."""

from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from models.errors import KhulasaError
from pipeline.cli.options import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.batch import Runner
    from pipeline.corpus import Corpus
    from pipeline.flow import Pipeline

PANEL = "Where it runs"

Kind = Annotated[
    Literal["local", "ray"],
    typer.Option("--runner", help="In this process, or on Ray.", rich_help_panel=PANEL),
]
Address = Annotated[
    str | None,
    typer.Option(
        help="A Ray cluster, as in auto or host:6379.",
        show_default="RAY_ADDRESS, else one of its own",
        rich_help_panel=PANEL,
    ),
]
Translators = Annotated[
    str,
    typer.Option(metavar="N|MIN:MAX", help="Workers that translate.", rich_help_panel=PANEL),
]
Summarizers = Annotated[
    str,
    typer.Option(metavar="N|MIN:MAX", help="Workers that summarise.", rich_help_panel=PANEL),
]
Cards = Annotated[
    float,
    typer.Option(
        "--gpus-per-worker",
        min=0,
        help="Graphics cards of a worker, or a part of one; with --device cuda.",
        rich_help_panel=PANEL,
    ),
]


@dataclass(frozen=True, slots=True)
class Place:
    """What these options say."""

    runner: Literal["local", "ray"]
    address: str | None
    translators: str
    summarizers: str
    cards: float

    @contextmanager
    def ready(
        self, settings: Settings, corpus: "Corpus", pipeline: "Pipeline", fail_fast: bool
    ) -> "Iterator[Runner]":
        """The runner, connected. Each worker of a cluster has one core if not told otherwise."""
        if self.runner == "local":
            from pipeline.batch import Local

            yield Local(corpus, pipeline, fail_fast)
            return
        if find_spec("ray") is None:
            raise KhulasaError("--runner ray wants Ray: pip install 'khulasa[cluster]'")
        if self.cards and settings.device != "cuda":
            raise KhulasaError("--gpus-per-worker wants --device cuda")
        from pipeline.cluster.size import Pool, Size, require_reach

        size = Size(
            Pool.parse(self.translators, "--translators"),
            Pool.parse(self.summarizers, "--summarizers"),
            settings.threads or 1,
            self.cards,
        )
        require_reach(corpus, pipeline, settings.cache, self.address)
        from pipeline.cluster.runner import Ray, connected

        with connected(self.address, size):
            yield Ray(corpus, pipeline, settings.cache, size)
