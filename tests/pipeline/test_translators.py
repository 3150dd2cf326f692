"""A model that serves several languages is loaded once; each language has its own test of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.engines.backends import ENGINES
from models.engines.engine import Engine
from models.errors import ModelUnfit
from models.model import Runtime
from pipeline.cache import MEMORY, Cache
from pipeline.translators import Sentence, Translators
from tests import factory

SKIPPED = Runtime(self_test="skipped")


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return factory.marian(tmp_path_factory.mktemp("marian"))


def opened(marian: Path, runtime: Runtime) -> Translators:
    return Translators(
        "best", str(marian), runtime, lambda own: own, Cache(MEMORY), None, lambda _count: None
    )


def test_a_model_of_two_languages_is_loaded_once(
    marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Path] = []
    backend = ENGINES["ctranslate2"]

    def load(folder: Path, **how: Any) -> Engine:
        loaded.append(folder)
        return backend.load(folder, **how)

    monkeypatch.setitem(ENGINES, "ctranslate2", replace(backend, load=load))
    translators = opened(marian, SKIPPED)
    ours = [Sentence("Министр открыл мост.", "ru"), Sentence("Міністр відкрив міст.", "uk")]
    made, decoded = translators.translate(ours)
    assert set(made) == decoded == set(ours)
    assert translators.of("ru").model.engine is translators.of("uk").model.engine
    assert len(loaded) == 1


def test_each_language_tests_the_model_that_it_shares(marian: Path) -> None:
    translators = opened(marian, Runtime())
    for lang in ("ru", "uk"):
        with pytest.raises(ModelUnfit, match="fails its self-test"):
            translators.translate([Sentence("Министр открыл мост.", lang)])
        assert isinstance(translators.refusal(lang), ModelUnfit)
