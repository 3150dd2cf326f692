"""Several processes on one cache: they agree on every sentence, and a killed one harms none."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from pipeline.cache import Cache
from pipeline.signature import Signature

SIGNATURE = Signature("translate", 1, (("beam", "4"),))

# Opens the cache as soon as its standard input ends, so that all open it at the same time.
WRITER = """
import json, sys
from pipeline.cache import Cache
from pipeline.signature import Signature

name, url = sys.argv[1:]
signature = Signature("translate", 1, (("beam", "4"),))
sys.stdin.read()
cache = Cache(url)
found = {}
for start in range(0, 300, 10):
    batch = [f"source {number}" for number in range(start, start + 10)]
    found |= cache.remember(signature, dict.fromkeys(batch, name))
print(json.dumps(found))
"""

ENDLESS = """
import sys
from pipeline.cache import Cache
from pipeline.signature import Signature

cache = Cache(sys.argv[1])
signature = Signature("translate", 1, (("beam", "4"),))
number = 0
while True:
    batch = {f"source {n}": "x" * 1000 for n in range(number, number + 10)}
    cache.remember(signature, batch)
    number += 10
    print(number, flush=True)
"""


def start(code: str, *args: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_processes_that_open_and_write_at_once_agree(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cache.sqlite'}"
    writers = [start(WRITER, f"writer {number}", url) for number in range(4)]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.close()
        writer.stdin = None
    told = [writer.communicate(timeout=300) for writer in writers]
    assert [err for _, err in told] == [""] * 4
    found = [json.loads(out) for out, _ in told]
    sources = [f"source {number}" for number in range(300)]
    with closing(Cache(url)) as cache:
        assert found == [cache.recall(SIGNATURE, sources)] * 4
        assert [count.sentences for count in cache.counts()] == [300]


def test_a_killed_writer_leaves_every_row_that_it_had_written(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    writer = start(ENDLESS, f"sqlite:///{file}")
    assert writer.stdout is not None
    written = [int(writer.stdout.readline()) for _ in range(30)][-1]
    writer.send_signal(signal.SIGKILL)
    later, _ = writer.communicate(timeout=300)
    written = int(later.split()[-1]) if later.split() else written
    assert written >= 300
    sources = [f"source {number}" for number in range(written)]
    with closing(Cache(f"sqlite:///{file}")) as cache:
        assert cache.recall(SIGNATURE, sources) == dict.fromkeys(sources, "x" * 1000)
        assert cache.remember(SIGNATURE, {"another": "row"}) == {"another": "row"}
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        # Batches are whole: a killed process leaves no half of one.
        [(count,)] = connection.execute("SELECT count(*) FROM memory")
        assert count % 10 == 1


def test_what_is_written_while_another_clears_belongs_to_its_signature(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cache.sqlite'}"
    with closing(Cache(url)) as running, closing(Cache(url)) as other:
        running.touch(SIGNATURE)
        running.remember(SIGNATURE, {"نعم": "yes"})
        assert other.clear() == 1
        running.remember(SIGNATURE, {"لا": "no"})
        assert [count.sentences for count in other.counts()] == [1]
        assert other.clear() == 1


GROWING = """
import os, resource
from pipeline.cache import MEMORY, Cache
from pipeline.signature import Signature

cache, signature = Cache(MEMORY), Signature("translate", 1, ())
cache.remember(signature, {"warm": "up"})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for start in range(0, 8000, 40):
    cache.remember(signature, {f"{n}": os.urandom(4000).hex() for n in range(start, start + 40)})
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(grown // 1024, len(cache.recall(signature, ["0", "4000", "7999"])))
"""


def test_what_is_kept_for_one_run_only_does_not_stay_in_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GROWING], capture_output=True, text=True, check=True
    )
    megabytes, found = map(int, done.stdout.split())
    assert found == 3
    assert megabytes < 16  # of the 32 that are kept
