"""All looks in a row: in order, as they are known, whatever breaks."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from models.errors import KhulasaError
from pipeline import doctor
from pipeline.cache import own_file
from pipeline.doctor import Chosen, Diagnosis, examine, exit_code
from pipeline.doctor.diagnosis import guarded

pytestmark = pytest.mark.usefixtures("converted")

TINY = Chosen(models="tiny")
NAMES = ["python", "packages", "torch", "terminal", "variables", "cores", "memory", "processor"]
NAMES += ["precision", "disk", "store", "hub", "cache", "self-test", "model", "model"]


def test_all_is_well_with_the_bundled_models() -> None:
    found = list(examine(TINY))
    assert [one.name for one in found] == NAMES
    assert [one for one in found if one.state == "bad"] == []
    assert exit_code(found) == 0


def test_what_is_known_comes_before_the_next_look_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = examine(TINY)
    assert next(looks).name == "python"
    monkeypatch.setitem(sys.modules, "pipeline.doctor.proofs", None)
    assert next(looks).name == "packages"


def test_a_damaged_cache_ends_no_other_look() -> None:
    own_file().write_bytes(b"not a database, but long enough for a header" * 50)
    found = list(examine(TINY))
    assert [one.name for one in found] == NAMES
    [cache] = [one for one in found if one.name == "cache"]
    assert cache == Diagnosis(
        "cache",
        "bad",
        f"cache sqlite:///{own_file()}: file is not a database",
        "mend or delete it, or name another: --cache PATH",
    )
    assert exit_code(found) == 1


def test_a_home_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHULASA_HOME", "/proc/khulasa")
    found = list(examine(TINY))
    assert list(dict.fromkeys(one.name for one in found)) == NAMES[:-1]
    states = {one.name: one.state for one in found}
    assert (states["store"], states["cache"], states["self-test"]) == ("poor", "poor", "bad")
    assert {one.advice for one in found if one.name in ("self-test", "model")} == {""}
    assert exit_code(found) == 3


def test_a_package_that_is_missing_breaks_its_looks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    found = list(examine(TINY))
    assert [one.name for one in found] == NAMES
    [processor] = [one for one in found if one.name == "processor"]
    assert processor == Diagnosis(
        "processor",
        "bad",
        "unexpected ModuleNotFoundError: import of ctranslate2 halted; None in sys.modules",
        "install khulasa again",
    )


def test_a_module_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ModuleType("pipeline.doctor.storage")
    monkeypatch.setitem(sys.modules, "pipeline.doctor.storage", broken)
    monkeypatch.setattr(doctor, "_LOOKS", {"hub": ("storage", "advice")})
    [found] = examine(TINY)
    assert (found.name, found.state, found.advice) == ("hub", "bad", "advice")
    assert found.found.startswith("unexpected AttributeError: ")


def test_a_stage_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does where a file of the package was not installed."""

    def absent(*_: object, **_named: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "lengths.toml")

    monkeypatch.setattr("pipeline.segment.segment", absent)
    found = list(examine(TINY))
    assert [one.name for one in found] == NAMES
    assert [one for one in found if one.state == "bad"] == [
        Diagnosis(
            "self-test",
            "bad",
            "unexpected FileNotFoundError: [Errno 2] No such file or directory: 'lengths.toml'",
            "install khulasa again, and report it if that does not help",
        )
    ]
    assert exit_code(found) == 3


def test_an_error_of_ours_is_told_as_it_is_after_what_was_found_before() -> None:
    first = Diagnosis("hub", "good", "it answers")

    def look() -> Iterator[Diagnosis]:
        yield first
        raise KhulasaError("no room: make some")

    assert list(guarded("hub", look)) == [first, Diagnosis("hub", "bad", "no room: make some")]


def test_an_interrupt_is_none_of_it() -> None:
    def look() -> Iterator[Diagnosis]:
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        list(guarded("hub", look))


@pytest.mark.parametrize(
    ("bad", "code"),
    [([], 0), (["cache"], 1), (["cache", "model"], 3), (["self-test"], 3), (["packages"], 1)],
)
def test_exit_codes(bad: list[str], code: int) -> None:
    others = [Diagnosis("model", "good", ""), Diagnosis("self-test", "poor", "")]
    assert exit_code([*others, *(Diagnosis(name, "bad", "") for name in bad)]) == code
