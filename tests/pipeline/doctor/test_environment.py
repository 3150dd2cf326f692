"""Python, packages, torch, terminal, variables: each finding from a real fault or its stand-in."""

import locale
import sys
from importlib import metadata
from pathlib import Path

import ctranslate2
import pytest

from pipeline.doctor import environment
from pipeline.doctor.chosen import Chosen
from pipeline.doctor.diagnosis import Diagnosis

CHOSEN = Chosen()


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Versions that packages claim to have; those that are not named keep their own."""
    claimed: dict[str, str] = {}
    true = metadata.version

    def version(name: str) -> str:
        if claimed.get(name) == "none":
            raise metadata.PackageNotFoundError(name)
        return claimed.get(name) or true(name)

    monkeypatch.setattr(metadata, "version", version)
    return claimed


def test_python_and_the_place_of_khulasa(root: Path) -> None:
    [found] = environment.python(CHOSEN)
    assert found.state == "good"
    assert found.found.startswith(f"Python {sys.version_info.major}.{sys.version_info.minor}.")
    assert found.found.endswith(f"khulasa {metadata.version('khulasa')} in {root}")


def test_a_python_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "OLDEST", (3, 99))
    [found] = environment.python(CHOSEN)
    assert (found.name, found.state) == ("python", "bad")
    assert found.advice == "install khulasa with Python 3.99 or newer"


def test_khulasa_run_from_a_folder(
    versions: dict[str, str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions["khulasa"] = "none"
    [found] = environment.python(CHOSEN)
    assert found.state == "poor"
    assert found.found.endswith(f", khulasa in {root} is not installed")
    assert found.advice == f"install it: pip install {root}"


def test_the_packages_that_decide_what_comes_out_are_named(versions: dict[str, str]) -> None:
    versions |= {"torch": "2.13.0+cpu", "transformers": "5.23.0"}
    [found] = environment.packages(CHOSEN)
    assert (found.name, found.state) == ("packages", "good")
    assert found.found.startswith("torch 2.13.0+cpu, transformers 5.23.0, ctranslate2 4.")
    assert [word.split()[0] for word in found.found.split(", ")] == list(environment._TOLD)


@pytest.mark.parametrize(
    ("name", "version", "told", "advice"),
    [
        ("transformers", "6.1.0", "transformers 6.1.0: transformers<6,>=5.0 is needed",
         "pip install 'transformers<6,>=5.0'"),
        ("torch", "2.5.1+cu124", "torch 2.5.1+cu124: torch>=2.6 is needed",
         "pip install 'torch>=2.6'"),
        ("sentencex", "none", "sentencex is not installed", "pip install 'sentencex>=1.0.32'"),
        ("sqlalchemy", "none", "sqlalchemy is not installed", "pip install 'sqlalchemy>=2.0.36'"),
    ],
)  # fmt: skip
def test_a_package_that_is_missing_or_of_another_version(
    name: str, version: str, told: str, advice: str, versions: dict[str, str]
) -> None:
    versions[name] = version
    assert list(environment.packages(CHOSEN)) == [Diagnosis("packages", "bad", told, advice)]


def test_a_version_before_its_release_is_taken(versions: dict[str, str]) -> None:
    versions["torch"] = "2.14.0.dev20261101+cpu"
    [found] = environment.packages(CHOSEN)
    assert found.state == "good"


def test_packages_of_extras_may_be_missing(versions: dict[str, str]) -> None:
    versions["pyarrow"] = "none"
    [found] = environment.packages(CHOSEN)
    assert found.state == "good"


@pytest.fixture
def torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which torch says what it was built for."""
    file = tmp_path / "torch" / "version.py"
    file.parent.mkdir()

    class Torch:
        def locate_file(self, name: str) -> Path:
            return tmp_path / name

    monkeypatch.setattr(metadata, "distribution", lambda name: Torch())
    return file


CUDA = "from typing import Optional\n\ncuda: Optional[str] = '12.8'\nhip: Optional[str] = None\n"


def test_a_build_of_torch_for_the_processor(torch: Path) -> None:
    torch.write_text(CUDA.replace("'12.8'", "None"))
    [found] = environment.torch(CHOSEN)
    assert found == Diagnosis("torch", "good", "a build for the processor alone")


def test_a_build_of_torch_for_cuda_where_there_is_none(
    torch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.write_text(CUDA)
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    monkeypatch.setattr(environment, "_size_of_cuda", lambda: 2_913_000_000)
    [found] = environment.torch(CHOSEN)
    assert found == Diagnosis(
        "torch",
        "poor",
        "a build for CUDA 12.8, but there is no graphics card here: its libraries take 2.9 GB for "
        "nothing",
        "install the build of torch for processors instead, and remove the packages nvidia-*",
    )


def test_a_build_of_torch_for_cuda_where_there_is_a_card(
    torch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.write_text(CUDA)
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 2)
    [found] = environment.torch(CHOSEN)
    assert found == Diagnosis("torch", "good", "a build for CUDA 12.8; graphics cards here: 2")


def test_the_size_of_the_libraries_for_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    class File:
        def __init__(self, size: int | None) -> None:
            self.size = size

    class Package:
        def __init__(self, name: str, *sizes: int | None) -> None:
            self.name, self.files = name, [File(size) for size in sizes] or None

    packages = [Package("nvidia-cublas-cu12", 600, None), Package("numpy", 7), Package("nvidia-x")]
    monkeypatch.setattr(metadata, "distributions", lambda: packages)
    assert environment._size_of_cuda() == 600


@pytest.mark.parametrize(
    ("encoding", "state"),
    [("UTF-8", "good"), ("utf8", "good"), ("ISO-8859-6", "poor"), ("ANSI_X3.4-1968", "poor")],
)
def test_the_encoding_of_the_locale(
    encoding: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locale, "getencoding", lambda: encoding)
    [found] = environment.terminal(CHOSEN)
    assert (found.name, found.state) == ("terminal", state)
    if state == "poor":
        assert found.found.startswith(f"the locale's encoding is {encoding}, ")
        assert found.advice == "choose a locale with UTF-8, as in LANG=C.UTF-8"


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No variable that counts is set."""
    for name in (*environment._SHOWN, *environment._SECRET):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_no_variable_is_set(clean: pytest.MonkeyPatch) -> None:
    assert list(environment.variables(CHOSEN)) == [Diagnosis("variables", "good", "none is set")]


def test_keys_and_passwords_are_not_told(clean: pytest.MonkeyPatch) -> None:
    clean.setenv("HF_TOKEN", "hf_secret")
    clean.setenv("HTTPS_PROXY", "http://me:hidden@proxy:3128")
    clean.setenv("HF_ENDPOINT", "https://me:hidden@mirror.example/hf")
    clean.setenv("HF_HUB_OFFLINE", "1")
    assert list(environment.variables(CHOSEN)) == [
        Diagnosis(
            "variables",
            "good",
            "HF_ENDPOINT=https://…@mirror.example/hf, HF_HUB_OFFLINE=1, HF_TOKEN is set, "
            "HTTPS_PROXY is set",
        )
    ]


def test_tests_that_are_switched_off(clean: pytest.MonkeyPatch) -> None:
    clean.setenv("KHULASA_SELF_TEST", "OFF")
    found, _ = environment.variables(CHOSEN)
    assert found == Diagnosis(
        "variables",
        "poor",
        "KHULASA_SELF_TEST=off: models are used untested, and all that they give is flagged",
        "unset KHULASA_SELF_TEST",
    )


@pytest.mark.parametrize("name", ["KHULASA_HUB_TIMEOUT", "KHULASA_HUB_STALL"])
def test_a_time_that_is_none(name: str, clean: pytest.MonkeyPatch) -> None:
    clean.setenv(name, "soon")
    found, _ = environment.variables(CHOSEN)
    assert found == Diagnosis(
        "variables", "bad", f"{name}=soon is no number of seconds", f"unset {name} or mend it"
    )
    clean.setenv(name, "12.5")
    [found] = environment.variables(CHOSEN)
    assert found.found == f"{name}=12.5"
