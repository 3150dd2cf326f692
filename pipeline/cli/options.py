"""The options that the commands over documents share, and the pipeline that they ask for."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from models.engines.compute import Compute
from models.hub.line import Heard, Line, silent

if TYPE_CHECKING:
    from pipeline.flow import Pipeline

PANEL = "Models and cache"

From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="LANG",
        help="Source language, as in ar, fr or Russian.",
        rich_help_panel=PANEL,
    ),
]
Models = Annotated[
    Literal["best", "fast", "tiny"],
    typer.Option(
        help="Set of models; tiny is bundled and knows only a small world.", rich_help_panel=PANEL
    ),
]
Translator = Annotated[
    str | None,
    typer.Option(
        metavar="REPO|DIR",
        help="Translate with this model instead of the set's.",
        rich_help_panel=PANEL,
    ),
]
Summarizer = Annotated[
    str | None,
    typer.Option(
        metavar="REPO|DIR|extractive",
        help="Summarise with this model instead of the set's; extractive needs none.",
        rich_help_panel=PANEL,
    ),
]
Engine = Annotated[
    Literal["ctranslate2", "torch", "student"],
    typer.Option(
        help="What runs the models; student translates with small models of its own.",
        rich_help_panel=PANEL,
    ),
]
Device = Annotated[
    str,
    typer.Option(
        metavar="DEVICE",
        help="Where the models run: cpu, cuda, cuda:1, cuda:0,1 or mps; auto is cpu.",
        rich_help_panel=PANEL,
    ),
]
Precision = Annotated[
    Compute,
    typer.Option(
        help="Precision; what has 16 in its name makes a sentence depend on its batch a little.",
        rich_help_panel=PANEL,
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1024,
        help="Processor cores to use.",
        show_default="all there are",
        rich_help_panel=PANEL,
    ),
]
Beam = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=64,
        help="Hypotheses kept while decoding.",
        show_default="the model's",
        rich_help_panel=PANEL,
    ),
]
SummaryWords = Annotated[
    int,
    typer.Option(
        min=5,
        max=100_000,
        help="About how many words a summary has; whole sentences.",
        rich_help_panel=PANEL,
    ),
]
TermsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="TSV",
        help="Terms and their English, a line each, with a tab between.",
        rich_help_panel=PANEL,
    ),
]
CachePlace = Annotated[
    str | None,
    typer.Option(
        "--cache",
        metavar="URL|off",
        help="Where outputs are kept.",
        show_default="own",
        rich_help_panel=PANEL,
    ),
]
SelfTest = Annotated[
    bool,
    typer.Option(
        help="Refuse a model that fails sentences whose translation is known.",
        rich_help_panel=PANEL,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        min=0.1,
        max=86_400,
        help="How long the hub may send nothing while a model is downloaded.",
        show_default="8 to answer, then 60",
        rich_help_panel=PANEL,
    ),
]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the shared options say; the names are theirs."""

    lang: From = None
    models: Models = "best"
    translator: Translator = None
    summarizer: Summarizer = None
    engine: Engine = "ctranslate2"
    device: Device = "auto"
    compute: Precision = "auto"
    threads: Threads = None
    beam: Beam = None
    summary_words: SummaryWords = 60
    glossary: TermsFile = None
    cache: CachePlace = None
    self_test: SelfTest = True
    timeout: Timeout = None

    @property
    def code(self) -> str | None:
        """The code of a language given by name or code; what no table knows stays as it is."""
        from models.catalog import ENGLISH, code_of, find

        if not self.lang:
            return None
        code = code_of(self.lang)
        return code if code == ENGLISH or find(self.lang) else self.lang

    @contextmanager
    def pipeline(
        self,
        heard: Heard = silent,
        decoded: Callable[[str, int], None] = lambda _stage, _count: None,
    ) -> "Iterator[Pipeline]":
        """The pipeline with its cache open; `heard` hears of downloads."""
        from models.model import Runtime
        from pipeline.cache import open_cache
        from pipeline.flow import Pipeline
        from pipeline.glossary import Glossary

        runtime = Runtime(
            self.engine,
            self.device,
            self.compute,
            self_test="required" if self.self_test else "skipped",
            threads=self.threads,
            line=Line(heard, self.timeout),
        )
        with closing(open_cache(self.cache)) as kept:
            yield Pipeline(
                models=self.models,
                translator=self.translator,
                summarizer=self.summarizer,
                runtime=runtime,
                beam=self.beam,
                words=self.summary_words,
                glossary=Glossary.read(self.glossary) if self.glossary else None,
                cache=kept,
                decoded=decoded,
            )


def shared(command: Callable[..., None], **defaults: Any) -> Callable[..., None]:
    """The command with an option for every setting in the place of its first parameter.

    `defaults` are its own for some of them.
    """
    own = list(inspect.signature(command).parameters.values())[1:]
    settings = {
        name: one.replace(default=defaults.get(name, one.default))
        for name, one in inspect.signature(Settings).parameters.items()
    }

    @wraps(command)
    def filled(**given: Any) -> None:
        chosen = Settings(**{name: given.pop(name) for name in settings})
        command(chosen, **given)

    parameters = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own, *settings.values())
    ]
    vars(filled)["__signature__"] = inspect.Signature(parameters)
    filled.__annotations__ = {one.name: one.annotation for one in parameters}
    return filled
