"""`khulasa doctor` as a process: what is bad decides the exit code, and it needs no network."""

import json
from pathlib import Path

from tests.pipeline.shell import Shell


def test_all_is_well(shell: Shell) -> None:
    done = shell("doctor", "--models", "tiny")
    assert (done.returncode, done.stderr) == (0, "")
    assert "✓ self-test all stages give what they must of 6 segments, in " in done.stdout


def test_a_model_that_fails_is_exit_3(shell: Shell) -> None:
    done = shell("doctor", "--json", *shell.models)
    assert (done.returncode, done.stderr) == (3, "")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    bad = [one for one in found if one["state"] == "bad"]
    assert [one["name"] for one in bad] == ["model", "model"]
    assert all(
        one["found"].startswith(place) for one, place in zip(bad, shell.models[1::2], strict=True)
    )


def test_a_damaged_cache_is_exit_1(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    file.write_bytes(b"not a database, but long enough for a header" * 50)
    done = shell("doctor", "--models", "tiny", "--cache", str(file))
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ cache" in done.stdout
    assert "→ mend or delete it, or name another: --cache PATH" in done.stdout
