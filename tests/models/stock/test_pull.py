"""Several downloads at a time: each told when it is done, none lost, no fault swallowed."""

import threading

import pytest

from models.catalog import Entry, Repository
from models.errors import ModelMissing
from models.hub.line import QUIET, Line
from models.stock import pull as module
from models.stock.pull import AT_ONCE, pull
from models.store.locate import Located, Wanted

ENTRIES = [Entry("translator", Repository(f"owner/opus-mt-{n}", 0)) for n in range(10)]


def test_so_many_at_once_and_each_one_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("model")
    together = threading.Barrier(AT_ONCE, timeout=20)

    def published(wanted: Wanted, line: Line) -> Located:
        assert line is QUIET
        number = int(wanted.reference.rpartition("-")[2])
        if number < AT_ONCE:
            together.wait()  # all of the first are at work before one of them is done
        if number == 7:
            raise ModelMissing("the seventh is not there")
        return Located(wanted.reference, folder)

    monkeypatch.setattr(module, "published", published)
    outcomes = dict(pull(ENTRIES, QUIET))
    assert set(outcomes) == set(ENTRIES)
    failed = outcomes.pop(ENTRIES[7])
    assert isinstance(failed, ModelMissing)
    assert all(
        outcome == Located(entry.repository.name, folder) for entry, outcome in outcomes.items()
    )


def test_a_fault_that_nobody_foresaw_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def published(wanted: Wanted, line: Line) -> Located:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "published", published)
    with pytest.raises(ZeroDivisionError):
        list(pull(ENTRIES, QUIET))


def test_nothing_to_pull() -> None:
    assert list(pull([], QUIET)) == []
