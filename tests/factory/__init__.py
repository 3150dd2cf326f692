"""Makes models of random, seeded weights on disk, file for file in the layout of the public ones.

`marian`, `bart`, `pegasus` and `t5` are small (about half a second each) and bring their own
tokenizers, trained on the sentences of `texts`. `full_size` has the exact shape of a public model
and takes configuration and tokenizer files from a folder. Nothing here has learned anything:
outputs are noise.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.factory.public import Kind, full_size
from tests.factory.sizes import SMALL, Size
from tests.factory.summarizers import bart, byte_pairs, pegasus, t5
from tests.factory.texts import ARABIC, ENGLISH
from tests.factory.translators import marian
from tests.factory.weights import Precision, Weights

__all__ = [
    "ARABIC",
    "ENGLISH",
    "EVERY_KIND",
    "SMALL",
    "Kind",
    "Precision",
    "Size",
    "Weights",
    "bart",
    "byte_pairs",
    "full_size",
    "marian",
    "pegasus",
    "t5",
]

EVERY_KIND: dict[str, Callable[[Path], Path]] = {
    "marian": marian,
    "marian of two vocabularies": partial(marian, targets=("eng", "fra"), separate=True, seed=2),
    "bart": bart,
    "pegasus": pegasus,
    "t5": partial(t5, seed=2),
    "t5 1.1": partial(t5, version="1.1", tokenizer="spiece.model", seed=2),
}
"""How to make one small model of every kind that is to run."""
