"""`khulasa eval` as a person meets it: real processes, the bundled models, no network."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.shell import Shell
from tests.pipeline.test_cli import HEAVY

BRIDGE = "افتتح الوزير جسرا."


@pytest.fixture(name="alone", scope="module")
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """No models but the bundled ones; nothing that an earlier run kept."""
    return Shell(tmp_path_factory.mktemp("eval") / "home", ())


def evaluated(alone: Shell, *arguments: object) -> subprocess.CompletedProcess[str]:
    return alone("eval", *map(str, arguments), HF_HUB_OFFLINE="1")


def test_the_samples_out_of_the_box(alone: Shell, root: Path, tmp_path: Path) -> None:
    done = evaluated(alone, root / "seeds", "-o", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.split()}
    assert rows["ar-demining"][:8] == ["16", *["100.0"] * 6, "0.0"]
    assert rows["fr-railway"] == ["14", *"–––––", "100.0", "–", "–"]
    assert "bundled:tiny-translator" in done.stdout
    assert "not translated: the bundled model translates Arabic only, not French" in done.stdout
    assert "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:" in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "evaluation.html",
        "evaluation.json",
    ]


def test_a_second_run_compares_and_loads_nothing_heavy(
    alone: Shell, root: Path, tmp_path: Path
) -> None:
    seeds, out = root / "seeds", tmp_path / "out"
    first = evaluated(alone, seeds, "-o", out, "--format", "json")
    assert first.returncode == 0
    assert json.loads(first.stdout) == json.loads((out / "evaluation.json").read_text("utf-8"))
    script = (
        "import sys\nfrom pipeline.cli import app\n"
        "try: app()\nfinally: print(*sorted(name for name in sys.modules if '.' not in name))"
    )
    against = ("--against", out / "evaluation.json")
    second = subprocess.run(
        [sys.executable, "-c", script, "eval", *map(str, (seeds, *against))],
        env=alone.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    *table, imported = second.stdout.splitlines()
    assert not HEAVY & set(imported.split())
    [bleu] = [line.split() for line in table[-12:] if line.startswith("BLEU")]
    before, now = bleu[1:4], bleu[4:7]
    assert before == now
    assert bleu[7:] == ["±0.0", "1.000", "44", "segments"]


def test_a_change_is_told(alone: Shell, root: Path, tmp_path: Path) -> None:
    rows = tmp_path / "set.jsonl"
    lines = (root / "seeds" / "ar-demining.txt").read_text("utf-8").split("\n")
    reference = (root / "seeds" / "ar-demining.en.txt").read_text("utf-8")
    row = {"id": "a", "text": "\n".join(lines), "reference": reference}
    rows.write_text(json.dumps(row), "utf-8")
    assert evaluated(alone, rows, "-o", tmp_path).returncode == 0
    earlier = tmp_path / "evaluation.json"
    kept = json.loads(earlier.read_text("utf-8"))
    for unit in kept["documents"][0]["units"]:
        unit["hypothesis"] = unit["hypothesis"].replace("the", "a").replace("a", "o")
    earlier.write_text(json.dumps(kept), "utf-8")
    done = evaluated(alone, rows, "--against", earlier, "--format", "json")
    change = json.loads(done.stdout)["comparison"]["changes"]["bleu"]
    assert change["now"] == 100
    assert change["before"] < 60
    assert change["p"] < 0.05


def failing(tmp_path: Path, name: str) -> list[Any]:
    """Arguments that cannot go well."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.jsonl").write_text("{\n")
    (tmp_path / "half.jsonl").write_text(json.dumps({"text": BRIDGE}) + "\n{\n")
    (tmp_path / "ar-a.txt").write_text(BRIDGE, "utf-8")
    arguments: dict[str, list[Any]] = {
        "nowhere": [tmp_path / "nowhere"],
        "empty": [tmp_path / "empty"],
        "bad": [tmp_path / "bad.jsonl"],
        "half": [tmp_path / "half.jsonl"],
        "against": [tmp_path / "ar-a.txt", "--against", tmp_path / "bad.jsonl"],
        "models": [tmp_path / "ar-a.txt", "--models", "fast"],
    }
    return arguments[name]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("nowhere", 2, "nowhere: no such file or directory"),
        ("empty", 2, "empty: holds no file that can be read"),
        ("bad", 2, "bad.jsonl: holds no document that can be read"),
        ("half", 1, "half.jsonl, line 2: is not JSON"),
        ("against", 2, "bad.jsonl: is no evaluation that khulasa eval wrote as JSON"),
        ("models", 3, "is not on this machine"),
    ],
)
def test_what_goes_wrong(alone: Shell, tmp_path: Path, name: str, code: int, said: str) -> None:
    done = evaluated(alone, *failing(tmp_path, name))
    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.splitlines()) <= 2
