"""Devices as people write them."""

import pytest

from models.engines.device import Device, UnknownDevice, parse
from models.errors import DeviceMissing
from models.model import Runtime


@pytest.mark.parametrize(
    ("text", "device", "again"),
    [
        ("auto", Device("cpu"), "cpu"),
        ("cpu", Device("cpu"), "cpu"),
        ("mps", Device("mps"), "mps"),
        ("cuda", Device("cuda", (0,)), "cuda"),
        ("cuda:0", Device("cuda", (0,)), "cuda"),
        ("cuda:2", Device("cuda", (2,)), "cuda:2"),
        ("cuda:0,1", Device("cuda", (0, 1)), "cuda:0,1"),
        ("cuda:3,1", Device("cuda", (3, 1)), "cuda:3,1"),
    ],
)
def test_devices(text: str, device: Device, again: str) -> None:
    assert parse(text) == device
    assert str(device) == again


@pytest.mark.parametrize(
    "text",
    ["", "gpu", "CUDA", "cuda:", "cuda:a", "cuda:-1", "cuda:0,", "cuda:1,1", "cuda:٣", "cpu:0"],
)
def test_what_is_no_device_is_refused(text: str) -> None:
    with pytest.raises(UnknownDevice, match="say auto, cpu, cuda, cuda:1, cuda:0,1 or mps") as told:
        Runtime(device=text)
    assert str(told.value).startswith(f"no device is called {text!r}")
    assert told.value.exit_code == 2


def test_a_card_that_is_not_there() -> None:
    parse("cuda:0,1").check(2, "torch")
    with pytest.raises(DeviceMissing) as told:
        parse("cuda:0,2").check(2, "torch")
    assert str(told.value) == (
        "torch finds 2 cuda devices here, numbered from 0; leave --device cuda:0,2 out"
    )
    assert told.value.exit_code == 3


def test_each_of_its_cards() -> None:
    assert parse("cuda:3,1").each() == [Device("cuda", (3,)), Device("cuda", (1,))]
    assert parse("auto").each() == [Device()]
