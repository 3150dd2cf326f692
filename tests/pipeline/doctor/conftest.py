"""What the tests of the doctor share."""

from pathlib import Path

import pytest

from models.home import models_home


@pytest.fixture(scope="session")
def _conversions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("conversions")


@pytest.fixture
def converted(_conversions: Path) -> None:
    """The bundled models are converted once a session rather than once a test: seconds each."""
    models_home().mkdir(parents=True)
    for kind in ("converted", "fingerprints"):  # what is of a model that nobody knows is waste
        (_conversions / kind).mkdir(exist_ok=True)
        (models_home() / kind).symlink_to(_conversions / kind, target_is_directory=True)
