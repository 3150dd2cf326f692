"""Documents of any kind in, files for any tool out, on the command line."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.pipeline.shell import Shell

OFFICE = Path(__file__).parent / "readers" / "files" / "office"
SUBTITLES = """1
00:00:01,000 --> 00:00:02,500
افتتح الوزير جسرا

2
00:00:02,500 --> 00:00:04,000
جديدا في المدينة أمس.
"""
FEED = """<rss version="2.0"><channel><title>أخبار</title>
<item><guid>one</guid><title>جسر جديد</title><description>افتتح الوزير جسرا.</description></item>
<item><guid>two</guid><title>سد جديد</title><description>افتتح الوزير سدا.</description></item>
</channel></rss>"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "film.srt").write_text(SUBTITLES, encoding="utf-8")
    (tmp_path / "news.rss").write_text(FEED, encoding="utf-8")
    (tmp_path / "note.txt").write_text("افتتح الوزير جسرا جديدا في المدينة أمس.", encoding="utf-8")
    page = "<!doctype html><title>جسر</title><h1>جسر جديد</h1><p>افتتح الوزير جسرا أمس.</p>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "bridge.ar.libreoffice.docx",
        "bridge.ar.libreoffice.odt",
        "bridge.ar.pandoc.epub",
        "bridge.ar.chromium.pdf",
        "bridge.ar.md",
    ],
)
def test_a_document_of_an_office(shell: Shell, name: str) -> None:
    record = shell.record(str(OFFICE / name), "--from", "ar")
    assert len(record["segments"]) > 5
    assert record["source"]["blocks"]
    assert record["source"]["path"].endswith(name)


def test_the_language_is_told(shell: Shell) -> None:
    source = shell.record(str(OFFICE / "bridge.fr.libreoffice.docx"))["source"]
    assert source["lang"] == "fr"
    assert source["lang_score"] > 0.9


def test_every_entry_of_a_feed_is_a_document(shell: Shell, desk: Path) -> None:
    code, out, err = shell.run(str(desk / "news.rss"), "--format", "json")
    assert (code, err) == (0, "")
    records = [json.loads(line) for line in out.splitlines()]
    assert [record["id"] for record in records] == ["one", "two"]
    assert [record["source"]["title"] for record in records] == ["جسر جديد", "سد جديد"]


def test_standard_input_is_known_by_how_it_begins(shell: Shell, desk: Path) -> None:
    code, out, _ = shell.run("-", "--format", "json", given=(desk / "page.html").read_bytes())
    assert code == 0
    assert json.loads(out)["source"]["title"] == "جسر جديد"


@pytest.mark.parametrize(
    ("ending", "beginning"),
    [
        ("html", b"<!doctype html>"),
        ("tmx", b"<?xml"),
        ("xlf", b"<?xml"),
        ("tsv", b"document\t"),
        ("docx", b"PK"),
        ("parquet", b"PAR1"),
        ("documents.parquet", b"PAR1"),
        ("md", b"# "),
        ("txt", b"note"),
        ("jsonl", b"{"),
    ],
)
def test_the_ending_chooses_the_format(
    shell: Shell, desk: Path, ending: str, beginning: bytes
) -> None:
    out = desk / f"out.{ending}"
    assert shell.run(str(desk / "note.txt"), "-o", str(out)) == (0, "", "")
    assert out.read_bytes()[:40].lower().startswith(beginning.lower())


def test_subtitles_come_back_with_their_times(shell: Shell, desk: Path) -> None:
    code, out, _ = shell.run(str(desk / "film.srt"), "--format", "srt")
    assert code == 0
    assert "00:00:01,000 --> 00:00:0" in out


def test_a_format_that_cannot_hold_a_document_is_one_line(shell: Shell, desk: Path) -> None:
    out = desk / "note.srt"
    code, _, err = shell.run(str(desk / "note.txt"), "-o", str(out))
    assert (code, err) == (2, "khulasa: note: has no times of subtitles, which .srt needs; choose"
                              " another format\n")  # fmt: skip
    assert not out.exists()


def test_a_language_without_a_model_leaves_the_others(shell: Shell, desk: Path) -> None:
    names = (str(OFFICE / "bridge.fr.md"), str(desk / "note.txt"))
    done = shell("run", "--models", "tiny", *names)
    assert done.returncode == 1
    assert "bridge.fr.md: the bundled model translates Arabic only, not French" in done.stderr
    assert done.stdout.startswith("note  ·  Arabic → English")


def test_an_english_document_is_summarised_as_it_is(shell: Shell, desk: Path) -> None:
    (desk / "english.txt").write_text(
        "The minister opened a new bridge over the river on Monday.", encoding="utf-8"
    )
    record = shell.record(str(desk / "english.txt"))
    assert record["source"]["lang"] == "en"
    assert record["segments"][0]["by"] == "source"
    assert record["segments"][0]["flags"] == ["english"]


def test_a_job_writes_pages_and_what_else_is_asked_for(shell: Shell, desk: Path) -> None:
    out = desk / "out"
    done = shell(
        "batch", *shell.models, "--no-self-test", "--format", "html", "--format", "srt",
        "--format", "docx", str(desk / "film.srt"), str(desk / "note.txt"), str(out),
    )  # fmt: skip
    assert done.returncode == 1
    assert "note: has no times of subtitles" in done.stderr
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*"))
    assert [name for name in written if not name.startswith(".")] == [
        "index.html", "records/film.docx", "records/film.html", "records/film.srt",
        "records/note.docx", "records/note.html", "report.html", "report.json",
    ]  # fmt: skip
    assert zipfile.is_zipfile(out / "records" / "note.docx")
    index = (out / "index.html").read_text("utf-8")
    assert "records/film.html" in index
    assert "records/note.html" in index
