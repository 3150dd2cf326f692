"""A random model as the hub's cache holds it, for tests of what is done with what is here."""

import shutil
from pathlib import Path

from models.catalog import Entry, Repository
from models.hub import snapshots
from models.model import Runtime

REPO = "Helsinki-NLP/opus-mt-ar-en"
COMMIT = "c0ffee" + "0" * 34
ENTRY = Entry("translator", Repository(REPO, 345, "main", "apache-2.0"), ("ar",))
UNTESTED = Runtime(self_test="skipped")


def cached(model: Path, repo: str = REPO, commit: str = COMMIT) -> Path:
    """Put a model into the hub's cache, its branch main at this commit; the snapshot."""
    folder = shutil.copytree(model, snapshots.snapshot(repo, commit))
    snapshots.refer(repo, "main", commit)
    return folder
