"""The command line as a person meets it: real processes, real files, small random models."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pipeline.cli import app
from tests.pipeline.shell import Shell

ARTICLE = "عنوان الخبر\n\nقال الوزير إن الاجتماع عقد أمس. وأضاف أن 25 شخصا حضروا.\n"
HEAVY = {"torch", "transformers", "ctranslate2", "sentencepiece", "tokenizers", "huggingface_hub"}


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "ar-news.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


UNREADABLE = [
    ("missing.txt", None, "no such file or directory"),
    ("folder", "folder", "is a folder"),
    ("empty.txt", b"", "is empty"),
    ("blank.txt", b" \n\t\n", "is empty"),
    ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "is binary, not text"),
    ("broken.txt", ARTICLE.encode() + b"\xff\xfe", "byte 120 (line 4) is not UTF-8"),
]


@pytest.mark.parametrize(("name", "content", "reason"), UNREADABLE)
def test_unreadable_input_is_one_line_and_exit_2(
    shell: Shell, tmp_path: Path, name: str, content: bytes | str | None, reason: str
) -> None:
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    code, out, err = shell.run(str(path))
    assert (code, out) == (2, "")
    assert err.startswith(f"khulasa: {path}: ")
    assert reason in err
    assert err.count("\n") == 1


def test_one_bad_document_does_not_stop_the_others(shell: Shell, article: Path) -> None:
    code, out, err = shell.run(str(article.with_name("gone.txt")), str(article), "--format", "json")
    assert code == 1
    assert json.loads(out)["id"] == "ar-news"
    assert "gone.txt: no such file" in err


@pytest.mark.parametrize("text", ["… !!! ؟", "😀 🎉🎉", "2024 - 15 %"])
def test_what_holds_no_words_passes_through_with_a_flag(
    shell: Shell, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(text, encoding="utf-8")
    record = shell.record(str(path))
    assert " ".join(segment["target"] for segment in record["segments"]) == text
    assert {flag for segment in record["segments"] for flag in segment["flags"]} == {"untranslated"}
    assert "nothing-to-summarise" in record["flags"]


def test_english_in_an_arabic_document_passes_through(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "mixed.txt"
    path.write_text("Breaking news\nقال الوزير.\n", encoding="utf-8")
    first, second = shell.record(str(path), "--from", "Arabic")["segments"]
    assert (first["target"], first["flags"]) == ("Breaking news", ["untranslated"])
    assert "untranslated" not in second["flags"]


def test_a_sentence_of_3000_words_is_translated_in_parts(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("كلمة أخرى " * 1500, encoding="utf-8")
    [segment] = shell.record(str(path))["segments"]
    assert segment["source"] == " ".join(["كلمة أخرى"] * 1500)
    assert "split" in segment["flags"]


def test_standard_input_output_file_and_format_by_suffix(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    code, out, err = shell.run("-", "-o", str(target), given=ARTICLE.encode("utf-16"))
    assert (code, out, err) == (0, "", "")
    assert json.loads(target.read_text(encoding="utf-8"))["id"] == "stdin"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_where_nothing_can_be_read_an_older_output_stays(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("older", encoding="utf-8")
    code, _, _ = shell.run(str(tmp_path / "missing.txt"), "-o", str(target))
    assert code == 2
    assert target.read_text(encoding="utf-8") == "older"
    assert list(tmp_path.iterdir()) == [target]


def test_an_output_that_cannot_be_written_is_one_line(shell: Shell, article: Path) -> None:
    code, _, err = shell.run(str(article), "-o", str(article.parent / "no" / "out.txt"))
    assert code == 2
    assert err.count("\n") == 1
    assert "No such file or directory" in err


def test_a_second_run_imports_nothing_heavy(shell: Shell, article: Path) -> None:
    shell.record(str(article))
    probe = (
        "import sys\nfrom pipeline.cli import app\n"
        "try:\n    app(sys.argv[1:])\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", probe, "run", str(article), *shell.models, "--no-self-test"]
    done = subprocess.run(
        command, env=shell.environment(), capture_output=True, text=True, check=True
    )
    assert "from the cache" in done.stdout
    assert not HEAVY & set(done.stderr.split())


def test_one_changed_sentence_is_one_sentence_translated(shell: Shell, article: Path) -> None:
    shell.record(str(article))
    article.write_text(ARTICLE.replace("25 شخصا", "31 شخصا"), encoding="utf-8")
    stages = shell.record(str(article))["stages"]
    report = stages["translate"]
    assert (report["cached"], report["sentences"], report["remembered"]) == (False, 3, 2)


def test_explain_names_the_component_that_changed(shell: Shell, article: Path) -> None:
    shell.record(str(article))
    kept = shell("cache", "explain", str(article), *shell.models, "--no-self-test")
    assert "translate: kept since" in kept.stdout
    other = shell("cache", "explain", str(article), *shell.models, "--no-self-test", "--beam", "2")
    assert "translate: would be computed; changed: beam 4 → 2" in other.stdout
    shell.record(str(article), "--beam", "2")
    after = shell("cache", "explain", str(article), *shell.models, "--no-self-test", "--beam", "2")
    assert "changed: beam 4 → 2" in after.stdout


def test_explain_never_downloads(shell: Shell, article: Path) -> None:
    done = shell("cache", "explain", str(article), "--models", "fast")
    assert done.returncode == 3
    assert "HF_HUB_OFFLINE" in done.stderr


def test_a_corrupted_cache_is_said_and_the_result_is_right(
    shell: Shell, article: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(shell.home, home)
    (home / "cache.sqlite").write_bytes(b"this is no database" * 100)
    for leftover in home.glob("cache.sqlite-*"):
        leftover.unlink()
    code, out, err = Shell(home, shell.models).run(str(article), "--format", "json")
    assert code == 0
    assert len(json.loads(out)["segments"]) == 3
    assert "file is not a database" in err
    assert err.count("\n") == 1


def test_a_cache_that_was_asked_for_must_open(shell: Shell, article: Path) -> None:
    code, out, err = shell.run(str(article), "--cache", str(article))
    assert (code, out) == (2, "")
    assert "file is not a database" in err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("no right to mount a file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def _fill(disk: Path) -> None:
    with (disk / "filler").open("wb") as filler:
        filler.write(b"0" * (shutil.disk_usage(disk).free // 4096 * 4096))


def test_a_full_disk_costs_the_cache_not_the_result(
    shell: Shell, article: Path, small_disk: Path
) -> None:
    home = small_disk / "home"
    shutil.copytree(shell.home, home)
    _fill(small_disk)
    code, out, err = Shell(home, shell.models).run(str(article), "--format", "json")
    assert code == 0
    assert len(json.loads(out)["segments"]) == 3
    assert "nothing is kept this time" in err
    assert err.count("\n") == 1


def test_a_full_disk_for_the_output_is_one_line(
    shell: Shell, article: Path, small_disk: Path
) -> None:
    _fill(small_disk)
    code, _, err = shell.run(str(article), "-o", str(small_disk / "out.json"))
    assert code == 2
    assert "No space left on device" in err
    assert err.count("\n") == 1
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_a_read_only_home_still_gives_the_result(
    shell: Shell, article: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(shell.home, home)
    bind = ["mount", "--bind", str(home), str(home)]
    if shutil.which("mount") is None or subprocess.run(bind, check=False).returncode:
        pytest.skip("no right to mount a file system")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(home)], check=True)
        code, out, err = Shell(home, shell.models).run(str(article), "--format", "json")
    finally:
        subprocess.run(["umount", str(home)], check=True)
    assert code == 0, err
    assert len(json.loads(out)["segments"]) == 3
    assert err.count("\n") == 1


USAGE: list[tuple[Sequence[str], str]] = [
    (["run"], "Missing argument"),
    (["run", "x.txt", "--models", "huge"], "huge"),
    (["run", "x.txt", "--beam", "0"], "--beam"),
    (["run", "x.txt", "--format", "pdf"], "pdf"),
    (["nonsense"], "nonsense"),
]


@pytest.mark.parametrize(("arguments", "named"), USAGE)
def test_wrong_usage_is_exit_2(shell: Shell, arguments: Sequence[str], named: str) -> None:
    done = shell(*arguments)
    assert done.returncode == 2
    assert named in done.stderr


def test_a_language_without_a_model_is_exit_2_and_named(shell: Shell, article: Path) -> None:
    done = shell("run", str(article), "--from", "tlh")
    assert done.returncode == 2
    assert "'tlh'" in done.stderr


def test_a_hub_that_cannot_be_reached_is_exit_3_within_ten_seconds(
    shell: Shell, article: Path
) -> None:
    started = time.monotonic()
    done = shell("run", str(article), "--models", "fast")
    assert done.returncode == 3
    assert time.monotonic() - started < 10
    assert all(way in done.stderr for way in ("(1)", "(2)", "(3)", "--models tiny"))
    assert done.stderr.count("\n") == 1


def test_an_interrupt_is_exit_130(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "endless.txt"
    path.write_text("\n".join(f"قال الوزير رقم {n}." for n in range(20_000)), encoding="utf-8")
    command = [sys.executable, "-m", "pipeline", "run", str(path), *shell.models, "--no-self-test"]
    process = subprocess.Popen(
        command, env=shell.environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == "khulasa: interrupted"


def test_it_says_its_version(shell: Shell) -> None:
    assert shell("--version").stdout == f"khulasa {version('khulasa')}\n"


def test_every_command_and_option_says_what_it_does() -> None:
    def silent(command: Any, name: str) -> Iterator[str]:
        if not command.help:
            yield name
        yield from (f"{name} {option.name}" for option in command.params if not option.help)
        for inner, subcommand in getattr(command, "commands", {}).items():
            yield from silent(subcommand, f"{name} {inner}")

    completion = {"khulasa install_completion", "khulasa show_completion"}
    assert set(silent(get_command(app), "khulasa")) <= completion


def test_cache_commands_count_keep_and_clear(shell: Shell, article: Path, tmp_path: Path) -> None:
    place = ("--cache", str(tmp_path / "cache.sqlite"))
    shell.run(str(article), *place)
    stats = shell("cache", "stats", *place)
    signatures = re.findall(r"^(\w+):.*\n  (.*), last used", stats.stdout, re.MULTILINE)
    # What random models write need not have words: there may be nothing to draft.
    assert sorted(set(signatures) - {("draft", "1 texts")}) == [
        ("segment", "1 documents"),
        ("summarize", "1 documents"),
        ("translate", "1 documents"),
        ("translate", "3 texts"),
    ]
    deleted = f"{sum(int(rows.split()[0]) for _, rows in signatures)} rows deleted\n"
    assert shell("cache", "gc", *place).stdout == "0 rows deleted\n"
    assert shell("cache", "gc", "--days", "0", *place).stdout == deleted
    shell.run(str(article), *place)
    assert shell("cache", "clear", "--yes", *place).stdout == deleted
