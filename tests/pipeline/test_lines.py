"""Lines of files, packed or not: in bounded memory, and nothing of a damaged file goes unsaid."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import lines
from tests.pipeline.packed import PACK, zstd
from tests.pipeline.test_tables import read, told

CUT = "the compressed file is cut off here; what follows is missing"


def test_a_line_that_is_too_large_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LARGEST", 2**20)
    fits = b'{"text": "' + b"x" * (2**20 - 12) + b'"}'
    assert len(fits) == 2**20
    data = b"\n".join([fits, fits.replace(b"x", b"yy", 1), b" " * 3 * 2**20, fits, b"z" * 2**21])
    found = read(tmp_path, "a.jsonl", data)
    reason = "larger than 1 MB; cut it into documents"
    assert [(row.line, str(row.values)[:40]) for row in found] == [
        (1, str(json.loads(fits))[:40]),
        (2, reason),
        (3, reason),
        (4, str(json.loads(fits))[:40]),
        (5, reason),
    ]


def test_consumed_is_of_the_file_on_the_disk(tmp_path: Path) -> None:
    dice = random.Random(1)
    data = b"".join(
        json.dumps({"text": dice.randbytes(5000).hex()}).encode() + b"\n" for _ in range(300)
    )
    for name, packed in (("a.jsonl", data), ("a.jsonl.gz", gzip.compress(data))):
        consumed = [row.consumed for row in read(tmp_path, name, packed)]
        assert len(consumed) == 300
        assert consumed == sorted(consumed)
        assert consumed[0] <= lines.BUFFER < consumed[-1] == len(packed)


@pytest.mark.parametrize("packing", PACK)
def test_compressed_parts_one_after_the_other(tmp_path: Path, packing: str) -> None:
    data = b"".join(map(PACK[packing], [b'{"text"', b': "1"}\n', b"", b'{"text": "2"}\n']))
    assert told(read(tmp_path, f"a.jsonl.{packing}", data)) == [
        (1, {"text": "1"}),
        (2, {"text": "2"}),
    ]


@pytest.mark.parametrize("packing", PACK)
def test_a_compressed_file_cut_anywhere_gives_its_lines_and_says_so(
    tmp_path: Path, packing: str
) -> None:
    dice = random.Random(2)
    texts = [dice.randbytes(20).hex() for _ in range(8)]
    parts = [f'{{"text": "{text}"}}\n'.encode() for text in texts]
    whole = PACK[packing](b"".join(parts[:4])) + PACK[packing](b"".join(parts[4:]))
    between = len(PACK[packing](b"".join(parts[:4])))
    for size in set(range(1, len(whole))) - {between}:
        *found, last = told(read(tmp_path, f"a.jsonl.{packing}", whole[:size]))
        assert found == [(i + 1, {"text": text}) for i, text in enumerate(texts)][: len(found)]
        one_byte = packing == "gz" and size in (1, between + 1)
        reason = "the compressed file is damaged here: Not a gzipped file (b'\\x1f')"
        assert last == (len(found) + 1, reason if one_byte else CUT)
        assert len(found) >= (4 if size > between else 0)
    assert told(read(tmp_path, f"a.jsonl.{packing}", b"")) == [
        (None, "is empty, which no compressed file is")
    ]


@pytest.mark.parametrize("packing", PACK)
def test_a_damaged_compressed_file_is_said_to_be_one(tmp_path: Path, packing: str) -> None:
    whole = PACK[packing](b"".join(b'{"text": "%d"}\n' % number for number in range(50)))
    for data, least in ((b"plain text", 0), (whole + b"rubbish!", 50)):
        *found, (line, reason) = told(read(tmp_path, f"a.jsonl.{packing}", data))
        assert len(found) == least
        assert line == least + 1
        assert reason.startswith("the compressed file is damaged here: ")


def test_a_frame_that_wants_gigabytes_is_refused(tmp_path: Path) -> None:
    parameter = zstd.CompressionParameter
    wide = zstd.ZstdCompressor(
        options={parameter.window_log: 30, parameter.enable_long_distance_matching: 1}
    )
    data = wide.compress(b'{"text": "1"}\n') + wide.flush()
    ((line, reason),) = told(read(tmp_path, "a.jsonl.zst", data))
    assert line == 1
    assert "memory" in reason


BOMB = """
import resource, sys
from pipeline.files import find
from pipeline.tables import USUAL, rows
(file,) = find([sys.argv[1]]).files
list(rows(file, USUAL))  # what is imported late is there
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(file,) = find([sys.argv[2]]).files
found = [(row.line, type(row.values).__name__) for row in rows(file, USUAL)]
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(found, (after - before) // 1024)
"""


@pytest.mark.parametrize(("packing", "kind"), [("gz", "jsonl"), ("zst", "csv")])
def test_a_line_that_unpacks_to_half_a_gigabyte_costs_little_memory(
    tmp_path: Path, packing: str, kind: str
) -> None:
    head, last = (b"", b'{"text": "1"}\n') if kind == "jsonl" else (b"text\n", b"1\n")
    (tmp_path / f"small.{kind}.{packing}").write_bytes(PACK[packing](head + last))
    zeros = PACK[packing](bytes(2**26))
    bomb = PACK[packing](head) + zeros * 8 + PACK[packing](b"\n" + last)
    (tmp_path / f"bomb.{kind}.{packing}").write_bytes(bomb)
    names = [str(tmp_path / f"{name}.{kind}.{packing}") for name in ("small", "bomb")]
    run = subprocess.run(
        [sys.executable, "-c", BOMB, *names], capture_output=True, text=True, check=True
    )
    found, _, megabytes = run.stdout.rpartition(" ")
    assert found in ("[(1, 'Unreadable'), (2, 'dict')]", "[(2, 'Unreadable'), (3, 'dict')]")
    assert int(megabytes) < 200
