"""Cores, memory, instructions, disk: against files as the system writes them."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import ctranslate2
import pytest

from models.home import models_home
from models.hub import snapshots
from models.model import Runtime
from pipeline.doctor import machine
from pipeline.doctor.chosen import Chosen
from pipeline.doctor.diagnosis import Diagnosis, guarded

GIB = 1 << 30

System = Callable[..., None]


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """Writes files below a stand-in for /proc and /sys/fs/cgroup."""
    monkeypatch.setattr(machine, "PROC", tmp_path / "proc")
    monkeypatch.setattr(machine, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(machine, "available_cores", lambda: 8)

    def write(**files: str) -> None:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("DOT", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n", encoding="utf-8")

    return write


def meminfo(total: int, available: int) -> str:
    return f"MemTotal:  {total} kB\nMemFree:  5 kB\nMemAvailable:  {available} kB"


def test_cores_without_a_limit(system: System) -> None:
    system(proc__self__cgroup="0::/user.slice", cgroup__cpuDOTmax="max 100000")
    [found] = machine.cores(Chosen())
    assert found == Diagnosis("cores", "good", "8 cores for this process")


def test_cores_where_there_are_no_control_groups(system: System) -> None:
    [found] = machine.cores(Chosen())
    assert found.state == "good"


LIMITED = Diagnosis(
    "cores",
    "poor",
    "8 cores for this process, but a limit to the time of 2.5",
    "--threads 2: more wait for each other",
)


def test_the_least_limit_of_version_2_counts(system: System) -> None:
    system(
        proc__self__cgroup="0::/pod/box",
        cgroup__cpuDOTmax="max 100000",
        cgroup__pod__cpuDOTmax="250000 100000",
        cgroup__pod__box__cpuDOTmax="400000 100000",
    )
    assert list(machine.cores(Chosen())) == [LIMITED]
    [found] = machine.cores(Chosen(runtime=Runtime(threads=2)))
    assert found.state == "good"
    [found] = machine.cores(Chosen(runtime=Runtime(threads=4)))
    assert found == LIMITED


def test_the_limit_of_version_1(system: System) -> None:
    system(
        proc__self__cgroup="5:memory:/\n2:cpuacct,cpu:/docker/ab\n0::/",
        cgroup__cpu__cpuDOTcfs_quota_us="250000",
        cgroup__cpu__cpuDOTcfs_period_us="100000",
    )
    assert list(machine.cores(Chosen())) == [LIMITED]
    system(cgroup__cpu__cpuDOTcfs_quota_us="-1")
    [found] = machine.cores(Chosen())
    assert found.state == "good"


def test_enough_memory(system: System) -> None:
    system(proc__meminfo=meminfo(16 * GIB // 1024, 12 * GIB // 1024))
    [found] = machine.memory(Chosen())
    assert found == Diagnosis("memory", "good", "17.2 GB, of which 12.9 GB are free")


def test_memory_that_others_use(system: System) -> None:
    system(proc__meminfo=meminfo(16 * GIB // 1024, 2 * GIB // 1024))
    [found] = machine.memory(Chosen())
    assert found == Diagnosis(
        "memory",
        "poor",
        "17.2 GB, of which 2.1 GB are free; --models best may take 2.5 GB",
        "end other programs",
    )
    [found] = machine.memory(Chosen(models="fast"))
    assert found.state == "good"


@pytest.mark.parametrize(
    ("groups", "files"),
    [
        ("0::/box", {"cgroup__box__memoryDOTmax": str(2 * GIB), "cgroup__memoryDOTmax": "max"}),
        ("4:memory:/box", {"cgroup__memory__box__memoryDOTlimit_in_bytes": str(2 * GIB)}),
    ],
)
def test_memory_that_this_process_is_not_given(
    groups: str, files: dict[str, str], system: System
) -> None:
    memory = meminfo(16 * GIB // 1024, 12 * GIB // 1024)
    system(proc__meminfo=memory, proc__self__cgroup=groups, **files)
    [found] = machine.memory(Chosen())
    assert found == Diagnosis(
        "memory",
        "poor",
        "2.1 GB allowed to this process; --models best may take 2.5 GB",
        "--models fast takes less",
    )


def test_no_limit_in_version_1_is_a_large_number(system: System) -> None:
    system(
        proc__meminfo=meminfo(16 * GIB // 1024, 12 * GIB // 1024),
        proc__self__cgroup="4:memory:/",
        cgroup__memory__memoryDOTlimit_in_bytes="9223372036854771712",
    )
    [found] = machine.memory(Chosen())
    assert found == Diagnosis("memory", "good", "17.2 GB, of which 12.9 GB are free")


@pytest.mark.parametrize(
    ("cpuinfo", "told", "state"),
    [
        ("flags\t\t: sse2 avx2 avx512bw avx512_vnni amx_int8", "AVX2, AVX-512, VNNI, AMX", "good"),
        ("flags\t\t: fpu sse2 avx2 avx_vnni", "AVX2, VNNI", "good"),
        ("Features\t: fp asimd evtstrm asimddp", "NEON, dot product", "good"),
        ("flags\t\t: fpu sse2 avx", "no fast instructions", "poor"),
    ],
)  # fmt: skip
def test_instructions(
    cpuinfo: str, told: str, state: str, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system(proc__cpuinfo=f"processor\t: 0\n{cpuinfo}\nbugs\t\t: none\n\nprocessor\t: 1\n{cpuinfo}")
    computes = {"int8", "float32"}
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda device: computes)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr(machine, "version", lambda name: "4.8.5")
    [found] = machine.processor(Chosen())
    assert found.state == state
    assert found.found == f"x86_64: {told}; CTranslate2 4.8.5 computes float32, int8"
    assert bool(found.advice) == (state == "poor")


def test_a_library_without_int8(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    system(proc__cpuinfo="flags : avx2")
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda device: {"float32"})
    [found] = machine.processor(Chosen())
    assert found.state == "poor"


def test_a_system_that_tells_no_instructions(system: System) -> None:
    [found] = machine.processor(Chosen())
    assert found.state == "good"
    assert "instructions unknown" in found.found


@pytest.mark.parametrize(
    ("runtime", "state", "found"),
    [
        (Runtime(), "good", "int8, which is --compute auto; ctranslate2 on cpu computes int8,"),
        (Runtime(compute="float32"), "good", "float32, as --compute says; ctranslate2 on cpu comp"),
        (Runtime(compute="float16"), "bad", "ctranslate2 on cpu computes int8, int8_float32, floa"),
        (Runtime("torch", compute="bfloat16"), "poor", "bfloat16, as --compute says; torch on cpu"),
    ],
)
def test_what_is_computed_in(runtime: Runtime, state: str, found: str) -> None:
    [diagnosis] = machine.precision(Chosen(runtime=runtime))
    assert (diagnosis.name, diagnosis.state) == ("precision", state)
    assert diagnosis.found.startswith(found)
    assert bool(diagnosis.advice) == (state != "good")


def test_a_card_that_is_not_here_is_a_finding() -> None:
    [found] = guarded(
        "precision", partial(machine.precision, Chosen(runtime=Runtime(device="cuda")))
    )
    told = "CTranslate2 finds no cuda device here; leave --device cuda out"
    assert found == Diagnosis("precision", "bad", told)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets what every disk has free."""

    def give(number: float) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=int(number)))

    return give


def test_room_for_the_models_that_are_missing(free: Callable[[float], None]) -> None:
    hub, home = snapshots.cache_folder(), models_home().parent
    free(3.5e9)
    assert list(machine.disk(Chosen())) == [
        Diagnosis("disk", "good", f"3.5 GB free for {hub} and {home}")
    ]
    free(2.5e9)  # 990 and 1,225 MB to download, a quarter of it for int8, 200 MB for the cache
    assert list(machine.disk(Chosen())) == [
        Diagnosis(
            "disk",
            "poor",
            f"2.5 GB free for {hub} and {home}; --models best takes 3.0 GB more",
            "make room, or set HF_HOME and KHULASA_HOME to a larger disk",
        )
    ]
    [found] = machine.disk(Chosen(models="fast"))
    assert found.state == "good"


def test_the_bundled_models_need_little_room(free: Callable[[float], None]) -> None:
    free(150e6)
    [found] = machine.disk(Chosen(models="tiny"))
    assert found.state == "poor"
    assert found.found.endswith("; --models tiny takes 200 MB more")


def test_two_disks_are_two_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/dev/shm").is_dir() or Path("/dev/shm").stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second disk here")
    monkeypatch.setenv("HF_HOME", "/dev/shm/absent/huggingface")
    found = list(machine.disk(Chosen(models="tiny")))
    assert [one.found.partition(" free for ")[2] for one in found] == [
        "/dev/shm/absent/huggingface/hub",
        str(models_home().parent),
    ]


def test_a_folder_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    assert machine.unwritable(tmp_path / "to" / "be" / "made") == ""
    assert list(tmp_path.iterdir()) == []


def test_folders_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert machine.unwritable(tmp_path / "file" / "below") == "Not a directory"
    assert machine.unwritable(Path("/proc/khulasa")) == "No such file or directory"
