"""What every engine must do, over every engine, and how far they must agree.

The models are of random weights, which is hard on agreement: nothing they say is likely. A loaded
pair is shared by the tests of this file.
"""

import random
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from models import config, tokens
from models.conversion.convert import convert
from models.engines import ct2
from models.engines.backends import ENGINES
from models.engines.device import PROCESSOR, parse
from models.engines.engine import DecodeOptions, Engine, Hypothesis
from models.errors import DeviceMissing
from tests import factory
from tests.engines import SHARED

TINY = Path(__file__).parents[3] / "models" / "tiny"
TWO = "marian of two vocabularies"
GREEDY = DecodeOptions(beam=1, max_length=30)
BEAM = DecodeOptions(beam=4, max_length=30, min_length=1, early_stopping=True)


@dataclass(frozen=True)
class Pair:
    """The same float32 model under every engine, with something to decode."""

    folder: Path
    engines: dict[str, Engine]
    sources: list[list[str]]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Pair]:
    @cache
    def build(kind: str) -> Pair:
        folder = factory.EVERY_KIND[kind](tmp_path_factory.mktemp("model"))
        engines = both(folder, tmp_path_factory.mktemp("converted"), "float32")
        words = (factory.ARABIC if "marian" in kind else factory.ENGLISH).split()
        draw = random.Random(20)
        tokenizer = tokens.load(folder)
        texts = [" ".join(draw.choices(words, k=draw.randint(1, 6))) for _ in range(60)]
        encoded = [tokenizer.encode(text) for text in texts]
        return Pair(folder, engines, [source for source in encoded if len(source) <= 64])

    return build


def both(folder: Path, converted: Path, compute: str) -> dict[str, Engine]:
    convert(folder, converted, compute)
    return {
        "ctranslate2": ENGINES["ctranslate2"].load(converted, compute=compute),
        "torch": ENGINES["torch"].load(folder),
    }


@pytest.fixture(params=factory.EVERY_KIND)
def pair(pairs: Callable[[str], Pair], request: pytest.FixtureRequest) -> Pair:
    return pairs(request.param)


@pytest.fixture(params=SHARED)
def engine(pair: Pair, request: pytest.FixtureRequest) -> Engine:
    return pair.engines[request.param]


def without_scores(hypotheses: Sequence[Hypothesis]) -> list[tuple[tuple[str, ...], bool]]:
    return [(h.tokens, h.finished) for h in hypotheses]


@pytest.mark.parametrize("options", [GREEDY, BEAM])
def test_neither_order_nor_company_changes_a_hypothesis(
    pair: Pair, engine: Engine, options: DecodeOptions
) -> None:
    together = engine.generate(pair.sources, options)
    assert len({h.tokens for h in together}) > 5
    backwards = engine.generate(pair.sources[::-1], options)[::-1]
    alone = [engine.generate([source], options)[0] for source in pair.sources[:12]]
    assert without_scores(backwards) == without_scores(together)
    assert without_scores(alone) == without_scores(together[:12])
    for one, other in zip(alone, together, strict=False):
        assert one.score == pytest.approx(other.score, abs=1e-4)


@pytest.mark.parametrize("name", sorted(ENGINES))
@pytest.mark.parametrize("device", ["cuda", "cuda:0,1", "mps"])
def test_a_device_that_is_not_here_is_told(tmp_path: Path, name: str, device: str) -> None:
    """Where the tests run there is none."""
    kind = device.partition(":")[0]
    with pytest.raises(
        DeviceMissing, match=f"finds no {kind} device here; leave --device {device} out"
    ):
        ENGINES[name].load(tmp_path, device=parse(device))


def test_nothing_gives_nothing(engine: Engine) -> None:
    assert engine.generate([], GREEDY) == []
    assert list(engine.stream([], GREEDY)) == []


def test_a_source_fills_the_positions_and_no_more(pair: Pair, engine: Engine) -> None:
    longest = [*(pair.sources[0][:-1] * 64)[:63], "</s>"]
    assert len(engine.generate([longest], GREEDY)) == 1
    with pytest.raises(ValueError, match="source 1 has 65 tokens; the model takes 64"):
        engine.generate([longest, ["▁a", *longest]], GREEDY)


@pytest.mark.parametrize("options", [GREEDY, BEAM, replace(BEAM, length_penalty=2.0)])
def test_scores_are_mean_log_probabilities(
    pair: Pair, engine: Engine, options: DecodeOptions
) -> None:
    for hypothesis in engine.generate(pair.sources, options):
        assert hypothesis.score is not None
        assert -20 < hypothesis.score <= 0


@pytest.mark.parametrize("beam", [1, 4])
def test_a_hypothesis_cut_at_the_greatest_length_is_not_finished(
    pair: Pair, engine: Engine, beam: int
) -> None:
    options = replace(BEAM, beam=beam, max_length=7, min_length=0)
    found = engine.generate(pair.sources, options)
    assert {h.finished for h in found} == {True, False}
    for hypothesis in found:
        assert len(hypothesis.tokens) <= 7 - hypothesis.finished
        assert not {"</s>", "<pad>", "<s>"} & {*hypothesis.tokens}


def test_the_greatest_length_gives_way_to_the_positions(pair: Pair, engine: Engine) -> None:
    found = engine.generate(pair.sources[:8], replace(GREEDY, max_length=1000))
    assert 50 < max(len(h.tokens) for h in found) <= 64


@pytest.mark.parametrize("options", [GREEDY, replace(BEAM, min_length=0)])
def test_least_length(pair: Pair, engine: Engine, options: DecodeOptions) -> None:
    assert any(h.finished and len(h.tokens) < 9 for h in engine.generate(pair.sources, options))
    for hypothesis in engine.generate(pair.sources, replace(options, min_length=9)):
        assert len(hypothesis.tokens) >= 9


@pytest.mark.parametrize("options", [GREEDY, BEAM])
def test_no_pair_of_tokens_twice(pair: Pair, engine: Engine, options: DecodeOptions) -> None:
    def repeats(hypothesis: Hypothesis) -> bool:
        pairs = list(zip(hypothesis.tokens, hypothesis.tokens[1:], strict=False))
        return len(pairs) != len({*pairs})

    assert any(map(repeats, engine.generate(pair.sources, options)))
    banned = engine.generate(pair.sources, replace(options, no_repeat_ngram=2))
    assert not any(map(repeats, banned))


def test_a_token_that_the_model_lacks_is_unknown(engine: Engine) -> None:
    strange = engine.generate([["漢字", "\0", "<mask>", "</s>"]], GREEDY)
    assert strange == engine.generate([["<unk>", "<unk>", "<unk>", "</s>"]], GREEDY)


@pytest.mark.parametrize(
    "options",
    [
        GREEDY,
        replace(GREEDY, max_length=5),
        replace(GREEDY, min_length=9, no_repeat_ngram=2),
        BEAM,
        replace(BEAM, beam=2, max_length=5),
        replace(BEAM, length_penalty=2.0, no_repeat_ngram=3, min_length=9),
        replace(BEAM, length_penalty=0.0),
    ],
)
def test_engines_agree_on_tokens_ends_and_scores(pair: Pair, options: DecodeOptions) -> None:
    fast = pair.engines["ctranslate2"].generate(pair.sources, options)
    reference = pair.engines["torch"].generate(pair.sources, options)
    assert without_scores(fast) == without_scores(reference)
    for one, other in zip(fast, reference, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-4)


@pytest.mark.parametrize("beam", [1, 4])
def test_the_reference_finds_what_transformers_finds_by_itself(pair: Pair, beam: int) -> None:
    """Lengths, forced tokens and bans as the folder's own generation_config has them.

    Where transformers forces the end token at the greatest length, and counts it as certain, the
    two may part; such hypotheses are not compared.
    """
    import torch
    from transformers import AutoModelForSeq2SeqLM

    model: Any = AutoModelForSeq2SeqLM.from_pretrained(pair.folder, local_files_only=True)
    tasks = getattr(model.config, "task_specific_params", None) or {}
    model.generation_config.update(**tasks.get("summarization", {}))  # as its pipeline did
    longest = model.generation_config.max_length
    ours = pair.engines["torch"].generate(
        pair.sources, replace(config.read(pair.folder).decode, beam=beam)
    )
    ids, target = tokens.vocabularies(pair.folder)
    names = {index: token for token, index in target.items()}
    compared = 0
    finished = [(s, h) for s, h in zip(pair.sources, ours, strict=True) if h.finished]
    for source, hypothesis in finished[:12]:
        given = torch.tensor([[ids[token] for token in source]])
        row = model.generate(
            input_ids=given,
            num_beams=beam,
            renormalize_logits=True,
            suppress_tokens=[model.config.pad_token_id],  # public models do without
        )[0].tolist()
        if len(row) < longest:
            said = [names[i] for i in row if names[i] not in {"<s>", "</s>", "<pad>"}]
            assert tuple(said) == hypothesis.tokens
            compared += 1
    assert compared >= 3


@pytest.mark.parametrize("engine_name", sorted(ENGINES))
def test_names_tell_version_and_precision_without_the_library(engine_name: str) -> None:
    backend = ENGINES[engine_name]
    name = backend.name(backend.automatic(PROCESSOR))
    known = r"ctranslate2-4\.\d+-int8|torch-2\.\d+-float32|fxtranslate-0\.\d+-int8"
    assert re.fullmatch(known, name)
    heavy = {"torch", "transformers", "ctranslate2", "numpy", "sentencepiece", "fxtranslate"}
    code = (
        "import sys; from models.engines.backends import ENGINES;"
        "from models.engines.device import PROCESSOR;"
        f"engine = ENGINES[{engine_name!r}]; print(engine.name(engine.automatic(PROCESSOR)));"
        f"print({heavy} & {{*sys.modules}})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [name, "set()"]


def test_loading_and_decoding_say_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for kind, make in factory.EVERY_KIND.items():
        folder = make(tmp_path / kind)
        capfd.readouterr()
        (tmp_path / f"{kind}-converted").mkdir()
        engines = both(folder, tmp_path / f"{kind}-converted", "int8")
        for engine in engines.values():
            engine.generate([["<unk>", "</s>"]], GREEDY)
            engine.generate([["<unk>", "</s>"]], BEAM)
        assert capfd.readouterr() == ("", "")


@pytest.fixture(scope="module", params=["translator", "summarizer"])
def bundled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Pair, Engine]:
    """A bundled model in float32 under both engines, and in eight bits."""
    folder = TINY / request.param
    if not (folder / "model.safetensors").is_file():
        pytest.skip("the bundled model is not made yet")
    from models.tiny import examples

    told = examples.events(examples.TEST, 25)
    if request.param == "translator":
        texts = [pair.source for pair in examples.translation_pairs(told)][:150]
    else:
        texts = [examples.summary_pair(event).source for event in told]
    tokenizer = tokens.load(folder)
    engines = both(folder, tmp_path_factory.mktemp("float32"), "float32")
    convert(folder, target := tmp_path_factory.mktemp("int8"), "int8")
    pair = Pair(folder, engines, [tokenizer.encode(text) for text in texts])
    return pair, ct2.load(target, compute="int8")


@pytest.mark.parametrize(("beam", "share"), [(1, 1.0), (4, 0.97)])
def test_bundled_models_say_the_same_under_both_engines(
    bundled: tuple[Pair, Engine], beam: int, share: float
) -> None:
    pair, _ = bundled
    options = replace(config.read(pair.folder).decode, beam=beam)
    fast, reference = (pair.engines[name].generate(pair.sources, options) for name in SHARED)
    same = sum(a.tokens == b.tokens for a, b in zip(fast, reference, strict=True))
    assert same >= share * len(pair.sources)
    assert all(hypothesis.finished for hypothesis in fast)


def test_eight_bits_hardly_change_what_bundled_models_say(bundled: tuple[Pair, Engine]) -> None:
    from sacrebleu.metrics.chrf import CHRF

    pair, short = bundled
    tokenizer = tokens.load(pair.folder)
    options = config.read(pair.folder).decode
    whole = pair.engines["ctranslate2"].generate(pair.sources, options)
    reference = [tokenizer.decode(hypothesis.tokens) for hypothesis in whole]
    said = [tokenizer.decode(h.tokens) for h in short.generate(pair.sources, options)]
    assert CHRF().corpus_score(said, [reference]).score >= 98
