"""Models from end to end: identified without loading, converted, tested, refused or used."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from models import catalog
from models.engines import ct2
from models.engines.backends import ENGINES
from models.engines.engine import DecodeOptions, Engine, Hypothesis, Tokens
from models.errors import ModelMissing, ModelUnfit
from models.golden import FailsSelfTest
from models.home import models_home
from models.model import EngineName, Model, Runtime, open_summarizer, open_translator
from tests import factory
from tests.engines import SHARED
from tests.hub import Hub

ROOT = Path(__file__).parents[2]
SKIPPED = Runtime(self_test="skipped")


@pytest.fixture(scope="session")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = replace(factory.SMALL, positions=1024)
    return factory.bart(tmp_path_factory.mktemp("models") / "bart", size=size)


class Knows(Engine):
    """Gives the golden translations, whatever it is asked."""

    name = "ctranslate2-4.8-int8"

    def stream(
        self, sources: Sequence[Tokens], options: DecodeOptions
    ) -> Iterator[dict[int, Hypothesis]]:
        vocabulary = ["▁" + pair.target for pair in catalog.language("ar").golden]
        yield {index: Hypothesis((piece,), -0.1, True) for index, piece in enumerate(vocabulary)}

    def score(
        self, sources: Sequence[Tokens], targets: Sequence[Tokens]
    ) -> list[tuple[float, ...]]:
        return [(0.0,) * (len(target) + 1) for target in targets]


KNOWING = replace(ENGINES["ctranslate2"], load=lambda *_, **__: Knows())


def conversions() -> list[str]:
    folder = models_home() / "converted"
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def test_identity_in_the_order_of_signatures(marian: Path) -> None:
    model = open_translator("ar", reference=str(marian))
    assert list(model.identity) == ["model", "weights", "tokens", "engine"]
    assert model.identity["model"] == "dir:marian"
    assert model.identity["weights"] == f"sha256:{model.fingerprint.weights[:16]}"
    assert model.identity["tokens"] == f"sha256:{model.fingerprint.tokens[:16]}"
    assert model.identity["engine"] == ct2.name("int8")
    assert model.config.positions == 64


@pytest.mark.parametrize(
    ("runtime", "engine"),
    [
        (Runtime(), "ctranslate2-4.8-int8"),
        (Runtime(device="cpu"), "ctranslate2-4.8-int8"),
        (Runtime(threads=3), "ctranslate2-4.8-int8"),
        (Runtime(compute="int8"), "ctranslate2-4.8-int8"),
        (Runtime(device="cuda", compute="int8"), "ctranslate2-4.8-int8-cuda"),
        (Runtime(device="cuda:0,1", compute="float16"), "ctranslate2-4.8-float16-cuda"),
        (Runtime(engine="torch", device="mps"), "torch-2.13-float32-mps"),
    ],
)
def test_the_engine_and_a_device_that_was_asked_for_are_in_the_identity(
    marian: Path, runtime: Runtime, engine: str
) -> None:
    said = open_translator("ar", reference=str(marian), runtime=runtime).identity["engine"]
    release = ct2.name("int8").split("-")[1]
    assert said.replace(release, "4.8") == engine or "torch" in engine
    assert said.split("-")[2:] == engine.split("-")[2:]


@pytest.mark.parametrize("engine", SHARED)
def test_the_threads_asked_for_reach_the_engine(
    marian: Path, monkeypatch: pytest.MonkeyPatch, engine: EngineName
) -> None:
    asked: list[int | None] = []

    def load(*_: Path, threads: int | None, **__: str) -> Engine:
        asked.append(threads)
        return Knows()

    monkeypatch.setitem(ENGINES, engine, replace(ENGINES[engine], load=load))
    runtime = Runtime(engine=engine, threads=3, self_test="skipped")
    assert open_translator("ar", reference=str(marian), runtime=runtime).engine.name
    assert asked == [3]


IDENTIFY = """
import sys
from models.model import open_summarizer, open_translator
for model in (open_translator("ar", reference=sys.argv[1]), open_summarizer("best", sys.argv[2])):
    model.identity, model.config, model.verified
heavy = {"torch", "transformers", "ctranslate2", "sentencepiece", "tokenizers", "huggingface_hub",
         "numpy", "sacrebleu", "filelock", "subprocess"}
print(sorted(heavy & set(sys.modules)))
"""


def test_identifying_models_imports_nothing_heavy(marian: Path, bart: Path) -> None:
    command = [sys.executable, "-c", IDENTIFY, str(marian), str(bart)]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert printed == "[]\n"


@pytest.fixture(scope="session", params=["bart", "pegasus", "t5"])
def summarizer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = replace(factory.SMALL, positions=1024)
    make = {"bart": factory.bart, "pegasus": factory.pegasus, "t5": factory.t5}[request.param]
    return make(tmp_path_factory.mktemp("models") / "summarizer", size=size)


@pytest.mark.parametrize("engine", SHARED)
def test_random_translators_are_refused(marian: Path, engine: EngineName) -> None:
    with pytest.raises(FailsSelfTest, match="chrF is"):
        _ = open_translator("ar", reference=str(marian), runtime=Runtime(engine)).engine
    assert conversions() == []  # a conversion may be what is at fault: it is made again


@pytest.mark.parametrize("engine", SHARED)
def test_random_summarizers_are_refused(summarizer: Path, engine: EngineName) -> None:
    """Each reads the test article and writes something, which is no summary of it."""
    with pytest.raises(FailsSelfTest, match="summary"):
        _ = open_summarizer(reference=str(summarizer), runtime=Runtime(engine)).engine
    assert conversions() == []  # a conversion may be what is at fault: it is made again


def test_the_test_can_be_skipped_and_that_shows(marian: Path) -> None:
    model = open_translator("ar", reference=str(marian), runtime=SKIPPED)
    assert not model.verified
    assert model.identity["self-test"] == "none"
    tokens = model.tokenizer.encode("وصل الرئيس.")
    (found,) = model.engine.generate([tokens], model.config.decode)
    assert isinstance(model.tokenizer.decode(found.tokens), str)
    assert not model.verified
    assert len(conversions()) == 1


def test_a_conversion_that_rotted_is_made_again(marian: Path) -> None:
    _ = open_translator("ar", reference=str(marian), runtime=SKIPPED).engine
    (name,) = conversions()
    weights = models_home() / "converted" / name / "model.bin"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:1000])
    _ = open_translator("ar", reference=str(marian), runtime=SKIPPED).engine
    assert weights.read_bytes() == whole


def test_a_model_that_passed_is_not_tested_again(
    marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENGINES, "ctranslate2", KNOWING)
    model = open_translator("ar", reference=str(marian))
    assert isinstance(model.engine, Knows)
    monkeypatch.setattr("models.golden.examine", None)
    again = open_translator("ar", reference=str(marian))
    assert isinstance(again.engine, Knows)
    assert again.verified
    assert open_translator("ar", reference=str(marian), runtime=SKIPPED).verified


def test_other_weights_are_tested_anew(
    marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(ENGINES, "ctranslate2", KNOWING)
        _ = open_translator("ar", reference=str(marian)).engine
    other = factory.marian(tmp_path / "marian", seed=1)
    with pytest.raises(ModelUnfit, match="fails its self-test"):
        _ = open_translator("ar", reference=str(other)).engine


def test_asked_to_it_is_tested_now_whatever_it_passed_or_what_is_switched_off(
    marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(ENGINES, "ctranslate2", KNOWING)
        assert open_translator("ar", reference=str(marian)).examine() == "chrF 100.0"
    with pytest.raises(ModelUnfit, match="fails its self-test"):
        open_translator("ar", reference=str(marian), runtime=SKIPPED).examine()


def test_a_language_without_golden_sentences_is_used_unverified(marian: Path) -> None:
    model = open_translator("tlh", reference=str(marian))
    assert not model.verified
    assert list(model.identity) == ["model", "weights", "tokens", "engine", "self-test"]
    assert model.engine.name == ct2.name("int8")


def test_an_unknown_language_without_a_model() -> None:
    with pytest.raises(catalog.UnknownLanguage):
        open_translator("tlh")


@pytest.mark.parametrize(
    ("models", "repository", "other"),
    [
        ("best", "Helsinki-NLP/opus-mt-tc-big-ar-en", "Helsinki-NLP/opus-mt-ar-en"),
        ("fast", "Helsinki-NLP/opus-mt-ar-en", "Helsinki-NLP/opus-mt-tc-big-ar-en"),
    ],
)
def test_the_sets(models: catalog.ModelSet, repository: str, other: str) -> None:
    with pytest.raises(ModelMissing) as raised:
        open_translator("ar", models)
    assert str(raised.value).startswith(f"{repository} is not on this machine")
    assert str(raised.value).endswith(f"take another model: --translator {other}")


def test_a_model_from_the_hub(marian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = "Helsinki-NLP/opus-mt-ar-en"
    with Hub({repository: marian}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        first = open_translator("ar", "fast").identity
        assert first["model"] == f"{repository}@{hub.commit(repository)}"
    assert open_translator("ar", "fast").identity == first


def test_a_catalogued_repository_by_name_is_taken_at_its_pin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repository, pin = "sshleifer/distilbart-cnn-12-6", "a4f8f3ea906ed274767e9906dbaede7531d660ff"
    with Hub({}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        with pytest.raises(ModelMissing, match="take another model: --summarizer sshleifer/distil"):
            open_summarizer(reference=repository)
    assert hub.requests[f"GET /api/models/{repository}/revision/{pin}"] == 1


def test_the_bundled_model_speaks_arabic_only() -> None:
    with pytest.raises(catalog.UnknownLanguage, match="translates Arabic only, not French"):
        open_translator("fr", "tiny")


def test_full_size(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """opus-mt-ar-en in its true shape with its true tokenizer, from a hub, as a pickle.

    Its weights are random, so the self-test must refuse it; then it is used all the same.
    """
    repository = "Helsinki-NLP/opus-mt-ar-en"
    served = factory.full_size(
        "opus-mt-ar-en", tmp_path / "served", shared / "opus-mt-ar-en", weights="bin"
    )
    with Hub({repository: served}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        model = open_translator("ar", "fast")
        assert model.config.positions == 512
        with pytest.raises(ModelUnfit, match=r"chrF is [0-9]\.[0-9], at least 40 is due"):
            _ = model.engine
    shutil.rmtree(served)
    used: Model = open_translator("ar", "fast", runtime=SKIPPED)
    tokens = used.tokenizer.encode("وصل الرئيس إلى العاصمة يوم الاثنين.")
    (found,) = used.engine.generate([tokens], replace(used.config.decode, max_length=20))
    assert 0 < len(found.tokens) <= 20
    assert used.identity == {**model.identity, "self-test": "none"}
