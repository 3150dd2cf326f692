"""The engine of students does what its library does, in processes that nobody notices."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import pytest

from models import firefox, students
from models.engines import student
from models.engines.device import parse
from models.engines.engine import DecodeOptions, Engine
from models.engines.student import Worker, WorkerFailed
from models.errors import DeviceMissing, EngineMissing, ModelUnfit, PrecisionMissing
from tests.students import ENGLISH, PORTUGUESE, copied, folder

OPTIONS = DecodeOptions()
ODD = ("漢字 oi", "🙂🙂", "<unk>", "</s>", "Disse “não” — ‘sim’.", "x" * 90, "a\u0301b\u200bc", "…")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return student.load(folder(), threads=2)


def translated(engine: Engine, texts: Sequence[str]) -> list[str]:
    tokenizer = students.tokenizer(folder())
    found = engine.generate([tokenizer.encode(text) for text in texts], OPTIONS)
    return [tokenizer.decode(one.tokens) for one in found]


def test_real_sentences(engine: Engine) -> None:
    assert translated(engine, PORTUGUESE) == list(ENGLISH)


def test_it_is_the_library_s_own_translation_also_of_odd_texts(engine: Engine) -> None:
    from fxtranslate import Translator

    library = Translator(*(path.read_bytes() for path in firefox.files(folder()).all))
    plain = [text.translate(str.maketrans("“”‘’—", "\"\"''-")) for text in ODD]
    assert translated(engine, ODD) == [library.translate(text).strip() for text in plain]


def test_scores_are_not_made_up(engine: Engine) -> None:
    [found] = engine.generate([["▁Bom", "▁dia", ".", "</s>"]], OPTIONS)
    assert found.score is None
    assert found.finished
    with pytest.raises(NotImplementedError):
        engine.score([["</s>"]], [["▁Good"]])


def test_what_the_library_cut_off_is_not_finished(engine: Engine) -> None:
    unknown = [["▁", *["<unk>"] * count, "</s>"] for count in (8, 20, 45)]
    found = engine.generate(unknown, OPTIONS)
    assert [one.finished for one in found] == [False, False, False]
    assert [len(one.tokens) for one in found] == [24, 48, 98]


def test_a_source_of_a_hundred_tokens_fits(engine: Engine) -> None:
    longest = [*["▁casa"] * 99, "</s>"]
    assert len(engine.generate([longest], OPTIONS)) == 1
    with pytest.raises(ValueError, match="source 1 has 101 tokens; the model takes 100"):
        engine.generate([longest, ["▁a", *longest]], OPTIONS)


def test_workers_are_processes_that_start_when_they_are_needed() -> None:
    gc.collect()
    before = len(children())
    engine = student.load(folder(), threads=2)
    translated(engine, PORTUGUESE[:1])
    assert len(children()) == before + 1
    translated(engine, PORTUGUESE * 20)
    assert len(children()) == before + 2
    del engine
    gc.collect()
    assert len(children()) == before


def children() -> list[int]:
    """The processes that this one started and that run the worker."""
    own = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    if not Path(own).exists():
        pytest.skip("this system does not tell whose child a process is")
    threads = Path(f"/proc/{os.getpid()}/task").iterdir()
    numbers = [int(n) for one in threads for n in (one / "children").read_text().split()]
    return [n for n in numbers if b"student_worker" in Path(f"/proc/{n}/cmdline").read_bytes()]


@pytest.fixture
def worker() -> Worker:
    """A worker of no engine."""
    here = folder()
    return Worker(firefox.files(here), students.tokenizer(here), "student")


def decoded(worker: Worker) -> list[str]:
    tokenizer = students.tokenizer(folder())
    found = worker.decode([tokenizer.encode(text) for text in PORTUGUESE], OPTIONS)
    return [tokenizer.decode(one.tokens) for one in found]


def test_a_worker_that_dies_fails_its_batch_and_another_takes_its_place(worker: Worker) -> None:
    os.kill(worker.start().number, signal.SIGKILL)
    with pytest.raises(WorkerFailed, match="the process of a worker ended"):
        decoded(worker)
    assert decoded(worker) == list(ENGLISH)


def test_what_the_library_raises_is_told(worker: Worker) -> None:
    with pytest.raises(WorkerFailed, match=r"^TypeError: "):
        worker.start().translate([7])  # type: ignore[list-item]
    assert decoded(worker) == list(ENGLISH)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_interrupts_a_job_does_not_lose_the_batch_in_work(
    worker: Worker, number: signal.Signals
) -> None:
    process = worker.start()
    with ThreadPoolExecutor(1) as threads:
        answers = threads.submit(process.translate, PORTUGUESE * 30)
        for _ in range(5):
            os.kill(process.number, number)
            time.sleep(0.02)
        assert answers.result() == list(ENGLISH) * 30


def test_a_worker_ends_with_the_process_that_started_it() -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from models import firefox, students\nfrom models.engines import student\n"
        "files, cut = firefox.files(Path(sys.argv[1])), students.tokenizer(Path(sys.argv[1]))\n"
        "worker = student.Worker(files, cut, 'student')\n"
        "print(worker.start().number, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder())], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    for _ in range(100):
        if not alive(int(done.stdout)):
            return
        time.sleep(0.05)
    pytest.fail("the worker is still there")


def alive(number: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False


def test_nothing_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    engine = student.load(folder(), threads=1)
    translated(engine, [*PORTUGUESE, *ODD])
    del engine
    gc.collect()
    assert capfd.readouterr() == ("", "")


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def garble(path: Path) -> None:
    path.write_bytes(b"no such format")


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [shorten, garble, remove])
@pytest.mark.parametrize(
    "name", ["model.pten.intgemm.alphas.bin", "vocab.pten.spm", "lex.50.50.pten.s2t.bin"]
)
def test_damaged_files_are_refused(
    tmp_path: Path, damage: Callable[[Path], None], name: str
) -> None:
    if (damage, name[:3]) == (remove, "lex"):
        pytest.skip("a student may do without a shortlist")
    here = copied(tmp_path / "student")
    damage(here / name)
    with pytest.raises(ModelUnfit) as refused:
        student.load(here, threads=1)
    assert str(here) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_it_runs_on_the_processor_alone() -> None:
    with pytest.raises(DeviceMissing, match="fxtranslate finds no cuda device here"):
        student.load(folder(), device=parse("cuda"))


def test_it_computes_in_eight_bits_alone() -> None:
    with pytest.raises(PrecisionMissing, match="fxtranslate does not compute float32"):
        student.load(folder(), compute="float32")


def test_without_the_package_there_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(EngineMissing) as refused:
        student.name()
    told = "--engine student is not installed: pip install 'khulasa[students]'"
    assert str(refused.value) == told
