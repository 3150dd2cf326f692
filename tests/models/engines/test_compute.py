"""Which precision is taken where, what it is called, and what is said of it."""

from pathlib import Path
from typing import Any, get_args

import ctranslate2
import pytest

from models.conversion.convert import convert
from models.engines import ct2, pytorch
from models.engines.backends import ENGINES
from models.engines.compute import Compute, announce, stored, varies
from models.engines.device import PROCESSOR, parse
from models.engines.engine import DecodeOptions
from models.errors import DeviceMissing, PrecisionMissing
from models.home import models_home
from models.model import Runtime, open_translator
from tests import factory

# What CTranslate2 computes in on cards of a compute capability, from its documentation.
OLD = {"float32"}
PASCAL = {"float32", "int8", "int8_float32"}
TURING = PASCAL | {"float16", "int8_float16"}
AMPERE = TURING | {"bfloat16", "int8_bfloat16"}


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """What the cards that CTranslate2 finds compute in; to be filled."""
    found: list[set[str]] = []
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: len(found))
    of_processor = ctranslate2.get_supported_compute_types("cpu")

    def supported(device: str, index: int = 0) -> set[str]:
        return of_processor if device == "cpu" else found[index]

    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", supported)
    return found


@pytest.mark.parametrize(
    ("compute", "form"),
    [
        ("int8", "int8"),
        ("int8_float32", "int8"),
        ("int8_bfloat16", "int8"),
        ("float16", "float16"),
        ("float32", "float32"),
    ],
)
def test_eight_bits_are_stored_once(compute: str, form: str) -> None:
    assert stored(compute) == form


def test_sums_in_sixteen_bits_vary() -> None:
    assert [one for one in get_args(Compute) if varies(one)] == [
        "int8_float16",
        "int8_bfloat16",
        "bfloat16",
        "float16",
    ]


@pytest.mark.parametrize(
    ("there", "best"),
    [(AMPERE, "float16"), (TURING, "int8_float16"), (PASCAL, "int8"), (OLD, "float32")],
)
def test_the_choice_for_a_card_follows_its_capability(
    cards: list[set[str]], there: set[str], best: str
) -> None:
    cards.append(there)
    assert Runtime(device="cuda").name.endswith(f"-{best}-cuda")


def test_several_cards_compute_what_each_of_them_does(cards: list[set[str]]) -> None:
    cards += [AMPERE, TURING]
    both = parse("cuda:0,1")
    assert ct2.automatic(both) == "int8_float16"
    assert ct2.supported(both) == (
        "int8",
        "int8_float32",
        "int8_float16",
        "float16",
        "float32",
    )
    with pytest.raises(DeviceMissing, match="finds 2 cuda devices"):
        ct2.supported(parse("cuda:2"))


def test_what_cards_do_for_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    capabilities = [(8, 0), (7, 5)]
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda card: capabilities[card])
    assert pytorch.supported(parse("cuda")) == ("bfloat16", "float16", "float32")
    assert pytorch.supported(parse("cuda:0,1")) == ("float16", "float32")


def test_the_name_in_a_signature_has_the_kind_of_device_alone() -> None:
    release = ct2.name("x").split("-")[1]
    named = Runtime(device="cuda:1,3", compute="bfloat16").name
    assert named == f"ctranslate2-{release}-bfloat16-cuda"
    assert Runtime(compute="float32").name == f"ctranslate2-{release}-float32"
    assert Runtime("torch", compute="bfloat16").name.endswith("-bfloat16")
    assert Runtime("torch").name.endswith("-float32")


def test_the_choice_of_a_card_that_is_not_here_is_told() -> None:
    with pytest.raises(DeviceMissing, match="finds no cuda device here"):
        _ = Runtime(device="cuda").name


@pytest.mark.parametrize("engine", ["ctranslate2", "torch"])
def test_what_the_device_does_not_compute_is_refused_before_anything_is_made(
    tmp_path: Path, engine: Any
) -> None:
    marian = factory.marian(tmp_path / "marian")
    runtime = Runtime(engine, compute="int8_float16", self_test="skipped")
    model = open_translator("ar", reference=str(marian), runtime=runtime)
    with pytest.raises(PrecisionMissing) as told:
        _ = model.engine
    there = ", ".join(ENGINES[engine].supported(PROCESSOR))
    assert f"does not compute int8_float16 on this cpu; --compute takes auto, {there} here" in str(
        told.value
    )
    assert told.value.exit_code == 3
    assert not (models_home() / "converted").exists()
    with pytest.raises(PrecisionMissing):
        ENGINES[engine].load(marian, compute="int8_float16")


def test_a_stored_form_serves_all_that_compute_with_it(tmp_path: Path) -> None:
    marian = factory.marian(tmp_path / "marian")
    names = set()
    for compute in ("int8", "int8_float32", "float32"):
        runtime = Runtime(compute=compute, self_test="skipped")
        model = open_translator("ar", reference=str(marian), runtime=runtime)
        names.add(model.identity["engine"])
        assert model.engine.name == model.identity["engine"]
    assert len(names) == 3
    forms = {path.name.split("-")[2] for path in (models_home() / "converted").iterdir()}
    assert forms == {"int8", "float32"}


@pytest.mark.parametrize("beam", [1, 4])
def test_the_reference_in_sixteen_bits(tmp_path: Path, beam: int) -> None:
    folder = factory.marian(tmp_path / "marian")
    exact, rounded = (pytorch.load(folder, compute=compute) for compute in ("float32", "bfloat16"))
    sources = [[*["▁a"] * count, "</s>"] for count in range(1, 20)]
    options = DecodeOptions(beam=beam, max_length=10)
    for one, other in zip(
        exact.generate(sources, options), rounded.generate(sources, options), strict=True
    ):
        assert other.score == pytest.approx(one.score, abs=0.2)
    given = [("▁The", "▁president")] * len(sources)
    scores = exact.score(sources, given), rounded.score(sources, given)
    assert scores[0] != scores[1]
    for some, others in zip(*scores, strict=True):
        assert others == pytest.approx(some, abs=0.2)


def test_that_outputs_vary_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    announce.cache_clear()
    marian = factory.marian(tmp_path / "marian")
    for compute in ("float32", "bfloat16", "bfloat16"):
        runtime = Runtime("torch", compute=compute, self_test="skipped")
        _ = open_translator("ar", reference=str(marian), runtime=runtime).engine
    assert caplog.messages == [
        "computing in bfloat16: in another batch a sentence may come out in other words; "
        "what is cached stays as it came first"
    ]


def test_how_cards_are_given_to_ctranslate2(
    tmp_path: Path, cards: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    cards += [AMPERE, AMPERE]
    convert(factory.marian(tmp_path / "model"), tmp_path / "converted", "float32")
    given: dict[str, Any] = {}
    monkeypatch.setattr(ctranslate2, "Translator", lambda _, **named: given.update(named))
    engine: Any = ct2.load(
        tmp_path / "converted", compute="float16", device=parse("cuda:1,0"), threads=6
    )
    assert given == {
        "device": "cuda",
        "device_index": [1, 0],
        "compute_type": "float16",
        "inter_threads": 1,
        "intra_threads": 6,
    }
    assert engine._workers == 2
