"""Colours of the pages against WCAG 2.2: 4.5 for text (1.4.3), 3 for edges of controls (1.4.11)."""

import re

import pytest

from pipeline.render.page import joined

SHEETS = ("page.css", "reader.css")
_BLOCK = re.compile(r"(prefers-color-scheme: dark\) \{\s*)?:root \{([^}]*)\}")
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6})\b")

TEXT = (
    *(("ink", ground) for ground in ("paper", "raised", "wash", "hover", "mark-wash")),
    *(("soft", ground) for ground in ("paper", "raised", "wash", "hover")),
    *(("accent", ground) for ground in ("paper", "raised", "wash")),
    *(("mark", ground) for ground in ("paper", "raised", "wash", "hover", "mark-wash")),
    ("bad", "paper"),
    ("on-found", "found"),
    ("on-found-now", "found-now"),
)
EDGES = (("edge", "paper"), ("edge", "raised"), ("accent", "wash"))


def colours(scheme: str) -> dict[str, str]:
    """The variables that hold in a scheme."""
    found: dict[str, str] = {}
    for dark, block in _BLOCK.findall(joined(*SHEETS)):
        if scheme == "dark" or not dark:
            found.update(_COLOUR.findall(block))
    return found


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(scheme: str) -> None:
    known = colours(scheme)
    weak = [pair for pair in TEXT if contrast(known[pair[0]], known[pair[1]]) < 4.5]
    weak += [pair for pair in EDGES if contrast(known[pair[0]], known[pair[1]]) < 3]
    assert weak == []


def test_the_schemes_differ() -> None:
    assert colours("light")["paper"] != colours("dark")["paper"]
