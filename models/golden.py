"""The self-test of a model: known inputs must come out about right before it is trusted.

Public weights have been known to load without an error and to translate into gibberish. So the
first time that a model is used, and again with another engine, it translates sentences whose
translation is known. What passed is remembered in the store; what failed is tried again.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Protocol

from models.catalog import Golden
from models.engines.engine import DecodeOptions, Engine
from models.errors import ModelUnfit
from models.home import recall, remember
from models.tokens import Tokenizer

SelfTest = Literal["required", "skipped"]

THRESHOLD = 40.0
"""Least corpus chrF. On the catalogue's sentences, their sources left as they are give at most 27
(Catalan), random weights 0.5 to 3; exact translations give 100."""

FOUND = 0.7
"""Least share of a summary's content words that stand in the article. News summarisers copy nearly
all of them, random weights hardly any."""

VARIED = 0.4
"""Least share of different words among a summary's words; a loop has far fewer."""

_WORD = re.compile(r"\w+")


class FailsSelfTest(ModelUnfit):
    """It loads, but does not give what it must; `complaint` says what it gave, in a clause."""

    def __init__(self, name: str, engine: str, complaint: str) -> None:
        super().__init__(
            f"{name} with {engine} fails its self-test: {complaint}. It is damaged, loads "
            "wrongly here, or is made for something else: take another model, or use it all the "
            "same with --no-self-test, which flags everything that it gives"
        )
        self.complaint = complaint


class Proof(Protocol):
    """What a model is tested with."""

    @property
    def inputs(self) -> Sequence[str]:
        """The texts to give it; none where nothing is known to test it with."""

    @property
    def room(self) -> int:
        """The most tokens that an output can need: random weights would go on to the limit."""

    def complaint(self, outputs: Sequence[str]) -> str | None:
        """What is wrong with what it made of them, in a clause; None if nothing is."""

    def measured(self, outputs: Sequence[str]) -> str:
        """How good it is, in a clause."""


class Known:
    """Inputs whose outputs are known, compared by corpus chrF."""

    def __init__(self, golden: Sequence[Golden]) -> None:
        """Test with these."""
        self._golden = golden
        self.inputs = [pair.source for pair in golden]
        self.room = max((len(pair.target) for pair in golden), default=0)  # a token a character

    def complaint(self, outputs: Sequence[str]) -> str | None:
        """Compare with the known outputs."""
        score = self._score(outputs)
        if score >= THRESHOLD:
            return None
        target = self._golden[0].target
        return (
            f"chrF is {score:.1f}, at least {THRESHOLD:.0f} is due; "
            f"{self.inputs[0]!r} came out as {_short(outputs[0])!r}, not {_short(target)!r}"
        )

    def measured(self, outputs: Sequence[str]) -> str:
        """The score, from 0 to 100."""
        return f"chrF {self._score(outputs):.1f}"

    def _score(self, outputs: Sequence[str]) -> float:
        from sacrebleu import corpus_chrf

        score: float = corpus_chrf(outputs, [[pair.target for pair in self._golden]]).score
        return score


class Article:
    """A text whose summary must speak of what the text speaks of."""

    def __init__(self, text: str) -> None:
        """Test with this text."""
        self.inputs = [text]
        self.room = len(text)

    def complaint(self, outputs: Sequence[str]) -> str | None:
        """Look whether the summary's content words stand in the text, and whether it loops."""
        words = _words(outputs[0])
        if len(_content(words)) < 5:
            return f"the summary of the test article came out as {_short(outputs[0])!r}"
        found = self._found(words)
        varied = len(Counter(words)) / len(words)
        if found >= FOUND and varied >= VARIED:
            return None
        return (
            f"of the summary's words {found:.0%} stand in the test article and {varied:.0%} are "
            f"different (at least {FOUND:.0%} and {VARIED:.0%} are due): {_short(outputs[0])!r}"
        )

    def measured(self, outputs: Sequence[str]) -> str:
        """How much of the summary the text says too."""
        return f"{self._found(_words(outputs[0])):.0%} of its words stand in the test article"

    def _found(self, words: list[str]) -> float:
        """The share of the content words among `words` that stand in the text."""
        content = _content(words)
        known = set(_words(self.inputs[0]))
        return sum(word in known for word in content) / len(content)


def policy(chosen: SelfTest) -> SelfTest:
    """KHULASA_SELF_TEST=off skips every test, as for models that are random on purpose."""
    return "skipped" if os.environ.get("KHULASA_SELF_TEST", "").lower() == "off" else chosen


def passed(key: str, proof: Proof) -> bool:
    """Whether the model of this key (fingerprints and engine) has passed this very test."""
    return bool(recall("golden", _record(key, proof)))


def result(key: str, proof: Proof) -> str | None:
    """How well the model of this key did when it passed this very test; None if it did not."""
    return recall("golden", _record(key, proof)).get("measured")


def examine(
    key: str, name: str, tokenizer: Tokenizer, engine: Engine, options: DecodeOptions, proof: Proof
) -> str:
    """Test a model, remember that it passed, and say how well, in a clause.

    Raises FailsSelfTest, saying what came out and what should have, where it did not.
    """
    outputs: list[str] = []
    bounded = replace(options, max_length=min(options.max_length, proof.room))
    try:
        found = engine.generate([tokenizer.encode(text) for text in proof.inputs], bounded)
        outputs = [tokenizer.decode(hypothesis.tokens) for hypothesis in found]
        complaint = proof.complaint(outputs)
    except ValueError as error:
        complaint = str(error)
    if complaint:
        raise FailsSelfTest(name, engine.name, complaint)
    measured = proof.measured(outputs)
    record = {"model": name, "outputs": outputs, "measured": measured}
    remember("golden", _record(key, proof), record)
    return measured


def _record(key: str, proof: Proof) -> str:
    digest = hashlib.sha256("\n".join(proof.inputs).encode()).hexdigest()
    return f"{key}-{digest[:16]}"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _content(words: list[str]) -> list[str]:
    return [word for word in words if len(word) > 3]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:79] + "…"
