"""Engines that are told how to begin, or all that is to be said: obeyed and scored alike."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from models import tokens
from models.convert import convert
from models.engine import DecodeOptions, Engine, Hypothesis, check_prefixes
from models.engines import ENGINES
from tests import factory

TINY = Path(__file__).parents[2] / "models" / "tiny" / "translator"
GREEDY = DecodeOptions(beam=1, max_length=30)
BEAM = DecodeOptions(beam=4, max_length=30, min_length=1, early_stopping=True)
SEARCHES = [
    GREEDY,
    replace(GREEDY, min_length=9, no_repeat_ngram=2),
    BEAM,
    replace(BEAM, beam=2, max_length=14),
    replace(BEAM, length_penalty=2.0, no_repeat_ngram=3, min_length=9),
    replace(BEAM, length_penalty=0.0),
]


@dataclass(frozen=True)
class Work:
    """One model of random weights under both engines; sources and a prefix for each."""

    engines: dict[str, Engine]
    sources: list[list[str]]
    prefixes: list[list[str]]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Work]:
    @cache
    def build(kind: str) -> Work:
        folder = getattr(factory, kind)(tmp_path_factory.mktemp(kind))
        tokenizer = tokens.load(folder)
        draw = random.Random(7)
        words = (factory.ARABIC if kind == "marian" else factory.ENGLISH).split()
        texts = [" ".join(draw.choices(words, k=draw.randint(1, 5))) for _ in range(50)]
        sources = [tokenizer.encode(text) for text in texts]
        pieces = sorted(token for token in tokens.vocabularies(folder)[1] if "<" not in token)
        prefixes = [draw.choices(pieces, k=number % 7) for number in range(50)]
        return Work(load(folder, tmp_path_factory.mktemp("converted")), sources, prefixes)

    return build


def load(folder: Path, converted: Path) -> dict[str, Engine]:
    convert(folder, converted, "float32")
    return {
        "ctranslate2": ENGINES["ctranslate2"].load(converted, compute="float32", threads=2),
        "torch": ENGINES["torch"].load(folder),
    }


@pytest.fixture(params=["marian", "bart"])
def work(works: Callable[[str], Work], request: pytest.FixtureRequest) -> Work:
    return works(request.param)


@pytest.fixture(params=sorted(ENGINES))
def engine(work: Work, request: pytest.FixtureRequest) -> Engine:
    return work.engines[request.param]


def assert_same(some: list[Hypothesis], others: list[Hypothesis], within: float = 1e-4) -> None:
    assert [(h.tokens, h.finished) for h in some] == [(h.tokens, h.finished) for h in others]
    for one, other in zip(some, others, strict=True):
        assert one.score == pytest.approx(other.score, abs=within)


@pytest.mark.parametrize("options", SEARCHES)
def test_every_hypothesis_begins_as_it_was_told(
    work: Work, engine: Engine, options: DecodeOptions
) -> None:
    found = engine.generate(work.sources, options, work.prefixes)
    for hypothesis, prefix in zip(found, work.prefixes, strict=True):
        assert list(hypothesis.tokens[: len(prefix)]) == prefix
        assert not {"</s>", "<pad>", "<s>"} & {*hypothesis.tokens}
        assert -20 < hypothesis.score < 0


@pytest.mark.parametrize("options", SEARCHES)
def test_engines_agree_on_what_follows_and_on_scores(work: Work, options: DecodeOptions) -> None:
    """Where one does not end right after the prefix, which CTranslate2 hardly does with a beam."""
    longer = max(map(len, work.prefixes)) + 1 if options.beam > 1 else 0
    options = replace(options, min_length=max(longer, options.min_length))
    fast, reference = (
        work.engines[name].generate(work.sources, options, work.prefixes) for name in ENGINES
    )
    assert_same(fast, reference)


def test_a_greedy_hypothesis_told_its_own_beginning_is_the_same(work: Work, engine: Engine) -> None:
    """Scores by a little less: BART's padding is banned where it might be chosen."""
    free = engine.generate(work.sources, GREEDY)
    beginnings = [
        h.tokens[: min(29, number % (len(h.tokens) + 1))] for number, h in enumerate(free)
    ]
    assert len({len(beginning) for beginning in beginnings}) > 10
    assert_same(engine.generate(work.sources, GREEDY, beginnings), free, within=2e-3)


@pytest.mark.parametrize("options", [GREEDY, BEAM])
def test_empty_prefixes_change_nothing(work: Work, engine: Engine, options: DecodeOptions) -> None:
    empty: list[list[str]] = [[] for _ in work.sources]
    free = engine.generate(work.sources, options)
    assert engine.generate(work.sources, options, empty) == free


@pytest.mark.parametrize("options", [GREEDY, BEAM])
def test_neither_order_nor_company_changes_what_follows(
    work: Work, engine: Engine, options: DecodeOptions
) -> None:
    together = engine.generate(work.sources, options, work.prefixes)
    backwards = engine.generate(work.sources[::-1], options, work.prefixes[::-1])[::-1]
    assert_same(backwards, together)
    alone = [
        engine.generate([source], options, [prefix])[0]
        for source, prefix in zip(work.sources[:14], work.prefixes[:14], strict=True)
    ]
    assert_same(alone, together[:14])


def test_the_prefix_counts_in_the_greatest_and_the_least_length(work: Work, engine: Engine) -> None:
    short = replace(BEAM, max_length=7, min_length=0)
    for hypothesis in engine.generate(work.sources, short, work.prefixes):
        assert len(hypothesis.tokens) <= 7 - hypothesis.finished
    for hypothesis in engine.generate(work.sources, replace(GREEDY, min_length=8), work.prefixes):
        assert len(hypothesis.tokens) >= 8
    with_prefix = [["a"] * 6] * len(work.sources)
    free = engine.generate(work.sources, replace(GREEDY, min_length=8), with_prefix)
    assert min(len(hypothesis.tokens) for hypothesis in free) < 14


def test_a_prefix_may_break_the_bans_of_the_search(work: Work, engine: Engine) -> None:
    prefix = ["a", "b", "a", "b", "a"]
    options = replace(BEAM, no_repeat_ngram=2)
    for hypothesis in engine.generate(work.sources, options, [prefix] * len(work.sources)):
        assert list(hypothesis.tokens[:5]) == prefix
        pairs = list(zip(hypothesis.tokens[4:], hypothesis.tokens[5:], strict=False))
        assert len(pairs) == len({*pairs})
        assert ("a", "b") not in pairs


def test_a_prefix_token_that_the_model_lacks_is_unknown(work: Work, engine: Engine) -> None:
    (hypothesis,) = engine.generate(work.sources[:1], GREEDY, [["漢字", "a"]])
    assert hypothesis.tokens[:2] == ("<unk>", "a")


def test_a_prefix_that_leaves_no_room_is_refused_before_any_is_decoded(
    work: Work, engine: Engine
) -> None:
    prefixes = [*work.prefixes[:-1], ["a"] * 30]
    with pytest.raises(ValueError, match="prefix 49 has 30 tokens; a hypothesis has at most 30"):
        engine.stream(work.sources, GREEDY, prefixes)
    room = {"marian": 64, "bart": 63}[("marian", "bart")[work.sources[0][0] == "<s>"]]
    options = replace(GREEDY, max_length=1000)
    with pytest.raises(ValueError, match=f"a hypothesis has at most {room}"):
        engine.stream(work.sources[:1], options, [["a"] * room])
    (filled,) = engine.generate(work.sources[:1], options, [["a"] * (room - 1)])
    assert len(filled.tokens) == room - filled.finished


def test_as_many_prefixes_as_sources() -> None:
    check_prefixes([["a"], []], 2, 2)
    with pytest.raises(ValueError, match="1 prefixes for 2 sources"):
        check_prefixes([["a"]], 2, 9)


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_a_real_translation_goes_on_from_a_beginning_that_is_not_its_own(
    tmp_path: Path, name: str
) -> None:
    tokenizer = tokens.load(TINY)
    engine = load(TINY, tmp_path)[name]
    source = tokenizer.encode("ودعت الأمم المتحدة جميع الأطراف إلى التعاون مع السلطات المحلية.")
    (free,) = engine.generate([source], BEAM)
    (told,) = engine.generate([source], BEAM, [["▁The", "▁army"]])
    rest = "called on all parties to cooperate with the local authorities."
    assert tokenizer.decode(free.tokens) == f"The United Nations {rest}"
    assert tokenizer.decode(told.tokens) == f"The army {rest}"
    assert told.finished
    assert told.score == pytest.approx(-1.6678, abs=1e-3)


def test_scores_of_tokens_make_the_score_of_their_hypothesis(work: Work, engine: Engine) -> None:
    found = engine.generate(work.sources, GREEDY)
    ended = [(s, h) for s, h in zip(work.sources, found, strict=True) if h.finished]
    assert len(ended) > 5
    scores = engine.score([source for source, _ in ended], [h.tokens for _, h in ended])
    for (_, hypothesis), own in zip(ended, scores, strict=True):
        assert len(own) == len(hypothesis.tokens) + 1
        assert sum(own) / len(own) == pytest.approx(hypothesis.score, abs=2e-3)


def test_engines_agree_on_the_score_of_every_token(work: Work) -> None:
    targets = [*work.prefixes[:-1], work.prefixes[5] * 10]
    fast, reference = (work.engines[name].score(work.sources, targets) for name in ENGINES)
    assert [len(own) for own in fast] == [len(target) + 1 for target in targets]
    for one, other in zip(fast, reference, strict=True):
        assert one == pytest.approx(other, abs=1e-4)


def test_neither_order_nor_company_changes_a_score(work: Work, engine: Engine) -> None:
    together = engine.score(work.sources, work.prefixes)
    backwards = engine.score(work.sources[::-1], work.prefixes[::-1])[::-1]
    (alone,) = engine.score(work.sources[6:7], work.prefixes[6:7])
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
