"""When an interruption takes effect."""

import os
import signal
from collections.abc import Iterator

import pytest

from pipeline.interrupt import Interrupts


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    heard = Interrupts()
    heard.listen()
    yield heard
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_each_interrupts_at_once_even_if_one_was_lost(
    interrupts: Interrupts, number: signal.Signals
) -> None:
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


def test_a_signal_that_is_ignored_stays_so(interrupts: Interrupts) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Interrupts().listen()
    os.kill(os.getpid(), signal.SIGINT)


def test_what_must_be_whole_is_done_first(interrupts: Interrupts) -> None:
    done: list[str] = []

    def write_and_count() -> None:
        with interrupts.held():
            os.kill(os.getpid(), signal.SIGTERM)
            done.extend(["written", "counted"])

    with pytest.raises(KeyboardInterrupt):
        write_and_count()
    assert done == ["written", "counted"]
    with interrupts.held():  # it came once and is told once
        pass


def test_an_error_in_what_must_be_whole_is_not_hidden(interrupts: Interrupts) -> None:
    with pytest.raises(OSError, match="full"), interrupts.held():
        raise OSError("the disk is full")
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_at_the_end_it_changes_nothing(interrupts: Interrupts) -> None:
    interrupts.over()
    os.kill(os.getpid(), signal.SIGINT)
    with interrupts.held():
        os.kill(os.getpid(), signal.SIGTERM)
