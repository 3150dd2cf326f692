"""What the tests of the pipeline share."""

import pytest
from hypothesis import settings

from pipeline import flow, translators
from tests import factory
from tests.pipeline.scripted import Models
from tests.pipeline.shell import Shell

# Property tests here are about what comes out, not how fast: a busy machine must not fail them.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    base = tmp_path_factory.mktemp("cli")
    translator = factory.marian(base / "translator")
    summarizer = factory.bart(base / "summarizer")
    shell = Shell(base / "home", ("--translator", str(translator), "--summarizer", str(summarizer)))
    code, _, err = shell.run("-", given="عقد الاجتماع أمس.".encode())
    assert code == 0, err
    return shell


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Models:
    """Scripted engines in the place of the models of a pipeline."""
    models = Models()
    monkeypatch.setattr(translators, "open_translator", models.open_translator)
    monkeypatch.setattr(flow, "open_summarizer", models.open_summarizer)
    return models
