"""How the folder of a model is read, by engines that run such folders."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models import config, students, tokens
from models.engines.engine import DecodeOptions
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
    """A way to lay out a model. What reads a folder raises ModelUnfit where it is none."""

    config: Callable[[Path], Config]
    tokenizer: Callable[[Path], Tokenizer]


HUGGING_FACE = Layout(config.read, tokens.load)
FIREFOX = Layout(students.config, students.tokenizer)
