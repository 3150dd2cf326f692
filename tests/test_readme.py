"""The README tells the truth: its commands run, and what it shows is what comes out.

Its first two blocks, set-up and all, are run by .ci/run in clean checkouts.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest

from models.catalog import languages, summarizers
from tests import factory, students
from tests.hub import Hub

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^khulasa .*?(?=\s+#|$)", README, re.MULTILINE)
SECONDS = re.compile(r"\(\d+\.\d s\)|\(from the cache\)")
TINY = Path(__file__).parent.parent / "models" / "tiny"
WORD = (
    Path(__file__).parent
    / "pipeline"
    / "readers"
    / "files"
    / "office"
    / "bridge.fr.libreoffice.docx"
)
CORRECTED = """<tmx version="1.4"><header srclang="ar"/><body><tu>
<tuv xml:lang="ar"><seg>جسر جديد</seg></tuv><tuv xml:lang="en"><seg>A new bridge</seg></tuv>
</tu></body></tmx>"""
needs_tiny = pytest.mark.skipif(
    not (TINY / "summarizer" / "model.safetensors").exists(), reason="no bundled models"
)


def block(language: str, number: int = 0) -> str:
    """The n-th fenced block of a language."""
    return blocks(language)[number]


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    pattern = rf"^```{language}\n(.*?)^```$"
    return re.findall(pattern, README, re.MULTILINE | re.DOTALL)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Where `khulasa` is the command of this interpreter."""
    scripts = Path(sys.executable).parent
    path = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "KHULASA_HOME": str(home), "PATH": path, **more}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[Path, Any]]:
    """A folder with an article and a report, and a hub that serves random models."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(root / "seeds" / "ar-harvest.txt", folder / "article.txt")
    shutil.copy(root / "seeds" / "fr-railway.txt", folder / "rapport.txt")
    for place in ("seeds/ar-feed.jsonl", "archive/2026/ar-feed.jsonl", "inbox/ar-feed.jsonl"):
        (folder / place).parent.mkdir(parents=True)
        shutil.copy(root / "seeds" / "ar-feed.jsonl", folder / place)
    for seed in (*(root / "seeds").glob("ar-demining.*"), root / "seeds" / "pt-bridge.txt"):
        shutil.copy(seed, folder / "seeds")
    article = (root / "seeds" / "ar-harvest.txt").read_text("utf-8")
    paragraphs = "".join(f"<p>{line}</p>" for line in article.splitlines())
    (folder / "article.html").write_text(f"<article>{paragraphs}</article>", encoding="utf-8")
    shutil.copy(WORD, folder / "rapport.docx")
    (folder / "corrected.tmx").write_text(CORRECTED, encoding="utf-8")
    (folder / "source.txt").write_text("عام 2025.\n", encoding="utf-8")
    (folder / "english.txt").write_text("The year 2025.\n", encoding="utf-8")
    (folder / "terms.tsv").write_text("الزيتون\tolives\n", encoding="utf-8")
    feed = (root / "seeds" / "ar-feed.jsonl").read_text("utf-8")
    renamed = feed.replace('"text": ', '"body": ').replace('"id": ', '"guid": ')
    (folder / "articles.jsonl").write_text(renamed, encoding="utf-8")
    translator = factory.marian(folder / "models" / "translator")
    summarizer = factory.bart(folder / "models" / "summarizer")
    used = [languages()["ar"].best, languages()["ar"].fast, languages()["fr"].best]
    repositories = dict.fromkeys(used, translator)
    repositories |= dict.fromkeys(summarizers().values(), summarizer)
    pinned = {repo.name: repo.revision for repo in repositories if repo.revision != "main"}
    with Hub({repo.name: path for repo, path in repositories.items()}, pinned=pinned) as hub:
        yield (
            folder,
            environment(
                folder / "home",
                HF_ENDPOINT=hub.url,
                HF_HOME=str(folder / "huggingface"),
                KHULASA_SELF_TEST="off",
            ),
        )


def test_the_readme_documents_commands() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("command", COMMANDS)
def test_every_documented_command_runs(
    command: str, desk: tuple[Path, Any], request: pytest.FixtureRequest
) -> None:
    folder, env = desk
    if "$cache" in command:  # which the README exports
        if "ray" in command:
            pytest.importorskip("ray", reason="khulasa[cluster] is not installed")
        env = env | {"cache": request.getfixturevalue("shared_cache")}
    if command in ("khulasa doctor", "khulasa models verify"):  # random models translate nothing
        env = env | dict.fromkeys(("HF_HOME", "KHULASA_HOME"), str(folder / "nothing here"))
    done = subprocess.run(
        command, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    if "--device cuda" in command and "finds no cuda device here" in done.stderr:
        assert done.returncode == 3
        return
    assert done.returncode == 0, done.stderr
    assert done.stdout or " -o " in command or "batch" in command


def scheduled() -> dict[str, str]:
    """The command of each example for a scheduler, to be run where its sources are."""
    unit = ConfigParser(interpolation=None)
    unit.read_string(block("ini"))
    [task] = re.findall(r'bash_command="cd \S+ && (.*)"', block("python"))
    return {
        "cron": block("cron").split("&&")[1],
        "systemd": unit["Service"]["ExecStart"],
        "airflow": task.replace("inbox/{{ ds }}", "inbox").replace("{{ ds }}", "2026-11-22"),
    }


@pytest.mark.parametrize("scheduler", ["cron", "systemd", "airflow"])
def test_every_example_for_a_scheduler_runs(scheduler: str, desk: tuple[Path, Any]) -> None:
    folder, env = desk
    command = scheduled()[scheduler]
    done = subprocess.run(
        command, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("code", "well"), [(0, True), (1, True), (2, False), (130, False)])
def test_a_task_of_airflow_fails_as_the_readme_says(code: int, well: bool) -> None:
    command = re.sub(r"khulasa [^|]+", f"(exit {code}) ", scheduled()["airflow"])
    assert (subprocess.run(command, shell=True, check=False).returncode == 0) == well


@needs_tiny
def test_the_sample_output_is_what_comes_out(root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["khulasa", "run", "seeds/ar-demining.txt", "--models", "tiny"],
        cwd=root,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.rstrip() for line in SECONDS.sub("(… s)", done.stdout).splitlines())
    assert "\n".join(lines).strip() == block("text").strip()


def test_the_offline_example_is_what_comes_out(root: Path, tmp_path: Path) -> None:
    """The beginning and the end of it."""
    students.folder()
    [command] = [one for one in COMMANDS if "--engine student" in one]
    shown = next(one for one in blocks("text") if one.startswith("pt-bridge"))
    done = subprocess.run(
        command,
        shell=True,
        cwd=root,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.rstrip() for line in SECONDS.sub("(… s)", done.stdout).splitlines())
    written = "\n".join(lines).strip()
    begin, end = shown.strip().split("\n ⋮\n")
    assert written.startswith(f"{begin}\n")
    assert written.endswith(f"\n{end}")


@needs_tiny
def test_the_python_example_prints_a_summary(root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block("python", 1)],
        cwd=root,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith(".")


@needs_tiny
def test_the_record_shown_has_the_shape_of_a_real_one(root: Path, tmp_path: Path) -> None:
    command = ["khulasa", "run", "seeds/ar-demining.txt", "--models", "tiny", "--format", "json"]
    done = subprocess.run(
        command,
        cwd=root,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert shape(json.loads(block("json"))) == shape(json.loads(done.stdout))


def shape(value: Any) -> Any:
    """The keys of a record all the way down; of a list, the shape of its first member."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value[:1]] if isinstance(value, list) else None


def test_every_exit_code_and_every_command_is_documented() -> None:
    from typer.main import get_command

    from pipeline.cli import app

    command: Any = get_command(app)
    groups = ("cache", "memory", "models")
    within = [f"{group} {n}" for group in groups for n in command.commands[group].commands]
    names = [*command.commands, *within]
    assert all(f"khulasa {name}" in README for name in names)
    assert all(f"| {code} |" in README for code in (0, 1, 2, 3, 130))
