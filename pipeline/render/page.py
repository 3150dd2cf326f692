"""What pages have in common: one file that needs no other and no network."""

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models.catalog import name_of
from pipeline import figures
from pipeline.flags import FLAGS
from pipeline.harmless import visible

STAGES = {"segment": "Cut into sentences", "translate": "Translate", "summarize": "Summarise"}

_HERE = Path(__file__).parent


def filled(template: str, style: str, script: str = "", **values: Any) -> str:
    """A page: a template of this folder, filled. Whatever words `values` hold are text there.

    `style` and `script` are ours, and the only ones that the page's policy allows.
    """
    ours = {
        "style": Markup(style),  # noqa: S704 - see above
        "style_hash": _digest(style),
        "script": Markup(script),  # noqa: S704 - see above
        "script_hash": _digest(script),
    }
    return part(template, **values, **ours)


def part(template: str, **values: Any) -> str:
    """A part of a page that is written part by part: the end of it, or what is repeated."""
    return _environment().get_template(template).render(values)


def stream(template: str, **values: Any) -> Iterator[str]:
    """A part as it is filled, piece by piece: what a long document needs is not held at once."""
    pieces = _environment().get_template(template).stream(**values)
    pieces.enable_buffering(100)
    return pieces


@cache
def joined(*names: str) -> str:
    """Style sheets or scripts of this folder, one after the other."""
    return "".join((_HERE / name).read_text(encoding="utf-8") for name in names)


def components(signature: str) -> list[tuple[str, str]]:
    """(name, value) of each part of a signature, the stage and its version first."""
    parts = (part.partition(":") for part in signature.split("|"))
    return [(name, value) for name, _, value in parts]


def _digest(text: str) -> str:
    """As a Content-Security-Policy names what it allows."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": figures.count,
        "duration": figures.duration,
        "share": figures.share,
        "rate": figures.rate,
        "score": figures.score,
        "change": figures.change,
        "chance": figures.chance,
        "language": name_of,
        "stage": lambda name: STAGES.get(name, name),
        "meaning": lambda flag: FLAGS[flag].meaning if flag in FLAGS else "",
    }
    return environment


def _harmless(value: object) -> object:
    """Applied to all that a template prints, before it is escaped."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return visible(str(value)) if plain else value
