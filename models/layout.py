"""How the folder of a model is read, by engines that run such folders."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models import config, students, tokens
from models.engine import DecodeOptions
from models.fingerprint import Fingerprint, fingerprint, weights_file
from models.tokens import Tokenizer


class Config(Protocol):
    """What a model takes: `positions` tokens of source at most, and the search it is made for."""

    @property
    def positions(self) -> int:
        """Special tokens included."""

    @property
    def decode(self) -> DecodeOptions:
        """As it was published."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to lay out a model. What reads a folder raises ModelUnfit where it is none.

    `weights` is the file of the published weights, None where they are elsewhere.
    """

    weights: Callable[[Path], Path | None]
    fingerprint: Callable[[Path], Fingerprint]
    config: Callable[[Path], Config]
    tokenizer: Callable[[Path], Tokenizer]


HUGGING_FACE = Layout(weights_file, fingerprint, config.read, tokens.load)
FIREFOX = Layout(
    lambda folder: students.files(folder).weights,
    students.fingerprint,
    students.config,
    students.tokenizer,
)
