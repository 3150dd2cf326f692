"""The hub's cache, read without the hub's client, is the one that the client has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models import home
from models.hub import snapshots


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"HF_HOME": "~/models"},
        {"HF_HOME": "$PWD/models"},
        {"HF_HUB_CACHE": "/data/hub"},
        {"HF_HUB_CACHE": "~/hub", "HF_HOME": "/data"},
        {"HUGGINGFACE_HUB_CACHE": "/old/hub", "HF_HOME": "/data"},
        {"XDG_CACHE_HOME": "/var/cache/me"},
    ],
)
def test_the_hubs_cache_is_where_its_client_has_it(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HOME")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    program = "from huggingface_hub.constants import HF_HUB_CACHE; print(HF_HUB_CACHE)"
    printed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=os.environ
    )
    assert str(snapshots.cache_folder()) == printed.stdout.strip()


@pytest.mark.parametrize(
    ("revision", "commit"),
    [("main", "a" * 40), ("refs/pr/7", "b" * 40), ("c" * 40, "c" * 40), ("v9", None)],
)
def test_commits_of_revisions(revision: str, commit: str | None) -> None:
    home.replace_text(snapshots.storage("o/n") / "refs" / "main", "a" * 40 + "\n")
    home.replace_text(snapshots.storage("o/n") / "refs" / "refs" / "pr" / "7", "b" * 40)
    assert snapshots.commit_of("o/n", revision) == commit


def test_the_name_of_a_folder() -> None:
    folder = snapshots.snapshot("Helsinki-NLP/opus-mt-ar-en", "c0ffee" + "0" * 34)
    assert snapshots.name_of(folder) == "Helsinki-NLP/opus-mt-ar-en"
    assert snapshots.name_of(Path("/data/my--model")) == "my--model"
    assert snapshots.name_of(Path("/")) == ""
