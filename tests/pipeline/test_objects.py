"""Sources in an object store are read as those on a disk are."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow", reason="khulasa[parquet] is not installed")

from pipeline.corpus import Corpus, Entry  # noqa: E402
from pipeline.document import Document, Failure  # noqa: E402
from pipeline.readers.content import Unreadable  # noqa: E402
from tests.s3 import S3  # noqa: E402

BRIDGE = "افتتح الوزير جسرا جديدا."
ROWS = [json.dumps({"id": f"r{number}", "text": f"{BRIDGE} {number}"}) for number in range(3)]
LINES = "\n".join([ROWS[0], "not JSON", ROWS[1]]).encode()


def parquet() -> bytes:
    from pyarrow import parquet as writer

    out = pa.BufferOutputStream()
    writer.write_table(pa.table({"id": ["p1", "p2"], "text": [BRIDGE, f"{BRIDGE} p"]}), out)
    return bytes(out.getvalue().to_pybytes())


@pytest.fixture
def files() -> dict[str, bytes]:
    return {
        "inbox/a.txt": BRIDGE.encode(),
        "inbox/b/lines.jsonl": LINES,
        "inbox/b/packed.jsonl.gz": gzip.compress(LINES),
        "inbox/c d.parquet": parquet(),
        "inbox/.hidden/a.txt": b"no",
        "inbox/picture.png": b"no",
    }


@pytest.fixture
def store(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with S3({f"news/{key}": content for key, content in files.items()}) as store:
        yield store


def without_place(entry: Entry) -> Entry:
    outcome = entry.outcome
    return replace(entry, outcome=replace(outcome, path=Path(str(outcome.path)).name))


def test_a_folder_in_a_store_is_read_as_on_a_disk(
    store: S3, files: dict[str, bytes], tmp_path: Path
) -> None:
    for key, content in files.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(content)
    here = Corpus([str(tmp_path / "inbox")])
    there = Corpus([store.address("news/inbox")])
    found = list(there)
    assert list(map(without_place, found)) == list(map(without_place, here))
    assert (there.total, there.ignored) == (here.total, here.ignored)
    documents = [entry.outcome for entry in found if isinstance(entry.outcome, Document)]
    assert [one.id for one in documents] == ["a", "r0", "r1", "r0-2", "r1-2", "p1", "p2"]
    assert documents[0].path == "s3://news/inbox/a.txt"


def test_one_object(store: S3) -> None:
    [entry] = Corpus([store.address("news/inbox/a.txt")])
    assert isinstance(entry.outcome, Document)
    assert (entry.outcome.id, entry.outcome.text) == ("a", BRIDGE)


def test_an_object_that_is_gone_meanwhile_fails_alone(store: S3) -> None:
    corpus = Corpus([store.address("news/inbox")])
    del store.objects["news/inbox/a.txt"]
    first, *rest = corpus
    assert isinstance(first.outcome, Failure)
    assert len(rest) == 8


def test_nothing_there(store: S3) -> None:
    with pytest.raises(Unreadable, match=r"^s3://news/outbox: no such file or directory$"):
        Corpus([store.address("news/outbox")])


def test_an_address_holds_no_keys() -> None:
    with pytest.raises(Unreadable, match="holds no keys") as caught:
        Corpus(["s3://AKIA:s3cret@news/inbox"])
    assert "s3cret" not in str(caught.value)
