"""khulasa memory: out, corrected by a person, in again, and heard from then on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app
from tests.pipeline.shell import Shell

NEWS = "عقد الاجتماع أمس.\nقال الوزير نعم.\n"
HEAD = '<?xml version="1.0"?><tmx version="1.4"><header srclang="*all*"/><body>'


@dataclass(frozen=True)
class Khulasa:
    """The command line in this process, with small random models and a cache of its own."""

    shell: Shell
    place: Path

    def __call__(self, *arguments: str | Path, cache: str | Path | None = None) -> Result:
        environment = {"KHULASA_HOME": str(self.shell.home)}
        command = [*map(str, arguments), "--cache", str(cache or self.place)]
        return CliRunner().invoke(app, command, env=environment)

    def run(self, document: Path, *more: str) -> Result:
        done = self("run", document, "--from", "ar", *self.shell.models, "--no-self-test", *more)
        assert (done.exit_code, done.stderr) == (0, "")
        return done

    def segments(self, document: Path, *more: str) -> list[dict[str, Any]]:
        """What the record says of them."""
        found: list[dict[str, Any]] = json.loads(
            self.run(document, "--format", "json", *more).stdout
        )["segments"]
        return found


@pytest.fixture
def khulasa(shell: Shell, tmp_path: Path) -> Khulasa:
    return Khulasa(shell, tmp_path / "cache.sqlite")


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.txt"
    path.write_text(NEWS, "utf-8")
    return path


def test_a_correction_is_heard_whatever_the_model(
    khulasa: Khulasa, news: Path, tmp_path: Path
) -> None:
    first = khulasa.segments(news)
    assert [one["by"] for one in first] == ["model", "model"]
    [made, other] = [one["target"] for one in first]

    memory = tmp_path / "memory.tmx"
    done = khulasa("memory", "export", "-o", memory)
    assert (done.exit_code, done.stdout) == (0, "2 translations: 2 by models\n")
    left = "left out: {} by models and not changed\n"
    done = khulasa("memory", "import", memory)
    assert done.stdout == f"{memory}: 0 translations; {left.format(2)}"
    text = memory.read_text("utf-8")
    assert text.count(f"<seg>{made}</seg>") == 1
    memory.write_text(text.replace(f"<seg>{made}</seg>", "<seg>They met.</seg>"), "utf-8")
    done = khulasa("memory", "import", memory, "--from", "Arabic")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{memory}: 1 translation: 1 new; {left.format(1)}"

    for options in ((), ("--beam", "2"), ()):
        after = khulasa.segments(news, *options)
        assert [one["by"] for one in after] == ["memory", "model"]
        assert (after[0]["target"], after[0]["score"]) == ("They met.", None)
    assert after[1]["target"] == other


def test_what_people_gave_stays_until_it_is_forgotten(
    khulasa: Khulasa, news: Path, tmp_path: Path
) -> None:
    human = "عقد الاجتماع أمس.\tThey met.\tar\n"
    given, out = tmp_path / "given.tsv", tmp_path / "out.tsv"
    given.write_text(human, "utf-8")
    [made, other] = [one["target"] for one in khulasa.segments(news)]
    khulasa("memory", "import", given)
    assert khulasa("memory", "export", "-o", out).stdout == (
        "2 translations: 1 by people, 1 by models\n"
    )
    assert khulasa("cache", "stats").stdout.endswith("translations by people\n  1 texts\n")
    cleared = khulasa("cache", "clear", "--yes").stdout
    assert cleared.endswith("1 translations by people stay: khulasa memory forget\n")
    assert khulasa("memory", "forget", "--from", "fr", "--yes").stdout == "0 translations deleted\n"
    khulasa("memory", "export", "-o", out)
    assert out.read_text("utf-8") == human
    assert [one["target"] for one in khulasa.segments(news)] == ["They met.", other]
    assert khulasa("memory", "forget", "--yes").stdout == "1 translation deleted\n"
    assert [one["target"] for one in khulasa.segments(news)] == [made, other]


def test_a_document_as_tmx_comes_in_where_it_was_changed(
    khulasa: Khulasa, news: Path, tmp_path: Path
) -> None:
    memory = tmp_path / "news.tmx"
    khulasa.run(news, "-o", str(memory))
    done = khulasa("memory", "import", memory)
    assert done.stdout.endswith(" 0 translations; left out: 2 by models and not changed\n")
    text = memory.read_text("utf-8")
    memory.write_text(text.replace('"en"><seg>', '"en"><seg>Indeed ', 1), "utf-8")
    done = khulasa("memory", "import", memory)
    assert done.stdout.startswith(f"{memory}: 1 translation: 1 new;")


def test_what_an_import_says(khulasa: Khulasa, tmp_path: Path) -> None:
    rows = [f"source {number}\ttarget {number}\tfr" for number in range(1204)]
    file = tmp_path / "a.tsv"
    file.write_text("\n".join(rows), "utf-8")
    assert khulasa("memory", "import", file).stdout == (f"{file}: 1,204 translations: 1,204 new\n")
    changed = [row.replace("target", "other") for row in rows[:90]]
    new = ["new\tone\tfr", "new\tanother\tfr", "empty\t\tfr", "\tnothing\tfr"]
    file.write_text("\n".join([*changed, *rows[90:], *new]), "utf-8")
    done = khulasa("memory", "import", file)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        f"{file}: 1,206 translations: 1 new, 90 changed, 1,114 as before, 1 given anew, of which"
        " the last stands; left out: 1 without English, 1 without a text in another language\n"
    )


def test_files_that_cannot_be_read(khulasa: Khulasa, tmp_path: Path) -> None:
    unit = (
        '<tu><tuv xml:lang="fr"><seg>{0}</seg></tuv><tuv xml:lang="en"><seg>{0}.</seg></tuv></tu>'
    )
    cut = tmp_path / "cut.tmx"
    cut.write_text(HEAD + "".join(map(unit.format, range(1000), range(1000))), "utf-8")
    absent, page = tmp_path / "absent.tmx", tmp_path / "page.html"
    whole = tmp_path / "whole.tsv"
    whole.write_text("oui\tyes\n", "utf-8")

    done = khulasa("memory", "import", absent, page)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"khulasa: {absent}: no such file or directory",
        f"khulasa: {page}: only .tsv and .tmx hold both sides",
    ]
    done = khulasa("memory", "import", cut, whole, "--from", "fr")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f"{cut}: 900 translations: 900 new",
        f"{whole}: 1 translation: 1 new",
    ]
    [line] = done.stderr.splitlines()
    assert line.startswith(f"khulasa: {cut}: unit 1,001 cannot be read as XML: no element found")
    assert line.endswith("; what stands before that is imported")


def test_what_is_no_place_for_a_memory(khulasa: Khulasa, tmp_path: Path) -> None:
    out, bad = tmp_path / "a.tmx", tmp_path / "bad"
    bad.write_bytes(b"not a database, but long enough for a header" * 50)
    for command in (("import", out), ("export", "-o", out), ("forget", "--yes")):
        done = khulasa("memory", *command, cache="off")
        assert (done.exit_code, done.stderr) == (
            2,
            "khulasa: cache off: keeps nothing; name another\n",
        )
        done = khulasa("memory", *command, cache=bad)
        assert done.exit_code == 2
        assert done.stderr.endswith("bad: file is not a database\n")
    assert not out.exists()


def test_an_export_that_cannot_be_written(khulasa: Khulasa, tmp_path: Path) -> None:
    done = khulasa("memory", "export", "-o", tmp_path / "a.xlf")
    assert done.exit_code == 2
    assert done.stderr.endswith("a.xlf: a memory is written as .tmx or .tsv\n")
    done = khulasa("memory", "export", "-o", tmp_path / "absent" / "a.tmx")
    assert done.exit_code == 2
    assert done.stderr.endswith("No such file or directory\n")
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ".sqlite"] == []
