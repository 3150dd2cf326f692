"""How fast a cache is over SQLite and over PostgreSQL, and how large it grows.

    python -m tests.benchmarks.databases [ROWS [WRITERS]]

20,000 rows and 4 writers if not said. A fresh database of each kind on this machine: SQLite in a
file, PostgreSQL with its defaults on loopback (so a commit is on the disk). Rows are those of a
translated sentence, in the portions that a decoder gives (12), that a cached document asks for
(40), and in thousands. Rows a second; then of WRITERS processes at once, each with its own rows,
and all with the same ones in another order; then bytes a row with its indexes.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from models.tiny.world import event
from pipeline import database
from pipeline.cache import Cache
from pipeline.signature import Signature, digest
from tests.postgres import Postgres

ROWS, WRITERS = 20_000, 4
PORTIONS = (12, 40, 1000)
SIGNATURE = Signature("translate", 3, (("model", "a/b@1"), ("lang", "ar")))
SENTENCE = "وقالت مديرة البرنامج إن {} هكتارا أصبحت صالحة للزراعة من جديد بعد إزالة الألغام منها."

# One of the writers; it waits until all are ready.
WRITER = """
import sys
from tests.benchmarks.databases import *
name, url, rows, same = sys.argv[1:]
cache = Cache(url)
print("ready", flush=True)
sys.stdin.readline()
spent = write(cache, name * (same == "own"), int(rows), 12, int(name))
print(spent)
"""


def sentences(prefix: str, rows: int, portion: int, seed: int) -> Iterator[dict[str, Any]]:
    """Rows of the memory, `portion` at a time, in an order of their own."""
    numbers = list(range(rows))
    random.Random(seed).shuffle(numbers)
    for start in range(0, rows, portion):
        yield {
            (source := SENTENCE.format(f"{prefix}{number}")): [
                f"Program director said {number} hectares could be farmed again.",
                -0.3141592653,
                [],
                {},
                None,
                source,
            ]
            for number in numbers[start : start + portion]
        }


def write(cache: Cache, prefix: str, rows: int, portion: int, seed: int = 1) -> float:
    """Seconds to remember them."""
    made = list(sentences(prefix, rows, portion, seed))
    started = time.perf_counter()
    for one in made:
        cache.remember(SIGNATURE, one)
    return time.perf_counter() - started


def read(cache: Cache, prefix: str, rows: int, portion: int) -> float:
    """Seconds to recall them."""
    asked = [list(one) for one in sentences(prefix, rows, portion, 2)]
    started = time.perf_counter()
    for one in asked:
        assert len(cache.recall(SIGNATURE, one)) == len(one)
    return time.perf_counter() - started


def keep(cache: Cache, rows: int) -> float:
    """Seconds to keep the translations of so many documents, 30 at a time."""
    outputs = []
    for number in range(rows):
        lines = event(number).article.arabic().splitlines()
        packed: list[Any] = [[line, -0.3141592653, [], {}, None, "model"] for line in lines]
        outputs.append((digest(str(number)), f"news:{number}", packed))
    started = time.perf_counter()
    for start in range(0, rows, 30):
        cache.keep(SIGNATURE, outputs[start : start + 30])
    return time.perf_counter() - started


def together(url: str, rows: int, writers: int, same: bool) -> float:
    """Rows a second that processes write at once."""
    command = [sys.executable, "-c", WRITER]
    each = [
        subprocess.Popen(
            [*command, str(number), url, str(rows), "same" if same else "own"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(1, writers + 1)
    ]
    for one in each:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    seconds: list[float] = [json.loads(one.communicate("\n")[0]) for one in each]
    return writers * rows / max(seconds)


def table(url: str, rows: int, writers: int, size: Callable[[str], int]) -> Iterator[str]:
    """The lines of one database."""
    with closing(Cache(url)) as cache:
        for portion in PORTIONS:
            prefix = f"{portion} "
            wrote, found = write(cache, prefix, rows, portion), read(cache, prefix, rows, portion)
            yield f"  {portion:5} at once   write {rows / wrote:9,.0f}   read {rows / found:9,.0f}"
        documents = rows // 10
        yield f"  documents     keep  {documents / keep(cache, documents):9,.0f}"
    own, same = (together(url, rows, writers, one) for one in (False, True))
    yield f"  {writers} writers     own   {own:9,.0f}   same {same:9,.0f}"
    with closing(Cache(url)) as cache:
        [counted] = cache.counts()
    yield f"  bytes a sentence {size('memory') / counted.sentences:6.0f}"
    yield f"  bytes a document {size('outputs') / counted.outputs:6.0f} (its translations)"


def main(arguments: list[str]) -> int:
    """Measure and print."""
    rows, writers = [*map(int, arguments), *(ROWS, WRITERS)[len(arguments) :]]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cache.sqlite"

        def in_file(table: str) -> int:
            import sqlite3

            query = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE ?"
            with closing(sqlite3.connect(file)) as connection:
                names = f"%{table}%"
                return int(connection.execute(query, [names]).fetchone()[0])

        print("SQLite", flush=True)
        for line in table(f"sqlite:///{file}", rows, writers, in_file):
            print(line, flush=True)
    with Postgres({}) as server:
        database.migrate(server.url())
        server.grant()

        def in_server(table: str) -> int:
            return int(server.execute(f"SELECT pg_total_relation_size('{table}')")[0][0])

        print("PostgreSQL", flush=True)
        for line in table(server.url(server.WORKER), rows, writers, in_server):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
