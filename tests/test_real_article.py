"""The main job on real input: the true tokenizer and shapes of the public models, from a hub.

Their weights are random, so what comes out is noise, and the self-test must say so. Everything
else is what a user has: download, checks, conversion, all three stages, the cache.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import factory
from tests.hub import Hub


@pytest.fixture(scope="module")
def desk(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, dict[str, str]]]:
    """The real article, and where `fast` finds its models."""
    folder = tmp_path_factory.mktemp("desk")
    translator = factory.full_size(
        "opus-mt-ar-en", folder / "translator", shared / "opus-mt-ar-en", weights="bin"
    )
    summarizer = factory.full_size(
        "distilbart-cnn-6-6", folder / "summarizer", shared / "distilbart-cnn-6-6"
    )
    # Random weights never choose to end: let them stop at about the length of a sentence.
    search = translator / "generation_config.json"
    limited = json.loads(search.read_text("utf-8")) | {"max_length": 64}
    search.write_text(json.dumps(limited), encoding="utf-8")
    served = {
        "Helsinki-NLP/opus-mt-ar-en": translator,
        "sshleifer/distilbart-cnn-6-6": summarizer,
    }
    with Hub(served) as hub:
        yield (
            shared / "seed" / "ar-kursk.txt",
            {
                **os.environ,
                "KHULASA_HOME": str(folder / "home"),
                "HF_HOME": str(folder / "huggingface"),
                "HF_ENDPOINT": hub.url,
            },
        )


def khulasa(env: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    """One run of the command with the fast models."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments), "--models", "fast"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_the_real_article_goes_through_the_real_loading_code(
    desk: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    article, env = desk
    refused = khulasa(env, "run", article)
    assert refused.returncode == 3
    assert "Helsinki-NLP/opus-mt-ar-en@" in refused.stderr
    assert "fails its self-test: chrF is" in refused.stderr
    assert refused.stderr.count("\n") == 1

    first = record(env, article)
    assert [segment["index"] for segment in first["segments"]] == list(range(14))
    assert all(segment["target"] or segment["flags"] for segment in first["segments"])
    assert "unverified-model" in first["flags"]
    assert "model:Helsinki-NLP/opus-mt-ar-en@" in first["stages"]["translate"]["signature"]

    again = record(env, article)
    assert all(stage["cached"] for stage in again["stages"].values())
    assert (again["segments"], again["summary"]) == (first["segments"], first["summary"])

    changed = tmp_path / "ar-kursk.txt"
    text = article.read_text("utf-8")
    changed.write_text(text.replace("2024", "2023"), encoding="utf-8")
    report = record(env, changed)["stages"]["translate"]
    assert (report["sentences"], report["remembered"]) == (14, 13)

    explained = khulasa(env, "cache", "explain", article, "--no-self-test", "--beam", 2)
    assert "changed: beam 4 → 2" in explained.stdout


def record(env: dict[str, str], article: Path) -> dict[str, Any]:
    """The record of the article, whatever its models are worth."""
    done = khulasa(env, "run", article, "--no-self-test", "--format", "json")
    assert done.returncode == 0, done.stderr
    made: dict[str, Any] = json.loads(done.stdout)
    return made
