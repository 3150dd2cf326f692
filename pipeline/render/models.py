"""The list of models: a table for people, an object a line for programs."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table

from models.stock.installed import size
from models.stock.inventory import Item
from models.stock.manifest import Packed
from models.stock.unpack import Arrived
from models.stock.update import Change
from pipeline.figures import count, in_bytes
from pipeline.harmless import visible
from pipeline.render.hanging import WIDTH_OF_FILES

COMMIT = 7
"""Characters of a commit that people read."""


def to_people(items: Iterable[Item], out: TextIO) -> None:
    """Write a row a model, and how many of them are here."""
    seen = list(items)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("From")
    table.add_column(
        "Model", no_wrap=True, min_width=max((len(_name(one)) for one in seen), default=0)
    )
    table.add_column("Licence", no_wrap=True)
    table.add_column("Download", justify="right", no_wrap=True)
    table.add_column("On disk", justify="right", no_wrap=True)
    table.add_column("State")
    for one in seen:
        repository = one.entry.repository
        table.add_row(
            _purpose(one),
            _name(one),
            repository.licence or "?",
            in_bytes(1e6 * repository.megabytes) if repository.megabytes else "",
            in_bytes(one.size) if one.size else "",
            visible(state(one)),
        )
    console = Console(file=out, highlight=False, width=None if out.isatty() else WIDTH_OF_FILES)
    console.print(table)
    here = [one for one in seen if one.usable]
    taken = in_bytes(sum(one.size for one in seen))
    console.print(f"{count(len(seen), 'model')}, {count(len(here))} of them here; {taken} on disk")


def to_programs(items: Iterable[Item], out: TextIO) -> None:
    """Write one JSON object a line."""
    for one in items:
        out.write(f"{json.dumps(to_json(one), ensure_ascii=False)}\n")


def to_json(one: Item) -> dict[str, Any]:
    """Sizes in bytes; `download` is the most that it can be, None where it is not known."""
    repository, here = one.entry.repository, one.here
    return {
        "model": repository.name,
        "role": one.entry.role,
        "languages": list(one.entry.languages),
        "licence": repository.licence,
        "download": int(1e6 * repository.megabytes) or None,
        "disk": one.size,
        "installed": one.usable,
        "lacks": list(here.absent) if here else [],
        "revision": repository.revision,
        "commit": here.commit if here else None,
        "published": here is not None and here.published,
        "converted": [
            {"compute": form.compute, "ctranslate2": form.version, "bytes": size(form.folder)}
            for form in (here.conversions if here else ())
        ],
        "golden": dict(one.passed),
    }


def state(one: Item) -> str:
    """What is here of a model, in a few words."""
    here = one.here
    if here is None:
        return ""
    if here.absent:
        return f"incomplete: lacks {', '.join(here.absent)}"
    forms = [form.compute for form in here.conversions]
    parts = [
        f"here @{here.commit[:COMMIT]}" if here.commit else "here",
        ", ".join(dict.fromkeys(forms)) + (" alone" if not here.published else ""),
        *(f"{told} ({code})" if len(one.passed) > 1 else told for code, told in one.passed.items()),
    ]
    return " · ".join(filter(None, parts))


def told_change(change: Change) -> str:
    """`bcb4acd → 77aa11b: pytorch_model.bin, vocab.json (298 MB)`."""
    commits = f"{change.before[:COMMIT]} → {change.commit[:COMMIT]}"
    if not change.files:
        return f"{commits}, but nothing that is used of it differs: it stays"
    return visible(f"{commits}: {', '.join(change.files)} ({in_bytes(change.size)})")


def told_packed(packed: Packed) -> str:
    """`owner/name@bcb4acd: int8, 80 MB, apache-2.0`."""
    form = ", ".join(one.compute for one in packed.forms) or "as published"
    taken = in_bytes(sum(file.size for _, file in packed.members()))
    licence = packed.licence or "licence not known here: look at its page before you pass it on"
    return visible(f"{packed.name}@{packed.commit[:COMMIT]}: {form}, {taken}, {licence}")


def told_arrived(arrived: Arrived) -> str:
    """What came, and which commit it takes the place of."""
    model, before = arrived.model, arrived.before
    told = told_packed(model)
    if before is None or before == model.commit:
        return told
    return f"{told}; {before[:COMMIT]} was used until now"


def _purpose(one: Item) -> str:
    if one.entry.role == "summarizer":
        return "summaries"
    return " ".join(one.entry.languages) or "?"


def _name(one: Item) -> str:
    return visible(one.entry.repository.name)
