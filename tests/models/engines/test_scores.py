"""What a model thinks of a target that is given: token by token, alike in both engines."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from models import tokens
from models.conversion.convert import convert
from models.engines.backends import ENGINES
from models.engines.engine import DecodeOptions, Engine
from tests import factory
from tests.engines import SHARED

GREEDY = DecodeOptions(beam=1, max_length=30)


@dataclass(frozen=True)
class Work:
    """One model of random weights under both engines; sources and a target for each."""

    engines: dict[str, Engine]
    sources: list[list[str]]
    targets: list[list[str]]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Work]:
    @cache
    def build(kind: str) -> Work:
        folder = factory.EVERY_KIND[kind](tmp_path_factory.mktemp("model"))
        tokenizer = tokens.load(folder)
        draw = random.Random(7)
        words = (factory.ARABIC if "marian" in kind else factory.ENGLISH).split()
        texts = [" ".join(draw.choices(words, k=draw.randint(1, 5))) for _ in range(50)]
        sources = [tokenizer.encode(text) for text in texts]
        pieces = sorted(token for token in tokens.vocabularies(folder)[1] if "<" not in token)
        targets = [draw.choices(pieces, k=number % 7) for number in range(50)]
        return Work(load(folder, tmp_path_factory.mktemp("converted")), sources, targets)

    return build


def load(folder: Path, converted: Path) -> dict[str, Engine]:
    convert(folder, converted, "float32")
    return {
        "ctranslate2": ENGINES["ctranslate2"].load(converted, compute="float32", threads=2),
        "torch": ENGINES["torch"].load(folder),
    }


@pytest.fixture(params=factory.EVERY_KIND)
def work(works: Callable[[str], Work], request: pytest.FixtureRequest) -> Work:
    return works(request.param)


@pytest.fixture(params=SHARED)
def engine(work: Work, request: pytest.FixtureRequest) -> Engine:
    return work.engines[request.param]


def test_scores_of_tokens_make_the_score_of_their_hypothesis(work: Work, engine: Engine) -> None:
    found = engine.generate(work.sources, GREEDY)
    ended = [(s, h) for s, h in zip(work.sources, found, strict=True) if h.finished]
    assert len(ended) > 5
    scores = engine.score([source for source, _ in ended], [h.tokens for _, h in ended])
    for (_, hypothesis), own in zip(ended, scores, strict=True):
        assert len(own) == len(hypothesis.tokens) + 1
        # Only where the model writes freely can it choose padding.
        assert hypothesis.score is not None
        assert -1e-3 < hypothesis.score - sum(own) / len(own) < 2e-2


def test_engines_agree_on_the_score_of_every_token(work: Work) -> None:
    targets = [*work.targets[:-1], work.targets[5] * 10]
    fast, reference = (work.engines[name].score(work.sources, targets) for name in SHARED)
    assert [len(own) for own in fast] == [len(target) + 1 for target in targets]
    for one, other in zip(fast, reference, strict=True):
        assert one == pytest.approx(other, abs=1e-4)


def test_neither_order_nor_company_changes_a_score(work: Work, engine: Engine) -> None:
    together = engine.score(work.sources, work.targets)
    backwards = engine.score(work.sources[::-1], work.targets[::-1])[::-1]
    (alone,) = engine.score(work.sources[6:7], work.targets[6:7])
    assert alone == pytest.approx(together[6], abs=1e-4)
    for one, other in zip(backwards, together, strict=True):
        assert one == pytest.approx(other, abs=1e-4)
    assert engine.score([], []) == []


def test_a_target_without_positions_is_not_scored(work: Work, engine: Engine) -> None:
    room = 63 if work.sources[0][0] != "<s>" else 62
    (scores,) = engine.score(work.sources[:1], [["a"] * room])
    assert len(scores) == room + 1
    with pytest.raises(ValueError, match=f"target 0 has {room + 1} tokens; the model takes {room}"):
        engine.score(work.sources[:1], [["a"] * (room + 1)])
