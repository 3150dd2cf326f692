"""What is refused before a cluster is asked for anything."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("ray", reason="khulasa[cluster] is not installed")

from models.errors import KhulasaError
from pipeline.cluster.deaths import Book
from pipeline.cluster.size import Pool
from tests.pipeline.shell import Shell


@pytest.mark.parametrize(
    ("text", "pool"), [("1", Pool(1, 1)), ("12", Pool(12, 12)), ("1:16", Pool(1, 16))]
)
def test_a_pool_of_workers(text: str, pool: Pool) -> None:
    assert Pool.parse(text, "--translators") == pool


@pytest.mark.parametrize("text", ["", "0", "-1", "two", "1:", ":2", "0:2", "1:2:3", "1.5", "²"])
def test_what_is_no_pool_is_told(text: str) -> None:
    with pytest.raises(KhulasaError, match=r"^--translators .*: is neither a number of workers"):
        Pool.parse(text, "--translators")


def test_a_pool_has_its_least_first() -> None:
    with pytest.raises(KhulasaError, match="MIN is more than MAX"):
        Pool.parse("3:2", "--summarizers")


def test_the_book_counts_what_was_begun_and_not_ended() -> None:
    book = Book()
    book.begin(["a", "b"])
    book.begin(["a"])
    assert book.before(["a", "b", "c"]) == [2, 1, 0]
    book.end(["a", "c"])
    assert book.before(["a", "b", "c"]) == [0, 1, 0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--cache", "off"), "wants a cache"),
        (("--address", "10.9.9.9:6379"), "a cluster wants a cache that all its nodes reach"),
        (("--gpus-per-worker", "1"), "--gpus-per-worker wants --device cuda"),
        (("--translators", "some"), "--translators some: is neither a number of workers"),
    ],
)
def test_what_cannot_work_is_told_at_once(
    shell: Shell, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    source = tmp_path / "a.txt"
    source.write_text("نعم", "utf-8")
    out = str(tmp_path / "out")
    done = shell("batch", str(source), out, *shell.models, "--runner", "ray", *options)
    [said] = (line for line in done.stderr.splitlines() if "khulasa: note: " not in line)
    assert done.returncode == 2
    assert told in said


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "127.0.0.1:99999"])
def test_where_no_cluster_answers_that_is_told(
    address: str, shell: Shell, shared_cache: str, tmp_path: Path
) -> None:
    source = tmp_path / "a.txt"
    source.write_text("نعم", "utf-8")
    place = (str(source), str(tmp_path / "out"), "--cache", shared_cache)
    done = shell("batch", *place, *shell.models, "--runner", "ray", "--address", address)
    assert done.returncode == 2
    assert f"khulasa: --address {address}: " in done.stderr


def test_standard_input_reaches_no_worker(shell: Shell, tmp_path: Path) -> None:
    command = ("batch", "-", str(tmp_path / "out"), *shell.models, "--runner", "ray")
    done = shell(*command, given=b'{"text": "x"}')
    assert done.returncode == 2
    assert "standard input reaches no worker" in done.stderr


def test_a_cluster_of_its_own_on_one_machine(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    rows = [json.dumps({"id": "same", "text": "عقد الاجتماع أمس."}), "{", '{"text": "x"}']
    source.write_text("\n".join([*rows, rows[0]]), "utf-8")
    runs = {}
    for runner in ("local", "ray"):
        out, cache = tmp_path / runner, str(tmp_path / f"{runner}.sqlite")
        options = ("--no-self-test", "--cache", cache, "--runner", runner)
        done = shell("batch", str(source), str(out), *shell.models, *options)
        said = [line for line in done.stderr.splitlines() if "khulasa: note: " not in line]
        written = (out / "records.jsonl").read_text("utf-8").splitlines()
        records = [json.loads(line) for line in written]
        for record in records:
            del record["stages"]
        runs[runner] = (done.returncode, done.stdout, said, records)
    assert runs["ray"] == runs["local"]
    assert [record["id"] for record in runs["ray"][3]] == ["same", "a:3", "same-2"]


def test_without_ray_it_is_told_what_to_install(shell: Shell, tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("نعم", "utf-8")
    code = "import sys; sys.modules['ray'] = None; from pipeline.cli import app; app()"
    command = [sys.executable, "-c", code, "batch", str(source), str(tmp_path / "out")]
    done = subprocess.run(
        [*command, *shell.models, "--runner", "ray"],
        env=shell.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'khulasa[cluster]'" in done.stderr
