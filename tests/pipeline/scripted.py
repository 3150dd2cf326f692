"""Doubles for the two protocols that the stages stand on: a tokenizer of words, and an engine.

They stand in where the text matters that a model gives. Real models are in tests/factory.py.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.catalog import Role
from models.config import ModelConfig
from models.engines.engine import DecodeOptions, Engine, Hypothesis, Tokens, check_lengths
from models.golden import Known
from models.model import Model, Runtime
from models.store.locate import Located

Script = Callable[[list[str]], Hypothesis]


@dataclass(frozen=True, slots=True)
class Words:
    """Each word is a token, marked as SentencePiece marks the start of a word.

    A summariser's stand between <s> and </s>, a translator's before </s>.
    """

    start: tuple[str, ...] = ()
    unknown: frozenset[str] = frozenset()

    def encode(self, text: str) -> list[str]:
        words = ("<unk>" if word in self.unknown else f"▁{word}" for word in text.split())
        return [*self.start, *words, "</s>"]

    def encode_target(self, text: str) -> list[str]:
        return [f"▁{word}" for word in text.split()]

    def decode(self, tokens: Iterable[str]) -> str:
        return " ".join(tokens)


def upper(words: list[str]) -> Hypothesis:
    """An echo in capitals."""
    return Hypothesis(tuple(word.upper() for word in words), -0.5, finished=True)


def english(text: str) -> str:
    """Stands for a translation: every letter another one, Latin; numbers and marks as they are."""
    return "".join(chr(ord("a") + ord(c) % 26) if c.isalpha() else c for c in text)


def into_english(words: list[str]) -> Hypothesis:
    """A translation as long as its source."""
    return Hypothesis(tuple(map(english, words)), -0.5, finished=True)


@dataclass(slots=True)
class ScriptedEngine(Engine):
    """Writes what `script` makes of the words of a source, two sources at a time, longest first.

    `calls` is what it was asked, `decoded` the texts that it came to, in that order.
    """

    script: Script = upper
    positions: int = 512
    calls: list[tuple[list[list[str]], DecodeOptions]] = field(default_factory=list)
    decoded: list[str] = field(default_factory=list)
    name: str = "scripted-1"

    def stream(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        check_lengths(sources, self.positions)
        self.calls.append(([list(source) for source in sources], options))
        order = sorted(range(len(sources)), key=lambda index: -len(sources[index]))
        pairs = (order[start : start + 2] for start in range(0, len(order), 2))
        return ({index: self._decode(sources[index]) for index in pair} for pair in pairs)

    def _decode(self, source: Tokens) -> Hypothesis:
        words = _words(source)
        self.decoded.append(" ".join(words))
        return self.script(words)

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        """Tokens that the script writes of this source are likely, others are not."""
        written = [{*self.script(_words(source)).tokens} for source in sources]
        return [
            (*(-0.1 if token in own else -5.0 for token in target), -0.1)
            for own, target in zip(written, targets, strict=True)
        ]

    @property
    def sources(self) -> list[str]:
        """Every text that it was asked for, special tokens left out."""
        batches = (batch for batch, _ in self.calls)
        return [" ".join(_words(source)) for batch in batches for source in batch]


def _words(source: Tokens) -> list[str]:
    return [token.removeprefix("▁") for token in source if token not in ("<s>", "</s>")]


def model(
    engine: ScriptedEngine,
    role: Role = "translator",
    decode: DecodeOptions | None = None,
    unknown: frozenset[str] = frozenset(),
) -> Model:
    """A Model whose parts are already there: nothing is looked for, converted or loaded."""
    scripted = Model(role, Located(f"dir:{role}", Path()), Runtime(self_test="skipped"), Known(()))
    kind, start = ("marian", ()) if role == "translator" else ("bart", ("<s>",))
    config = ModelConfig(
        kind="marian" if role == "translator" else "bart",
        positions=engine.positions,
        source_vocabulary=100,
        vocabulary=100,
        start=0,
        end=1,
        pad=2,
        forced_start=None,
        decode=decode or DecodeOptions(),
    )
    identity = {
        "model": scripted.located.name,
        "weights": f"sha256:{kind}",
        "tokens": "sha256:words",
        "engine": engine.name,
    }
    parts = {"identity": identity, "config": config, "tokenizer": Words(start, unknown)}
    vars(scripted).update(parts, engine=engine)
    return scripted


class Models:
    """Echoing engines in the places where models are opened; every language has its translator."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.translators: dict[str, ScriptedEngine] = {}
        self.summarizer = ScriptedEngine()

    def open_translator(self, lang: str, *args: Any) -> Model:
        self.opened.append(lang)
        engine = self.translators.setdefault(lang, ScriptedEngine(into_english))
        return model(engine)

    def open_summarizer(self, *args: Any) -> Model:
        self.opened.append("summary")
        decode = DecodeOptions(max_length=100, min_length=1)
        return model(self.summarizer, "summarizer", decode)
