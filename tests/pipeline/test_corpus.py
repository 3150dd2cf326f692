"""From sources to documents: each with an id of its own, each failure with its place."""

import gzip
import io
import json
import os
import random
import time
import unicodedata
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import corpus
from pipeline.corpus import Corpus, Entry, Fields
from pipeline.document import Document, Failure
from pipeline.identify import identify
from pipeline.readers import text
from pipeline.readers.content import Unreadable
from tests.pipeline.reading import parse

BRIDGE = "افتتح الوزير جسرا في الموصل."
SCORE = round(identify(BRIDGE).score, 3)
HEADLINE = "جسر جديد"


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpus")


def outcomes(*sources: Path | str, **options: Any) -> list[Document | Failure]:
    return [entry.outcome for entry in Corpus([str(one) for one in sources], **options)]


def of_lines(folder: Path, *lines: Any, **options: Any) -> list[Document | Failure]:
    path = folder / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return outcomes(path, **options)


def test_an_entry_has_all_that_its_row_holds(folder: Path) -> None:
    path = folder / "rows.jsonl"
    row = {"text": BRIDGE, "reference": ["The minister opened a bridge."]}
    path.write_text(json.dumps(row) + "\n{\n")
    (folder / "plain.txt").write_text(BRIDGE)
    entries = list(Corpus([str(path), str(folder / "plain.txt")]))
    assert [entry.values for entry in entries] == [row, {}, {}]


def ids(found: list[Document | Failure]) -> list[str | None]:
    return [one.id for one in found]


def test_a_row_becomes_a_document(folder: Path) -> None:
    row = {
        "id": 7,
        "text": f"{BRIDGE}\r\nسطر\u0627\u0653\x07",
        "title": f" {HEADLINE}\n ",
        "time": 1.5,
    }
    assert of_lines(folder, {**row, "lang": "Arabic", "other": [None]}) == [
        Document(
            "7",
            "ar",
            HEADLINE,
            f"{HEADLINE}\n{BRIDGE}\nسطرآ",
            path=str(folder / "a.jsonl"),
            line=1,
            time="1.5",
        )
    ]


def test_what_is_absent(folder: Path) -> None:
    absent = {"id": None, "title": "", "lang": " ", "time": None}
    path = str(folder / "a.jsonl")
    assert of_lines(folder, {"text": BRIDGE}, {"text": BRIDGE, **absent}) == [
        Document("a:1", "ar", "", BRIDGE, path=path, line=1, lang_score=SCORE),
        Document("a:2", "ar", "", BRIDGE, path=path, line=2, lang_score=SCORE),
    ]


@pytest.mark.parametrize(
    ("title", "text", "expected_title", "expected_text"),
    [
        ("Head", "Body.", "Head", "Head\nBody."),
        ("Head", "Head\n\nBody.", "Head", "Head\n\nBody."),
        ("Head", "Head, then more.", "Head", "Head, then more."),
        ("cafe\u0301", "caf\u00e9\nBody.", "café", "café\nBody."),
        ("Two\nlines", "Body.", "Two lines", "Two lines\nBody."),
        (None, "Head\nBody.", "Head", "Head\nBody."),
        (None, "Body.", "", "Body."),
    ],
)
def test_a_title_stands_above_its_text_once(
    folder: Path, title: str | None, text: str, expected_title: str, expected_text: str
) -> None:
    (found,) = of_lines(folder, {"text": text, "title": title}, lang="en")
    assert isinstance(found, Document)
    assert (found.title, found.text) == (expected_title, expected_text)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"body": "x", "id": 5}, "has no field 'text' but 'body', 'id'; name it, as in --fields "),
        ({}, "has no field 'text' but none; name it, "),
        ({"text": None}, "is empty"),
        ({"text": " \n\u2028"}, "is empty"),
        ({"text": ["a"]}, "field 'text' is no text but list"),
        ({"text": 5}, "field 'text' is no text but int"),
        ({"text": "\ud800x"}, "field 'text' holds half a character, "),
        ({"text": BRIDGE, "title": 5}, "field 'title' is no text but int"),
        ({"text": BRIDGE, "lang": True}, "field 'lang' is no text but bool"),
        ({"text": BRIDGE, "time": {}}, "field 'time' is neither text nor number but dict"),
        ({"text": BRIDGE, "id": []}, "field 'id' is neither text nor number but list"),
        ({"text": BRIDGE, "id": False}, "field 'id' is neither text nor number but bool"),
        ({"text": BRIDGE, "id": "x" * 1001}, "field 'id' is longer than 1000 characters"),
        ({"text": "a", "lang": "x\ny"}, "field 'lang' is 'x\\ny', no language of the catalogue; "),
        ({"text": "\0" + BRIDGE}, "is binary, not text"),
        ({"text": BRIDGE, "title": "\x1b\x1b"}, "is binary, not text"),
    ],
)
def test_a_row_that_is_no_document(folder: Path, row: dict[str, Any], reason: str) -> None:
    first, found, last = of_lines(folder, {"text": BRIDGE}, row, {"text": BRIDGE})
    assert isinstance(found, Failure)
    assert (found.path, found.line) == (str(folder / "a.jsonl"), 2)
    assert found.reason.startswith(reason)
    assert "\n" not in found.reason
    assert (first.id, last.id) == ("a:1", "a:3")


def test_a_failure_bears_the_id_that_was_given(folder: Path) -> None:
    assert of_lines(folder, {"id": "n\x1b1", "text": ""}) == [
        Failure("is empty", str(folder / "a.jsonl"), 1, "n\\x1b1")
    ]


def test_the_language_named_for_all_wins(folder: Path) -> None:
    rows = [
        {"text": "Le ministre a inauguré un pont.", "lang": lang}
        for lang in ("fr", "French", "fra", "xx", None)
    ]
    found = of_lines(folder, *rows, lang="es")
    assert [one.lang for one in found if isinstance(one, Document)] == ["es"] * 5
    found = of_lines(folder, *rows)
    assert [one.lang for one in found if isinstance(one, Document)] == ["fr"] * 4
    assert [one.lang_score is None for one in found if isinstance(one, Document)] == [
        *[True] * 3, False,
    ]  # fmt: skip


def test_ids_are_made_distinct(folder: Path) -> None:
    given_ids = ["a", "a", "a-2", "a", "a-2", 1, "1", " b\tc ", "b c"]
    found = of_lines(folder, *({"id": one, "text": BRIDGE} for one in given_ids))
    assert ids(found) == ["a", "a-2", "a-2-2", "a-3", "a-2-3", "1", "1-2", "b c", "b c-2"]
    flagged = [one.id for one in found if isinstance(one, Document) and one.flags]
    assert flagged == ["a-2", "a-2-2", "a-3", "a-2-3", "1-2", "b c-2"]
    assert {one.flags for one in found if isinstance(one, Document)} == {(), ("duplicate-id",)}


def test_one_id_for_all_does_not_take_for_ever(folder: Path) -> None:
    found = of_lines(folder, *[{"id": "a", "text": "x"}] * 20_000, lang="en")
    assert ids(found)[-1] == "a-20000"


@given(st.lists(st.sampled_from(["a", "a-2", "a-3", "a-2-2", "b"])))
def test_no_two_documents_have_one_id(given_ids: list[str]) -> None:
    distinct = corpus.Ids()
    document = parse(BRIDGE.encode(), "a.txt")
    made = [distinct.distinct(replace(document, id=one)) for one in given_ids]
    assert len({one.id for one in made}) == len(made)
    assert [one.id != asked for one, asked in zip(made, given_ids, strict=True)] == [
        bool(one.flags) for one in made
    ]


def test_names_of_fields(folder: Path) -> None:
    row = {"key": "k", "body": BRIDGE, "headline": HEADLINE, "text": "no", "date": 2026}
    fields = Fields.parse("id=key,text=body,title=headline,time=date")
    (found,) = of_lines(folder, row, fields=fields)
    assert isinstance(found, Document)
    assert (found.id, found.title, found.time) == ("k", HEADLINE, "2026")
    assert found.text == f"{HEADLINE}\n{BRIDGE}"


def test_sources_of_every_kind_one_after_the_other(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    news = tmp_path / "news"
    (news / "b").mkdir(parents=True)
    (news / "b" / "one.txt").write_text(f"{HEADLINE}\n\n{BRIDGE}")
    (news / "b" / "two.md").write_text(f"# {HEADLINE}\n\n*{BRIDGE}*")
    (news / "c.csv").write_text(f"id,text\n,{BRIDGE}\n7,{BRIDGE}\n")
    (news / "d.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": BRIDGE}).encode()))
    pq.write_table(pa.table({"text": [BRIDGE, None]}), news / "e.parquet")
    (news / "picture.png").write_text("x")
    read = Corpus([str(news), str(news / "b" / "one.txt"), str(news / "c*")])
    entries = list(read)
    assert [
        (entry.outcome.id, entry.outcome.line if isinstance(entry.outcome, Document) else 0)
        for entry in entries
    ] == [
        ("b/one", None),
        ("b/two", None),
        ("c:2", 2),
        ("7", 3),
        ("d:1", 1),
        ("e:1", 1),
        (None, 0),
        ("one", None),
        ("c:2-2", 2),
        ("7-2", 3),
    ]
    assert entries[6].outcome == Failure("is empty", str(news / "e.parquet"), 2)
    texts = {entry.outcome.text for entry in entries if isinstance(entry.outcome, Document)}
    assert texts == {f"{HEADLINE}\n\n{BRIDGE}", f"{HEADLINE}\n{BRIDGE}", BRIDGE}
    assert read.ignored == 1
    consumed = [entry.consumed for entry in entries]
    assert consumed == sorted(consumed)
    assert consumed[-1] == read.total
    assert list(read) == entries


def test_files_that_fail_do_not_end_the_job(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"text": "x"}\n' * 3)[:-9])
    (tmp_path / "c.csv").write_text("body\nx\n")
    (tmp_path / "d.txt").symlink_to("gone")
    (tmp_path / "e.txt").write_text("x")
    assert [entry.outcome.id for entry in Corpus([str(tmp_path / "[ae].txt")], "en")] == ["a", "e"]
    found = Corpus([str(tmp_path)], lang="en")
    (tmp_path / "f.jsonl").write_text("{}")
    (tmp_path / "e.txt").unlink()
    failures = [str(entry.outcome) for entry in found if isinstance(entry.outcome, Failure)]
    assert failures == [
        f"{tmp_path}/a.txt: byte 3 (line 1) is not UTF-8; save the file as UTF-8",
        f"{tmp_path}/b.jsonl.gz, line 4: the compressed file is cut off here; what follows is"
        " missing",
        f"{tmp_path}/c.csv, line 1: has no column 'text' but 'body'; name it, as in --fields"
        " text=body,title=headline",
        f"{tmp_path}/d.txt: is a link to nothing",
        f"{tmp_path}/e.txt: no such file or directory",
    ]


def test_a_text_that_is_too_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(text, "LARGEST", 2**20)
    texts = ["x" * (2**20 + 1), "x" * 2**20]
    pq.write_table(pa.table({"text": texts}), folder / "large.parquet")
    large, fits = outcomes(folder / "large.parquet", lang="en")
    assert isinstance(large, Failure)
    assert large.reason == "larger than 64 MB; cut it into documents"
    assert isinstance(fits, Document)
    assert fits.text == texts[1]


def test_a_table_that_is_gone_when_its_turn_comes(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.parquet"):
        (tmp_path / name).write_text("x")
    found = Corpus([str(tmp_path)])
    for name in ("a.jsonl", "b.parquet"):
        (tmp_path / name).unlink()
    assert [entry.outcome.path for entry in found] == [
        f"{tmp_path}/a.jsonl",
        f"{tmp_path}/b.parquet",
    ]
    assert all(isinstance(entry.outcome, Failure) for entry in found)


def test_standard_input_is_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({"text": BRIDGE}).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line + b"\nx\n" + line)))
    read = Corpus(["-"])
    assert read.total is None
    found = [entry.outcome for entry in read]
    assert found[0] == Document("stdin:1", "ar", "", BRIDGE, path="-", line=1, lang_score=SCORE)
    assert found[1] == Failure("is not JSON: Expecting value (column 1)", "-", 2)
    assert ids(found) == ["stdin:1", None, "stdin:3"]


def test_lines_come_as_they_are_written_to_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as out, os.fdopen(writing, "wb", buffering=0) as into:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(out))
        late = Timer(5, into.close)  # ends what would wait for ever for more
        late.start()
        entries = iter(Corpus(["-"], "en"))
        for text in ("first", "second"):
            into.write(json.dumps({"text": text}).encode() + b"\n")
            outcome = next(entries).outcome
            assert isinstance(outcome, Document)
            assert outcome.text == text
        late.cancel()


def test_parquet_without_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    monkeypatch.setattr(corpus, "find_spec", lambda name: None)
    with pytest.raises(Unreadable) as caught:
        Corpus([str(tmp_path)])
    assert str(caught.value) == (
        f"{tmp_path}/a.parquet: needs a reader of Parquet: pip install 'khulasa[parquet]'"
    )


def test_a_source_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(Unreadable, match=r"gone: no such file or directory$"):
        Corpus([str(tmp_path / "a.txt"), str(tmp_path / "gone")])


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
ROWS = st.dictionaries(
    st.sampled_from(["id", "text", "title", "lang", "time", "x"]),
    SCALARS | st.lists(SCALARS, max_size=2) | st.sampled_from(["ar", "French", BRIDGE, HEADLINE]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, max_size=6), st.sampled_from([None, "en"]))
def test_every_row_is_a_document_or_a_failure(
    folder: Path, rows: list[dict[str, Any]], lang: str | None
) -> None:
    found = of_lines(folder, *rows, lang=lang)
    assert [one.line for one in found] == list(range(1, len(rows) + 1))
    documents = [one for one in found if isinstance(one, Document)]
    assert len({one.id for one in documents}) == len(documents)
    for one in found:
        if isinstance(one, Failure):
            assert str(one).splitlines() == [str(one)]
        else:
            assert one.text.strip()
            assert one.text.startswith(one.title)
            json.dumps([one.id, one.title, one.text, one.time], ensure_ascii=False).encode()
            assert not {unicodedata.category(char) for char in one.id} & {"Cc", "Cs"}


def test_random_files_are_read_to_their_end(folder: Path) -> None:
    """One second of files as no program writes them, others than the time before."""
    seed = random.randrange(2**32)
    dice, until = random.Random(seed), time.monotonic() + 1
    while time.monotonic() < until:
        name, data = random_file(dice)
        (folder / name).write_bytes(data)
        for entry in Corpus([str(folder / name)], dice.choice([None, "en"])):
            assert isinstance(entry, Entry), (seed, name, data)
            if isinstance(entry.outcome, Failure):
                assert entry.outcome.reason.splitlines() == [entry.outcome.reason], (seed, data)


def random_file(dice: random.Random) -> tuple[str, bytes]:
    """A name and some bytes that look a little like what the name says."""
    whole = b"".join(dice.choices(LIKELY, k=dice.randint(0, 40)))
    kind = dice.choice(["txt", "md", "jsonl", "csv", "tsv", "parquet", "jsonl.gz", "csv.gz"])
    if kind.endswith("gz") and dice.random() < 0.9:
        whole = gzip.compress(whole)
    data = bytearray(whole[: dice.randint(0, len(whole))] if dice.random() < 0.3 else whole)
    for _ in range(dice.choice([0, 0, 1, 5]) if data else 0):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return f"random.{kind}", bytes(data)


LIKELY = [
    *(b'{"text": "a", "id": "1"}\n', b'{"text": "b\\n\\n", "title": "c", "time": 3}\n') * 5,
    *(b"1,d\n", b'"2","e\n""f"""\n', b"\nid,text\n") * 3,
    *(b'{"text": "', b'", "id": "', b'"}', b"{}", b"[", b"NaN", b"1e999", b'"', b":", b"\\ud800"),
    *(b"\n", b"\n", b"\r\n", b"\r", b",", b";", b"\t", b"|", b"text,id\n", b"\0", b"\xff", b"\x1b"),
    *(b"PAR1", b"\xef\xbb\xbf", b"\xff\xfe", BRIDGE.encode(), HEADLINE.encode("cp1256")),
    *("\u2028\x85\ufeff\U0001f600".encode(), b"# ", b"a" * 70, b" "),
]


def test_the_news_of_a_night(shared: Path) -> None:
    """Real articles, some of which hold U+2028 and U+0085 within a line."""
    read = Corpus([str(shared / "news" / "ar-news-2000.jsonl")])
    found = [entry.outcome for entry in read]
    assert len(found) == 2000
    assert all(isinstance(one, Document) and one.lang == "ar" and one.title for one in found)
    assert [one.line for one in found] == list(range(1, 2001))
