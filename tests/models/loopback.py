"""Downloads from a hub on the loopback (conftest.py has it), and what is said where they fail."""

import time
from pathlib import Path

import pytest

from models.errors import ModelError
from models.hub import client, snapshots

REPO = "o/n"
WEIGHTS = "pytorch_model.bin"
TOKEN = "hf_secret"
START = 30  # seconds that the downloading process may take to start, on a busy machine


def fails(timeout: float = 30, allowed: float = 0) -> str:
    """What a download says that fails, in `allowed` seconds; else in `timeout`."""
    started = time.monotonic()
    with pytest.raises(ModelError) as raised:
        client.fetch(REPO, "main", timeout=timeout)
    assert time.monotonic() - started < (allowed or timeout) + START
    assert raised.value.exit_code == 3
    message = str(raised.value)
    assert "\n" not in message
    assert TOKEN not in message
    return message


def comes(timeout: float = 30) -> Path:
    """The weights, of a download that does not fail."""
    return snapshots.snapshot(REPO, client.fetch(REPO, "main", timeout=timeout)) / WEIGHTS
