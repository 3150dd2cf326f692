"""A real cluster of two nodes on this machine, and a job that may be run on it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from pipeline.cache import Cache
from tests.pipeline.shell import Shell

ray = pytest.importorskip("ray", reason="khulasa[cluster] is not installed")

from ray.cluster_utils import Cluster  # noqa: E402

from tests.pipeline.cluster import hook  # noqa: E402

DOCUMENTS = 60
PASSING = ("cached", "seconds", "sentences", "remembered")
# The command, on workers that do as the hook says.
COMMAND = """
import sys, ray
from pipeline import cli
ray.init(sys.argv.pop(1), log_to_driver=False, logging_level="ERROR",
         runtime_env={"worker_process_setup_hook": sys.argv.pop(1)})
cli.app()
"""


@dataclass
class Nodes:
    """The cluster, and the folder through which its workers are told what to do."""

    cluster: Any
    folder: Path
    workers: list[Any] = field(default_factory=list)

    def add(self) -> None:
        """One more node."""
        self.workers.append(self.cluster.add_node(num_cpus=2, object_store_memory=100 * 2**20))
        self.cluster.wait_for_nodes()

    def kill(self) -> None:
        """The node that came last."""
        self.cluster.remove_node(self.workers.pop(), allow_graceful=False)

    @property
    def decoded(self) -> list[str]:
        """What was decoded, and remembered, since the last time."""
        return self._lines(hook.DECODED)

    @property
    def died(self) -> list[str]:
        """Over which documents workers died since the last time."""
        return self._lines(hook.DIED)

    def logs_hold(self, text: str) -> bool:
        """Whether a text, as it is or as in an address, stands in what Ray wrote down."""
        forms = [form.encode() for form in (text, quote_plus(text))]
        logs = Path(self.cluster.head_node.get_session_dir_path()).rglob("*")
        contents = (path.read_bytes() for path in logs if path.is_file())
        return any(form in content for content in contents for form in forms)

    def _lines(self, name: str) -> list[str]:
        path = self.folder / name
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


@pytest.fixture(scope="package")
def nodes(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("hook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHULASA_HOME", str(shell.home))
        patch.setenv(hook.FOLDER, str(folder))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", str(Path.cwd()))
        options = {"num_cpus": 2, "object_store_memory": 100 * 2**20}
        cluster = Cluster(initialize_head=True, head_node_args=options)
        try:
            nodes = Nodes(cluster, folder)
            nodes.add()
            yield nodes
        finally:
            cluster.shutdown()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Job:
    """A corpus, a folder for the output, a cache, and a cluster to work on."""

    shell: Shell
    nodes: Nodes
    source: Path
    out: Path
    cache: str

    def start(self, *options: str) -> "subprocess.Popen[str]":
        """On the cluster: two workers that translate."""
        command = [sys.executable, "-c", COMMAND, self.nodes.cluster.address, hook.install]
        run = ("--runner", "ray", "--address", self.nodes.cluster.address, "--translators", "2")
        return subprocess.Popen(
            [*command, *self._batch, *run, *options],
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *options: str) -> tuple[int, list[str]]:
        """On the cluster, to its end: exit code, and what was said but for the progress."""
        return self.ended(self.start(*options))

    def run_here(self) -> None:
        """On this machine alone."""
        command = [sys.executable, "-m", "pipeline", *self._batch]
        subprocess.run(command, env=self._environment, check=True, stderr=subprocess.DEVNULL)

    @staticmethod
    def ended(process: "subprocess.Popen[str]") -> tuple[int, list[str]]:
        _, err = process.communicate(timeout=150)
        assert "Traceback" not in err, err
        said = [line for line in err.splitlines() if not line.startswith("khulasa: note: ")]
        return process.returncode, said

    @property
    def _batch(self) -> tuple[str, ...]:
        place = ("--cache", self.cache, str(self.source), str(self.out))
        return ("batch", *self.shell.models, "--no-self-test", "--threads", "1", *place)

    @property
    def _environment(self) -> dict[str, str]:
        return self.shell.environment()

    @property
    def records(self) -> list[dict[str, Any]]:
        """What was written, without what says how it came about."""
        written = (self.out / "records.jsonl").read_text("utf-8").split("\n")
        records: list[dict[str, Any]] = [json.loads(line) for line in written[:-1]]
        for stage in (stage for record in records for stage in record["stages"].values()):
            for name in PASSING:
                stage.pop(name, None)
        return records

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.out / "report.json").read_text("utf-8"))
        return report

    def begun(self) -> bool:
        """Whether something was translated."""
        return (self.nodes.folder / hook.DECODED).exists()


def text(number: int) -> str:
    """Three sentences; every fifth document repeats another, every seventh shares a sentence."""
    number = number - 5 if number % 5 == 4 else number
    shared = number - 7 if number % 7 == 6 else number
    return (
        f"عقد الاجتماع رقم {number} أمس. قال الوزير إن {shared} شخصا حضروا. "
        f"وأضاف المتحدث أن {3 * number} مدرسة أغلقت."
    )


def write(path: Path, ids: list[str]) -> Path:
    rows = ({"id": identity, "text": text(number)} for number, identity in enumerate(ids))
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def job(shell: Shell, nodes: Nodes, shared_cache: str, tmp_path: Path) -> Iterator[Job]:
    feed = write(tmp_path / "feed.jsonl", [str(number) for number in range(DOCUMENTS)])
    assert nodes.decoded + nodes.died is not None  # what an earlier job left is forgotten
    yield Job(shell, nodes, feed, tmp_path / "out", shared_cache)
    with closing(Cache(shared_cache)) as cache:
        cache.clear()


@pytest.fixture(scope="package")
def whole(
    shell: Shell, nodes: Nodes, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, Any]]:
    """The records of the same corpus by the local runner."""
    folder = tmp_path_factory.mktemp("local")
    feed = write(folder / "feed.jsonl", [str(number) for number in range(DOCUMENTS)])
    job = Job(shell, nodes, feed, folder / "out", str(folder / "cache.sqlite"))
    job.run_here()
    for record in job.records:
        del record["source"]["path"]
    return job.records
