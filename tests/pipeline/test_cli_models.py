"""khulasa models, over a loopback hub: fetched, looked at, carried, brought up to date, removed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from models import catalog
from models.catalog import languages, summarizers
from pipeline.cli import app
from tests import factory
from tests.hub import Hub

TRANSLATOR = languages()["ar"].fast.name
SUMMARIZER = summarizers()["fast"].name
SWEDISH = languages()["sv"].best.name  # unlike many, held to no commit
NEWS = "عقد الاجتماع أمس.\nقال الوزير نعم.\n"


@dataclass(frozen=True)
class Desk:
    """The command line in this process, with a home, a hub, and models that translate nothing."""

    home: Path
    hub: Hub

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "KHULASA_HOME": str(self.home / "khulasa"),
            "HF_HOME": str(self.home / "huggingface"),
            "HF_ENDPOINT": self.hub.url,
            "KHULASA_SELF_TEST": "off",
            "COLUMNS": "120",
            **more,
        }

    def __call__(self, *arguments: str, given: str | None = None, **more: str) -> Result:
        command = ["models", *arguments]
        return CliRunner().invoke(app, command, env=self.environment(**more), input=given)

    def items(self, *names: str) -> list[dict[str, Any]]:
        """What `list --json` says."""
        done = self("list", *names, "--here", "--json")
        assert done.exit_code == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(autouse=True)
def _no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """No student that some package brought is among what is counted here."""
    monkeypatch.setattr(catalog, "student_wheels", tuple)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base = tmp_path_factory.mktemp("published")
    return factory.marian(base / "marian", weights="bin"), factory.bart(base / "bart")


@pytest.fixture
def desk(tmp_path: Path, published: tuple[Path, Path]) -> Iterator[Desk]:
    translator = shutil.copytree(published[0], tmp_path / "translator")
    folders = {TRANSLATOR: translator, SWEDISH: translator, SUMMARIZER: published[1]}
    with Hub(folders) as hub:
        yield Desk(tmp_path / "home", hub)


def elsewhere(desk: Desk, tmp_path: Path) -> Desk:
    """Another machine: an empty home."""
    return Desk(tmp_path / "away", desk.hub)


def test_pull_brings_what_a_run_needs(desk: Desk, tmp_path: Path) -> None:
    done = desk("pull", "ar", "--set", "fast")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = sorted(done.stdout.splitlines())
    assert lines[0].startswith(f"{TRANSLATOR}@{desk.hub.commit(TRANSLATOR)}: ")
    assert lines[1].startswith(f"{SUMMARIZER}@{desk.hub.commit(SUMMARIZER)}: ")
    assert all(line.endswith(" · int8") for line in lines)
    asked = desk.hub.total()
    (tmp_path / "news.txt").write_text(NEWS, "utf-8")
    run = ["run", str(tmp_path / "news.txt"), "--from", "ar", "--models", "fast"]
    done = CliRunner().invoke(app, run, env=desk.environment())
    assert done.exit_code == 0, done.stderr
    assert desk("pull", "ar", "--set", "fast").exit_code == 0
    assert desk.hub.total() == asked


def test_what_cannot_be_pulled_is_told_and_the_rest_comes(desk: Desk) -> None:
    done = desk("pull", "own/opus-mt-none", TRANSLATOR, "--timeout", "20")
    assert done.exit_code == 3
    assert done.stdout.startswith(f"{TRANSLATOR}@")
    assert done.stderr.count("\n") == 1
    assert "own/opus-mt-none is not on this machine, and " in done.stderr
    done = desk("pull", "Klingon")
    assert done.exit_code == 2
    assert "no model in the catalogue translates 'Klingon'" in done.stderr


def test_a_model_that_fails_its_test_is_told(desk: Desk) -> None:
    done = desk("pull", TRANSLATOR, KHULASA_SELF_TEST="")
    assert done.exit_code == 3
    assert f"{TRANSLATOR}@{desk.hub.commit(TRANSLATOR)} with ctranslate2" in done.stderr
    assert "fails its self-test" in done.stderr


def test_list_says_what_is_here(desk: Desk) -> None:
    done = desk("list")
    assert done.exit_code == 0
    assert "Helsinki-NLP/opus-mt-tc-bible-big-iir-en" in done.stdout
    assert " 2 of them here" in done.stdout  # the bundled ones
    desk("pull", TRANSLATOR)
    [item] = desk.items("Arabic")
    assert (item["model"], item["installed"]) == (TRANSLATOR, True)
    assert item["commit"] == desk.hub.commit(TRANSLATOR)
    [form] = item["converted"]
    assert (form["compute"], item["disk"] > form["bytes"] > 10_000) == ("int8", True)


def test_verify_reads_everything_again(desk: Desk) -> None:
    desk("pull", SUMMARIZER)
    assert "✓" in desk("verify", SUMMARIZER).stdout
    folder = Path(desk("path", SUMMARIZER).stdout.strip())
    weights = (folder / "model.safetensors").resolve()
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    done = desk("verify", "--json")
    assert done.exit_code == 3
    found = [json.loads(line) for line in done.stdout.splitlines()]
    [bad] = [one for one in found if one["state"] == "bad"]
    assert "model.safetensors is damaged" in bad["found"]
    assert bad["advice"].startswith(f"khulasa models remove {SUMMARIZER}")
    assert desk("remove", SUMMARIZER, "--yes").exit_code == 0
    assert desk("pull", SUMMARIZER).exit_code == 0
    assert "damaged" not in desk("verify", SUMMARIZER).stdout
    done = desk("verify", TRANSLATOR)
    assert (done.exit_code, done.stdout) == (3, "")
    assert f"nothing of {TRANSLATOR} is here: khulasa models pull {TRANSLATOR}" in done.stderr


def test_update_shows_what_would_change_and_takes_it_when_asked(desk: Desk) -> None:
    desk("pull", SWEDISH)
    before = desk.hub.commit(SWEDISH)
    assert desk("update", SWEDISH).stdout == f"{SWEDISH}: nothing is newer\n"
    config = desk.hub.folders[SWEDISH] / "generation_config.json"
    config.write_text(config.read_text().replace('"num_beams": 4', '"num_beams": 2'))
    after = desk.hub.commit(SWEDISH)
    told = f"{SWEDISH}: {before[:7]} → {after[:7]}: generation_config.json (0 kB)\n"
    assert desk("update", SWEDISH).stdout == told
    assert desk.items(SWEDISH)[0]["commit"] == before
    done = desk("update", SWEDISH, "--yes")
    assert done.stdout == f"{told}{SWEDISH}@{after} is used from now on\n"
    assert desk.items(SWEDISH)[0]["commit"] == after
    assert desk("update", SWEDISH).stdout == f"{SWEDISH}: nothing is newer\n"


def test_what_is_kept_is_explained_after_an_update(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(NEWS, "utf-8")
    options = [str(tmp_path / "news.txt"), "--from", "ar", "--models", "fast"]
    assert CliRunner().invoke(app, ["run", *options], env=desk.environment()).exit_code == 0
    before = desk.hub.commit(TRANSLATOR)
    config = desk.hub.folders[TRANSLATOR] / "generation_config.json"
    config.write_text(config.read_text().replace('"num_beams": 4', '"num_beams": 2'))
    after = desk.hub.commit(TRANSLATOR)
    assert desk("update", TRANSLATOR, "--yes").exit_code == 0
    offline = desk.environment(HF_HUB_OFFLINE="1")  # as the command makes it, and leaves it
    done = CliRunner().invoke(app, ["cache", "explain", *options], env=offline)
    assert f"model {TRANSLATOR}@{before} → {TRANSLATOR}@{after}" in done.stdout
    assert "beam 4 → 2" in done.stdout


def test_an_update_that_fails_its_test_leaves_all_as_it_was(desk: Desk) -> None:
    desk("pull", SWEDISH)
    before = desk.hub.commit(SWEDISH)
    config = desk.hub.folders[SWEDISH] / "generation_config.json"
    config.write_text(config.read_text().replace('"num_beams": 4', '"num_beams": 2'))
    done = desk("update", SWEDISH, "--yes", KHULASA_SELF_TEST="")
    assert done.exit_code == 3
    assert "fails its self-test" in done.stderr
    assert desk.items(SWEDISH)[0]["commit"] == before


def test_what_differs_in_nothing_that_is_used_stays(desk: Desk) -> None:
    desk("pull", SWEDISH)
    (desk.hub.folders[SWEDISH] / "README.md").write_text("told at length")
    done = desk("update", SWEDISH, "--yes")
    assert "but nothing that is used of it differs: it stays" in done.stdout
    assert "from now on" not in done.stdout


def test_what_is_held_to_a_commit_is_not_asked_for(desk: Desk) -> None:
    done = desk("update", "bundled:tiny-translator")
    assert done.exit_code == 2  # no language, no repository
    assert desk("update").stdout.count("stays what it is") == 2
    assert desk.hub.total() == 0


def test_update_without_a_hub(desk: Desk) -> None:
    desk("pull", SWEDISH)
    done = desk("update", SWEDISH, HF_ENDPOINT="http://127.0.0.1:9")
    assert done.exit_code == 3
    assert done.stderr.startswith(f"khulasa: {SWEDISH}: http://127.0.0.1:9 ")
    assert done.stderr.count("\n") == 1


def test_remove_asks_and_frees_what_it_says(desk: Desk) -> None:
    desk("pull", "ar", "--set", "fast")
    done = desk("remove", "ar", given="n\n")
    assert desk.items("ar") != []
    done = desk("remove", "ar", given="y\n")
    assert done.exit_code == 0
    assert done.stdout.endswith(" are free\n")
    assert [one["model"] for one in desk.items()] == [
        SUMMARIZER, "bundled:tiny-translator", "bundled:tiny-summarizer"
    ]  # fmt: skip
    assert desk("remove", "ar", "--yes").exit_code == 3


def test_gc_removes_what_nothing_uses(desk: Desk) -> None:
    desk("pull", SUMMARIZER)
    assert desk("gc").stdout == "0 kB are free\n"
    made = desk.home / "khulasa" / "models" / "converted" / "ab-cd-int8-3.0.0"
    made.mkdir()
    (made / "model.bin").write_bytes(b"0" * 1_500)
    done = desk("gc")
    assert done.stdout.splitlines() == [
        f"{made}: 2 kB, made from a model that is not here any more",
        "2 kB are free",
    ]
    assert not made.exists()


def test_where_models_are(desk: Desk) -> None:
    hub, home = desk("path").stdout.splitlines()
    assert hub == str(desk.home / "huggingface" / "hub")
    assert home == str(desk.home / "khulasa" / "models")
    desk("pull", TRANSLATOR)
    folder = Path(desk("path", "ar").stdout.strip())
    assert (folder / "vocab.json").is_file()


def test_a_file_that_is_no_archive(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"no archive")
    done = desk("unpack", str(tmp_path / "x.tar"))
    assert done.exit_code == 3
    assert done.stderr.startswith(f"khulasa: {tmp_path / 'x.tar'}: it is damaged, or no file that")
    done = desk("unpack", str(tmp_path / "none.tar"))
    assert (done.exit_code, done.stderr) == (
        2, f"khulasa: {tmp_path / 'none.tar'}: No such file or directory\n"
    )  # fmt: skip


def test_a_pack_that_fails_leaves_no_file(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "models.tar"
    assert desk("pack", "own/opus-mt-none", "-o", str(out)).exit_code == 3
    assert desk("pack", TRANSLATOR, "-o", str(out), KHULASA_SELF_TEST="").exit_code == 3
    assert list(tmp_path.glob("*models*")) == []


def test_what_came_converted_alone_is_pulled_whole(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "models.tar"
    assert desk("pack", TRANSLATOR, "-o", str(out)).exit_code == 0
    away = elsewhere(desk, tmp_path)
    assert away("unpack", str(out)).exit_code == 0
    assert not away.items("ar")[0]["published"]
    assert away("pull", TRANSLATOR).exit_code == 0
    assert away.items("ar")[0]["published"]


def without_network(*command: str) -> list[str]:
    return ["unshare", "--net", sys.executable, "-m", "pipeline", *command]


@pytest.mark.parametrize("form", [[], ["--published"]])
def test_carried_to_a_machine_without_a_network(
    desk: Desk, tmp_path: Path, root: Path, form: list[str]
) -> None:
    """Pack here; unpack, verify and run in an empty home that no network reaches."""
    if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        pytest.skip("making a network namespace is not allowed here")
    out = tmp_path / "models.tar"
    done = desk("pack", "ar", "--set", "fast", *form, "-o", str(out))
    assert done.exit_code == 0, done.stderr
    assert "apache-2.0" in done.stdout
    (tmp_path / "news.txt").write_text(NEWS, "utf-8")
    away = elsewhere(desk, tmp_path)
    environment = {**os.environ, **away.environment()}
    commands = [
        ("models", "unpack", str(out)),
        ("run", str(tmp_path / "news.txt"), "--from", "ar", "--models", "fast"),
    ]
    for command in commands:
        ended = subprocess.run(
            without_network(*command),
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.returncode, ended.stderr) == (0, "")
    assert "news  ·  Arabic → English" in ended.stdout
