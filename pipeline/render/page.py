"""What pages have in common: one file that needs no other, no network and no script."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models.catalog import find
from pipeline import figures
from pipeline.flags import FLAGS
from pipeline.harmless import visible

STAGES = {"segment": "Cut into sentences", "translate": "Translate", "summarize": "Summarise"}

_HERE = Path(__file__).parent


def filled(template: str, style: str, **values: Any) -> str:
    """A page: a template of this folder, filled. Whatever words `values` hold are text there.

    `style` is ours, and the only one that the page's policy allows.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .get_template(template)
        .render(values | {"style": Markup(style), "style_hash": digest})  # noqa: S704 - see above
    )


def style_sheet(name: str) -> str:
    """A style sheet of this folder."""
    return (_HERE / name).read_text(encoding="utf-8")


def language(code: str) -> str:
    """The name of a language, or the code where the catalogue does not know it."""
    known = find(code)
    return known.name if known else code


def components(signature: str) -> list[tuple[str, str]]:
    """(name, value) of each part of a signature, the stage and its version first."""
    parts = (part.partition(":") for part in signature.split("|"))
    return [(name, value) for name, _, value in parts]


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
        "language": language,
        "stage": lambda name: STAGES.get(name, name),
        "meaning": lambda flag: FLAGS[flag].meaning if flag in FLAGS else "",
    }
    return environment


def _harmless(value: object) -> object:
    """Applied to all that a template prints, before it is escaped."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return visible(str(value)) if plain else value
