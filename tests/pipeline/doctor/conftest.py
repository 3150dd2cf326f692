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
    (models_home() / "converted").symlink_to(_conversions, target_is_directory=True)
